"""Run as a program: fifty tries at once to give one member a driver each; prints how many got a seat."""

from __future__ import annotations

import os
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

NOW = datetime(2026, 11, 23, 9, 50, tzinfo=UTC)
TRIES = 50
CALM = "seated 5 full 45 others 0 bare 5"


def _world():
    """A member of the third branch, and fifty drivers proposed to him."""
    from accounts.models import Person, Place, Posting, Unit
    from accounts.rules.roles import Role
    from accounts.selectors.viewer import viewer_for
    from branches.models import Branch
    from branches.services import membership, placement
    from members.models import Driver, Match

    def secretary(code: str):
        person = Person.objects.create(name=code, login=code, joined_at=NOW)
        Posting.objects.create(person=person, unit=Unit.objects.get(code=code), role=Role.SECRETARY, starts_at=datetime(2024, 1, 1, tzinfo=UTC))
        return viewer_for(person, now=NOW, second_factor=True)

    branch, committee = secretary("branch-03"), secretary("committee")
    place = Place.objects.first()
    contact = Person.objects.create(name="王建国", place=place, joined_at=NOW)
    one = membership.admit(person=contact, kind="full", how="telephone", by=branch, now=NOW, joined_on=datetime(2014, 6, 1).date())
    placement.place(membership=one, branch=Branch.objects.get(unit__code="branch-03"), by=committee, now=NOW)
    people = Person.objects.bulk_create(Person(name=f"李{n}", place=place, joined_at=NOW) for n in range(2 * TRIES))
    drivers = Driver.objects.bulk_create(Driver(person=each, place=place, registered_at=NOW, checked_at=NOW) for each in people)
    matches = Match.objects.bulk_create(Match(contact=contact, driver=each, at=NOW) for each in drivers[:TRIES])
    return contact, branch, matches, drivers


def _at_once(act) -> list[str]:
    from django.db import connection

    def one(turn: int) -> str:
        try:
            act(turn)
            return "seated"
        except Exception as error:  # noqa: BLE001 - the outcome is what is looked at
            return getattr(error, "code", "") or type(error).__name__
        finally:
            connection.close()

    with ThreadPoolExecutor(20) as pool:
        return list(pool.map(one, range(TRIES)))


def storm() -> str:
    """Fifty through the service; then, on an empty row of seats, fifty bare inserts that ask nobody."""
    from members.models import Seat
    from members.services import zones

    contact, by, matches, drivers = _world()
    said = _at_once(lambda turn: zones.accept(match=matches[turn], by=by, now=NOW))
    seated = Seat.objects.filter(contact=contact, until=None).count()
    Seat.objects.update(until=NOW, ended_why="moved")
    spare = drivers[TRIES:]
    _at_once(lambda turn: Seat.objects.create(contact=contact, driver=spare[turn], seat=turn % 8, since=NOW))
    bare = Seat.objects.filter(contact=contact, until=None).count()
    others = [word for word in said if word not in ("seated", "full")]
    return f"seated {seated} full {said.count('full')} others {len(others)} bare {bare}"


if __name__ == "__main__":
    import django

    os.environ["DJANGO_SETTINGS_MODULE"] = "hongyun.settings"
    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    sys.stdout.write(storm() + "\n")
