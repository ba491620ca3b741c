"""Coverage and towns that have not handed in: declared, in the register, checked, missing, stale, per place and enterprise."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Q

from accounts.models import Place
from accounts.rules.roles import Role
from accounts.rules.viewer import Viewer
from members.models import Declaration, Driver, Enterprise, UnionMember

STALE_AFTER = timedelta(days=365)


@dataclass(frozen=True)
class PlaceLine:
    """One town: what it declared and when, and what the register holds. `declared` None: it has not handed in."""

    name: str
    code: str
    declared: int | None
    handed_in: datetime | None
    held: int
    checked: int

    @property
    def missing(self) -> int | None:
        return None if self.declared is None else max(self.declared - self.held, 0)

    @property
    def stale(self) -> int:
        return self.held - self.checked

    @property
    def late(self) -> bool:
        return self.declared is None


@dataclass(frozen=True)
class EnterpriseLine:
    """One enterprise: the truck drivers that the union's register names for it, its drivers of ours, and how many of them
    were checked within a year. `declared` None: it has no union, nobody has told us a number."""

    pk: int
    name: str
    code: str
    in_union: bool
    declared: int | None
    held: int
    checked: int

    @property
    def missing(self) -> int | None:
        return None if self.declared is None else max(self.declared - self.held, 0)

    @property
    def stale(self) -> int:
        return self.held - self.checked


def by_place(viewer: Viewer, *, now: datetime) -> list[PlaceLine]:
    """Every town of the district, those that have not handed in within a year first. Three queries."""
    if not viewer.has_role(Role.REGISTRAR):
        return []
    since = now - STALE_AFTER
    held = {
        place: (total, checked)
        for place, total, checked in Driver.objects.filter(state=Driver.State.ACTIVE, merged_into=None)
        .order_by().values("place_id").annotate(total=Count("pk"), checked=Count("pk", filter=Q(checked_at__gte=since)))
        .values_list("place_id", "total", "checked")
    }  # fmt: skip
    latest = {
        place: (declared, at)
        for place, declared, at in Declaration.objects.filter(at__gte=since).order_by("at", "id").values_list("place_id", "declared", "at")
    }
    lines = [
        PlaceLine(place.name, place.code, *latest.get(place.pk, (None, None)), *held.get(place.pk, (0, 0)))
        for place in Place.objects.order_by("code")
    ]
    return sorted(lines, key=lambda line: not line.late)


def by_enterprise(viewer: Viewer, *, now: datetime, most: int = 50) -> list[EnterpriseLine]:
    """Enterprises with the most drivers, by our register or by the union's, whichever says more. Three queries."""
    if not viewer.has_role(Role.REGISTRAR):
        return []
    since = now - STALE_AFTER
    held = {
        pk: (total, checked)
        for pk, total, checked in Driver.objects.filter(state=Driver.State.ACTIVE, merged_into=None).exclude(enterprise=None)
        .order_by().values("enterprise_id").annotate(total=Count("pk"), checked=Count("pk", filter=Q(checked_at__gte=since)))
        .values_list("enterprise_id", "total", "checked")
    }  # fmt: skip
    trucks = UnionMember.objects.filter(occupation=UnionMember.Occupation.TRUCK, ended_on=None).exclude(enterprise=None)
    declared = dict(trucks.order_by().values("enterprise_id").annotate(total=Count("pk")).values_list("enterprise_id", "total"))
    first = sorted(held.keys() | declared.keys(), key=lambda pk: (-max(held.get(pk, (0, 0))[0], declared.get(pk, 0)), pk))[:most]
    rows = Enterprise.objects.in_bulk(first)
    return [
        EnterpriseLine(
            pk, rows[pk].name, rows[pk].code or "", rows[pk].in_union, declared.get(pk, 0 if rows[pk].in_union else None), *held.get(pk, (0, 0))
        )
        for pk in first
    ]
