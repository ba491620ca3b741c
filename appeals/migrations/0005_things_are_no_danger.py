"""Rows of the word table that tell things from people (a permit in the water, a card in a slot): new rows only.

A new installation has them from its first version; an older one gets them here, beside whatever was changed since."""

import json
from datetime import UTC, date, datetime
from pathlib import Path

from django.db import migrations

SEED = Path(__file__).resolve().parent.parent / "data" / "routing_rules.json"
CODES = ("U-thing-in-water", "U-thing-stuck", "U-thing-burnt", "U-key-locked", "U-after-a-thing", "U-locked-in")


def load(apps, schema_editor):
    RoutingRule = apps.get_model("appeals", "RoutingRule")
    for row in json.loads(SEED.read_text(encoding="utf-8")):
        if row["code"] in CODES:
            RoutingRule.objects.get_or_create(
                code=row["code"], version=1,
                defaults={
                    "step": row["kind_of_rule"], "row": row, "note": row["note"][:200],
                    "valid_from": date.fromisoformat(row["valid_from"]), "entered_at": datetime(2026, 11, 25, tzinfo=UTC),
                },
            )  # fmt: skip


def unload(apps, schema_editor):
    apps.get_model("appeals", "RoutingRule").objects.filter(code__in=CODES, version=1).delete()


class Migration(migrations.Migration):
    dependencies = [("appeals", "0004_routing_rules")]
    operations = [migrations.RunPython(load, unload)]
