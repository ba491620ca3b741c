"""A driver books on his phone, without an account and without script; a stranger finds nobody's ticket."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client

from accounts.rules.viewer import NOBODY
from common import clock
from stations.models import Booking, StandBy, VisitRating
from stations.services import bookings
from tests.cast import MONDAY, make_cast
from tests.stations.houses import NIGHT, book, make_house, make_service

pytestmark = pytest.mark.django_db
AT = "/stations/station-01"


@pytest.fixture(autouse=True)
def monday(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: MONDAY)


@pytest.fixture
def lodging(db):
    return make_service(make_house(), beds=1, price_fen=2000, price_words="一晚", grace=480)


@pytest.fixture
def phone():
    return Client()


def post(browser, to, path="/book", **typed):
    values = {"service": to.pk, "starts": NIGHT.isoformat(), "phone": "13812345678", "client_key": str(uuid4())}
    return browser.post(AT + path, values | typed)


def test_three_taps_lead_from_the_list_to_the_ticket_with_its_code(phone, lodging):
    assert "现在开门" in phone.get("/stations/").content.decode()
    page = phone.get(AT).content.decode()
    assert "20 元一晚" in page and "剩 1 张" in page and "订一张床" in page
    starts = re.search(r'name="starts" id="s2" value="([^"]+)"', page)[1]
    answer = post(phone, lodging, starts=starts)
    row = Booking.objects.get()
    assert answer.status_code == 302 and answer.url == f"/stations/ticket/{row.key}"
    ticket = phone.get(answer.url).content.decode()
    assert row.code in ticket and "22:00 没到会让给别人" in ticket and "13812345678" not in ticket
    assert phone.get(f"{answer.url}/qr.svg")["Content-Type"] == "image/svg+xml"


def test_what_is_wrong_is_said_at_its_field_and_what_was_typed_stays(phone, lodging):
    answer = post(phone, lodging, phone="138", plate="苏C12345")
    page = answer.content.decode()
    assert answer.status_code == 422 and "您填了 3 位" in page and 'id="phone-error"' in page
    assert 'value="138"' in page and 'value="苏C12345"' in page and not Booking.objects.exists()
    for starts in ("", "yesterday", "9999-12-31T23:59:59+00:00", "2026-11-24T14:00:00", "\x00"):
        assert post(phone, lodging, starts=starts).status_code in (400, 422), starts
    assert post(phone, lodging, service="99999999999999999999").status_code == 422
    assert not Booking.objects.exists()


def test_a_full_night_offers_the_line_which_moves_up_when_somebody_cancels(phone, lodging):
    first = book(lodging, now=MONDAY, phone="13900000001")
    page = post(phone, lodging)
    assert page.status_code == 422 and "排候补" in page.content.decode()
    answer = post(phone, lodging, act="wait")
    assert answer.url.startswith("/stations/line/") and "您排第 1 位" in phone.get(answer.url).content.decode()
    bookings.cancel(booking=first, by=NOBODY, now=MONDAY)
    from stations.services import waiting

    waiting.sweep(now=MONDAY)
    assert phone.get(answer.url).url == f"/stations/ticket/{StandBy.objects.get().booking.key}"


def test_a_ticket_is_cancelled_in_two_steps_and_once(phone, lodging):
    row = book(lodging, now=MONDAY)
    at = f"/stations/ticket/{row.key}/cancel"
    assert "不去了" in phone.get(at).content.decode() and Booking.objects.get().state == "booked"
    assert phone.post(at).status_code == 302 and phone.post(at).status_code == 302
    assert Booking.objects.get().state == "cancelled"


def test_a_booking_with_an_account_opens_to_that_account_alone(lodging):
    cast = make_cast("driver", "neighbour")
    row = book(lodging, now=MONDAY, by=cast.viewer("driver"), phone="")
    for path in ("", "/qr.svg", "/cancel"):
        assert Client().get(f"/stations/ticket/{row.key}{path}").status_code == 404
    assert Client().get(f"/stations/ticket/{uuid4()}").status_code == 404


def test_after_the_visit_it_is_rated_in_five_words_and_not_before(phone, lodging, monkeypatch):
    cast = make_cast("station_staff")
    row = book(lodging, now=MONDAY)
    phone.post(f"/stations/ticket/{row.key}/rate", {"score": "5"})
    assert not VisitRating.objects.exists()
    bookings.check_in(booking=row, by=cast.viewer("station_staff", NIGHT), now=NIGHT)
    monkeypatch.setattr(clock, "now", lambda: NIGHT + timedelta(hours=8))
    phone.post(f"/stations/ticket/{row.key}/rate", {"score": "4", "words": "水很热"})
    assert (VisitRating.objects.get().value, VisitRating.objects.get().words) == (4, "水很热")
    answer = phone.post(f"/stations/ticket/{row.key}/rate", {"score": "9", "words": "再说一句"})
    assert answer.status_code == 422 and "请选一个评价" in answer.content.decode() and "再说一句" in answer.content.decode()
    assert VisitRating.objects.get().value == 4


def test_a_planned_house_is_shown_as_planned_and_offers_nothing(phone):
    make_service(make_house("station-02", state="planned"), beds=3)
    page = phone.get("/stations/station-02").content.decode()
    assert "计划中，还不能去" in page and "订一张床" not in page
    assert phone.get("/stations/nowhere").status_code == 404


@pytest.mark.parametrize("at", ["48.85,2.35", "x,y", "34.1", "nan,inf", "1e400,1", "," * 30])
def test_a_position_on_another_continent_or_none_at_all_is_told_and_the_list_is_there(phone, lodging, at):
    answer = phone.get("/stations/", {"at": at})
    assert answer.status_code == 200 and "棠张" in answer.content.decode()


def test_near_means_the_nearest_first(phone, lodging):
    far = make_house("station-02")
    far.latitude = 34.54
    far.save()
    page = phone.get("/stations/", {"at": "34.55,117.30"}).content.decode()
    assert page.index("station-02") < page.index("station-01") and "50 公里" in page
