"""The line for what is full moves up by itself: by the bell, and by the sweep when the bell was lost."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client

from accounts.rules.viewer import NOBODY
from common.errors import DomainError, NotThere
from notices.models import Notice
from stations.models import Booking, Service, StandBy, Station
from stations.rules.life import StationMove
from stations.selectors import consequences
from stations.services import bookings, houses, terms, waiting
from tests.cast import MONDAY, make_cast
from tests.stations.houses import NIGHT, book, chief, make_house, make_service, wish

pytestmark = pytest.mark.django_db


@pytest.fixture
def lodging(db):
    return make_service(make_house(), beds=1)


def join(service, tail: int, **more) -> StandBy:
    one = wish(service, phone=f"1390000000{tail}", **more)
    return waiting.join(wish=one, by=NOBODY, caller=str(uuid4()), now=MONDAY)


def states() -> list[str]:
    return list(StandBy.objects.order_by("pk").values_list("state", flat=True))


def test_the_first_in_the_line_gets_the_bed_and_is_told_and_the_second_waits_on(lodging):
    held = book(lodging, now=MONDAY)
    first, second = join(lodging, 1), join(lodging, 2)
    assert (waiting.place_of(first), waiting.place_of(second)) == (1, 2)
    assert waiting.move_up(service_id=lodging.pk, now=MONDAY) == 0
    bookings.cancel(booking=held, by=NOBODY, now=MONDAY)
    assert waiting.move_up(service_id=lodging.pk, now=MONDAY) == 1 and waiting.move_up(service_id=lodging.pk, now=MONDAY) == 0
    first.refresh_from_db()
    assert states() == ["booked", "waiting"] and first.booking.phone == "13900000001" and waiting.place_of(second) == 1
    assert Notice.objects.filter(template="station.moved_up").count() == 1 and Notice.objects.filter(template="station.booked").count() == 1


@pytest.mark.parametrize("way", ["cancel", "miss", "leave"])
def test_a_bed_that_comes_free_in_any_way_rings_the_bell(lodging, way, monkeypatch):
    rung = []
    monkeypatch.setattr(bookings, "kick", lambda name, pk: rung.append((name, pk)))
    held = book(lodging, now=MONDAY)
    if way == "leave":
        desk = make_cast("station_staff").viewer("station_staff", NIGHT)
        bookings.check_in(booking=held, by=desk, now=NIGHT)
        bookings.leave(booking=held, by=desk, now=NIGHT)
    elif way == "miss":
        bookings.miss(booking=held, now=NIGHT)
    else:
        bookings.cancel(booking=held, by=NOBODY, now=MONDAY)
    assert rung == [("stations.move_up", lodging.pk)]


def test_when_the_bell_is_lost_the_sweep_moves_the_line(lodging, monkeypatch):
    monkeypatch.setattr(bookings, "kick", lambda *lost: None)
    held = book(lodging, now=MONDAY)
    join(lodging, 1)
    bookings.cancel(booking=held, by=NOBODY, now=MONDAY)
    assert states() == ["waiting"]
    assert waiting.sweep(now=MONDAY) == 1 and states() == ["booked"] and waiting.sweep(now=MONDAY) == 0


def test_who_leaves_the_line_is_passed_over_and_leaves_once(lodging):
    held = book(lodging, now=MONDAY)
    first = join(lodging, 1)
    join(lodging, 2)
    assert waiting.leave(waiting=first, by=NOBODY, now=MONDAY).state == "left"
    with pytest.raises(NotThere):
        waiting.leave(waiting=first, by=NOBODY, now=MONDAY)
    bookings.cancel(booking=held, by=NOBODY, now=MONDAY)
    waiting.sweep(now=MONDAY)
    assert states() == ["left", "booked"]


def test_a_line_ends_with_its_slot_and_gives_nothing_any_more(lodging):
    held = book(lodging, now=MONDAY)
    join(lodging, 1)
    bookings.cancel(booking=held, by=NOBODY, now=MONDAY)
    over = NIGHT + timedelta(hours=22)
    assert waiting.sweep(now=over) == 1 and states() == ["lapsed"] and Booking.objects.count() == 1


def test_nobody_waits_for_what_is_free_nor_twice_nor_in_a_line_without_end(lodging, monkeypatch):
    with pytest.raises(DomainError, match="现在有空位"):
        join(lodging, 1)
    book(lodging, now=MONDAY)
    one = wish(lodging, phone="13900000001")
    first = waiting.join(wish=one, by=NOBODY, caller="a", now=MONDAY)
    assert waiting.join(wish=one, by=NOBODY, caller="a", now=MONDAY).pk == first.pk
    with pytest.raises(DomainError, match="已经在排"):
        join(lodging, 1)
    monkeypatch.setattr(waiting, "LONGEST_LINE", 1)
    with pytest.raises(DomainError, match="排的人太多"):
        join(lodging, 2)
    assert StandBy.objects.count() == 1


def test_a_paused_service_gives_nothing_and_goes_on_when_it_opens(lodging):
    held = book(lodging, now=MONDAY)
    join(lodging, 1)
    bookings.cancel(booking=held, by=NOBODY, now=MONDAY)
    Service.objects.update(state="paused")
    assert waiting.sweep(now=MONDAY) == 0 and states() == ["waiting"]
    from stations.services import houses

    houses.resume_service(service=lodging, by=chief(MONDAY), now=MONDAY)
    waiting.sweep(now=MONDAY)
    assert states() == ["booked"]


def test_a_plate_that_has_a_bed_by_now_keeps_waiting_and_does_not_hold_up_the_next(lodging):
    held = book(lodging, now=MONDAY)
    join(lodging, 1, plate="苏C12345")
    join(lodging, 2)
    second = make_house("station-02")
    book(make_service(second), now=MONDAY, plate="苏C12345", phone="13900000009")
    bookings.cancel(booking=held, by=NOBODY, now=MONDAY)
    waiting.sweep(now=MONDAY)
    assert states() == ["waiting", "booked"]


def closed(way: str, service) -> None:
    leader = chief(MONDAY)
    if way == "service":
        houses.pause_service(service=service, by=leader, now=MONDAY, why="水管坏了")
    elif way == "day":
        terms.except_day(station=service.station, day=NIGHT.date(), opens=None, closes=None, why="水管坏了", by=leader, now=MONDAY)
    else:
        houses.move(station=service.station, to=StationMove(way), by=leader, now=MONDAY, why="水管坏了", version=0)


@pytest.mark.parametrize("way", ["service", "pause", "close", "day"])
def test_whoever_stands_in_line_is_told_once_when_what_he_waits_for_stops(lodging, way):
    held, waits = book(lodging, now=MONDAY), join(lodging, 1)
    closed(way, lodging)
    waits.refresh_from_db()
    assert (waits.state, waits.ended_why, waits.settled_at) == ("ended", "水管坏了", MONDAY)
    assert Notice.objects.filter(template="station.line_ended", about_pk=str(waits.pk)).count() == 1
    assert Notice.objects.filter(template="station.taken_away", about_pk=str(held.pk)).count() == 1
    assert waiting.sweep(now=MONDAY) == 0 and waiting.end(StandBy.objects.all(), by=NOBODY, now=MONDAY, why="再来") == 0
    page = Client().get(f"/stations/line/{waits.key}").content.decode()
    assert "不用再等了" in page and "水管坏了" in page


def test_nobody_gets_into_the_line_of_what_was_closed_a_moment_ago(lodging, monkeypatch):
    book(lodging, now=MONDAY)
    seen = bookings.checked

    def then_closed(*args, **more):
        found = seen(*args, **more)
        Station.objects.update(state="paused")
        return found

    monkeypatch.setattr(bookings, "checked", then_closed)
    with pytest.raises(DomainError) as error:
        join(lodging, 1)
    assert error.value.code == "closed" and not StandBy.objects.exists()


def test_whoever_is_in_keeps_his_bed_and_is_sent_to_the_desk(lodging):
    row = book(lodging, now=MONDAY)
    bookings.check_in(booking=row, by=make_cast("station_staff").viewer("station_staff", NIGHT), now=NIGHT)
    seen = consequences.of_station(NOBODY, lodging.station)
    assert (seen.lost, seen.waiting, seen.inside) == (0, 0, 1)
    houses.pause_service(service=lodging, by=chief(NIGHT), now=NIGHT, why="水管坏了")
    row.refresh_from_db()
    assert row.state == "in_house" and Notice.objects.filter(template="station.closing").count() == 1
    assert "水管坏了" in Client().get(f"/stations/ticket/{row.key}").content.decode()
