"""No bed twice at a time, no two of a kind for one plate, nothing in a house that is not open: refused by the database.

PostgreSQL has exclusion constraints (with btree_gist); SQLite has triggers that ask the same.
"""

from django.db import migrations

from common.triggers import Trigger, run_triggers

LIVE = "('booked', 'in_house')"
SPAN = "tstzrange(starts_at, ends_at, '[)') WITH &&"
EXCLUSIONS = {
    "one_booking_a_resource": f"EXCLUDE USING gist (resource_id WITH =, {SPAN}) WHERE (state IN {LIVE})",
    "one_booking_a_plate": f"EXCLUDE USING gist (plate WITH =, kind WITH =, {SPAN}) WHERE (state IN {LIVE} AND plate <> '')",
}


def _overlaps(same: str) -> str:
    return (
        f"NEW.state IN {LIVE} AND EXISTS (SELECT 1 FROM stations_booking b WHERE b.id <> COALESCE(NEW.id, 0) AND {same} "  # nosec B608
        f"AND b.state IN {LIVE} AND b.starts_at < NEW.ends_at AND b.ends_at > NEW.starts_at)"
    )


SQLITE_ALONE = [
    Trigger(f"{name}_{verb.lower()}", "stations_booking", verb, name, _overlaps(same), only="sqlite")
    for name, same in (
        ("one_booking_a_resource", "b.resource_id = NEW.resource_id"),
        ("one_booking_a_plate", "NEW.plate <> '' AND b.plate = NEW.plate AND b.kind = NEW.kind"),
    )
    for verb in ("INSERT", "UPDATE")
]
EVERYWHERE = [
    Trigger(
        "booking_needs_open_house", "stations_booking", "INSERT", "booking_needs_open_house",
        "NEW.state = 'booked' AND (SELECT state FROM stations_station WHERE id = NEW.station_id) <> 'open'",
    ),
    Trigger("booking_no_delete", "stations_booking", "DELETE", "a booking is cancelled, never deleted"),
]  # fmt: skip


def _exclude(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
        for name, rule in EXCLUSIONS.items():
            schema_editor.execute(f"ALTER TABLE stations_booking ADD CONSTRAINT {name} {rule}")


def _include(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for name in EXCLUSIONS:
            schema_editor.execute(f"ALTER TABLE stations_booking DROP CONSTRAINT IF EXISTS {name}")


class Migration(migrations.Migration):
    dependencies = [("stations", "0001_registry")]
    operations = [migrations.RunPython(_exclude, _include), run_triggers(EVERYWHERE + SQLITE_ALONE)]
