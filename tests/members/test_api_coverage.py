"""The API of coverage and of employers by pair: numbers with their denominators, a past day's count, one word for two enterprises."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from accounts.models import Place
from members.models import Declaration, EmployerChoice, UnionMember
from tests.appeals.api import Caller, Clock, fields, staff
from tests.cast import MONDAY, make_cast
from tests.members.makers import make_driver, make_enterprise

pytestmark = pytest.mark.django_db
TOWN = "320312111"


@pytest.fixture
def cast():
    return make_cast()


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    return Clock(monkeypatch, MONDAY)


def test_each_town_tells_declared_held_checked_missing_and_stale_and_who_owes_comes_first(cast):
    make_driver("李大路", phone="13900000001", now=MONDAY - timedelta(days=400))
    make_driver("王小车", phone="13900000002")
    Declaration.objects.create(place=Place.objects.get(code=TOWN), declared=5, at=MONDAY - timedelta(days=3))
    told = staff(cast, "registrar").get("census/coverage/").json()
    row = next(each for each in told["places"] if each["code"] == TOWN)
    assert {name: row[name] for name in ("declared", "held", "checked", "missing", "stale", "late")} == {
        "declared": 5, "held": 2, "checked": 1, "missing": 3, "stale": 1, "late": False,
    }  # fmt: skip
    assert (told["towns"], told["handed_in"], told["held"], told["missing"]) == (Place.objects.count(), 1, 2, 3)
    assert told["places"][-1]["code"] == TOWN and told["places"][0]["late"] and told["places"][0]["declared"] is None
    assert told["as_of"] is None and told["then"] is None


def test_an_enterprise_of_the_union_lacks_whom_the_register_does_not_hold(cast):
    company = make_enterprise()
    type(company).objects.update(in_union=True)
    for slug in ("driver", "neighbour"):
        UnionMember.objects.create(person=cast.people[slug], enterprise=company, occupation="truck")
    row = staff(cast, "registrar").get("census/coverage/").json()["enterprises"][0]
    assert (row["name"], row["in_union"], row["declared"], row["held"], row["missing"]) == (company.name, True, 2, 0, 2)


def test_the_count_of_a_past_day_is_the_same_on_every_later_day(cast, clock):
    make_driver("李大路", phone="13900000001", now=MONDAY - timedelta(days=10))
    one = make_driver("王小车", phone="13900000002", now=MONDAY - timedelta(days=2))
    keeper, day = staff(cast, "registrar"), f"{MONDAY - timedelta(days=1):%Y-%m-%d}"
    assert [keeper.get("census/coverage/", as_of=f"{MONDAY - timedelta(days=n):%Y-%m-%d}").json()["then"] for n in (11, 10, 1)] == [0, 1, 2]
    path, asked = f"drivers/{one.person.key}/state/", {"state": "moved", "on": f"{MONDAY:%Y-%m-%d}", "reason": "本人来电说迁走了"}
    assert keeper.post(path, asked).status_code == 200
    clock.now += timedelta(minutes=5)
    assert keeper.get("census/coverage/", as_of=day).json()["then"] == 2 and keeper.get("census/coverage/").json()["held"] == 1
    for wrong in ("x", "2026-13-01", "9999-12-31", "0001-01-01"):
        assert "as_of" in fields(keeper.get("census/coverage/", as_of=wrong)), wrong
    assert "day" in fields(keeper.get("census/coverage/", day=day))


def test_coverage_of_the_census_is_the_keepers_alone(cast):
    for caller in (staff(cast, "secretary"), staff(cast, "union_officer"), staff(cast, "leader"), Caller(cast.driver)):
        assert caller.get("census/coverage/").status_code == 404


# --- employers by pair ---------------------------------------------------------------------------


def pair(names=("李大路", "王大路", "赵大路")):
    census, union = make_enterprise("徐州甲运输有限公司"), make_enterprise("徐州乙物流有限公司")
    drivers = [make_driver(name, phone=f"1390000001{n}", enterprise=census, engagement="employed") for n, name in enumerate(names)]
    for each in drivers:
        UnionMember.objects.create(person=each.person, enterprise=union, occupation="truck")
    return census, union, drivers


def test_two_enterprises_are_settled_with_one_word_and_taken_back_with_one(cast):
    census, union, drivers = pair()
    keeper, secretary = staff(cast, "registrar"), staff(cast, "secretary")
    row = keeper.get("enterprises/employers/pairs/").json()["items"][0]
    assert (row["census"]["name"], row["union"]["name"], row["drivers"]) == (census.name, union.name, 3)
    sides = {name: row[name]["enterprise"] for name in ("census", "union")}
    assert len(keeper.get("enterprises/employers/", **sides).json()["items"]) == 3
    assert keeper.get("enterprises/employers/", census=sides["union"]).json()["items"] == []
    assert "census" in fields(keeper.get("enterprises/employers/", census=str(census.pk)))
    asked = sides | {"taken": "union"}
    for path in ("pairs/", "pairs/settled/"):
        assert secretary.get(f"enterprises/employers/{path}").status_code == 404
    assert secretary.post("enterprises/employers/pairs/settle/", asked).status_code == 404
    assert set(fields(keeper.post("enterprises/employers/pairs/settle/", {}))) == {"census", "union", "taken"}
    assert "census" in fields(keeper.post("enterprises/employers/pairs/settle/", asked | {"census": str(census.pk)}))
    key = uuid4()
    told = [keeper.post("enterprises/employers/pairs/settle/", asked, key=key) for _time in range(2)]
    assert [each.json() for each in told] == [{"drivers": 3}] * 2 and EmployerChoice.objects.count() == 3
    assert keeper.post("enterprises/employers/pairs/settle/", asked).status_code == 409
    assert keeper.get("enterprises/employers/pairs/").json()["items"] == []
    assert {each.enterprise_id for each in type(drivers[0]).objects.all()} == {union.pk}
    decision = keeper.get("enterprises/employers/pairs/settled/").json()["items"][0]
    assert (decision["drivers"], decision["taken"], decision["by"]) == (3, "union", cast.registrar.name)
    assert "choice" in fields(keeper.post("enterprises/employers/pairs/back/", {}))
    assert secretary.post("enterprises/employers/pairs/back/", {"choice": decision["choice"]}).status_code == 404
    assert keeper.post("enterprises/employers/pairs/back/", {"choice": decision["choice"]}).json() == {"back": 3, "left": 0}
    assert keeper.post("enterprises/employers/pairs/back/", {"choice": decision["choice"]}).status_code == 404
    assert {each.enterprise_id for each in type(drivers[0]).objects.all()} == {census.pk}


def test_pairs_are_walked_page_by_page_those_with_the_most_drivers_first(cast):
    pair()
    other, third = make_enterprise("徐州丙货运有限公司"), make_enterprise("徐州丁货运有限公司")
    driver = make_driver("孙别处", phone="13900000099", enterprise=other, engagement="employed")
    UnionMember.objects.create(person=driver.person, enterprise=third, occupation="truck")
    keeper = staff(cast, "registrar")
    first = keeper.get("enterprises/employers/pairs/", page_size=1).json()
    second = keeper.client.get(first["next"]).json()
    assert [each["drivers"] for each in (*first["items"], *second["items"])] == [3, 1] and second["next"] == ""
    assert "cursor" in fields(keeper.get("enterprises/employers/pairs/", cursor="1"))
