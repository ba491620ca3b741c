"""By what a driver is found: short keys in one table, the same on both databases."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from common import bulk
from members.models import Driver, DriverVehicle, SearchKey
from members.rules.search import keys_of


def add(rows: Iterable[tuple[int, set[str]]]) -> int:
    """Write the keys of drivers that have none yet: (driver, keys)."""
    return bulk.insert(SearchKey, ("driver_id", "key"), _pairs(rows))


def renew(rows: Collection[tuple[int, set[str]]]) -> int:
    """Write the keys of drivers anew, in the caller's transaction."""
    if not rows:
        return 0
    SearchKey.objects.filter(driver__in=[driver for driver, _keys in rows]).delete()
    return add(rows)


def renew_drivers(drivers: Collection[int]) -> int:
    """Work out the keys of these drivers from their rows and write them anew."""
    plates: dict[int, set[str]] = {}
    for driver, plate in DriverVehicle.objects.filter(driver__in=drivers, until=None).values_list("driver_id", "vehicle__plate"):
        plates.setdefault(driver, set()).add(plate)
    people = Driver.objects.filter(pk__in=drivers).values_list("pk", "person__name", "person__phone")
    return renew([(pk, keys_of(name=name, phone=phone, plates=tuple(plates.get(pk, ())))) for pk, name, phone in people])


def _pairs(rows: Iterable[tuple[int, set[str]]]) -> Iterator[tuple[int, str]]:
    for driver, keys in rows:
        for key in sorted(keys):
            yield driver, key
