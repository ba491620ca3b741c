"""Care's part of the table of doors × every role, with a campaign, a pack given out and an application behind them."""

from __future__ import annotations

import pytest
import time_machine
from django.urls import reverse

from hongyun.care_doors import CARE_DOORS
from hongyun.doors import DRIVER, EVERYONE
from tests.care.goods import given, make_care, stocked
from tests.cast import CAST, MONDAY, make_cast
from tests.house import knocking
from tests.house.test_doors import roles_of, shut
from tests.house.walking import routes, signed_in

WALKERS = tuple(slug for slug in CAST if slug not in ("stranger", "outsider")) + ("outsider",)
ROWS = {door.name: door for door in CARE_DOORS}
# whom a door to a single row knows (`one`): the walkers that its selector lets through beside the role
KNOWS: dict[str, set[str]] = {}


@pytest.fixture
def world(db):
    with time_machine.travel(MONDAY, tick=False), knocking.a_test():
        cast = make_cast()
        yield cast, _goods(cast) | _people(cast)


def _goods(cast) -> dict[str, dict]:
    """What the addresses of campaigns, points and issues name: route -> arguments ("" for all)."""
    care = stocked(make_care(), 20, cast.viewer("union_officer"))
    given(care, cast.viewer("secretary"))
    return {}


def _people(cast) -> dict[str, dict]:
    """What the addresses of applications, policies and visits name: route -> arguments."""
    return {}


def allowed(name: str, slug: str) -> bool:
    door = ROWS[name]
    if door.guard == EVERYONE:
        return True
    if door.guard == DRIVER:
        may = slug in CAST and bool(CAST[slug][1] or roles_of(slug))
    else:
        may = bool(door.guard & roles_of(slug))
    return may and (not door.one or slug in KNOWS[name])


@pytest.mark.parametrize("slug", WALKERS)
def test_each_door_of_care_is_open_to_whom_the_table_opens_it_and_shut_to_all_others(world, slug):
    cast, about = world
    client, wrong = signed_in(None if slug == "outsider" else cast.people[slug]), []
    for route in routes():
        if route.name not in ROWS:
            continue
        values = about.get("", {}) | about.get(route.name, {})
        answer = knocking.knock(client, route.name, reverse(route.name, kwargs={name: values[name] for name in route.arguments}))
        if answer.status_code >= 500 or answer.status_code == 405 or shut(answer) == allowed(route.name, slug):
            wrong.append(f"{route.name}: {answer.status_code}, the table {'opens' if allowed(route.name, slug) else 'shuts'} it")
    assert wrong == []
