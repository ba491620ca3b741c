"""The class list of 司机之家: counted from what was seen within a year, never typed; the public hears only what is there."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction

from accounts.models import AuditLine
from common.errors import DomainError, NotThere
from stations.models import HomeTick
from stations.rules.homes import ITEMS, Level, lacks, next_up, reached
from stations.selectors.homes import checklist_for, public_home
from stations.services import homes
from stations.services.homes import Seen
from tests.cast import MONDAY, make_cast
from tests.house.walking import signed_in
from tests.stations.houses import make_house, make_service

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 23)
FREE = {one.code for one in ITEMS if one.free}
AT = "/admin/stations/station-01/home/"


@pytest.fixture
def cast(db):
    with time_machine.travel(MONDAY, tick=False):
        yield make_cast("station_staff", "driver", "desk")


def keeper(cast):
    return cast.viewer("station_staff", MONDAY)


def look(cast, house, *codes, met=True, on=TODAY, note=""):
    return homes.look(station=house, seen=[Seen(code, met, note) for code in codes], on=on, by=keeper(cast), now=MONDAY)


def test_five_free_things_make_the_basics_and_each_class_asks_for_all_below_it():
    of = {level: {one.code for one in ITEMS if one.level == level} for level in Level}
    assert len(FREE) == 5 and of[Level.BASIC] == FREE
    assert [reached(FREE - {"water"}), reached(FREE), reached(FREE | of[Level.B]), reached({one.code for one in ITEMS})] == [None, "basic", "B", "A"]
    assert reached(FREE | of[Level.A]) == "basic"  # what A adds does not stand in for what B asks
    assert {one.code for one in lacks(Level.B, FREE | {"shower"})} == of[Level.B] - {"shower"}
    assert [next_up(None), next_up(Level.BASIC), next_up(Level.A)] == ["basic", "B", None]


def test_a_keeper_ticks_with_a_day_and_sees_what_is_missing(cast):
    house = make_house()
    assert look(cast, house, *FREE, "shower", "meals") == 7
    look(cast, house, "bays-30", met=False, note="只有 22 个")
    found = checklist_for(keeper(cast), house, now=MONDAY)
    assert (found.level, found.aims_at, [one.code for one in found.missing]) == ("basic", "B", ["bays-30"])
    assert found.since == TODAY and AuditLine.objects.filter(act="home.look").count() == 2
    look(cast, house, "bays-30")
    assert checklist_for(keeper(cast), house, now=MONDAY).level == "B"


def test_a_look_counts_for_a_year_and_an_earlier_one_never_covers_a_later_one(cast):
    house = make_house()
    look(cast, house, *FREE, on=TODAY - timedelta(days=365))
    assert checklist_for(keeper(cast), house, now=MONDAY).level == "basic"
    found = checklist_for(keeper(cast), house, now=MONDAY + timedelta(days=1))
    assert found.level is None and all(line.old for line in found.lines if line.item.free)
    look(cast, house, "water", on=TODAY)
    for on, code in ((TODAY + timedelta(days=1), "future"), (TODAY - timedelta(days=366), "too_old"), (TODAY - timedelta(days=3), "older")):
        with pytest.raises(DomainError) as error:
            look(cast, house, "water", on=on)
        assert (error.value.code, error.value.field) == (code, "on")


def test_a_tick_that_the_rows_of_the_house_do_not_bear_out_is_pointed_at(cast):
    house = make_house()
    make_service(house, "parking", beds=3)
    look(cast, house, "rest", "shower", "bays-30", "water")
    doubtful = {line.item.code for line in checklist_for(keeper(cast), house, now=MONDAY).lines if line.doubtful}
    assert doubtful == {"shower", "bays-30"}


def test_another_house_has_no_list_for_him_and_takes_no_tick(cast):
    other = make_house("station-02")
    assert checklist_for(keeper(cast), other, now=MONDAY) is None
    assert checklist_for(cast.viewer("driver", MONDAY), other, now=MONDAY) is None
    for item in ("water", "casino"):
        with pytest.raises(NotThere):
            look(cast, other, item)
    with pytest.raises(NotThere):
        look(cast, make_house(), "casino")
    assert not HomeTick.objects.exists()


def test_one_item_of_a_house_has_one_row(cast):
    house = make_house()
    values = {"station": house, "item": "water", "met": True, "seen_on": TODAY, "by": cast.station_staff, "at": MONDAY}
    HomeTick.objects.create(**values)
    with pytest.raises(IntegrityError), transaction.atomic():
        HomeTick.objects.create(**values)


def test_the_public_reads_the_awarded_class_and_what_is_there_and_nothing_of_the_rest(cast, django_assert_num_queries):
    house = make_house(grade="B")
    look(cast, house, *FREE, "lodging", "bays-30", note="钥匙在老王那里")
    look(cast, house, "meals", "water", met=False)
    nobody = cast.viewer("driver", MONDAY)
    with django_assert_num_queries(1):
        found = public_home(nobody, house, now=MONDAY)
    assert (found.grade, found.grade_words, found.more) == ("B", "B 类", ("住宿",))
    assert found.free == ("停车休息", "如厕和洗漱", "手机充电", "阅读和上网") and "老王" not in repr(found)
    planned = public_home(nobody, make_house("station-02", state="planned", grade="A"), now=MONDAY)
    assert (planned.grade, planned.free, planned.more) == ("", (), ())


def test_the_page_ticks_keeps_what_was_typed_and_tells_what_is_wrong_at_its_field(cast):
    make_house()
    desk = signed_in(cast.station_staff)
    assert "五样免费的还没齐" in desk.get(AT).content.decode()
    good = {f"is-{code}": "yes" for code in FREE} | {"on": "2026-11-23", "note-water": "开水炉在门厅"}
    for wrong, field in (({"on": ""}, "on"), ({"on": "昨天"}, "on"), ({"on": "2026-11-24"}, "on"), ({"on": "2020-01-01"}, "on"), ({"note-water": "水" * 81}, "note-water")):
        answer = desk.post(AT, good | wrong)
        page = answer.content.decode()
        assert answer.status_code == 422 and f'href="#{field}"' in page and "开水炉" in page or field == "note-water", wrong
    assert desk.post(AT, {"on": "2026-11-23"}).status_code == 422 and not HomeTick.objects.exists()
    assert desk.post(AT, good).status_code == 302
    page = desk.get(AT).content.decode()
    assert "够基本项，离B 类还差 3 项" in page and "驿* 看的" not in page and "开水炉在门厅" in page
