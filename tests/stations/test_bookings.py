"""A bed is booked in time, once, by one; what is wrong is said at its field and nothing is stored."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.models import AuditLine
from accounts.rules.viewer import NOBODY
from common.errors import DomainError, NotThere, Stale
from notices.models import Notice
from stations.models import Arrival, Booking, Resource
from stations.rules.life import BookingState
from stations.selectors.free import free_in_slots, free_now
from stations.selectors.hours import offered
from stations.services import bookings, houses
from tests.cast import MONDAY, make_cast
from tests.stations.booking_storm import CALM, storm
from tests.stations.houses import NIGHT, book, make_house, make_service, wish

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    return make_cast("station_staff", "driver", "neighbour", "stranger")


@pytest.fixture
def lodging(db):
    return make_service(make_house(), beds=2)


def refused(act, code: str, field: str | None = "starts_at") -> str:
    before = Booking.objects.count()
    with pytest.raises(DomainError) as error:
        act()
    assert (error.value.code, error.value.field) == (code, field), error.value.message
    assert Booking.objects.count() == before
    return error.value.message


def test_a_bed_is_booked_from_two_till_noon_with_a_code_a_notice_and_an_audit_line(cast, lodging):
    row = book(lodging, now=MONDAY, by=cast.viewer("driver"), phone="", plate="苏C·12345")
    assert (row.starts_at, row.ends_at - row.starts_at) == (NIGHT, timedelta(hours=22))
    assert (row.state, row.person, row.plate, len(row.code)) == (BookingState.BOOKED, cast.driver, "苏C12345", 4)
    assert AuditLine.objects.filter(act="booking.book", about_pk=str(row.pk)).count() == 1
    assert set(Notice.objects.filter(template="station.booked").values_list("recipient", flat=True)) == {cast.driver.pk}


def test_without_an_account_the_phone_is_sealed_and_told_by_sms(lodging):
    row = book(lodging, now=MONDAY)
    with connection.cursor() as cursor:
        cursor.execute("SELECT phone FROM stations_booking")
        assert "13812345678" not in cursor.fetchone()[0]
    assert row.person is None and Notice.objects.get(template="station.booked").channel == "sms"


def test_the_same_form_twice_is_one_booking_and_the_key_of_another_wish_is_refused(lodging):
    one = wish(lodging)
    first = bookings.book(wish=one, by=NOBODY, caller="a", now=MONDAY)
    assert bookings.book(wish=one, by=NOBODY, caller="a", now=MONDAY).pk == first.pk
    other = wish(lodging, NIGHT + timedelta(days=1), client_key=one.client_key)
    with pytest.raises(Stale):
        bookings.book(wish=other, by=NOBODY, caller="a", now=MONDAY)
    assert Booking.objects.count() == 1


def test_yesterday_too_far_and_odd_hours_are_refused_with_words(lodging):
    assert "已经过去" in refused(lambda: book(lodging, now=MONDAY, starts=NIGHT - timedelta(days=2)), "past")
    assert "最多提前 3 天" in refused(lambda: book(lodging, now=MONDAY, starts=NIGHT + timedelta(days=9)), "too_far")
    assert "最多提前" in refused(lambda: book(lodging, now=MONDAY, starts=NIGHT.replace(year=2326)), "too_far")
    assert "不开放" in refused(lambda: book(lodging, now=MONDAY, starts=NIGHT + timedelta(minutes=7)), "no_slot")


@pytest.mark.parametrize("state", ["planned", "building", "paused", "closed"])
def test_a_house_that_is_not_open_takes_no_booking_by_any_way(state):
    service = make_service(make_house(state=state), beds=1)
    refused(lambda: book(service, now=MONDAY), "closed", "service")
    with pytest.raises(IntegrityError, match="booking_needs_open_house"), transaction.atomic():
        Booking.objects.create(
            client_key=uuid4(), station=service.station, service=service, resource=Resource.objects.get(), kind="lodging",
            starts_at=NIGHT, ends_at=NIGHT + timedelta(hours=1), made_at=MONDAY, code="0001",
        )  # fmt: skip


def test_a_service_without_booking_a_paused_one_and_a_bad_phone_say_so(lodging):
    meals = make_service(lodging.station, "meals", minutes=60)
    meals.how = "walk_in"
    meals.save()
    refused(lambda: book(meals, now=MONDAY), "no_booking", "service")
    lodging.state, lodging.paused_why = "paused", "水管在修"
    lodging.save()
    assert "水管在修" in refused(lambda: book(lodging, now=MONDAY), "closed", "service")
    lodging.state = "open"
    lodging.save()
    assert "11 位" in refused(lambda: book(lodging, now=MONDAY, phone="138"), "invalid", "phone")
    assert "请填手机号" in refused(lambda: book(lodging, now=MONDAY, phone=""), "required", "phone")


def test_a_service_that_was_paused_since_the_page_was_read_takes_nothing(lodging):
    seen = wish(lodging)
    type(lodging).objects.filter(pk=lodging.pk).update(state="paused")
    assert "刚刚停了" in refused(lambda: bookings.book(wish=seen, by=NOBODY, caller="a", now=MONDAY), "closed", "service")


def test_one_plate_has_one_bed_at_a_time_but_a_bay_beside_it(lodging):
    parking = make_service(lodging.station, "parking", beds=3, minutes=0)
    book(lodging, now=MONDAY, plate="苏C12345")
    refused(lambda: book(lodging, now=MONDAY, plate="苏C·12345", phone="13900000001"), "plate_twice", "plate")
    assert book(parking, now=MONDAY, plate="苏C12345", phone="13900000001").kind == "parking"


def test_a_long_truck_gets_a_bay_that_holds_it_and_a_short_one_leaves_it_free(lodging):
    parking = make_service(lodging.station, "parking", beds=0)
    Resource.objects.create(service=parking, name="短", length_dm=100)
    Resource.objects.create(service=parking, name="长", length_dm=185)
    assert book(parking, now=MONDAY, length_dm=96, phone="13900000001").resource.name == "短"
    assert book(parking, now=MONDAY, length_dm=175, phone="13900000002").resource.name == "长"
    refused(lambda: book(parking, now=MONDAY, length_dm=175, phone="13900000003"), "full")


def test_the_full_house_offers_the_line_and_a_cancelled_bed_is_free_again(lodging):
    first = book(lodging, now=MONDAY, phone="13900000001")
    book(lodging, now=MONDAY, phone="13900000002")
    assert "候补" in refused(lambda: book(lodging, now=MONDAY, phone="13900000003"), "full")
    bookings.cancel(booking=first, by=NOBODY, now=MONDAY)
    assert book(lodging, now=MONDAY, phone="13900000003").resource_id == first.resource_id
    with pytest.raises(DomainError, match="已经是“取消了”"):
        bookings.cancel(booking=first, by=NOBODY, now=MONDAY)


def test_a_booking_is_never_deleted_nor_does_it_end_before_it_starts(lodging):
    row = book(lodging, now=MONDAY)
    with pytest.raises(IntegrityError), transaction.atomic():
        Booking.objects.filter(pk=row.pk).delete()
    with pytest.raises(IntegrityError), transaction.atomic():
        Booking.objects.filter(pk=row.pk).update(ends_at=row.starts_at)


def test_the_desk_of_the_house_checks_in_once_and_no_other_desk_may(cast, lodging):
    row = book(lodging, now=MONDAY)
    desk = cast.viewer("station_staff", NIGHT)
    for slug in ("stranger", "driver"):
        with pytest.raises(NotThere):
            bookings.check_in(booking=row, by=cast.viewer(slug, NIGHT), now=NIGHT)
    with pytest.raises(DomainError, match="还没到时间"):
        bookings.check_in(booking=row, by=desk, now=MONDAY)
    for _twice in range(2):
        assert bookings.check_in(booking=row, by=desk, now=NIGHT).state == BookingState.IN_HOUSE
    assert Arrival.objects.filter(booking=row).count() == 1
    assert bookings.leave(booking=row, by=desk, now=NIGHT + timedelta(hours=9)).state == BookingState.DONE
    assert free_now(NOBODY, [lodging.station_id], now=NIGHT + timedelta(hours=9))[lodging.pk].free == 2


def test_what_is_free_is_counted_from_the_rows_of_the_moment(lodging):
    slots = offered(NOBODY, lodging, NIGHT.date(), now=MONDAY)
    assert [one.free for one in free_in_slots(NOBODY, lodging, slots)] == [2]
    book(lodging, now=MONDAY)
    assert [(one.free, one.all) for one in free_in_slots(NOBODY, lodging, slots)] == [(1, 2)]
    assert free_now(NOBODY, [lodging.station_id], now=MONDAY)[lodging.pk].free == 2
    assert free_now(NOBODY, [lodging.station_id], now=NIGHT)[lodging.pk].free == 1
    Resource.objects.filter(bookings=None).update(out_since=MONDAY)
    assert free_now(NOBODY, [lodging.station_id], now=NIGHT)[lodging.pk].all == 1


def test_three_wait_at_a_time_and_three_missed_rest_for_a_week(lodging):
    shower = make_service(lodging.station, "shower", beds=9, minutes=60)
    for hour in range(3):
        book(shower, now=MONDAY, starts=NIGHT + timedelta(hours=hour))
    refused(lambda: book(shower, now=MONDAY, starts=NIGHT + timedelta(hours=5)), "too_many", None)
    for row in Booking.objects.all():
        bookings.miss(booking=row, now=NIGHT + timedelta(hours=4))
    later = NIGHT + timedelta(days=1)
    assert "不能提前订" in refused(lambda: book(shower, now=later, starts=later + timedelta(hours=5)), "rests", None)
    healed = NIGHT + timedelta(days=8)
    assert book(shower, now=healed, starts=healed + timedelta(hours=5)).pk


def test_a_bed_that_breaks_moves_who_booked_it_or_tells_him(cast, lodging):
    desk = cast.viewer("station_staff")
    one, two = book(lodging, now=MONDAY, phone="13900000001"), None
    said = houses.take_out(resource=one.resource, by=desk, now=MONDAY, why="床板断了")
    one.refresh_from_db()
    assert (said.moved, said.lost, one.state) == (1, 0, BookingState.BOOKED) and one.resource.out_since is None
    said = houses.take_out(resource=one.resource, by=desk, now=MONDAY, why="停电")
    one.refresh_from_db()
    assert (said.moved, said.lost, one.state, one.ended_why) == (0, 1, BookingState.CANCELLED, "停电")
    assert Notice.objects.filter(template="station.taken_away").count() == 1 and two is None
    refused(lambda: book(lodging, now=MONDAY), "full")


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
@pytest.mark.skipif(connection.vendor == "sqlite", reason="the test database in memory is not shared by threads")
def test_fifty_at_once_for_the_last_bed_give_one_winner_and_forty_nine_offers_of_the_line():
    assert storm() == CALM


def test_nor_two_winners_on_sqlite_on_disk(tmp_path):
    env = {**os.environ, "HONGYUN_DATA_DIR": str(tmp_path), "DATABASE_URL": f"sqlite:///{tmp_path}/storm.sqlite3"}
    done = subprocess.run(
        [sys.executable, "-m", "tests.stations.booking_storm"],
        cwd=Path(__file__).resolve().parents[2], env=env, capture_output=True, text=True, timeout=240,
    )  # fmt: skip
    assert done.stdout == CALM + "\n", done.stderr[-2000:]
