"""Promises that hold against raw SQL: words and events stay, first deadlines stay, the accused get no leg."""

from django.db import migrations

from common.triggers import Trigger, run_triggers

_UNDER_ACCUSED = (
    "EXISTS (SELECT 1 FROM appeals_accused a JOIN accounts_unit u ON u.id = NEW.unit_id"
    " LEFT JOIN accounts_unit p ON p.id = u.parent_id LEFT JOIN accounts_unit g ON g.id = p.parent_id"
    " WHERE a.appeal_id = NEW.appeal_id AND a.removed_at IS NULL"
    " AND a.unit_id IN (u.id, p.id, g.id, g.parent_id))"
)
TRIGGERS = [
    Trigger("event_no_update", "appeals_event", "UPDATE", "events are never changed"),
    Trigger("event_no_delete", "appeals_event", "DELETE", "events are never deleted"),
    Trigger("appeal_no_delete", "appeals_appeal", "DELETE", "appeals are never deleted"),
    Trigger(
        "appeal_words_stay", "appeals_appeal", "UPDATE", "what the driver said and when never changes",
        "NEW.text <> OLD.text OR NEW.number <> OLD.number OR NEW.received_at <> OLD.received_at"
        " OR (OLD.first_due IS NOT NULL AND (NEW.first_due IS NULL OR NEW.first_due <> OLD.first_due))",
    ),
    Trigger(
        "clock_first_due_stays", "appeals_clock", "UPDATE", "the first deadline never changes",
        "NEW.first_due <> OLD.first_due OR NEW.started_at <> OLD.started_at",
    ),
    Trigger("leg_not_to_accused", "appeals_leg", "INSERT", "the accused unit gets no leg", _UNDER_ACCUSED),
    Trigger(
        "accused_no_delete", "appeals_accused", "DELETE", "an accusation is removed by a dated row, never deleted"
    ),
]  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("appeals", "0001_initial"), ("accounts", "0002_district")]
    operations = [run_triggers(TRIGGERS)]
