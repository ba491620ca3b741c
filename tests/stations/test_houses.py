"""The life of a house: who may open and close it, who is told, when it is open, how far it is."""

from __future__ import annotations

from datetime import date, datetime, time

import pytest
import time_machine
from django.test import Client

from accounts.models import AuditLine, Person, Unit
from accounts.rules.viewer import NOBODY
from common.clock import SHANGHAI
from common.errors import DomainError, NotThere, Stale
from notices.models import Notice
from stations.models import Booking, Hours, Service, Station
from stations.rules import hours as rules
from stations.rules.life import StationMove, StationState
from stations.rules.slots import Plan, slots
from stations.selectors.near import near
from stations.services import houses, terms
from tests.cast import MONDAY, make_cast
from tests.house.walking import signed_in
from tests.stations.houses import book, chief, make_house, make_service

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 24)


@pytest.fixture
def leader(db):
    return chief(MONDAY)


@pytest.fixture
def lodging(db):
    return make_service(make_house(), beds=3)


def moved(house: Station, to: StationMove, by, **more) -> Station:
    house.refresh_from_db()
    return houses.move(station=house, to=to, by=by, now=MONDAY, **({"version": house.version} | more))


def refused(act, code: str) -> None:
    with pytest.raises(DomainError) as error:
        act()
    assert error.value.code == code


def test_a_house_goes_from_planned_to_closed_by_the_table_alone(leader):
    house = make_house(state="planned")
    for move in (StationMove.PAUSE, StationMove.RESUME, StationMove.CLOSE):
        refused(lambda move=move: moved(house, move, leader, why="试一下"), "illegal")
    for move, state in (("build", "building"), ("open", "open"), ("pause", "paused"), ("resume", "open"), ("close", "closed")):
        assert moved(house, StationMove(move), leader, why="照计划").state == state
        assert AuditLine.objects.filter(act=f"station.{move}", about_pk=str(house.pk)).count() == 1
    for move in StationMove:
        refused(lambda move=move: moved(house, move, leader, why="再来"), "illegal")


def test_a_house_opens_only_with_its_position_and_its_hours(leader):
    house = make_house(state="building")
    Hours.objects.all().delete()
    refused(lambda: moved(house, StationMove.OPEN, leader), "not_ready")
    Hours.objects.create(station=house, days="all", opens=time(8), closes=time(18))
    Station.objects.update(latitude=None, longitude=None)
    refused(lambda: moved(house, StationMove.OPEN, leader), "not_ready")


def test_closing_tells_everyone_who_has_booked_in_the_same_transaction(leader, lodging):
    for tail in range(3):
        book(lodging, now=MONDAY, phone=f"1390000000{tail}")
    refused(lambda: moved(lodging.station, StationMove.CLOSE, leader, why=" "), "required")
    assert not Notice.objects.filter(template="station.taken_away").exists()
    moved(lodging.station, StationMove.CLOSE, leader, why="合同到期")
    assert set(Booking.objects.values_list("state", "ended_why")) == {("cancelled", "合同到期")}
    assert Notice.objects.filter(template="station.taken_away").count() == 3


def test_when_telling_fails_the_house_stays_open_and_nobody_has_lost_his_bed(leader, lodging, monkeypatch):
    from stations.services import notify

    for tail in range(2):
        book(lodging, now=MONDAY, phone=f"1390000000{tail}")
    told, post = [], notify.driver

    def breaks(about, template, **more):
        told.append(about)
        if len(told) == 2:
            raise RuntimeError("the second one")
        post(about, template, **more)

    monkeypatch.setattr(notify, "driver", breaks)
    with pytest.raises(RuntimeError):
        moved(lodging.station, StationMove.CLOSE, leader, why="合同到期")
    assert Station.objects.get().state == StationState.OPEN and set(Booking.objects.values_list("state", flat=True)) == {"booked"}
    assert not Notice.objects.filter(template="station.taken_away").exists()


def test_who_saw_an_older_version_changes_nothing(leader, lodging):
    house = lodging.station
    seen = house.version
    moved(house, StationMove.PAUSE, leader, why="检修")
    with pytest.raises(Stale):
        moved(house, StationMove.RESUME, leader, version=seen)
    with pytest.raises(Stale):
        terms.describe(station=house, by=leader, now=MONDAY, version=seen, address="别处的地址")
    assert Station.objects.get().state == StationState.PAUSED and Station.objects.get().address == "棠张镇"


def test_the_desk_of_one_house_neither_opens_nor_closes_it(lodging):
    desk = make_cast("station_staff").viewer("station_staff")
    with pytest.raises(NotThere):
        moved(lodging.station, StationMove.CLOSE, desk, why="试一下")
    with pytest.raises(NotThere):
        terms.describe(station=lodging.station, by=desk, now=MONDAY, version=0, address="别处的地址")


def test_a_paused_service_tells_its_own_and_leaves_the_others_alone(leader, lodging):
    shower = make_service(lodging.station, "shower", beds=1, minutes=60)
    bed, wash = book(lodging, now=MONDAY, phone="13900000001"), book(shower, now=MONDAY, phone="13900000002")
    houses.pause_service(service=lodging, by=leader, now=MONDAY, why="换床垫")
    bed.refresh_from_db()
    wash.refresh_from_db()
    lodging.refresh_from_db()
    assert (bed.state, wash.state) == ("cancelled", "booked")
    refused(lambda: book(lodging, now=MONDAY, phone="13900000003"), "closed")
    houses.resume_service(service=lodging, by=leader, now=MONDAY)
    lodging.refresh_from_db()
    assert Service.objects.get(pk=lodging.pk).paused_why == "" and book(lodging, now=MONDAY, phone="13900000003").pk


def hours(*rows, works=lambda day: day.isoweekday() < 6, exceptions=()):
    return rules.Hours([rules.Row(*row) for row in rows], exceptions, works)


def at(hour: int, minute: int = 0, day: int = 24) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=SHANGHAI)


def test_hours_past_midnight_hold_on_the_next_morning():
    night = hours(("all", time(18), time(6)))
    assert night.open_at(at(23)).ends == at(6, day=25) and night.open_at(at(5, 59)).starts == at(18, day=23)
    assert night.open_at(at(6)) is None and night.opens_next(at(7)) == at(18)
    assert hours(("all", time(0), time(0))).open_at(at(23, 59)) is not None


def test_a_weekend_that_is_worked_has_the_hours_of_a_workday():
    saturday = date(2026, 11, 28)
    rows = (("workday", time(8), time(18)), ("restday", time(10), time(12)))
    assert hours(*rows).spans(saturday)[0].starts.hour == 10
    assert hours(*rows, works=lambda day: day == saturday).spans(saturday)[0].starts.hour == 8
    assert hours(("6", time(9), time(10)), works=lambda day: True).spans(saturday)[0].starts.hour == 9  # a weekday by its name stays


def test_a_special_day_wins_over_the_week_and_says_why():
    shut = hours(("all", time(8), time(18)), exceptions=[rules.Exceptional(DAY, None, None, "停电")])
    assert shut.open_at(at(9)) is None and shut.opens_next(at(9)) == at(8, day=25) and shut.why_closed(DAY) == "停电"
    short = hours(("all", time(8), time(18)), exceptions=[rules.Exceptional(DAY, time(10), time(11))])
    assert short.open_at(at(9)) is None and short.open_at(at(10, 30)) is not None
    assert hours().opens_next(at(9)) is None


def test_rows_that_touch_are_one_and_slots_fill_them_without_a_rest():
    day = hours(("all", time(8), time(10)), ("all", time(10), time(12, 30)))
    assert len(day.spans(DAY)) == 1
    found = slots(Plan(60, 3), DAY, day.spans(DAY))
    assert [one.starts.hour for one in found] == [8, 9, 10, 11] and found[-1].ends == at(12)
    assert slots(Plan(0, 3), DAY, day.spans(DAY)) == [] and len(slots(Plan(0, 3), DAY, hours(("all", time(0), time(0))).spans(DAY))) == 1


def test_ten_houses_are_told_by_distance_and_a_closed_one_is_not_told():
    first = make_house()
    group = first.unit.parent
    for number in range(11, 21):
        unit = Unit.objects.create(code=f"station-{number}", name=f"{number}", kind="station", parent=group)
        house = Station.objects.create(unit=unit, slug=unit.code, kind="park", state="open", address="路边", place=first.place, latitude=34.1 + number / 100, longitude=117.3)
    Station.objects.filter(pk=house.pk).update(state="closed")
    found = near(NOBODY, 34.1, 117.3)
    assert [one.station.slug for one in found] == ["station-01", *(f"station-{n}" for n in range(11, 20))]
    assert found == sorted(found, key=lambda one: one.km) and 12 < found[1].km < 12.5
    for place in ((48.85, 2.35), (-34.1, 117.3), (34.1, -117.3), (float("nan"), 117.3)):
        refused(lambda place=place: near(NOBODY, *place), "far_away")


@pytest.fixture
def office(leader):
    with time_machine.travel(MONDAY, tick=False):
        yield signed_in(Person.objects.get(pk=leader.person_id))


def test_the_leader_closes_a_house_after_the_page_has_said_who_loses(office, lodging):
    book(lodging, now=MONDAY)
    at_ = "/admin/houses/station-01/"
    assert office.get("/admin/houses/").status_code == 200 and office.get(at_).status_code == 200
    assert "1 个订了的没有位置了" in office.get(f"{at_}close/").content.decode()
    assert office.post(f"{at_}close/", {"why": "合同到期", "version": 7}).status_code == 422
    assert office.post(f"{at_}close/", {"why": "", "version": 0}).status_code == 422
    assert office.post(f"{at_}close/", {"why": "合同到期", "version": 0}).url == at_
    assert Station.objects.get().state == StationState.CLOSED and Booking.objects.get().state == "cancelled"
    assert office.get(f"{at_}open/").status_code == 404 and office.get(f"{at_}burn/").status_code == 404


def test_a_new_house_is_written_down_without_code_and_opened(office, lodging):
    typed = {"unit": "", "name": "柳新驿站", "address": "柳新镇物流园", "kind": "park", "place": lodging.station.place_id, "latitude": "34.4", "longitude": "117.1"}
    wrong = ({"name": ""}, {"address": ""}, {"kind": "castle"}, {"place": "0"}, {"latitude": "117.1", "longitude": "34.4"}, {"latitude": "nan"}, {"longitude": "1e400"})
    for change in wrong:
        assert office.post("/admin/houses/", typed | change).status_code == 422, change
    assert Station.objects.count() == 1 and not Unit.objects.filter(name="柳新驿站").exists()
    to = office.post("/admin/houses/", typed).url
    house = Station.objects.get(unit__name="柳新驿站")
    assert to == f"/admin/houses/{house.slug}/" and house.state == StationState.PLANNED
    assert office.post(f"/admin/stations/{house.slug}/services/", {"act": "hours", "days": ["all"], "opens": ["0:00"], "closes": ["24:00"]}).status_code == 302
    assert office.post(f"{to}open/", {"version": 0}).status_code == 302
    assert Station.objects.get(pk=house.pk).state == StationState.OPEN
    assert "柳新驿站" in Client().get("/stations/").content.decode()


def test_the_group_s_pages_are_not_there_for_the_desk_of_one_house(lodging):
    with time_machine.travel(MONDAY, tick=False):
        client = signed_in(make_cast("station_staff").station_staff)
        for path in ("", "station-01/", "station-01/close/"):
            assert client.get(f"/admin/houses/{path}").status_code == 404 and client.post(f"/admin/houses/{path}").status_code == 404
