"""For whom a viewer may ask or whom he may visit, found by name or phone; whom a pasted list of the union means."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import Person
from accounts.rules.roles import Role
from accounts.rules.viewer import Viewer
from branches.selectors.scope import members_for
from care.models import Insured, Policy, Visit
from common.encryption import blind_index
from common.errors import DomainError
from common.identifiers import check_phone, check_resident_id
from members.models import Enterprise, PhoneTail, UnionMember
from members.rules.search import key_for
from members.selectors.union import union_members_for
from members.selectors.zones import own_seats

SHOWN, MOST_LINES = 10, 1000


def askable(viewer: Viewer) -> QuerySet[Person]:
    """People for whom he may ask: members of his branch, his five, the union's own, whoever his unit has visited."""
    units = viewer.units(Role.SECRETARY, Role.UNION)
    visited = Visit.objects.filter(unit__in=units).exclude(went_at=None)
    return Person.objects.filter(
        Q(pk__in=members_for(viewer).values("person_id")) | Q(pk__in=own_seats(viewer).values("driver__person_id"))
        | Q(pk__in=union_members_for(viewer).values("person_id")) | Q(pk__in=visited.values("person_id"))
    ).defer("id_number")  # fmt: skip


def found(viewer: Viewer, typed: str) -> list[Person]:
    """At most ten and one of them, by two characters of the name, the last four or the whole of a phone."""
    key, rows = key_for(typed), askable(viewer)
    plain = "".join(typed.split())
    if len(plain) == 11 and plain.isascii() and plain.isdigit():
        rows = rows.filter(phone_index=blind_index(plain, "phone"))
    elif key.startswith("p:"):
        rows = rows.filter(pk__in=PhoneTail.objects.filter(tail=key[2:]).values("person_id"))
    elif key.startswith("n:"):
        rows = rows.filter(name__contains=key[2:])
    else:
        return []
    return list(rows.order_by("name", "pk")[: SHOWN + 1])


def one(viewer: Viewer, key: UUID) -> Person | None:
    """Him, if the viewer may ask for him."""
    return askable(viewer).filter(key=key).first()


@dataclass(frozen=True)
class Wrong:
    """One line of a pasted list that means nobody, or nobody for certain; codes: unreadable, unknown, several."""

    line: int
    typed: str
    code: str


@dataclass(frozen=True)
class Roster:
    """Whom a pasted list means, each once, in its order; and the lines that mean nobody."""

    people: list[Person]
    wrong: list[Wrong]


def roster(viewer: Viewer, text: str) -> Roster:
    """The members of the union of whom each line holds the phone or the ID number; two questions whatever its length.

    Raises DomainError at "people" for an empty list or one of more than a thousand lines."""
    lines = [(n, line.strip()) for n, line in enumerate(text.splitlines(), 1) if line.strip()]
    if not 1 <= len(lines) <= MOST_LINES:
        raise DomainError(_("一行一个，1 到 %(most)d 行") % {"most": MOST_LINES}, field="people", code="quantity")
    keys = [(n, line, _index(line)) for n, line in lines]
    ours = union_members_for(viewer).values("person_id")
    by: dict[tuple[str, str], list[Person]] = {}
    for kind, field in (("phone", "phone_index"), ("id", "id_index")):
        wanted = [index for _number, _line, pair in keys if pair for what, index in [pair] if what == kind]
        for person in Person.objects.filter(pk__in=ours, **{f"{field}__in": wanted}) if wanted else ():
            by.setdefault((kind, getattr(person, field)), []).append(person)
    people: dict[int, Person] = {}
    wrong: list[Wrong] = []
    for number, line, index in keys:
        hits = by.get(index, []) if index else []
        if len(hits) == 1:
            people.setdefault(hits[0].pk, hits[0])
        else:
            wrong.append(Wrong(number, line[:20], "several" if hits else "unknown" if index else "unreadable"))
    return Roster(list(people.values()), wrong)


def _index(line: str) -> tuple[str, str] | None:
    plain = "".join(line.split()).upper()
    for kind, check in (("phone", check_phone), ("id", check_resident_id)):
        try:
            return kind, blind_index(check(plain), kind)
        except DomainError:
            continue
    return None


def staff_to_insure(viewer: Viewer, policy: Policy, enterprise: Enterprise, *, most: int = MOST_LINES) -> Sequence[Person]:
    """Truck drivers of one enterprise in the union who do not stand on the list yet, at most a thousand."""
    rows = union_members_for(viewer).filter(enterprise=enterprise, occupation=UnionMember.Occupation.TRUCK)
    listed = Insured.objects.filter(policy=policy).values("person_id")
    return Person.objects.filter(pk__in=rows.values("person_id")).exclude(pk__in=listed).order_by("pk")[:most]
