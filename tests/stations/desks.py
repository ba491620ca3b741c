"""Two keepers of one house, for what needs two: a hand-over, a box."""

from __future__ import annotations

from datetime import timedelta

from accounts.models import Person, Posting, Unit
from accounts.rules.roles import Role
from accounts.rules.viewer import Viewer
from accounts.selectors.viewer import viewer_for


def second_keeper(now, *, code: str = "station-01", login: str = "second-keeper", name: str = "李秀芳") -> Person:
    person = Person.objects.create(name=name, login=login, joined_at=now)
    Posting.objects.create(person=person, unit=Unit.objects.get(code=code), role=Role.STATION, starts_at=now - timedelta(days=400))
    return person


def view(person: Person, now) -> Viewer:
    return viewer_for(person, now=now, second_factor=True)
