"""Reading units and their closures. Structure only: who may see a row is the viewer's matter."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from accounts.models import Person, Posting, Unit
from accounts.rules import closure as rules
from accounts.selectors.viewer import counted, in_force, unit_parents


def closure_of(units: Iterable[int], *, now: datetime) -> frozenset[int]:
    """Units that may not know of an appeal against any of `units`."""
    return frozenset().union(*(inside for inside, _staff in closures_of(units, now=now).values()))


def closures_of(units: Iterable[int], *, now: datetime) -> dict[int, tuple[frozenset[int], frozenset[int]]]:
    """For each of `units`: the units that may not know of an appeal against it, and the people who count there."""
    wanted = set(units)
    if not wanted:
        return {}
    parents = unit_parents()
    staff: dict[int, set[int]] = {}
    for unit, person in Posting.objects.filter(counted(now)).values_list("unit_id", "person_id"):
        staff.setdefault(unit, set()).add(person)
    frozen = {unit: frozenset(people) for unit, people in staff.items()}
    inside = {unit: rules.closure(unit, parents=parents, staff=frozen) for unit in wanted}
    return {unit: (some, frozenset().union(*(frozen.get(one, frozenset()) for one in some))) for unit, some in inside.items()}


def conflicted_persons(units: Iterable[int], *, now: datetime) -> frozenset[int]:
    """Persons posted, now or within the months that count, anywhere in the closure of `units`."""
    inside = closure_of(units, now=now)
    if not inside:
        return frozenset()
    return frozenset(Posting.objects.filter(counted(now), unit__in=inside).values_list("person_id", flat=True))


def posted_to(unit_id: int, *roles: str, now: datetime) -> list[Person]:
    """Active people holding one of `roles` at the unit at `now`."""
    return list(
        Person.objects.filter(
            pk__in=Posting.objects.filter(in_force(now), unit_id=unit_id, role__in=roles).values("person_id"),
            is_active=True,
        ).order_by("pk")
    )


def posted_as(*roles: str, now: datetime) -> list[Person]:
    """Active people holding one of `roles` anywhere at `now`."""
    return list(
        Person.objects.filter(
            pk__in=Posting.objects.filter(in_force(now), role__in=roles).values("person_id"), is_active=True
        ).order_by("pk")
    )


def unit_by_scheme_name(name: str) -> Unit | None:
    """The active unit that carries a name of the routing scheme (运输科, 执法三中队, …)."""
    return Unit.objects.filter(scheme_name=name, is_active=True).first() if name else None


def nameable_units() -> list[Unit]:
    """Units a driver may name on the form; the same list for everybody."""
    return list(Unit.objects.filter(may_be_named=True, is_active=True).order_by("code"))
