"""Things of a house: looked at on their day, overdue in words, broken with their bed and mended with it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction

from common.errors import DomainError, NotThere
from stations.models import Booking, Equipment, EquipmentCheck, Repair, Resource
from stations.rules.equipment import next_day, standing
from stations.selectors import equipment as selectors
from stations.services import bookings, equipment
from tests.cast import MONDAY, make_cast
from tests.house.walking import signed_in
from tests.stations.desks import second_keeper, view
from tests.stations.houses import NIGHT, book, make_house, make_service

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 24)
AT = "/admin/stations/station-01/things/"


@pytest.fixture
def cast(db):
    with time_machine.travel(NIGHT, tick=False):
        yield make_cast("station_staff", "driver", "desk")


@pytest.fixture
def house(cast):
    return make_house()


def me(cast):
    return cast.viewer("station_staff", NIGHT)


def add(cast, house, name="门厅灭火器", **more) -> Equipment:
    values = {"station": house, "name": name, "every_days": 30, "next_on": TODAY, "by": me(cast), "now": NIGHT}
    return equipment.add(**values | more)


def check(cast, thing, ok=True, **more):
    values = {"thing": thing, "on": TODAY, "ok": ok, "words": "" if ok else "压力表到红区了", "by": me(cast), "now": NIGHT}
    return equipment.check(**values | more)


def test_the_next_day_is_counted_from_the_look_and_an_old_look_brings_nothing_forward():
    assert next_day(TODAY, 30, TODAY) == TODAY + timedelta(days=30)
    assert next_day(TODAY, 30, TODAY - timedelta(days=9)) == TODAY + timedelta(days=30)
    assert next_day(TODAY - timedelta(days=60), 30, TODAY + timedelta(days=5)) == TODAY + timedelta(days=5)
    assert [standing(TODAY + timedelta(days=n), TODAY) for n in (-1, 0, 7, 8)] == ["over", "today", "soon", ""]


def test_what_is_due_stands_first_and_leaves_the_list_when_it_was_looked_at(cast, house):
    late, today = add(cast, house, next_on=TODAY - timedelta(days=3)), add(cast, house, "锅炉", next_on=TODAY)
    add(cast, house, "洗衣机", next_on=TODAY + timedelta(days=9))
    assert list(selectors.due(me(cast), house, now=NIGHT)) == [late, today]
    check(cast, late)
    late.refresh_from_db()
    assert late.next_on == TODAY + timedelta(days=30) and list(selectors.due(me(cast), house, now=NIGHT)) == [today]
    desk = signed_in(cast.station_staff)
    assert "该查的设备" in desk.get("/admin/stations/station-01/").content.decode()
    check(cast, today)
    assert "该查的设备" not in desk.get("/admin/stations/station-01/").content.decode()


def test_a_fault_opens_a_repair_and_takes_its_bed_out_and_the_bed_comes_back_with_the_repair(cast, house):
    lodging = make_service(house, beds=2)
    row = book(lodging, now=MONDAY)
    thing = add(cast, house, "床头灯", resource=row.resource)
    check(cast, thing, ok=False, take_out=True)
    row.refresh_from_db()
    broken = Repair.objects.get()
    assert broken.took_out and Resource.objects.get(pk=thing.resource_id).out_since == NIGHT and row.resource_id != thing.resource_id
    check(cast, thing, ok=False, words="还没修", take_out=True)
    assert Repair.objects.count() == 1 and EquipmentCheck.objects.count() == 2
    equipment.mended(thing=thing, words="换了灯", by=me(cast), now=NIGHT + timedelta(hours=1), cost_fen=3500)
    assert Resource.objects.get(pk=thing.resource_id).out_since is None
    with pytest.raises(NotThere):
        equipment.mended(thing=thing, words="再修一次", by=me(cast), now=NIGHT)


def test_a_bed_that_was_out_for_another_reason_stays_out_when_the_thing_is_mended(cast, house):
    lodging = make_service(house)
    bed = Resource.objects.get(service=lodging)
    thing = add(cast, house, "床头灯", resource=bed)
    Resource.objects.update(out_since=NIGHT, out_why="漏雨")
    check(cast, thing, ok=False, take_out=True)
    equipment.mended(thing=thing, words="换了灯", by=me(cast), now=NIGHT)
    assert Resource.objects.get().out_why == "漏雨" and Resource.objects.get().out_since == NIGHT


def test_a_bed_in_which_somebody_lies_stays_and_nothing_is_written_by_halves(cast, house):
    lodging = make_service(house, grace=480)
    row = book(lodging, now=MONDAY)
    bookings.check_in(booking=row, by=me(cast), now=NIGHT)
    thing = add(cast, house, "床头灯", resource=row.resource)
    with pytest.raises(DomainError) as error:
        check(cast, thing, ok=False, take_out=True)
    assert error.value.code == "in_use" and not Repair.objects.exists() and not EquipmentCheck.objects.exists()
    assert Booking.objects.get().state == "in_house"


def test_bad_input_says_why_at_its_field(cast, house):
    thing = add(cast, house)
    bed_of_another = Resource.objects.get(service=make_service(make_house("station-02")))
    cases = [
        (lambda: add(cast, house), "twice", "name"), (lambda: add(cast, house, " "), "required", "name"),
        (lambda: add(cast, house, "甲乙", every_days=0), "invalid", "every_days"), (lambda: add(cast, house, "甲乙", every_days=10**6), "invalid", "every_days"),
        (lambda: add(cast, house, "甲乙", next_on=date(2326, 1, 1)), "far", "next_on"),
        (lambda: check(cast, thing, on=TODAY + timedelta(days=1)), "future", "on"), (lambda: check(cast, thing, on=date(1926, 1, 1)), "far", "on"),
        (lambda: check(cast, thing, ok=False, words=" "), "required", "words"), (lambda: check(cast, thing, words="字" * 201), "too_long", "words"),
        (lambda: equipment.drop(thing=thing, why="", by=me(cast), now=NIGHT), "required", "gone_why"),
    ]  # fmt: skip
    for act, code, field in cases:
        with pytest.raises(DomainError) as error:
            act()
        assert (error.value.code, error.value.field) == (code, field)
    with pytest.raises(NotThere):
        add(cast, house, "甲乙", resource=bed_of_another)
    for values in ({"every_days": 0}, {"every_days": 9999}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Equipment.objects.filter(pk=thing.pk).update(**values)
    with pytest.raises(IntegrityError), transaction.atomic():
        EquipmentCheck.objects.create(equipment=thing, on=TODAY, ok=False, by=cast.station_staff, at=NIGHT)


def test_another_house_does_not_find_it_and_what_is_gone_takes_no_look(cast, house):
    thing = add(cast, house)
    make_house("station-02")
    away = second_keeper(NIGHT, code="station-02", login="away")
    for act in (equipment.drop, equipment.mended):
        with pytest.raises(NotThere):
            act(thing=thing, by=view(away, NIGHT), now=NIGHT, **({"why": "不要了"} if act is equipment.drop else {"words": "修好"}))
    client = signed_in(away)
    for path in (AT, f"{AT}{thing.pk}/", f"/admin/stations/station-02/things/{thing.pk}/", "/admin/stations/station-02/things/x/"):
        assert client.get(path).status_code == 404, path
    equipment.drop(thing=thing, why="换新的了", by=me(cast), now=NIGHT)
    with pytest.raises(NotThere):
        check(cast, thing)
    assert add(cast, house).pk != thing.pk, "a name is free again when the old thing is gone"


def test_the_pages_write_it_down_look_at_it_and_mend_it(cast, house):
    lodging = make_service(house, beds=1)
    row = book(lodging, now=MONDAY)
    desk = signed_in(cast.station_staff)
    good = {"name": "床头灯", "spot": "一楼", "every_days": "30", "next_on": "2026-11-20", "resource": row.resource_id}
    for wrong in ({"name": ""}, {"every_days": "x"}, {"every_days": "²"}, {"next_on": ""}, {"next_on": "明天"}):
        answer = desk.post(AT, good | wrong)
        field = next(iter(wrong))
        assert answer.status_code == 422 and f'id="bad-{field}"' in answer.content.decode(), wrong
    assert desk.post(AT, good | {"resource": "999999"}).status_code == 404
    assert desk.post(AT, good).status_code == 302 and "超期 4 天" in desk.get(AT).content.decode()
    at = f"{AT}{Equipment.objects.get().pk}/"
    assert "0 个订了的换到别的空位，1 个没有位置" in desk.get(at).content.decode()
    for typed in ({"act": "check", "on": "2026-11-24"}, {"act": "check", "on": "2026-11-24", "ok": "no"}, {"act": "mended", "cost": "x"}):
        assert desk.post(at, typed).status_code in (404, 422), typed
    assert desk.post(at, {"act": "check", "on": "2026-11-24", "ok": "no", "words": "灯不亮", "out": "1"}).status_code == 302
    row.refresh_from_db()
    assert row.state == "cancelled" and "在修" in desk.get(at).content.decode()
    assert desk.post(at, {"act": "drop", "gone_why": "不要了"}).status_code == 422
    assert desk.post(at, {"act": "mended", "done_words": "换了灯管", "cost": "35"}).status_code == 302
    assert "换了灯管 · 35 元" in desk.get(at).content.decode() and Resource.objects.get().out_since is None
    assert desk.post(at, {"act": "drop", "gone_why": "不要了"}).url == AT and desk.get(at).status_code == 404
    assert desk.post(at, {"act": "burn"}).status_code == 404
