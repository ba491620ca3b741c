"""Members of the third and the fifth branch, drivers around them, for the tests of zones."""

from __future__ import annotations

from datetime import datetime

from accounts.rules.viewer import Viewer
from branches.models import Membership
from branches.services import membership, placement
from members.models import Driver, Match, Seat
from members.services import zones
from tests.branches.members import JOINED, branch, person
from tests.cast import MONDAY, Cast
from tests.members.makers import make_driver

TONGSHAN, TANGZHANG = "320312009", "320312111"  # covered by the third and the seventh branch


def member(cast: Cast, name: str = "王建国", *, number: int = 3, place: str = TONGSHAN) -> Membership:
    """Verified by the secretary of the branch, placed by the committee."""
    by = cast.viewer({3: "secretary", 5: "secretary_five"}[number])
    one = membership.admit(person=person(name, place=place), kind="full", how="telephone", by=by, now=MONDAY, joined_on=JOINED)
    placement.place(membership=one, branch=branch(number), by=cast.viewer("committee_secretary"), now=MONDAY)
    return one


def drivers(count: int, *, place: str = TONGSHAN, first: int = 1, **more) -> list[Driver]:
    return [make_driver(f"李{n}号", place=place, phone=f"139000{n:05d}", **more) for n in range(first, first + count)]


def seated(cast: Cast, one: Membership, count: int = 5, *, by: str = "committee_secretary", now: datetime = MONDAY, **more) -> list[Seat]:
    """`count` drivers of his town proposed to him and accepted."""
    first = 1 + Driver.objects.count()
    made = drivers(count, place=more.pop("place", TONGSHAN), first=first, **more)
    for driver in made:
        match = Match.objects.create(contact=one.person, driver=driver, reasons=["place"], at=now)
        zones.accept(match=match, by=cast.viewer(by, now), now=now)
    return list(Seat.objects.filter(contact=one.person, until=None).order_by("seat"))


def looking(person_) -> Viewer:
    """Somebody on his phone, signed in by a code."""
    return Viewer(person_id=person_.pk, name=person_.name)

