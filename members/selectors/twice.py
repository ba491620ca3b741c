"""One human who is a member twice, under two Persons: nobody but people can settle it, so the committee has it as a work list.

Two rows of the register that are proposed as one (or were merged before the second membership was verified), and two
members with one name and one phone: an account that a code opened beside the register's row. While both memberships are
open, merging and proving that the row is oneself are refused; once one of them has ended, both go.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations, groupby

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery

from accounts.models import Person
from accounts.rules.viewer import Viewer
from branches.models import Membership, Placement
from branches.selectors.scope import is_committee, members_for
from members.models import Driver, Duplicate

Pair = tuple[int, int]  # persons, the smaller first


@dataclass(frozen=True)
class Twice:
    """Two open memberships with `branch`, the name of where each is placed ("" for nowhere), and why they may be one human."""

    one: Membership
    other: Membership
    why: str  # phone: one name and one phone; register: two rows of the register that are taken for one


def members_twice(viewer: Viewer) -> list[Twice]:
    """For the committee's secretary: only who may know of both can have one of them ended. Two or three questions."""
    if not is_committee(viewer):
        return []
    pairs = dict.fromkeys(_of_the_register(viewer), "register")
    pairs |= dict.fromkeys(_of_one_phone(viewer), "phone")
    if not pairs:
        return []
    placed = Placement.objects.filter(membership=OuterRef("pk"), until=None).values("branch__unit__name")[:1]
    rows = members_for(viewer).filter(person__in={person for pair in pairs for person in pair})
    found = {row.person_id: row for row in rows.select_related("person").annotate(branch=Subquery(placed))}
    return [Twice(found[one], found[other], why) for (one, other), why in sorted(pairs.items()) if one in found and other in found]


def _of_the_register(viewer: Viewer) -> Iterator[Pair]:
    members = members_for(viewer).values("person_id")
    rows = Duplicate.objects.filter(one__person__in=members, other__person__in=members).filter(_taken_for_one())
    for one, other in rows.values_list("one__person_id", "other__person_id"):
        yield min(one, other), max(one, other)


def _of_one_phone(viewer: Viewer) -> Iterator[Pair]:
    people = Person.objects.filter(pk__in=members_for(viewer).values("person_id")).exclude(Q(phone_index=None) | Q(name=""))
    shared = people.order_by().values("phone_index", "name").annotate(n=Count("pk")).filter(n__gt=1)
    rows = list(people.filter(phone_index__in=shared.values("phone_index")).order_by("phone_index", "name", "pk").values_list("phone_index", "name", "pk"))
    if not rows:
        return
    apart = _kept_apart([pk for _phone, _name, pk in rows])
    for _key, group in groupby(rows, key=lambda row: row[:2]):
        yield from (pair for pair in combinations([row[2] for row in group], 2) if pair not in apart)


def _kept_apart(people: list[int]) -> set[Pair]:
    """Whom the keeper of the register found to be two humans."""
    drivers: QuerySet[Driver] = Driver.objects.filter(person__in=people)
    rows = Duplicate.objects.filter(one__in=drivers, other__in=drivers).exclude(_taken_for_one())
    return {(min(pair), max(pair)) for pair in rows.values_list("one__person_id", "other__person_id")}


def _taken_for_one() -> Q:
    return Q(merged=None) | Q(merged=True, undone_at=None)
