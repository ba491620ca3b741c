"""The first step of the staff: login and password, in the same time and words for any login."""

from __future__ import annotations

from datetime import datetime

from accounts.backends import StaffBackend
from accounts.models import Person
from accounts.services import audit, tries


def check_password(*, login: str, password: str, now: datetime) -> Person | None:
    """The person whose login and password these are, or None. Counted before it is checked.

    Raises Locked while this login has to wait, known or not."""
    login = login.strip().lower()[:40]
    tries.claim("password", login, now=now)
    person = StaffBackend().authenticate(None, username=login, password=password)
    if person is not None:
        tries.clear("password", login)
    return person


def signed_in(*, person: Person, how: str, now: datetime) -> None:
    """Write down that a member of the staff came in."""
    audit.write(act="person.sign_in", about=person, new={"how": how}, actor_word="staff", now=now)
