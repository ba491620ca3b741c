"""Verified and placed members for the tests of this room, made by its own services."""

from __future__ import annotations

from datetime import date, datetime

from accounts.models import Person, Place
from branches.models import Branch, Membership
from branches.services import membership, placement
from tests.cast import MONDAY, Cast

JOINED = date(2014, 6, 1)


def branch(number: int) -> Branch:
    return Branch.objects.select_related("unit__parent").get(unit__code=f"branch-{number:02d}")


def person(name: str = "张建国", place: str = "320312009", phone: str | None = None) -> Person:
    return Person.objects.create(name=name, place=Place.objects.get(code=place), phone=phone, joined_at=MONDAY)


def verified(cast: Cast, *, kind: str = "full", name: str = "张建国", by: str = "secretary", now: datetime = MONDAY, **more) -> Membership:
    """Verified by the secretary of the third branch, placed by nobody yet."""
    if kind == "floating":
        more.setdefault("home_branch", "河南永城城关支部")
    more.setdefault("joined_on", JOINED)
    who = more.pop("person", None) or person(name)
    return membership.admit(person=who, kind=kind, how="telephone", by=cast.viewer(by, now), now=now, **more)


def placed(cast: Cast, *, number: int = 3, by: str = "committee_secretary", now: datetime = MONDAY, **more) -> Membership:
    """Verified by one, placed by another."""
    one = verified(cast, now=now, **more)
    placement.place(membership=one, branch=branch(number), by=cast.viewer(by, now), now=now)
    return one


def crowd(cast: Cast, count: int, *, number: int = 3, kind: str = "full", now: datetime = MONDAY) -> list[Membership]:
    """Many at once, through the services for many."""
    place = Place.objects.get(code="320312009")
    people = Person.objects.bulk_create(Person(name=f"王{n}", place=place, joined_at=now) for n in range(count))
    home = "外地支部" if kind == "floating" else ""
    rows = [membership.Admission(each, kind, "town_list", home, JOINED) for each in people]
    made = membership.admit_many(rows=rows, by=cast.viewer("secretary", now), now=now)
    placement.place_many(
        rows=[placement.Place(one, branch(number)) for one in made], by=cast.viewer("committee_secretary", now), now=now
    )
    return made
