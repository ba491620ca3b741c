"""Pairs of drivers that may be one human, for the keeper of the register alone; never a pair he is himself part of."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import groupby

from django.db.models import Count, Q, QuerySet

from accounts.models import AuditLine
from accounts.rules.roles import Role
from accounts.rules.viewer import Viewer
from members.models import Driver, DriverVehicle, Duplicate

LOOKED = "duplicate.looked"
Pair = tuple[int, int]


def duplicates_for(viewer: Viewer) -> QuerySet[Duplicate]:
    """Every pair that was ever proposed."""
    if not viewer.has_role(Role.REGISTRAR):
        return Duplicate.objects.none()
    return Duplicate.objects.exclude(Q(one__person_id=viewer.person_id) | Q(other__person_id=viewer.person_id))


def open_duplicates(viewer: Viewer) -> QuerySet[Duplicate]:
    """Those nobody has decided; a pair waits while one of the two is merged elsewhere."""
    return duplicates_for(viewer).filter(merged=None, one__merged_into=None, other__merged_into=None).order_by("id")


def merged_duplicates(viewer: Viewer) -> QuerySet[Duplicate]:
    """Merges that stand, latest first."""
    return duplicates_for(viewer).filter(merged=True, undone_at=None).order_by("-decided_at", "-id")


def apart_duplicates(viewer: Viewer) -> QuerySet[Duplicate]:
    """Pairs that a person keeps apart, or whose merge was taken back."""
    rows = duplicates_for(viewer).filter(Q(merged=False) | Q(undone_at__isnull=False))
    return rows.filter(one__merged_into=None, other__merged_into=None).order_by("-decided_at", "-id")


def last_looked(viewer: Viewer) -> datetime | None:
    """When the register was last looked through for pairs."""
    if not viewer.has_role(Role.REGISTRAR):
        return None
    return AuditLine.objects.filter(act=LOOKED).order_by("-at").values_list("at", flat=True).first()


def alike(viewer: Viewer) -> Iterator[tuple[Pair, str]]:
    """Pairs of the register that share phone and name, or plate and name, with why. Two queries, however many drivers.

    Of several alike each is paired with the oldest row only. The same ID number cannot stand there twice."""
    if not viewer.has_role(Role.REGISTRAR):
        return
    rows = Driver.objects.filter(state=Driver.State.ACTIVE, merged_into=None).exclude(person__name="")
    by_phone = rows.exclude(person__phone_index=None)
    keys = by_phone.order_by().values("person__phone_index", "person__name").annotate(n=Count("pk")).filter(n__gt=1)
    phones = keys.values("person__phone_index")
    found = by_phone.filter(person__phone_index__in=phones).values_list("person__phone_index", "person__name", "pk")
    yield from _pairs(found, Duplicate.Why.PHONE_AND_NAME)
    drives = DriverVehicle.objects.filter(until=None, driver__in=rows)
    keys = drives.order_by().values("vehicle_id", "driver__person__name").annotate(n=Count("pk")).filter(n__gt=1)
    found = drives.filter(vehicle__in=keys.values("vehicle_id")).values_list("vehicle_id", "driver__person__name", "driver_id")
    yield from _pairs(found, Duplicate.Why.PLATE)


def _pairs(rows, why: str) -> Iterator[tuple[Pair, str]]:
    for _key, group in groupby(sorted(rows), key=lambda row: row[:2]):
        first, *others = dict.fromkeys(row[2] for row in group)
        for other in others:
            yield (first, other), why
