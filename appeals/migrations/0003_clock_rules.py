"""The first version of every clock's limit, as the industry's standards and the bureau set them."""

import json
from datetime import date
from pathlib import Path

from django.db import migrations

from common import clock

RULES = Path(__file__).resolve().parent.parent / "data" / "clock_rules.json"


def enter(apps, schema_editor):
    ClockRule = apps.get_model("appeals", "ClockRule")
    now = clock.now()
    rules = json.loads(RULES.read_text(encoding="utf-8"))
    ClockRule.objects.bulk_create(
        ClockRule(
            kind=rule["kind"],
            version=rule["version"],
            amount=rule["amount"],
            unit=rule["unit"],
            urgent_amount=rule["urgent_amount"],
            urgent_unit=rule["urgent_unit"],
            roll=rule["roll"],
            valid_from=date.fromisoformat(rule["valid_from"]),
            note=rule["note"],
            entered_at=now,
        )
        for rule in rules
    )


def leave(apps, schema_editor):
    apps.get_model("appeals", "ClockRule").objects.filter(version=1).delete()


class Migration(migrations.Migration):
    dependencies = [("appeals", "0002_promises")]
    operations = [migrations.RunPython(enter, leave)]
