"""The API of zones, a secretary's half: his members with their five, proposals, who waits, seats given, moved and ended."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from accounts.models import Consent
from members.models import Match, Seat, Waiting
from tests.appeals.api import Caller, Clock, fields, staff
from tests.cast import MONDAY, make_cast
from tests.members import zone_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    return make_cast()


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    return Clock(monkeypatch, MONDAY)


def test_a_secretary_proposes_looks_and_accepts_all_of_his_branch(cast):
    one, other = zone_world.member(cast), zone_world.member(cast, "赵立", number=5)
    made = zone_world.drivers(7)
    secretary, asked = staff(cast, "secretary"), {"branch": "branch-03"}
    assert "branch" in fields(secretary.post("zones/propose/", {"branch": "branch-05"}))
    assert "contact" in fields(secretary.post("zones/propose/", {"contact": str(other.person.key)}))
    assert "contact" in fields(secretary.post("zones/propose/", {"contact": "王建国"})) and not Match.objects.exists()
    assert secretary.post("zones/propose/", asked).json() == {"free": 5, "made": 5}
    row = secretary.get("zones/", view="proposed").json()["items"]
    assert [(each["name"], each["free"], each["offered"], each["seated"]) for each in row] == [("王*", 5, 5, 0)]
    answer = secretary.get(f"zones/{one.person.key}/")
    assert len(answer.json()["proposals"]) == 5 and "铜山" in answer.json()["proposals"][0]["why"]
    assert "王建国" not in answer.content.decode() and made[0].person.name not in answer.content.decode()
    assert secretary.get(f"zones/{other.person.key}/").status_code == 404
    assert secretary.post("zones/accept-all/", {"contact": str(one.person.key)}).json() == {"seated": 5, "lapsed": 0}
    assert secretary.get("zones/figures/").json() == {"members": 1, "seats": 5, "seated": 5, "heard": 0, "drivers": 7, "drivers_more": False}
    assert secretary.post("zones/accept-all/", {}).json() == {"seated": 0, "lapsed": 0}
    assert set(fields(secretary.get("zones/", view="x"))) == {"view"} and "branch" in fields(secretary.get("zones/figures/", branch="branch-05"))
    assert staff(cast, "committee_secretary").get("zones/", branch="branch-05").json()["items"][0]["name"] == "赵*"


@pytest.mark.parametrize("path", ["propose", "accept-all", "seat"])
def test_for_whoever_is_no_secretary_there_are_no_zones(cast, path):
    for caller in (staff(cast, "registrar"), staff(cast, "desk"), Caller(cast.driver)):
        assert caller.post(f"zones/{path}/", {}).status_code == caller.get("zones/").status_code == caller.get("zones/waiting/").status_code == 404
    assert Caller().get("zones/").status_code in (401, 404)


def test_whoever_waits_is_listed_with_the_reason_and_given_to_a_member_with_room(cast, clock):
    one, full = zone_world.member(cast), zone_world.member(cast, "赵立")
    zone_world.seated(cast, full, 5)
    seat = zone_world.seated(cast, one, 1)[0]
    secretary, path = staff(cast, "secretary"), f"zones/{one.person.key}/{seat.driver.person.key}"
    assert "reason" in fields(secretary.post(f"{path}/end/", {})) and staff(cast, "secretary_five").post(f"{path}/end/", {}).status_code == 404
    assert secretary.post(f"{path}/end/", {"reason": "跑的线不一样"}).json()["seats"] == []
    assert secretary.post(f"{path}/end/", {"reason": "跑的线不一样"}).status_code == 404
    row = secretary.get("zones/waiting/").json()["items"][0]
    assert (row["driver"], row["name"], row["why"]) == (str(seat.driver.person.key), "李*", "支部换下来的")
    assert staff(cast, "secretary_five").get("zones/waiting/").json()["items"] == []
    asked = {"contact": str(full.person.key), "driver": row["driver"]}
    assert set(fields(secretary.post("zones/seat/", {}))) == {"contact", "driver"}
    assert "contact" in fields(secretary.post("zones/seat/", asked | {"contact": str(cast.stranger.key)}))
    assert secretary.post("zones/seat/", asked | {"driver": str(cast.stranger.key)}).status_code == 404
    refused = secretary.post("zones/seat/", asked)
    assert (refused.status_code, refused.json()["code"]) == (422, "full")
    third = zone_world.member(cast, "孙平")
    assert secretary.post("zones/seat/", asked | {"contact": str(third.person.key)}).json()["seats"][0]["driver"] == row["driver"]
    assert secretary.get("zones/waiting/").json()["items"] == []


def test_a_driver_goes_over_to_another_member_without_a_moment_alone_once_with_one_key(cast, clock):
    one, other = zone_world.member(cast), zone_world.member(cast, "赵立")
    driver = zone_world.seated(cast, one, 1)[0].driver
    secretary, path, key = staff(cast, "secretary"), f"zones/{one.person.key}/{driver.person.key}/move/", uuid4()
    assert "to" in fields(secretary.post(path, {})) and "to" in fields(secretary.post(path, {"to": str(cast.stranger.key)}))
    assert "to" in fields(secretary.post(path, {"to": str(one.person.key)}))
    assert staff(cast, "secretary_five").post(path, {"to": str(other.person.key)}).status_code == 404
    first = secretary.post(path, {"to": str(other.person.key)}, key=key).json()
    assert first["contact"] == str(other.person.key) and first["seats"][0]["driver"] == str(driver.person.key)
    assert secretary.post(path, {"to": str(other.person.key)}).status_code == 404  # he is not there any more
    assert secretary.post(path, {"to": str(other.person.key)}, key=key).json() == first
    assert Seat.objects.filter(driver=driver).count() == 2 and not Waiting.objects.exists()


def test_the_secretary_writes_down_what_a_driver_without_an_account_agreed_to(cast):
    one = zone_world.member(cast)
    seat = zone_world.seated(cast, one, 1)[0]
    secretary, path = staff(cast, "secretary"), f"zones/{one.person.key}/{seat.driver.person.key}/agreed/"
    assert staff(cast, "secretary_five").post(path).status_code == 404 and "x" in fields(secretary.post(path, {"x": 1}))
    assert secretary.post(path).json()["seats"][0]["agreed"] is True
    assert Consent.objects.get(person=seat.driver.person, purpose="zone").how == "staff"
    Consent.objects.update(withdrawn_at=MONDAY)
    seat.driver.person.phone_proved_at = MONDAY - timedelta(days=1)
    seat.driver.person.save()
    assert "purpose" in fields(secretary.post(path)) and secretary.get(f"zones/{one.person.key}/").json()["seats"][0]["agreed"] is False


def test_a_member_opens_one_of_his_five_with_what_he_heard_and_nobody_else_does(cast):
    one = zone_world.member(cast)
    driver = zone_world.seated(cast, one, 1)[0].driver
    member, path = Caller(one.person), f"me/five/{driver.person.key}/"
    member.post(f"{path}note/", {"how": "call", "words": "孩子上学的事办好了"})
    sheet = member.get(path).json()
    assert [each["words"] for each in sheet["notes"]] == ["孩子上学的事办好了"] and sheet["phone"] == "" and sheet["himself"] is False
    for caller in (Caller(driver.person), Caller(cast.stranger), staff(cast, "secretary")):
        assert caller.get(path).status_code == 404
    assert [member.get("me/identity/shown/").json(), member.post("me/identity/", {"show": True}).json()] == [{"shown": False}, {"shown": True}]
    assert member.get("me/identity/shown/").json() == {"shown": True} and Caller(cast.stranger).get("me/identity/shown/").status_code == 404


def test_a_driver_is_told_his_contact_by_surname_and_of_no_membership_unless_the_member_shows_it(cast):
    one = zone_world.member(cast)
    driver = zone_world.seated(cast, one, 1)[0].driver
    his, member = Caller(driver.person), Caller(one.person)
    told = his.get("me/contact/")
    assert told.json()["name"] == "王师傅" and "党员" not in told.content.decode() and "支部" not in told.content.decode()
    for path in ("me/data/", "me/register/"):
        assert "党员" not in his.get(path).content.decode() and "王建国" not in his.get(path).content.decode()
    sheet = staff(cast, "registrar").get(f"drivers/{driver.person.key}/")
    assert sheet.json()["contact"] == "" and "王" not in sheet.content.decode()
    member.post("me/identity/", {"show": True})
    assert his.get("me/contact/").json()["badge"] == "党员"
    member.post("me/identity/", {"show": False})
    assert "党员" not in his.get("me/contact/").content.decode()
