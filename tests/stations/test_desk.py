"""The desk of a house: who comes is let in by four digits or by scanning; walk-ins in one tap; a broken bed; other houses are not there."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine

from notices.models import Notice
from stations.models import Arrival, Booking, Exceptional, Resource, Service
from stations.rules.typed import code_or_key
from stations.selectors import consequences
from stations.services import bookings
from tests.cast import MONDAY, make_cast
from tests.house.walking import signed_in
from tests.stations.houses import NIGHT, book, make_house, make_service

pytestmark = pytest.mark.django_db
AT = "/admin/stations/station-01/"


@pytest.fixture
def cast(db):
    with time_machine.travel(NIGHT, tick=False):
        yield make_cast("station_staff", "driver", "desk", "stranger")


@pytest.fixture
def lodging(cast):
    return make_service(make_house(), beds=2, grace=480, price_fen=2000)


@pytest.fixture
def desk(cast):
    return signed_in(cast.station_staff)


def act(desk, name: str, at: str = AT, **typed):
    return desk.post(at, {"act": name} | typed)


def test_the_one_house_of_a_desk_opens_at_once_and_another_is_not_there(desk, lodging):
    make_house("station-02")
    assert desk.get("/admin/stations/").url == AT
    assert desk.get(AT).status_code == 200
    for path in ("", "services/", "services/lodging/", "services/lodging/pause/", f"out/{Resource.objects.first().pk}/"):
        assert desk.get(f"/admin/stations/station-02/{path}").status_code == 404, path
        assert desk.post(f"/admin/stations/station-02/{path}", {"act": "check_in"}).status_code == 404, path
    assert desk.get("/admin/stations/nowhere/").status_code == 404


def test_nobody_without_a_desk_finds_these_pages(cast, lodging):
    for slug in ("desk", "driver"):
        assert signed_in(cast.people[slug]).get(AT).status_code in (302, 404), slug
        assert signed_in(cast.people[slug]).get(AT).headers.get("Location", "/accounts/").startswith(("/accounts/", "/admin/login/"))


def test_the_page_shows_who_is_to_come_behind_his_masks_and_what_is_free(desk, lodging):
    book(lodging, now=MONDAY, plate="苏C12345")
    page = desk.get(AT).content.decode()
    assert "尾号 5678" in page and "苏C***45" in page and "空 1 / 2" in page and "等着来的 1 个" in page
    assert "13812345678" not in page and "苏C12345" not in page and Booking.objects.get().code not in page


@pytest.mark.parametrize("typed", ["{code}", " {code} ", "https://somewhere/stations/ticket/{key}", "{KEY}"])
def test_four_digits_or_the_scanned_ticket_let_in(desk, lodging, typed):
    row = book(lodging, now=MONDAY)
    answer = act(desk, "check_in", code=typed.format(code=row.code, key=row.key, KEY=str(row.key).upper()))
    row.refresh_from_db()
    assert (answer.status_code, row.state) == (302, "in_house")
    page = desk.get(AT).content.decode()
    assert "到了：尾号 5678" in page and "等着来的 0 个，在店的 1 个" in page
    act(desk, "check_in", code=str(row.key))
    assert "他已经到了" in desk.get(AT).content.decode() and Arrival.objects.count() == 1


def test_a_wrong_code_is_told_at_the_field_and_stays(desk, lodging):
    for typed, said in (("", "输入四位入住码"), ("12", "没找到"), ("９９９９", "没找到"), (str(uuid4()), "没找到"), ("\x00" * 900, "没找到")):
        answer = act(desk, "check_in", code=typed)
        page = answer.content.decode()
        assert answer.status_code == 422 and said in page and 'id="bad-code"' in page, typed
    assert not Arrival.objects.exists()


def test_the_ticket_of_another_house_and_one_that_comes_too_early_let_nobody_in(desk, lodging):
    other = book(make_service(make_house("station-02")), now=MONDAY)
    assert "没找到" in act(desk, "check_in", code=str(other.key)).content.decode()
    early = book(lodging, now=MONDAY, starts=NIGHT + timedelta(days=1), phone="13900000001")
    assert "还没到时间" in act(desk, "check_in", code=early.code).content.decode()
    gone = book(lodging, now=MONDAY, phone="13900000002")
    bookings.cancel(booking=gone, by=make_nobody(), now=MONDAY)
    assert "已经是“取消了”" in act(desk, "check_in", code=str(gone.key)).content.decode()
    assert not Arrival.objects.exists()


def make_nobody():
    from accounts.rules.viewer import NOBODY

    return NOBODY


def test_who_leaves_gives_his_bed_back(desk, lodging):
    row = book(lodging, now=MONDAY)
    act(desk, "check_in", code=row.code)
    assert act(desk, "leave", key=str(row.key)).status_code == 302
    row.refresh_from_db()
    assert row.state == "done" and "空 2 / 2" in desk.get(AT).content.decode()
    assert act(desk, "leave", key=str(row.key)).status_code == 422
    assert act(desk, "leave", key=str(uuid4())).status_code == 404 and act(desk, "burn").status_code == 404


def test_a_walk_in_is_one_tap_once_and_can_be_taken_back_for_ten_minutes(desk, lodging):
    tap = re.search(r'name="tap" value="([^"]+)"', desk.get(AT).content.decode())[1]
    for _twice in range(2):
        assert act(desk, "walk_in", service="lodging", tap=tap).status_code == 302
    assert Arrival.objects.count() == 1 and "其中没订的 1" in desk.get(AT).content.decode()
    row = Arrival.objects.get()
    assert act(desk, "take_back", arrival=row.pk).status_code == 302 and not Arrival.objects.exists()
    assert act(desk, "take_back", arrival=row.pk).status_code == 422
    assert act(desk, "walk_in", service="lodging", tap="x").status_code == 422 and act(desk, "walk_in", service="gym", tap=uuid4()).status_code == 404
    act(desk, "walk_in", service="lodging", tap=uuid4())
    Arrival.objects.update(at=NIGHT - timedelta(minutes=11))
    assert act(desk, "take_back", arrival=Arrival.objects.get().pk).status_code == 422 and Arrival.objects.count() == 1


def test_before_a_bed_goes_out_of_order_the_page_says_who_is_moved_and_who_loses_his(cast, desk, lodging):
    one = book(lodging, now=MONDAY, phone="13900000001")
    at = f"{AT}out/{one.resource_id}/"
    assert "1 个订了的换到别的空位" in desk.get(at).content.decode()
    assert "写一句哪里坏了" in act(desk, "", at, why="").content.decode()
    assert desk.post(at, {"why": "床板断了"}).status_code == 302
    one.refresh_from_db()
    assert one.state == "booked" and one.resource.out_since is None
    at = f"{AT}out/{one.resource_id}/"
    assert "1 个订了的没有位置了" in desk.get(at).content.decode()
    assert desk.post(at, {"why": "停电"}).status_code == 302
    one.refresh_from_db()
    assert one.state == "cancelled" and Notice.objects.filter(template="station.taken_away").count() == 1
    assert act(desk, "back", f"{AT}services/", resource=one.resource_id).status_code == 302
    assert Resource.objects.filter(out_since=None).count() == 1
    for number in ("0", "x", "9" * 40):
        assert desk.get(f"{AT}out/{number}/").status_code == 404


def test_what_is_foreseen_is_what_happens_with_two_in_one_bed(cast, lodging):
    desk = cast.viewer("station_staff", NIGHT)
    first = book(lodging, now=MONDAY, phone="13900000001")
    book(lodging, now=MONDAY, phone="13900000002", starts=NIGHT + timedelta(days=1))
    Booking.objects.update(resource=first.resource)
    assert consequences.of_resource(desk, first.resource) == consequences.Consequence(2, 0)


def test_a_service_pauses_after_the_page_has_told_who_loses_and_opens_again(desk, lodging):
    row = book(lodging, now=MONDAY)
    at = f"{AT}services/lodging/pause/"
    assert "1 个订了的没有位置了" in desk.get(at).content.decode()
    assert desk.post(at, {"why": "x"}).status_code == 422 and Service.objects.get().state == "open"
    assert desk.post(at, {"why": "水管在修"}).status_code == 302
    row.refresh_from_db()
    assert (Service.objects.get().state, row.state, row.ended_why) == ("paused", "cancelled", "水管在修")
    assert act(desk, "resume", f"{AT}services/", service="lodging").status_code == 302 and Service.objects.get().state == "open"


def test_prices_and_lengths_change_and_nonsense_is_told_at_its_field(desk, lodging):
    at = f"{AT}services/lodging/"
    good = {"price": "12.5", "price_words": "一晚", "words": "", "minutes": "0", "days_ahead": "5", "grace": "60"}
    assert desk.post(at, good).status_code == 302
    row = Service.objects.get()
    assert (row.price_fen, row.days_ahead, row.grace) == (1250, 5, 60)
    wrong = {"price": ("-1", "1e9", "99999", "１２"), "minutes": ("721", "x", "-3", "9" * 20), "days_ahead": ("31", ""), "grace": ("1.5",), "price_words": ("字" * 61,)}
    for name, values in wrong.items():
        for value in values:
            answer = desk.post(at, good | {name: value})
            assert answer.status_code == 422 and f'id="bad-{name}"' in answer.content.decode(), (name, value)
    assert Service.objects.get().price_fen == 1250


def test_a_new_service_with_its_beds_is_written_down_without_code(desk, lodging):
    at = f"{AT}services/"
    assert act(desk, "offer", at, kind="shower", how="book", count="3").status_code == 302
    assert Resource.objects.filter(service__kind="shower").count() == 3
    for typed in ({"kind": "shower"}, {"kind": "casino"}, {"kind": "gym", "count": "0"}, {"kind": "gym", "count": "501"}, {"kind": "gym", "how": "x"}):
        assert act(desk, "offer", at, **({"how": "book", "count": "3"} | typed)).status_code == 422, typed
    assert Service.objects.count() == 2


def test_hours_and_a_special_day_tell_whoever_has_booked_a_time_that_is_shut_now(desk, lodging):
    row = book(lodging, now=MONDAY, starts=NIGHT + timedelta(days=1))
    at, day = f"{AT}services/", (NIGHT + timedelta(days=1)).date()
    for typed in ({"day": ""}, {"day": "2026-11-01"}, {"day": "soon"}, {"why": ""}, {"from": "8:00"}, {"from": "25:00", "to": "9:00"}):
        assert act(desk, "except", at, **({"day": day.isoformat(), "why": "停电检修"} | typed)).status_code == 422, typed
    assert not Exceptional.objects.exists()
    assert act(desk, "except", at, day=day.isoformat(), why="停电检修").status_code == 302
    row.refresh_from_db()
    assert (row.state, row.ended_why) == ("cancelled", "停电检修") and Notice.objects.filter(template="station.taken_away").count() == 1
    assert act(desk, "as_always", at, day=day.isoformat()).status_code == 302 and not Exceptional.objects.exists()
    row = book(lodging, now=NIGHT, starts=NIGHT + timedelta(days=1))
    assert act(desk, "hours", at, days=["all"], opens=["18:00"], closes=["6:00"]).status_code == 302
    row.refresh_from_db()
    assert row.state == "cancelled" and "1 个订了的到时候不开门" in desk.get(at).content.decode()
    for opens in ("25:00", "x", ""):
        assert act(desk, "hours", at, days=["all"], opens=[opens], closes=["6:00"]).status_code == 422
    assert act(desk, "hours", at, days=["all"], opens=[""], closes=[""]).status_code == 422
    assert lodging.station.hours.get().opens.hour == 18


@pytest.mark.parametrize(
    ("typed", "found"), [("0412", "0412"), ("０４１２", "0412"), ("04 12", "0412"), ("041", None), ("04123", None), ("²³⁴⁵", "2345"), ("", None), ("x" * 900, None)]
)
def test_one_field_reads_a_code_or_a_ticket(typed, found):
    assert code_or_key(typed) == found
