"""The first version of the routing rules, as data: later versions are rows entered in the admin."""

import json
from datetime import UTC, date, datetime
from pathlib import Path

from django.db import migrations

SEED = Path(__file__).resolve().parent.parent / "data" / "routing_rules.json"


def load(apps, schema_editor):
    RoutingRule = apps.get_model("appeals", "RoutingRule")
    rows = json.loads(SEED.read_text(encoding="utf-8"))
    RoutingRule.objects.bulk_create(
        RoutingRule(
            code=row["code"], version=1, step=row["kind_of_rule"], row=row, note=row.get("note", "")[:200],
            valid_from=date.fromisoformat(row.get("valid_from") or "2026-01-01"),
            entered_at=datetime(2026, 1, 1, tzinfo=UTC),
        )
        for row in rows
    )  # fmt: skip


def unload(apps, schema_editor):
    apps.get_model("appeals", "RoutingRule").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("appeals", "0003_clock_rules")]
    operations = [migrations.RunPython(load, unload)]
