"""The district: places, the tree of units, and the triggers that keep the audit log as it was written."""

import csv
import json
from pathlib import Path

from django.db import migrations

from common.triggers import Trigger, run_triggers

DATA = Path(__file__).resolve().parent.parent / "data"

AUDIT = [
    Trigger(
        "audit_no_update", "accounts_auditline", "UPDATE", "the audit log is append-only",
        "OLD.seq IS NOT NULL OR NEW.act <> OLD.act OR NEW.at <> OLD.at OR NEW.about_pk <> OLD.about_pk"
        " OR NEW.about_kind <> OLD.about_kind OR NEW.reason <> OLD.reason",
    ),
    Trigger("audit_no_delete", "accounts_auditline", "DELETE", "the audit log is append-only"),
    Trigger("audit_head_no_delete", "accounts_audithead", "DELETE", "the heads of the audit log stay"),
]  # fmt: skip


def load(apps, schema_editor):
    Place, Unit = apps.get_model("accounts", "Place"), apps.get_model("accounts", "Unit")
    with (DATA / "places.csv").open(encoding="utf-8") as handle:
        places = {row["code"]: Place.objects.create(**row) for row in csv.DictReader(handle)}
    rows = json.loads((DATA / "units.json").read_text(encoding="utf-8"))
    units = {}
    for row in rows:  # parents stand before their children in the file
        units[row["code"]] = unit = Unit.objects.create(
            code=row["code"], name=row["name"], kind=row["kind"], scheme_name=row["scheme_name"],
            parent=units.get(row["parent"]), place=places.get(row["place"]),
            takes_appeals=row["takes_appeals"], may_be_named=row["may_be_named"],
        )  # fmt: skip
        unit.areas.set([places[code] for code in row["areas"]])
    for row in rows:
        if row["fallback"]:
            Unit.objects.filter(code=row["code"]).update(fallback=units[row["fallback"]])


def unload(apps, schema_editor):
    Unit = apps.get_model("accounts", "Unit")
    Unit.objects.update(fallback=None, parent=None)
    Unit.objects.all().delete()
    apps.get_model("accounts", "Place").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]
    operations = [migrations.RunPython(load, unload), run_triggers(AUDIT)]
