"""Where to build next, on the page: who may ask, what it says, what it leaves untold, what it does with a wrong number."""

from __future__ import annotations

import re

import pytest
import time_machine

from accounts.models import Person, Place, Posting, Unit
from accounts.rules.roles import Role
from appeals.models import Accused, Appeal
from dashboards.selectors.siting import Asked, siting_for
from stations.models import Site, Station
from tests.appeals import journey
from tests.cast import LONG_AGO, MONDAY, make_cast
from tests.house.walking import signed_in
from tests.members.zone_world import drivers
from tests.stations.houses import book, chief, make_house, make_service

PAGE = "/dashboards/siting/"
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="[^"]+"')
SANHEJIAN, LIGUO, TANGZHANG = "320312001", "320312116", "320312111"
pytestmark = pytest.mark.django_db


@pytest.fixture
def cast(db):
    """One house that stands at 棠张; drivers there, at 利国 and in the far north-west."""
    with time_machine.travel(MONDAY, tick=False):
        made = make_cast()
        make_house()
        drivers(6, place=TANGZHANG)
        drivers(9, first=100, place=LIGUO)
        drivers(12, first=200, place=SANHEJIAN)
        yield made


def looks(cast, **asked):
    return siting_for(cast.viewer("leader"), Asked(**asked), now=MONDAY)


def planned(code: str = "station-02", **more) -> Station:
    unit = Unit.objects.get(code=code)
    values = {"kind": "park", "address": "利国镇", "place": unit.place, "latitude": 34.54, "longitude": 117.32} | more
    return Station.objects.create(unit=unit, slug=code, **values)


def test_leaders_and_whoever_leads_all_houses_find_the_page_and_nobody_else(cast):
    assert signed_in(cast.leader).get(PAGE).status_code == 200
    assert signed_in(Person.objects.get(pk=chief(MONDAY).person_id)).get(PAGE).status_code == 200
    assert signed_in(cast.leader, second_factor=False).get(PAGE).status_code in (302, 404)
    for slug in ("station_staff", "desk", "handler", "discipline", "registrar", "auditor", "driver", None):
        assert signed_in(cast.people[slug] if slug else None).get(PAGE).status_code == 404, slug
    assert siting_for(cast.viewer("station_staff"), Asked(), now=MONDAY) is None


def test_it_says_how_many_drivers_have_a_house_within_15_km_with_and_without(cast):
    found = looks(cast, choose=2)
    assert (found.drivers, found.near_before, found.near_after) == (27, 6, 27)
    assert {each.spot.place for each in found.proposals} == {"三河尖街道", "利国镇"}
    assert {(each.near, each.new) for each in found.proposals} == {(12, 12), (9, 9)}
    assert found.mean_after < found.mean_before
    page = signed_in(cast.leader).get(f"{PAGE}?choose=2").content.decode()
    assert "/ 27 名，22.2%" in page and "/ 27 名，100.0%" in page and "1,225 种选法" in page and "每一种都算过" in page


def test_three_of_fifty_are_all_tried(cast):
    found = looks(cast)
    assert (found.data.sites, found.chosen, found.ways, found.tried) == (50, 3, 19_600, 19_600)


def test_what_is_planned_or_being_built_stays_unless_he_asks_anew(cast):
    planned()
    found = looks(cast, choose=2)
    assert [each.spot.role for each in found.proposals] == ["decided", "proposed"] and found.ways == 50
    assert found.proposals[0].spot.name == "利国红运驿站" and found.proposals[1].spot.place == "三河尖街道"
    anew = looks(cast, choose=2, keep=False)
    assert [each.spot.role for each in anew.proposals] == ["proposed", "proposed"] and anew.ways == 1_225
    assert looks(cast, choose=1).chosen == 0
    assert "已定的够了" in signed_in(cast.leader).get(f"{PAGE}?choose=1").content.decode()


def test_a_planned_house_without_a_position_and_a_closed_one_count_for_nothing(cast):
    planned(latitude=None, longitude=None)
    planned("station-04", state="closed")
    assert [each.spot.role for each in looks(cast).proposals] == ["proposed"] * 3
    assert len(looks(cast).standing) == 1


def test_arrivals_are_counted_for_the_place_of_the_driver_and_the_unknown_are_named(cast):
    from members.models import Driver
    from stations.models import Arrival

    service, near = make_service(Station.objects.get(), beds=9), Driver.objects.filter(place__code=LIGUO)
    for turn, person in enumerate([*(each.person for each in near[:6]), None]):
        row = book(service, now=MONDAY, phone=f"1371234000{turn}")
        row.person = person
        row.save(update_fields=["person"])
        Arrival.objects.create(station=row.station, booking=row, client_key=row.key, at=MONDAY, by=cast.station_staff)
    found = looks(cast)
    assert (found.data.arrivals, found.data.arrivals_known) == (7, 6)
    assert {each.name: each.arrivals for each in found.places if each.arrivals} == {"利国镇": 6}
    only = looks(cast, choose=1, drivers=0, appeals=0, arrivals=100)
    assert only.proposals[0].spot.place in ("利国镇", "利国街道")


def appeals(number: int, code: str) -> list[Appeal]:
    made = [journey.file(f"路上堵了半天，第 {n} 回，等得没法卸货", now=MONDAY) for n in range(number)]
    Appeal.objects.filter(pk__in=[each.pk for each in made]).update(place=Place.objects.get(code=code))
    return made


def test_appeals_of_his_closures_are_not_counted_and_small_numbers_are_not_told(cast):
    made = appeals(3, LIGUO)
    assert {each.name: each.appeals for each in looks(cast).places if each.appeals} == {"利国镇": 3}
    page = signed_in(cast.leader).get(PAGE).content.decode()
    assert re.search(r"利国镇</th>.{0,120}少于 5", page, re.S)
    Accused.objects.create(appeal=made[0], unit=Unit.objects.get(code="squad-03"), source="driver", since=MONDAY)
    Posting.objects.create(person=cast.leader, unit=Unit.objects.get(code="squad-03"), role=Role.HEAD, starts_at=LONG_AGO)
    assert {each.name: each.appeals for each in looks(cast).places if each.appeals} == {"利国镇": 2}


def test_whoever_leads_stations_alone_is_told_nothing_of_appeals(cast):
    by = chief(MONDAY)
    client = signed_in(Person.objects.get(pk=by.person_id))
    before = TOKEN.sub("", client.get(PAGE).content.decode())
    appeals(7, SANHEJIAN)
    assert TOKEN.sub("", client.get(PAGE).content.decode()) == before
    assert "诉求不在您能看的数里" in before and siting_for(by, Asked(), now=MONDAY).data.appeals is None


@pytest.mark.parametrize(
    ("query", "field", "said"),
    [
        ("choose=0", "choose", "写 1 到 6"), ("choose=7", "choose", "写 1 到 6"), ("drivers=101", "drivers", "写 0 到 100"),
        ("arrivals=-1", "arrivals", "写 0 到 100"), ("appeals=abc", "appeals", "写 0 到 100"), ("drivers=1e9", "drivers", "写 0 到 100"),
        ("drivers=0&arrivals=0&appeals=0", "drivers", "不能都是 0"),
    ],
)  # fmt: skip
def test_a_number_out_of_bounds_is_told_at_its_field_and_stays_typed(cast, query, field, said):
    answer = signed_in(cast.leader).get(f"{PAGE}?{query}")
    page = answer.content.decode()
    assert answer.status_code == 400 and said in page and f'id="bad-{field}"' in page
    assert f'name="{field}" value="{dict(pair.split("=") for pair in query.split("&"))[field]}"' in page


def test_an_address_with_something_else_in_it_is_no_fault_of_ours(cast):
    assert signed_in(cast.leader).get(f"{PAGE}?colour=red").status_code == 400


def test_a_district_without_drivers_and_without_sites_has_a_page_too(db):
    with time_machine.travel(MONDAY, tick=False):
        leader = make_cast("leader").leader
        assert "还没有在册司机" in signed_in(leader).get(PAGE).content.decode()
        Site.objects.update(dropped_on=MONDAY.date())
        assert signed_in(leader).get(PAGE).status_code == 200


def test_no_name_and_no_number_of_anybody_stands_on_the_page(cast):
    page = signed_in(cast.leader).get(PAGE).content.decode()
    assert "李100号" not in page and "13900000100" not in page
