"""The first step of the staff: login and password, in the same time and words for any login."""

from __future__ import annotations

from datetime import datetime

from accounts.backends import StaffBackend
from accounts.models import Person
from accounts.rules import tries as rules
from accounts.services import audit, tries


def check_password(*, login: str, password: str, now: datetime) -> Person | None:
    """The person whose login and password these are, or None. Counted before it is checked.

    Raises Locked while this login has to wait, known or not."""
    login = login.strip().lower()[:40]
    count = tries.claim("password", login, now=now)
    person = StaffBackend().authenticate(None, username=login, password=password)
    if person is not None:
        tries.clear("password", login)
    elif count >= rules.STEPS[0][0]:
        tried = Person.objects.filter(login=login).values_list("pk", flat=True).first()
        audit.write(
            act="sign_in.delayed", about=("accounts.person", str(tried or "")), new={"wrong": count},
            actor_word="nobody", now=now,
        )  # fmt: skip
    return person


def signed_in(*, person: Person, how: str, now: datetime) -> None:
    """Write down that a member of the staff came in."""
    audit.write(act="person.sign_in", about=person, new={"how": how}, actor_word="staff", now=now)
