"""The stations' part of the table of doors × every role, with a booking and a place in a line behind them."""

from __future__ import annotations

from uuid import uuid4

import pytest
import time_machine
from django.urls import reverse

from hongyun.doors import EVERYONE
from hongyun.station_doors import API_GROUP, GROUP, STATION_DOORS
from stations.services import boxes, equipment, photos, waiting
from tests.cast import CAST, MONDAY, make_cast
from tests.house import knocking
from tests.house.test_doors import roles_of, shut
from tests.house.walking import routes, signed_in
from tests.stations.desks import second_keeper, view
from tests.stations.houses import book, make_house, make_service, wish

WALKERS = tuple(slug for slug in CAST if slug not in ("stranger", "outsider")) + ("outsider",)
ROWS = {door.name: door for door in STATION_DOORS}
LINES = ("stations:line", "stations-api:station_line", "stations-api:station_line_leave")
OWN = "driver"  # who has booked and who waits


@pytest.fixture
def world(db):
    with time_machine.travel(MONDAY, tick=False), knocking.a_test():
        cast = make_cast()
        service = make_service(make_house(), beds=1)
        ticket = book(service, now=MONDAY, by=cast.viewer(OWN), phone="")
        line = waiting.join(wish=wish(service, phone=""), by=cast.viewer(OWN), caller=str(uuid4()), now=MONDAY)
        about = {"slug": "station-01", "key": ticket.key, "kind": "lodging", "number": str(ticket.resource_id), "move": "close"}
        opening, thing = desk_of(cast, service.station)
        photo = photos.add(station=service.station, file=knocking.picture(), alt="大门", by=cast.viewer("station_staff"), now=MONDAY)
        yield cast, about, {
            **dict.fromkeys(LINES, {"key": line.key}), "stations:photo": {"key": photo.key}, "admin:stations_photo": {"number": str(photo.pk)},
            "admin:stations_thing": {"number": str(thing.pk)},
            **dict.fromkeys(("admin:stations_opening", "admin:stations_letter"), {"key": opening.key}),
        }  # fmt: skip


def desk_of(cast, house):
    """A box opened by two with a letter that waits, and a thing to be looked at."""
    by, other = cast.viewer("station_staff"), view(second_keeper(MONDAY), MONDAY)
    box = boxes.hang(station=house, name="门厅", spot="门厅左边", by=by, now=MONDAY)
    opening = boxes.open_box(box=box, counted=boxes.Counted(1), opened_at=MONDAY, by=by, now=MONDAY)
    boxes.witness(opening=opening, letters=1, by=other, now=MONDAY)
    thing = equipment.add(station=house, name="门厅灭火器", every_days=30, next_on=MONDAY.date(), by=by, now=MONDAY)
    return opening, thing


def allowed(name: str, slug: str) -> bool:
    door = ROWS[name]
    if door.guard == EVERYONE:
        return True
    if name in (*GROUP, *API_GROUP):
        return False  # nobody of the cast is posted above all houses; tests/stations/test_houses.py walks who is
    if isinstance(door.guard, str):
        return slug == OWN if door.one else slug != "outsider"
    return bool(door.guard & roles_of(slug))


@pytest.mark.parametrize("slug", WALKERS)
def test_each_door_of_the_stations_is_open_to_whom_the_table_opens_it_and_shut_to_all_others(world, slug):
    cast, about, own = world
    client, wrong = signed_in(None if slug == "outsider" else cast.people[slug]), []
    for route in routes():
        if route.name not in ROWS:
            continue
        values = about | own.get(route.name, {})
        answer = knocking.knock(client, route.name, reverse(route.name, kwargs={name: values[name] for name in route.arguments}))
        if answer.status_code >= 500 or answer.status_code == 405 or shut(answer) == allowed(route.name, slug):
            wrong.append(f"{route.name}: {answer.status_code}, the table {'opens' if allowed(route.name, slug) else 'shuts'} it")
    assert wrong == []
