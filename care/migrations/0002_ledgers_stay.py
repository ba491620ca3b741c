"""Ledgers are written once, and money is paid by who is named as payer: refused by the database, raw SQL too."""

from django.db import migrations

from common.triggers import Trigger, run_triggers

PAID_RIGHTLY = (
    "EXISTS (SELECT 1 FROM care_application a WHERE a.id = NEW.application_id AND a.state = 'paid' AND a.paid_by_id = NEW.by_id "
    "AND a.approved_fen = -NEW.change_fen AND a.fund_id = NEW.fund_id)"
)
TRIGGERS = [
    Trigger("care_line_no_update", "care_line", "UPDATE", "a line of the ledger is never changed"),
    Trigger("care_line_no_delete", "care_line", "DELETE", "a line of the ledger is never deleted"),
    Trigger("care_payment_no_update", "care_payment", "UPDATE", "a payment is never changed"),
    Trigger("care_payment_no_delete", "care_payment", "DELETE", "a payment is never deleted"),
    Trigger("care_issue_no_delete", "care_issue", "DELETE", "an issue is given back, never deleted"),
    Trigger(
        "care_issue_has_its_line", "care_issue", "INSERT", "an issue is what its line says",
        "NOT EXISTS (SELECT 1 FROM care_line l WHERE l.id = NEW.line_id AND l.kind = 'issued' AND l.change = -NEW.quantity "
        "AND l.campaign_id = NEW.campaign_id AND l.good_id = NEW.good_id)",
    ),
    Trigger("care_application_no_delete", "care_application", "DELETE", "an application is withdrawn, never deleted"),
    Trigger(
        "care_application_hands_stay", "care_application", "UPDATE", "who asked, approved and paid is never rewritten",
        "NEW.asked_by_id <> OLD.asked_by_id OR NEW.asked_fen <> OLD.asked_fen "
        "OR (OLD.approved_by_id IS NOT NULL AND COALESCE(NEW.approved_by_id, 0) <> OLD.approved_by_id) "
        "OR (OLD.approved_fen IS NOT NULL AND COALESCE(NEW.approved_fen, 0) <> OLD.approved_fen) "
        "OR (OLD.state IN ('paid', 'refused', 'withdrawn') AND NEW.state <> OLD.state)",
    ),
    Trigger(
        "care_payment_by_the_payer", "care_payment", "INSERT", "paid by who is named as payer",
        f"NEW.entry = 'paid' AND NOT {PAID_RIGHTLY}",
    ),
]  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("care", "0001_registry")]
    operations = [run_triggers(TRIGGERS)]
