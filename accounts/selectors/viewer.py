"""Build the Viewer: the rights of this very moment, read from dated postings."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q

from accounts.models import Person, Posting, Unit
from accounts.rules import closure as rules
from accounts.rules.viewer import NOBODY, Held, Viewer


def counting_since(now: datetime) -> datetime:
    """Postings that ended after this moment still count for recusal (RECUSAL_MONTHS)."""
    return now - timedelta(days=settings.RECUSAL_MONTHS * 365 // 12)


def counted(now: datetime) -> Q:
    """Postings in force at `now` or within the months that still count."""
    return Q(starts_at__lte=now) & (Q(ends_at=None) | Q(ends_at__gt=counting_since(now)))


def in_force(now: datetime) -> Q:
    """Postings that give rights at `now`."""
    return Q(starts_at__lte=now) & (Q(ends_at=None) | Q(ends_at__gt=now))


def unit_parents() -> dict[int, int | None]:
    """The tree: unit -> the unit above it. A few dozen rows, read anew so that a move counts at once."""
    return dict(Unit.objects.values_list("id", "parent_id"))


def viewer_for(
    person: Person | None, *, now: datetime, second_factor: bool = False, granted: frozenset[int] = frozenset()
) -> Viewer:
    """The viewer of `person` at `now`; `granted` are appeals this session opened by number and code."""
    if person is None or not person.is_active:
        return Viewer(granted=granted) if granted else NOBODY
    rows = list(
        Posting.objects.filter(counted(now), person=person).values_list("unit_id", "role", "ends_at", "substitute_for_id")
    )
    if not rows:
        return Viewer(person_id=person.pk, name=person.name, second_factor=second_factor, granted=granted)
    held = tuple(
        Held(unit_id=unit, role=role, substitute_for=other)
        for unit, role, ends, other in rows
        if ends is None or ends > now
    )
    return Viewer(
        person_id=person.pk,
        name=person.name,
        held=held,
        barred=barred_for({unit for unit, *_ in rows}, now=now),
        second_factor=second_factor,
        granted=granted,
    )


def barred_for(units: set[int], *, now: datetime) -> frozenset[int]:
    """Units an appeal against which is hidden from somebody posted to `units`."""
    parents = unit_parents()
    below = {unit: rules.descendants(unit, parents) for unit in units}
    watched = set(units).union(*below.values())
    staff: dict[int, set[int]] = {}
    for unit, person in Posting.objects.filter(counted(now), unit__in=watched).values_list("unit_id", "person_id"):
        staff.setdefault(unit, set()).add(person)
    shares = {
        (unit, low)
        for unit, lows in below.items()
        for low in lows
        # what lies below the low unit is its own: a chief of a hosted branch counts as staff there
        if staff.get(unit, set()) & set().union(*(staff.get(x, set()) for x in ({low} | rules.descendants(low, parents))))
    }
    return rules.barred(units, parents=parents, shares=shares)
