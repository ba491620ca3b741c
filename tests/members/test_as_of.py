"""How many drivers stood in the register on a past day: on the page, the same on every later day."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from tests.cast import MONDAY, make_cast
from tests.house.walking import signed_in
from tests.members.makers import make_driver

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    with time_machine.travel(MONDAY, tick=False):
        yield make_cast("registrar", "secretary")


def asked(cast, day) -> str:
    return signed_in(cast.registrar).get(reverse("admin:members_coverage"), {"as_of": day}).content.decode()


def test_the_page_tells_the_count_of_a_past_day(cast):
    make_driver("李大路", phone="13900000001", now=MONDAY - timedelta(days=10))
    make_driver("王小车", phone="13900000002", now=MONDAY)
    for days, count in ((11, 0), (10, 1), (1, 1), (0, 2)):
        day = f"{MONDAY - timedelta(days=days):%Y-%m-%d}"
        assert f"{day} 这一天过完时，在册 {count} 人" in asked(cast, day)
    assert "这一天过完时" not in asked(cast, "")


@pytest.mark.parametrize("day", ["x", "2026-13-01", "9999-12-31", "0001-01-01"])
def test_a_day_that_is_none_or_to_come_is_refused(cast, day):
    assert signed_in(cast.registrar).get(reverse("admin:members_coverage"), {"as_of": day}).status_code == 400
