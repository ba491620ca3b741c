"""Build the Viewer: the rights of this very moment, read from dated postings."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import FilteredRelation, Q

from accounts.models import Person, Posting, Unit
from accounts.rules import closure as rules
from accounts.rules.viewer import NOBODY, Held, Viewer

Row = tuple[int, str, datetime | None, int | None, str, str]  # unit, role, ends at, substitute for, its kind and name
HELD = ("unit_id", "role", "ends_at", "substitute_for_id", "unit__kind", "unit__name")


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
    rows = list(Posting.objects.filter(counted(now), person=person).values_list(*HELD))
    if not rows:
        return Viewer(person_id=person.pk, name=person.name, second_factor=second_factor, granted=granted)
    barred = barred_for({unit for unit, *_ in rows}, now=now)
    return _viewer(person, rows, barred, now=now, second_factor=second_factor, granted=granted)


def viewers_for(people: Sequence[Person], *, now: datetime) -> dict[int, Viewer]:
    """As `viewer_for` for several people, by their ids: three queries however many they are.

    Who is switched off is left out."""
    rows: dict[int, list[Row]] = {person.pk: [] for person in people if person.is_active}
    for person, *row in Posting.objects.filter(counted(now), person__in=list(rows)).values_list("person_id", *HELD):
        rows[person].append(tuple(row))
    units = {unit for held in rows.values() for unit, *_ in held}
    parents = unit_parents()
    staff = _staff_in(_with_below(units, parents), now=now)
    return {
        person.pk: _viewer(person, rows[person.pk], _barred({unit for unit, *_ in rows[person.pk]}, parents, staff), now=now)
        for person in people
        if person.pk in rows
    }


def _viewer(person: Person, rows: Sequence[Row], barred: frozenset[int], *, now: datetime, **more) -> Viewer:
    held = tuple(
        Held(unit_id=unit, role=role, substitute_for=other, unit_kind=kind, unit_name=name)
        for unit, role, ends, other, kind, name in rows
        if ends is None or ends > now
    )
    return Viewer(person_id=person.pk, name=person.name, held=held, barred=barred, **more)


def barred_for(units: set[int], *, now: datetime) -> frozenset[int]:
    """Units an appeal against which is hidden from somebody posted to `units`."""
    parents, staff = _tree_with_staff(now=now)
    return _barred(units, parents, staff)


def _tree_with_staff(*, now: datetime) -> tuple[dict[int, int | None], dict[int, set[int]]]:
    """The tree, and who counts as staff of each unit, in one question: every page of the staff asks it."""
    ended = Q(postings__ends_at=None) | Q(postings__ends_at__gt=counting_since(now))
    rows = Unit.objects.order_by().annotate(staff=FilteredRelation("postings", condition=Q(postings__starts_at__lte=now) & ended))
    parents: dict[int, int | None] = {}
    staff: dict[int, set[int]] = {}
    for unit, parent, person in rows.values_list("pk", "parent_id", "staff__person_id"):
        parents[unit] = parent
        if person is not None:
            staff.setdefault(unit, set()).add(person)
    return parents, staff


def _with_below(units: set[int], parents: dict[int, int | None]) -> set[int]:
    return units.union(*(rules.descendants(unit, parents) for unit in units))


def _staff_in(units: set[int], *, now: datetime) -> dict[int, set[int]]:
    staff: dict[int, set[int]] = {}
    for unit, person in Posting.objects.filter(counted(now), unit__in=units).values_list("unit_id", "person_id"):
        staff.setdefault(unit, set()).add(person)
    return staff


def _barred(units: set[int], parents: dict[int, int | None], staff: dict[int, set[int]]) -> frozenset[int]:
    shares = {
        (unit, low)
        for unit in units
        for low in rules.descendants(unit, parents)
        # what lies below the low unit is its own: a chief of a hosted branch counts as staff there
        if staff.get(unit, set()) & set().union(*(staff.get(x, set()) for x in ({low} | rules.descendants(low, parents))))
    }
    return rules.barred(units, parents=parents, shares=shares)
