"""What the tests of accounts stand on: the cast, a sender of codes that remembers, a client that passes."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
import time_machine

from accounts.registry import registry
from accounts.services import second_factor
from tests.cast import MONDAY, make_cast

PASSWORD = "lane-bridge-lamp-07"


@pytest.fixture
def cast(db):
    return make_cast()


@pytest.fixture
def sent(monkeypatch):
    """Every code that would go out: list of {phone, code, purpose}."""
    found: list[dict] = []
    monkeypatch.setattr(registry, "code_sender", lambda **each: found.append(each))
    return found


@pytest.fixture
def clock():
    """The wall stands at Monday 14:36; `clock.shift(timedelta)` moves it."""
    with time_machine.travel(MONDAY, tick=False) as traveller:
        yield traveller


def with_factor(person, *, now: datetime = MONDAY, password: str = PASSWORD) -> str:
    """Give a member of the staff a password and an authenticator; returns its secret."""
    person.set_password(password)
    person.save(update_fields=["password"])
    secret = second_factor.new_secret()
    before = now - timedelta(hours=1)
    second_factor.activate(person=person, secret=secret, code=second_factor.code_at(secret, before), now=before)
    return secret


def sign_in_staff(client, person, *, now: datetime = MONDAY, password: str = PASSWORD, next_: str = "/admin/"):
    """Both steps; returns the last answer."""
    secret = with_factor(person, now=now, password=password)
    client.post("/accounts/staff/", {"login": person.login, "password": password, "next": next_})
    return client.post("/accounts/staff/code/", {"code": second_factor.code_at(secret, now)})
