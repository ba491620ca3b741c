"""Enterprises as both registers know them: who is in the union, who drives, what they are called, which branch covers them.

For the officer of the union and the keeper of the register. Each sees the people of his own register, masked; of the
other register a number.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Exists, F, Max, Min, OuterRef, Q, QuerySet, Subquery

from accounts.rules.roles import Role
from accounts.rules.viewer import Viewer
from branches.models import Coverage
from members.models import (
    Driver,
    DriverVehicle,
    EmployerChoice,
    Enterprise,
    EnterpriseName,
    UnionMember,
    Vehicle,
)

READERS = (Role.UNION, Role.REGISTRAR)
PERSON = EnterpriseName.Source.PERSON
TOGETHER = ("census_id", "union_id", "taken", "at", "by_id")  # choices of one decision


@dataclass(frozen=True)
class Covered:
    """The branches that an enterprise falls to; `by_place` when through the place it lies in."""

    names: tuple[str, ...]
    by_place: bool = False


@dataclass(frozen=True)
class Pair:
    """The enterprise in which the census places some drivers, the `other` one that the union names for them, and how many."""

    enterprise_id: int
    other: int
    drivers: int


def enterprises_for(viewer: Viewer) -> QuerySet[Enterprise]:
    """Every enterprise, for those two roles."""
    return Enterprise.objects.all() if viewer.has_role(*READERS) else Enterprise.objects.none()


def found_enterprises(viewer: Viewer, typed: str) -> QuerySet[Enterprise]:
    """By a part of any name that a source gives it, or by its credit code."""
    text = typed.strip()
    if len(text) < 2:
        return enterprises_for(viewer).none()
    called = EnterpriseName.objects.filter(enterprise=OuterRef("pk"), name__contains=text)
    return enterprises_for(viewer).filter(Q(name__contains=text) | Q(code=text.upper()) | Exists(called))


def to_name(viewer: Viewer) -> QuerySet[Enterprise]:
    """Enterprises that union and census call differently since a person last said which name stands."""
    names = EnterpriseName.objects.filter(enterprise=OuterRef("pk"))
    settled = names.filter(source=PERSON).values("enterprise").annotate(last=Max("settled_at")).values("last")
    union = names.filter(source=EnterpriseName.Source.UNION)
    census = names.filter(source=EnterpriseName.Source.CENSUS)
    ours = EnterpriseName.objects.filter(enterprise=OuterRef("enterprise"), source=EnterpriseName.Source.CENSUS)
    other = union.filter(Exists(ours.exclude(name=OuterRef("name"))))
    latest = names.exclude(source=PERSON).values("enterprise").annotate(last=Max("seen_at")).values("last")
    rows = enterprises_for(viewer).filter(Exists(census), Exists(other)).annotate(settled=Subquery(settled), seen=Subquery(latest))
    return rows.filter(Q(settled=None) | Q(seen__gt=F("settled"))).order_by("id")


def names_of(viewer: Viewer, enterprise: Enterprise) -> list[EnterpriseName]:
    """Every name a source or a person gave it, side by side, oldest first."""
    if not viewer.has_role(*READERS):
        return []
    return list(EnterpriseName.objects.filter(enterprise=enterprise).select_related("settled_by").order_by("source", "seen_at", "id"))


def union_members_of(viewer: Viewer, enterprise: Enterprise) -> QuerySet[UnionMember]:
    """Its members, for the officer of the union."""
    rows = UnionMember.objects.filter(enterprise=enterprise, ended_on=None)
    return rows.order_by("id") if viewer.has_role(Role.UNION) else rows.none()


def drivers_of(viewer: Viewer, enterprise: Enterprise) -> QuerySet[Driver]:
    """Its drivers, for the keeper of the register."""
    rows = _active(enterprise)
    return rows.order_by("id") if viewer.has_role(Role.REGISTRAR) else rows.none()


def vehicles_of(viewer: Viewer, enterprise: Enterprise) -> QuerySet[Vehicle]:
    """Its own vehicles and those its drivers drive today. Plates are for both roles, masked."""
    if not viewer.has_role(*READERS):
        return Vehicle.objects.none()
    driven = DriverVehicle.objects.filter(until=None, driver__in=_active(enterprise).values("pk")).values("vehicle_id")
    return Vehicle.objects.filter(Q(enterprise=enterprise) | Q(pk__in=driven)).order_by("id")  # not EXISTS: that asks per vehicle


def tally(viewer: Viewer, enterprise: Enterprise) -> dict[str, int]:
    """How many members, drivers and vehicles: numbers are for both roles."""
    if not viewer.has_role(*READERS):
        return {"members": 0, "drivers": 0, "vehicles": 0}
    return {
        "members": UnionMember.objects.filter(enterprise=enterprise, ended_on=None).count(),
        "drivers": _active(enterprise).count(),
        "vehicles": vehicles_of(viewer, enterprise).count(),
    }


def covered_by(viewer: Viewer, enterprise: Enterprise) -> Covered:
    """The branch that has it: by a row of its own, else by its place. A branch's name is nobody's secret."""
    rows = Coverage.objects.filter(until=None, branch__ended_on=None).order_by("branch_id")
    if not viewer.has_role(*READERS):
        return Covered(())
    own = rows.filter(kind=Coverage.Kind.ENTERPRISE, key=enterprise.code or "").values_list("branch__unit__name", flat=True)
    if enterprise.code and (names := tuple(dict.fromkeys(own))):
        return Covered(names)
    code = enterprise.place.code if enterprise.place else ""
    above = rows.filter(kind=Coverage.Kind.PLACE, key=code).values_list("branch__unit__name", flat=True) if code else ()
    return Covered(tuple(dict.fromkeys(above)), by_place=True)


def employers_differ(viewer: Viewer) -> QuerySet[Driver]:
    """Drivers whom census and union place in different enterprises, while nobody has settled this pair. Never one's own."""
    if not viewer.has_role(*READERS):
        return Driver.objects.none()
    theirs = UnionMember.objects.filter(person=OuterRef("person_id"), ended_on=None).exclude(enterprise=None)
    rows = Driver.objects.filter(state=Driver.State.ACTIVE, merged_into=None).exclude(enterprise=None)
    rows = rows.exclude(person_id=viewer.person_id).annotate(other=Subquery(theirs.values("enterprise_id")[:1]))
    pair = EmployerChoice.objects.filter(person=OuterRef("person_id"), undone_at=None)
    pair = pair.filter(census=OuterRef("enterprise_id"), union=OuterRef("other"))
    return rows.filter(~Q(other=F("enterprise_id")), ~Exists(pair), other__isnull=False).order_by("id")


def employer_pairs(viewer: Viewer) -> list[Pair]:
    """The same by what census and union wrote: each two enterprises once, those with the most drivers first. One query."""
    if not viewer.has_role(*READERS):
        return []
    rows = employers_differ(viewer).order_by().values("enterprise_id", "other").annotate(drivers=Count("pk"))
    return [Pair(**each) for each in rows.order_by("-drivers", "enterprise_id", "other")]


def employer_choices(viewer: Viewer) -> QuerySet[EmployerChoice]:
    """What was settled and not taken back, latest first."""
    if not viewer.has_role(*READERS):
        return EmployerChoice.objects.none()
    rows = EmployerChoice.objects.filter(undone_at=None).exclude(person_id=viewer.person_id)
    return rows.select_related("person", "census", "union", "by").order_by("-at", "-id")


def employer_decisions(viewer: Viewer, most: int = 20) -> list[tuple[EmployerChoice, int]]:
    """The same by decision: one choice of those settled together, and how many they are; latest first. Two queries."""
    rows = employer_choices(viewer).order_by().values(*TOGETHER).annotate(first=Min("pk"), drivers=Count("pk"))
    found = list(rows.order_by("-at", "-first").values_list("first", "drivers")[:most])
    choices = employer_choices(viewer).in_bulk([first for first, _drivers in found])
    return [(choices[first], drivers) for first, drivers in found]


def _active(enterprise: Enterprise) -> QuerySet[Driver]:
    return Driver.objects.filter(enterprise=enterprise, state=Driver.State.ACTIVE, merged_into=None)
