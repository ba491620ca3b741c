"""Stations through the API: found, booked once a key, waited for, given back; the desk its own house, the group its houses."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from accounts.models import AuditLine, Person, Unit
from stations.models import Arrival, Booking, Exceptional, Resource, Service, StandBy, Station, VisitRating
from stations.services import waiting
from tests.appeals.api import Caller, Clock, fields, staff
from tests.cast import MONDAY, make_cast
from tests.stations.houses import NIGHT, book, chief, make_house, make_service

pytestmark = pytest.mark.django_db
HERE, BOOK = "stations/station-01/", "stations/station-01/book/"
DESK = f"{HERE}desk/"
WISH = {"service": "lodging", "starts_at": NIGHT.isoformat(), "phone": "13812345678"}


@pytest.fixture
def cast(db):
    return make_cast("driver", "neighbour", "station_staff", "desk")


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    return Clock(monkeypatch, MONDAY)


@pytest.fixture
def lodging(db):
    return make_service(make_house(), beds=2, grace=480, price_fen=2000, price_words="一晚")


@pytest.fixture
def desk(cast):
    return staff(cast, "station_staff")


# --- found -------------------------------------------------------------------------------------


def test_anybody_finds_houses_with_what_is_free_and_the_planned_as_planned(lodging):
    make_house("station-02", state="planned")
    rows = {each["slug"]: each for each in Caller().get("stations/").json()["items"]}
    assert rows["station-01"]["open_now"] and rows["station-01"]["free"] == [{"kind": "lodging", "kind_word": "住宿", "free": 2, "all": 2}]
    assert (rows["station-02"]["state"], rows["station-02"]["open_now"], rows["station-02"]["free"]) == ("planned", False, [])
    only = Caller().get("stations/", open="yes", free="lodging").json()["items"]
    assert [each["slug"] for each in only] == ["station-01"]


def test_the_list_has_pages_and_is_narrowed_to_a_town(lodging):
    make_house("station-02")
    first = Caller().get("stations/", page_size=1).json()
    assert len(first["items"]) == 1 and "cursor=" in first["next"]
    second = Caller().client.get(first["next"]).json()
    assert second["items"][0]["slug"] == "station-02" and second["next"] == ""
    assert [each["slug"] for each in Caller().get("stations/", place="320312116").json()["items"]] == ["station-02"]


def test_near_is_by_distance_and_a_position_abroad_or_unread_is_told(lodging):
    Station.objects.filter(pk=make_house("station-02").pk).update(latitude=34.9)
    rows = Caller().get("stations/near/", at="34.11,117.30").json()["items"]
    assert [each["slug"] for each in rows] == ["station-01", "station-02"] and rows[0]["km"] == pytest.approx(1.1, abs=0.1)
    assert Caller().get("stations/near/", at="34.11,117.30", free="shower").json()["items"] == []
    assert "不在国内" in fields(Caller().get("stations/near/", at="48.85,2.35"))["position"]
    for at in ("", "x,y", "34.11", "nan,117", "1e400,3"):
        answer = Caller().get("stations/near/", at=at)
        assert answer.status_code in (400, 422), at
    assert Caller().get("stations/near/", at="34.11,117.30", colour="red").status_code == 400


def test_a_house_tells_its_services_hours_and_special_days(lodging):
    Exceptional.objects.create(station=lodging.station, day=NIGHT.date(), why="过年")
    told = Caller().get(HERE).json()
    assert told["hours"][0]["days_word"] == "每天" and told["exceptions"][0]["why"] == "过年"
    assert told["services"][0] | {"price": "20 元一晚", "free": 2, "all": 2} == told["services"][0]
    assert Caller().get("stations/nowhere/").status_code == 404


def test_slots_of_a_day_count_what_is_left(lodging):
    book(lodging, now=MONDAY)
    told = Caller().get(f"{HERE}slots/", service="lodging", day="2026-11-24").json()
    assert [(each["starts_at"], each["free"], each["all"]) for each in told["items"]] == [(NIGHT.isoformat(), 1, 2)]
    assert Caller().get(f"{HERE}slots/", service="lodging", day="2326-11-24").json()["items"] == []
    assert "没有这项服务" in fields(Caller().get(f"{HERE}slots/", service="gym"))["service"]
    assert "2026-11-25" in fields(Caller().get(f"{HERE}slots/", service="lodging", day="soon"))["day"]
    Station.objects.update(state="paused")
    assert Caller().get(f"{HERE}slots/", service="lodging", day="2026-11-24").json()["items"] == []


# --- booked ------------------------------------------------------------------------------------


def test_without_an_account_one_key_is_one_booking_and_its_key_opens_it(lodging, clock):
    key, caller = uuid4(), Caller()
    first = caller.post(BOOK, WISH | {"plate": "苏C12345"}, key=key)
    clock.now += timedelta(seconds=9)
    again = caller.post(BOOK, WISH | {"plate": "苏C12345"}, key=key)
    assert (first.status_code, again.status_code) == (201, 200) and first.json() == again.json()
    assert Booking.objects.get().channel == "api" and first.json()["plate"] == "苏C***45" and len(first.json()["code"]) == 4
    mine = f"stations/tickets/{first.json()['key']}/"
    assert Caller().get(mine).json()["state"] == "booked" and Caller().get(f"stations/tickets/{uuid4()}/").status_code == 404
    assert Caller().post(f"{mine}cancel/").json()["state"] == "cancelled"
    assert Caller().post(f"{mine}cancel/").status_code == 422
    assert caller.post(BOOK, WISH | {"starts_at": (NIGHT + timedelta(days=1)).isoformat()}, key=key).status_code == 409


def test_a_booking_of_an_account_is_its_owners_alone(cast, lodging):
    own, key = Caller(cast.driver), uuid4()
    made = own.post(BOOK, WISH | {"phone": ""}, key=key).json()
    assert [each["key"] for each in own.get("stations/mine/").json()["items"]] == [made["key"]]
    for other in (Caller(), Caller(cast.neighbour)):
        for path in ("", "cancel/", "rate/"):
            send = other.post if path else other.get
            assert send(f"stations/tickets/{made['key']}/{path}").status_code == 404, path
        assert other.post(BOOK, WISH | {"phone": "13912345678"}, key=key).status_code == 409  # his key does not open it either
    assert Caller(cast.neighbour).get("stations/mine/").json()["items"] == [] and Caller().get("stations/mine/").status_code == 401
    assert Booking.objects.get().person == cast.driver


@pytest.mark.parametrize(
    ("more", "field", "said"),
    [
        ({"starts_at": "2026-11-20T14:00:00+08:00"}, "starts_at", "已经过去了"), ({"starts_at": "2326-11-20T14:00:00+08:00"}, "starts_at", "最多提前 3 天"),
        ({"starts_at": "2026-11-24T15:00:00+08:00"}, "starts_at", "不开放"), ({"starts_at": "99999"}, "starts_at", "starts_at"),
        ({"starts_at": "0001-01-01T00:00:00Z"}, "starts_at", "starts_at"), ({"phone": ""}, "phone", ""), ({"phone": "12"}, "phone", ""),
        ({"plate": "??"}, "plate", ""), ({"length_m": 400}, "length_m", "车长"), ({"service": "gym"}, "service", "没有这项服务"), ({"bed": 1}, "bed", "请去掉"),
        ({"service": "sauna"}, "service", "选这个驿站有的"),
    ],
)  # fmt: skip
def test_a_wish_that_cannot_be_is_told_at_its_field_and_nothing_is_stored(lodging, more, field, said):
    answer = Caller().post(BOOK, WISH | more, key=uuid4())
    assert answer.status_code in (400, 422) and said in fields(answer)[field]
    assert not Booking.objects.exists()


def test_a_planned_house_is_not_booked_and_a_key_is_needed(lodging):
    assert "Idempotency-Key" in fields(Caller().post(BOOK, WISH))
    Station.objects.update(state="planned")
    answer = Caller().post(BOOK, WISH, key=uuid4())
    assert (answer.status_code, answer.json()["code"]) == (422, "closed") and "计划中" in answer.json()["detail"]


def test_a_session_without_its_token_books_nothing(cast, lodging):
    assert Caller(cast.driver).post(BOOK, WISH, key=uuid4(), token="").status_code == 403
    assert not Booking.objects.exists()


def test_who_comes_too_late_waits_moves_up_and_may_stop_waiting(lodging):
    Resource.objects.last().delete()
    first = Caller().post(BOOK, WISH, key=uuid4()).json()
    full = Caller().post(BOOK, WISH | {"phone": "13912345678"}, key=uuid4())
    assert (full.status_code, full.json()["code"]) == (409, "full") and "候补" in full.json()["detail"]
    key, mine = uuid4(), WISH | {"phone": "13912345678"}
    waits = [Caller().post(f"{HERE}wait/", mine, key=key) for _turn in range(2)]
    assert StandBy.objects.count() == 1 and waits[0].json() == waits[1].json() and waits[0].json()["place"] == 1
    assert Caller().post(f"{HERE}wait/", mine | {"starts_at": (NIGHT + timedelta(days=1)).isoformat()}, key=key).status_code == 409
    other = Caller().post(f"{HERE}wait/", WISH | {"phone": "13712345678"}, key=uuid4()).json()
    assert Caller().post(f"stations/lines/{other['key']}/leave/").json()["state"] == "left"
    assert Caller().post(f"stations/lines/{other['key']}/leave/").status_code == 404
    Caller().post(f"stations/tickets/{first['key']}/cancel/")
    waiting.move_up(service_id=lodging.pk, now=MONDAY)
    told = Caller().get(f"stations/lines/{waits[0].json()['key']}/").json()
    assert told["state"] == "booked" and Caller().get(f"stations/tickets/{told['ticket']}/").json()["state"] == "booked"


def test_what_is_free_is_not_waited_for(cast, lodging):
    answer = Caller().post(f"{HERE}wait/", WISH, key=uuid4())
    assert (answer.status_code, answer.json()["code"]) == (422, "not_full")
    Resource.objects.update(out_since=MONDAY)
    Caller(cast.driver).post(f"{HERE}wait/", WISH | {"phone": ""}, key=uuid4())
    assert len(Caller(cast.driver).get("stations/mine/lines/").json()["items"]) == 1
    assert Caller(cast.neighbour).get("stations/mine/lines/").json()["items"] == []
    assert Caller(cast.neighbour).get(f"stations/lines/{StandBy.objects.get().key}/").status_code == 404


def test_after_the_visit_it_is_rated_in_five_words(lodging, cast, clock, desk):
    key = Caller().post(BOOK, WISH, key=uuid4()).json()["key"]
    assert Caller().post(f"stations/tickets/{key}/rate/", {"value": 5}).status_code == 422
    clock.now = NIGHT
    desk.post(f"{DESK}check-in/", {"code": key})
    assert fields(Caller().post(f"stations/tickets/{key}/rate/", {"value": 9}))["value"]
    assert Caller().post(f"stations/tickets/{key}/rate/", {"value": 4, "words": "水热"}).json()["rating"] == 4
    assert VisitRating.objects.get().words == "水热"


# --- the desk ----------------------------------------------------------------------------------

READ = ("desk/", "desk/services/")
WRITE = ("check-in/", "let-go/", "walk-in/", "take-back/", "services/offer/", "services/lodging/terms/", "services/lodging/pause/",
         "services/lodging/resume/", "out/", "back/", "hours/", "days/", "days/usual/")  # fmt: skip


def test_the_desk_finds_its_own_house_alone_and_others_none(cast, lodging, desk):
    make_service(make_house("station-02"))
    for path in READ:
        assert desk.get(HERE + path).status_code == 200 and desk.get(f"stations/station-02/{path}").status_code == 404, path
    for path in WRITE:
        body = {"code": "1234"} if path == "check-in/" else {}
        assert desk.post(f"stations/station-02/desk/{path}", body, key=uuid4()).status_code == 404, path
        for other in (Caller(), Caller(cast.driver), staff(cast, "desk"), Caller(cast.station_staff)):
            assert other.post(DESK + path, body, key=uuid4()).status_code == 404, path
    assert Caller(cast.station_staff).get(DESK).status_code == 404  # the second factor is not passed


def test_today_shows_drivers_behind_their_masks_and_no_code(lodging, desk, clock):
    row = book(lodging, now=MONDAY, plate="苏C12345")
    clock.now = NIGHT + timedelta(minutes=5)
    answer = desk.get(DESK)
    assert answer.json()["coming"][0] | {"who": "尾号 5678 · 苏C***45", "late": True} == answer.json()["coming"][0]
    assert row.code not in str(answer.json()["coming"]) and "13812345678" not in answer.content.decode()


def test_let_in_by_code_once_and_let_go(lodging, cast, clock):
    row = book(lodging, now=MONDAY)
    early = staff(cast, "station_staff").post(f"{DESK}check-in/", {"code": row.code})
    assert early.status_code == 422 and early.json()["code"] == "too_early"
    clock.now, desk = NIGHT, staff(cast, "station_staff")
    assert [desk.post(f"{DESK}check-in/", {"code": row.code}).json()["state"] for _turn in range(2)] == ["in_house", "in_house"]
    assert Arrival.objects.count() == 1 and fields(desk.post(f"{DESK}check-in/", {"code": "0000" if row.code != "0000" else "1111"}))["code"]
    assert desk.post(f"{DESK}let-go/", {"key": str(row.key)}).json()["state"] == "done"
    assert desk.get(DESK).json()["came"] == [{"service": "lodging", "booked": 1, "walked_in": 0}]


def test_walk_ins_are_counted_once_a_key_and_taken_back(lodging, desk):
    key = uuid4()
    told = [desk.post(f"{DESK}walk-in/", {"service": "lodging"}, key=key).json() for _turn in range(2)]
    assert Arrival.objects.count() == 1 and desk.get(DESK).json()["came"] == [{"service": "lodging", "booked": 0, "walked_in": 1}]
    assert desk.post(f"{DESK}walk-in/", {}, key=key).status_code == 409
    assert desk.post(f"{DESK}take-back/", {"arrival": told[0]["arrival"]}).status_code == 204 and not Arrival.objects.exists()
    assert desk.post(f"{DESK}take-back/", {"arrival": told[0]["arrival"]}).status_code == 404
    assert desk.post(f"{DESK}take-back/", {"arrival": "1"}).status_code == 404


def test_a_broken_bed_moves_who_has_it_and_comes_back(lodging, desk):
    row = book(lodging, now=MONDAY)
    beds = {each["name"]: each["resource"] for each in desk.get(f"{DESK}services/").json()["items"][0]["resources"]}
    assert desk.post(f"{DESK}out/", {"resource": beds[row.resource.name], "why": "漏水"}).json() == {"moved": 1, "lost": 0}
    assert Booking.objects.get().resource != row.resource
    assert desk.post(f"{DESK}out/", {"resource": str(row.resource.pk), "why": "漏水"}).status_code == 404  # a number of ours is no name
    assert desk.post(f"{DESK}back/", {"resource": beds[row.resource.name]}).json()["out_since"] is None


def test_services_terms_hours_and_days_are_kept_by_the_desk(lodging, desk):
    book(lodging, now=MONDAY)
    assert desk.post(f"{DESK}services/lodging/terms/", {"price_fen": 1500}).json()["items"][0]["price"] == "15 元一晚"
    assert desk.post(f"{DESK}services/offer/", {"kind": "shower", "how": "book", "count": 3}).json()["items"][1]["all"] == 3
    assert "count" in fields(desk.post(f"{DESK}services/offer/", {"kind": "gym", "how": "book"}))
    assert "count" in fields(desk.post(f"{DESK}services/offer/", {"kind": "gym", "how": "book", "count": 10**9}))
    assert desk.post(f"{DESK}services/offer/", {"kind": "shower", "how": "walk_in"}).status_code == 422
    assert desk.post(f"{DESK}services/lodging/pause/", {"why": "停水"}).json()["items"][0]["paused_why"] == "停水"
    assert Booking.objects.get().state == "cancelled"
    assert desk.post(f"{DESK}services/lodging/resume/").json()["items"][0]["state"] == "open"
    book(lodging, now=MONDAY)
    assert desk.post(f"{DESK}days/", {"day": "2026-11-24", "why": "检修"}).json() == {"ended": 1}
    assert desk.post(f"{DESK}days/usual/", {"day": "2026-11-24"}).status_code == 204
    assert desk.post(f"{DESK}days/usual/", {"day": "2026-11-24"}).status_code == 404
    assert "day" in fields(desk.post(f"{DESK}days/", {"day": "2020-01-01", "why": "检修"}))
    book(lodging, now=MONDAY)
    assert desk.post(f"{DESK}hours/", {"rows": [{"days": "all", "opens": "06:30", "closes": "12:00"}]}).json() == {"ended": 1}
    assert "rows.0.opens" in fields(desk.post(f"{DESK}hours/", {"rows": [{"days": "all", "opens": "soon", "closes": "12:00"}]}))
    assert "hours" in fields(desk.post(f"{DESK}hours/", {"rows": []}))


# --- the group ---------------------------------------------------------------------------------


def test_whoever_leads_all_houses_founds_describes_and_moves_one(lodging, desk):
    lead = Caller(Person.objects.get(pk=chief(MONDAY).person_id), staff=True)
    new = {"name": "大许红运驿站", "kind": "park", "place": "320312118", "address": "大许镇粮食物流园内"}
    made = lead.post("stations/found/", new).json()
    assert (made["state"], made["moves"]) == ("planned", ["build", "open"]) and Unit.objects.get(code=made["slug"]).name == "大许红运驿站"
    assert lead.post("stations/found/", new | {"unit": made["slug"]}).status_code == 422
    assert "latitude" in fields(lead.post("stations/found/", new | {"latitude": 48.8, "longitude": 2.3}))
    at, units = f"stations/{made['slug']}/", Unit.objects.count()
    assert "place" in fields(lead.post("stations/found/", new | {"place": "1"})) and Unit.objects.count() == units
    assert lead.post(f"{at}move/", {"to": "open", "version": 0}).json()["errors"][0]["field"] == "state"
    told = lead.post(f"{at}facts/change/", {"version": 0, "latitude": 34.3, "longitude": 117.5, "phone": "0516-80000000"}).json()
    assert told["version"] == 1 and lead.post(f"{at}facts/change/", {"version": 0, "phone": "1"}).status_code == 409
    lead.post(f"{at}desk/hours/", {"rows": [{"days": "all", "opens": "00:00", "closes": "00:00"}]})
    assert lead.post(f"{at}move/", {"to": "open", "version": 1}).json()["state"] == "open"
    assert "why" in fields(lead.post(f"{at}move/", {"to": "pause", "version": 2}))
    assert "until" in fields(lead.post(f"{at}move/", {"to": "pause", "version": 2, "why": "修路", "until": "2020-01-01"}))
    assert lead.get(f"{at}facts/").json()["moves"] == ["pause", "close"]
    for path in ("facts/", "facts/change/", "move/"):
        send = desk.get if path == "facts/" else desk.post
        assert send(HERE + path).status_code == 404, path
    assert desk.post("stations/found/", new).status_code == 404
    assert set(AuditLine.objects.filter(act__startswith="station.").values_list("act", flat=True)) >= {"station.found", "station.facts", "station.open"}


def test_every_door_of_the_api_refuses_what_is_no_object_and_answers_no_500(lodging, desk):
    Service.objects.update(how="book")
    for path in (BOOK, f"{HERE}wait/", *(DESK + each for each in WRITE)):
        for body in ("[]", "null", '"x"', "{", '{"' + "a" * 5000 + '": 1}'):
            assert 400 <= desk.post(path, body, key=uuid4()).status_code < 500, (path, body[:9])
