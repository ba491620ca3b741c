"""Indexes that another one covers go: each filing wrote them. Who may know of an appeal is asked of legs alone.

They are dropped by name, on either database: to alter the columns would make SQLite build the tables anew, and
their triggers would be gone.
"""

import django.db.models.deletion
from django.db import migrations, models

APPEALS, PERSON, UNIT = "appeals.appeal", "accounts.person", "accounts.unit"
UNUSED = [  # index, table, column: for the way back
    ("appeals_appeal_person_id_9418a200", "appeals_appeal", "person_id"),
    ("appeals_appeal_handler_id_cfb1e1f3", "appeals_appeal", "handler_id"),
    ("appeals_appeal_lead_unit_id_975ea08b", "appeals_appeal", "lead_unit_id"),
    ("appeals_appeal_phone_index_69dcabd1", "appeals_appeal", "phone_index"),
    ("appeals_clock_leg_id_54b94dd0", "appeals_clock", "leg_id"),
    ("appeals_clock_request_id_c2dc1310", "appeals_clock", "request_id"),
    ("appeals_clock_rule_id_8fbcab83", "appeals_clock", "rule_id"),
    ("appeals_event_appeal_id_58441b01", "appeals_event", "appeal_id"),
]
LIKE = ["appeals_appeal_phone_index_69dcabd1_like", "appeals_appeal_number_e83993d1_like"]  # PostgreSQL's alone; nobody asks by LIKE


def _unindexed(model: str, name: str, to: str, **more) -> migrations.AlterField:
    key = models.ForeignKey(to=to, on_delete=django.db.models.deletion.PROTECT, db_index=False, **more)
    return migrations.AlterField(model_name=model, name=name, field=key)


class Migration(migrations.Migration):
    dependencies = [("appeals", "0006_contacts")]
    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(f'DROP INDEX IF EXISTS "{name}"', f'CREATE INDEX IF NOT EXISTS "{name}" ON "{table}" ("{column}")')
                for name, table, column in UNUSED
            ] + [migrations.RunSQL(f'DROP INDEX IF EXISTS "{name}"', migrations.RunSQL.noop) for name in LIKE],
            state_operations=[
                _unindexed("appeal", "person", PERSON, null=True, blank=True, related_name="appeals"),
                _unindexed("appeal", "handler", PERSON, null=True, blank=True, related_name="+", verbose_name="经办"),
                _unindexed("appeal", "lead_unit", UNIT, null=True, blank=True, related_name="+", verbose_name="主办"),
                migrations.AlterField(
                    model_name="appeal", name="phone_index", field=models.CharField(max_length=64, null=True, blank=True, editable=False)
                ),
                _unindexed("clock", "leg", "appeals.leg", null=True, related_name="clocks"),
                _unindexed("clock", "request", "appeals.request", null=True, related_name="clocks"),
                _unindexed("clock", "rule", "appeals.clockrule"),
                _unindexed("event", "appeal", APPEALS, related_name="events"),
            ],
        ),
        migrations.AddIndex("appeal", models.Index(fields=["phone_index"], name="appeal_phone")),
        migrations.RemoveIndex("leg", "appeals_leg_unit_id_af3775_idx"),
        migrations.AddIndex(
            "leg", models.Index(fields=["unit", "appeal"], condition=~models.Q(how="handed_back"), name="leg_scope")
        ),
    ]
