"""The API of members: found by filter and search, kept by the secretary of their branch alone, each act with its field."""

from __future__ import annotations

from datetime import date

import pytest

from accounts.models import AuditLine
from branches.models import Group, Membership, Officer, Placement
from members.models import Waiting
from tests.appeals.api import Clock, fields, staff
from tests.branches.members import branch, crowd, person, placed, verified
from tests.cast import MONDAY, make_cast
from tests.members import zone_world

pytestmark = pytest.mark.django_db
PHONE = "13912340009"


@pytest.fixture
def cast():
    return make_cast()


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    return Clock(monkeypatch, MONDAY)


def names(answer) -> list[str]:
    return [each["name"] for each in answer.json()["items"]]


def test_a_secretary_lists_and_finds_his_own_masked_and_nobody_elses(cast):
    mine = placed(cast, person=person("张建国", phone=PHONE))
    placed(cast, name="孙建国", number=5)
    placed(cast, name="李立", kind="floating")
    secretary, committee = staff(cast, "secretary"), staff(cast, "committee_secretary")
    answer = secretary.get("branches/members/")
    assert sorted(names(answer)) == ["张*", "李*"] and PHONE not in answer.content.decode() and "张建国" not in answer.content.decode()
    assert names(secretary.get("branches/members/", view="none")) == ["李*"] and names(secretary.get("branches/members/", kind="full")) == ["张*"]
    assert names(secretary.post("branches/members/search/", {"text": "建国"})) == ["张*"]
    assert names(secretary.post("branches/members/search/", {"text": PHONE[-4:]})) == ["张*"]
    assert sorted(names(committee.post("branches/members/search/", {"text": "建国"}))) == ["孙*", "张*"]
    assert names(committee.post("branches/members/search/", {"text": "建国", "branch": "branch-05"})) == ["孙*"]
    assert names(secretary.post("branches/members/search/", {"text": "建"})) == []
    for wrong in ({"branch": "branch-05"}, {"kind": "x"}, {"view": "x"}, {"q": "建国"}):
        assert set(fields(secretary.get("branches/members/", **wrong))) == set(wrong), wrong
    assert "branch" in fields(secretary.post("branches/members/search/", {"text": "建国", "branch": "branch-05"}))
    assert "text" in fields(secretary.post("branches/members/search/", {}))
    for slug in ("secretary_five", "registrar"):
        assert staff(cast, slug).get(f"branches/members/{mine.person.key}/").status_code == 404
    assert staff(cast, "registrar").post("branches/members/search/", {"text": "建国"}).status_code == 404


def test_one_member_is_shown_with_where_he_was_placed_and_what_may_be_done(cast):
    one = placed(cast)
    sheet = staff(cast, "secretary").get(f"branches/members/{one.person.key}/").json()
    assert (sheet["branch"], sheet["name"], sheet["vote"], len(sheet["placements"])) == ("branch-03", "张*", True, 1)
    assert sheet["verified_by"] == cast.secretary.name and sheet["proposals"] == [] and sheet["warning"] == ""
    assert sheet["may"] == ["contact", "kind", "group", "office", "transfer", "leave"]


def test_a_verified_member_is_placed_by_another_and_the_fifty_first_warns(cast):
    crowd(cast, 50)
    one = verified(cast, name="王建国", by="committee_secretary")
    path, secretary = f"branches/members/{one.person.key}/place/", staff(cast, "secretary")
    waits = secretary.get(f"branches/members/{one.person.key}/").json()
    assert waits["branch"] == "" and "branch-03" in {each["branch"] for each in waits["proposals"]}
    assert names(secretary.get("branches/members/", view="unplaced")) == ["王*"]
    assert "branch" in fields(secretary.post(path, {})) and "branch" in fields(secretary.post(path, {"branch": "branch-05"}))
    same = staff(cast, "committee_secretary").post(path, {"branch": "branch-03"})
    assert same.status_code == 422  # who verified does not place
    told = secretary.post(path, {"branch": "branch-03", "reason": "住在大许镇"}).json()
    assert told["branch"] == "branch-03" and "50" in told["warning"] and told["placements"][0]["reason"] == "住在大许镇"
    assert secretary.post(path, {"branch": "branch-03"}).status_code == 422 and one.placements.count() == 1


def test_contact_kind_and_probation_are_written_down_at_their_fields(cast):
    one = placed(cast, kind="probationary", joined_on=date(2025, 11, 1))
    secretary, path = staff(cast, "secretary"), f"branches/members/{one.person.key}"
    for act in ("contact", "kind", "prolong", "group", "leave"):
        assert staff(cast, "secretary_five").post(f"{path}/{act}/", {}).status_code == 404, act
        assert staff(cast, "registrar").post(f"{path}/{act}/", {}).status_code == 404, act
    assert "on" in fields(secretary.post(f"{path}/contact/", {})) and "on" in fields(secretary.post(f"{path}/contact/", {"on": "2027-01-01"}))
    assert "on" in fields(secretary.post(f"{path}/contact/", {"on": "昨天"}))
    assert secretary.post(f"{path}/contact/", {"on": "2026-11-20", "note": "都好"}).json()["heard_on"] == "2026-11-20"
    assert set(fields(secretary.post(f"{path}/prolong/", {}))) == {"until", "reason"}
    assert "until" in fields(secretary.post(f"{path}/prolong/", {"until": "2030-01-01", "reason": "大会定的"}))
    assert secretary.post(f"{path}/prolong/", {"until": "2027-05-01", "reason": "大会定的"}).json()["decide_on"] == "2027-05-01"
    asked = {"kind": "full", "reason": "大会通过"}
    assert set(fields(secretary.post(f"{path}/kind/", {"kind": "honorary"}))) == {"kind", "reason"}
    assert "kind" in fields(secretary.post(f"{path}/kind/", asked))  # the year is not over
    Membership.objects.filter(pk=one.pk).update(decide_on=date(2026, 11, 1))
    told = secretary.post(f"{path}/kind/", asked).json()
    assert (told["kind"], told["vote"], told["full_on"]) == ("full", True, "2026-11-23")
    acts = AuditLine.objects.filter(act__startswith="membership.").order_by("pk").values_list("act", flat=True)
    assert list(acts)[1:] == ["membership.contact", "membership.prolong", "membership.kind"]


def test_a_floating_member_becomes_full_by_another_than_who_verified_him(cast):
    one = placed(cast, kind="floating")
    asked, path = {"kind": "full", "reason": "关系转来了"}, f"branches/members/{one.person.key}/kind/"
    assert "kind" in fields(staff(cast, "secretary").post(path, asked))
    assert staff(cast, "committee_secretary").post(path, asked).json()["vote"] is True


def test_a_group_is_made_joined_led_and_ended(cast):
    one = placed(cast)
    secretary, other, asked = staff(cast, "secretary"), staff(cast, "secretary_five"), {"branch": "branch-03", "name": "第一小组"}
    assert set(fields(secretary.post("branches/groups/make/", {}))) == {"branch", "name"}
    assert "branch" in fields(other.post("branches/groups/make/", asked)) and not Group.objects.filter(name="第一小组").exists()
    assert secretary.post("branches/groups/make/", asked).json()["items"][0]["name"] == "第一小组"
    assert "name" in fields(secretary.post("branches/groups/make/", asked))
    path = f"branches/members/{one.person.key}/group/"
    assert "group" in fields(secretary.post(path, {"group": "第九小组"}))
    assert secretary.post(path, {"group": "第一小组"}).json()["group"] == "第一小组"
    leader = {"unit": "branch-03", "person": str(one.person.key), "post": "group_leader", "since": "2026-11-20", "group": "第一小组"}
    assert secretary.post("branches/terms/elect/", leader).status_code == 200
    assert secretary.get("branches/groups/").json()["items"] == [{"branch": "branch-03", "name": "第一小组", "heads": 1, "leader": "张*"}]
    assert other.get("branches/groups/").json()["items"] == [] and staff(cast, "registrar").get("branches/groups/").status_code == 404
    assert secretary.post("branches/groups/end/", asked).json()["items"] == []
    assert secretary.post("branches/groups/end/", asked).status_code == 404
    assert not Officer.objects.filter(post="group_leader", ended_on=None).exists()
    assert secretary.get(f"branches/members/{one.person.key}/").json()["group"] == ""


def test_who_leaves_is_no_member_any_more_and_his_five_wait(cast):
    one = zone_world.member(cast)
    drivers = [each.driver for each in zone_world.seated(cast, one, 2)]
    secretary, path = staff(cast, "secretary"), f"branches/members/{one.person.key}"
    assert "reason" in fields(secretary.post(f"{path}/leave/", {}))
    assert secretary.post(f"{path}/leave/", {"reason": "组织关系转走了"}).status_code == 204
    assert secretary.get(f"{path}/").status_code == secretary.post(f"{path}/leave/", {"reason": "组织关系转走了"}).status_code == 404
    assert Waiting.objects.filter(driver__in=drivers, until=None).count() == 2


def test_nobody_keeps_his_own_membership(cast):
    own = verified(cast, person=cast.secretary, by="committee_secretary")
    Placement.objects.create(membership=own, branch=branch(3), since=MONDAY.date(), placed_by=cast.secretary_five, placed_at=MONDAY)
    secretary, path = staff(cast, "secretary"), f"branches/members/{cast.secretary.key}"
    assert secretary.get(f"{path}/").json()["may"] == []
    for act, body in (("contact", {"on": "2026-11-20"}), ("leave", {"reason": "不想干了"})):
        assert secretary.post(f"{path}/{act}/", body).status_code == 422
    assert Membership.objects.get(pk=own.pk).ended_on is None
