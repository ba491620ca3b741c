"""The register's API: scoped as its pages are, masked as they are, decided by the same services."""

from __future__ import annotations

import json
from datetime import timedelta
from uuid import uuid4

import pytest

from accounts.api import doors
from accounts.models import AuditLine, Consent
from accounts.web.entry import HISTORY_OPEN
from branches.models import Branch, Membership, Placement
from branches.selectors.figures import district_total
from members.models import Claim, Conflict, Driver, Export, Match, Seat, Upload
from members.services import exports
from tests.appeals.api import BASE, Caller, Clock, fields, staff
from tests.cast import MONDAY, make_cast
from tests.house import knocking
from tests.members import zone_world
from tests.members.makers import make_driver

pytestmark = pytest.mark.django_db
SAID = {"name": "张师傅", "kind": "full", "relation": "大许镇", "place": "320312009", "agree": True}
VERIFIED = {"how": "telephone", "kind": "full"}


@pytest.fixture
def cast():
    return make_cast()


@pytest.fixture(autouse=True)
def clock(monkeypatch, settings, tmp_path):
    settings.DATA_DIR = tmp_path
    return Clock(monkeypatch, MONDAY)


def made(cast) -> Claim:
    assert Caller(cast.driver).post("me/claim/open/", SAID).status_code == 200
    return Claim.objects.get()


# --- a claim -------------------------------------------------------------------------------------


def test_a_claim_becomes_a_placement_by_two_people_and_shows_nowhere_before(cast):
    claim, own = made(cast), Caller(cast.driver)
    first, second = staff(cast, "secretary"), staff(cast, "committee_secretary")
    assert first.get("claims/").json()["items"][0]["name"] == "张*"
    told = first.post(f"claims/{claim.key}/verify/", VERIFIED).json()
    assert told["state"] == "verified" and told["why_not_place"]
    refused = first.post(f"claims/{claim.key}/place/", {"branch": "branch-03"})
    assert refused.status_code == 422 and "另一个人" in refused.json()["detail"]
    assert not Placement.objects.exists() and district_total(cast.viewer("committee_secretary")) == 0
    assert first.get("branches/").json()["items"][0]["total"] == 0 and first.get("branches/branch-03/members/").json()["items"] == []
    assert own.get("me/claim/").json()["branch"] == ""
    assert second.post(f"claims/{claim.key}/place/", {"branch": "branch-03"}).json()["state"] == "placed"
    assert own.get("me/claim/").json()["branch"] == Branch.objects.get(unit__code="branch-03").unit.name
    assert first.get("branches/").json()["items"][0]["total"] == 1
    assert [each["name"] for each in first.get("branches/branch-03/members/").json()["items"]] == ["张*"]
    acts = AuditLine.objects.filter(act__startswith="claim.").order_by("pk").values_list("act", flat=True)
    assert list(acts) == ["claim.open", "claim.verify", "claim.place"]


def test_sent_twice_it_is_one_claim_and_a_photo_is_kept_once(cast):
    own = Caller(cast.driver)
    for shade in (10, 20):
        sent = {**SAID, "agree": "true", "proof": knocking.picture(shade)}
        answer = own.client.post(f"{BASE}me/claim/open/", sent, headers={"X-CSRFToken": own.token})
        assert answer.status_code == 200, answer.content
    claim = Claim.objects.get()
    proof = staff(cast, "secretary").get(f"claims/{claim.key}/proof/")
    assert proof["Content-Type"] == "image/jpeg" and proof.content[:2] == b"\xff\xd8"


def test_without_his_consent_nothing_is_taken(cast):
    answer = Caller(cast.driver).post("me/claim/open/", SAID | {"agree": False})
    assert answer.status_code == 400 and "agree" in fields(answer) and not Claim.objects.exists()


def test_a_refused_claim_is_contested_and_seen_by_another(cast):
    claim, own = made(cast), Caller(cast.driver)
    assert staff(cast, "secretary").post(f"claims/{claim.key}/refuse/", {"why": "原支部查不到这个人"}).status_code == 200
    told = own.get("me/claim/").json()
    assert (told["state"], told["refused_why"], told["may_contest"]) == ("refused", "原支部查不到这个人", True)
    assert own.post("me/claim/contest/", {"words": "关系早就转来了"}).json()["state"] == "open"
    assert staff(cast, "secretary").get(f"claims/{claim.key}/").status_code == 404  # it went to the committee
    assert staff(cast, "committee_secretary").get(f"claims/{claim.key}/").json()["contested"] is True
    assert own.post("me/claim/withdraw/").json()["state"] == "withdrawn"
    assert not Consent.objects.filter(purpose="find_branch", withdrawn_at=None).exists()


# --- scope ---------------------------------------------------------------------------------------


def test_another_branch_a_keeper_and_a_stranger_find_nothing_and_missing_is_the_same(cast):
    claim, driver = made(cast), make_driver("李大路")
    five, nowhere = staff(cast, "secretary_five"), uuid4()
    assert five.get("claims/").json() == {"items": [], "next": ""} and five.get("drivers/").json() == {"items": [], "next": ""}
    assert five.post("drivers/search/", {"text": "大路"}).json() == {"items": [], "next": ""}
    for path in ("claims/%s/", "drivers/%s/"):
        hidden = claim.key if path.startswith("claims") else driver.person.key
        assert five.get(path % hidden).content == five.get(path % nowhere).content
        assert five.get(path % hidden).status_code == 404
    assert five.post(f"claims/{claim.key}/verify/", VERIFIED).status_code == 404
    assert five.get("branches/branch-03/members/").status_code == 404
    assert staff(cast, "registrar").get("claims/").status_code == 404 and staff(cast, "registrar").get("branches/").status_code == 404
    for caller in (Caller(cast.stranger), staff(cast, "handler"), Caller(cast.registrar)):  # the last without his second factor
        assert caller.get("drivers/").status_code == caller.get("claims/").status_code == caller.get("exports/").status_code == 404
    assert Caller().get("me/data/").status_code == 401
    assert not Membership.objects.exists()


def test_a_secretary_reads_drivers_of_his_members_and_may_not_change_them(cast):
    member = zone_world.member(cast)
    driver = zone_world.seated(cast, member, 1)[0].driver
    make_driver("外人", phone="13911112222")
    own = staff(cast, "secretary")
    assert [each["key"] for each in own.get("drivers/").json()["items"]] == [str(driver.person.key)]
    assert own.get(f"drivers/{driver.person.key}/").status_code == 200
    assert own.post(f"drivers/{driver.person.key}/state/", {"state": "moved", "reason": "听说的"}).status_code == 404
    assert staff(cast, "registrar").get(f"drivers/{member.person.key}/").status_code == 404  # no driver: no membership told


# --- drivers -------------------------------------------------------------------------------------


def test_drivers_are_masked_paged_by_key_and_closed_to_unknown_filters(cast, django_assert_max_num_queries):
    for n in range(5):
        make_driver(f"李大路{n}", phone=f"1390000000{n}", plates=(f"苏C1234{n}",))
    keeper, seen, path = staff(cast, "registrar"), [], "drivers/?page_size=2"
    while path:
        answer = keeper.client.get(f"{BASE}{path}").json()
        seen += [each["key"] for each in answer["items"]]
        path = answer["next"].removeprefix(BASE)
    assert len(seen) == len(set(seen)) == 5
    with django_assert_max_num_queries(12):
        whole = keeper.get("drivers/").content.decode()
    assert "大路" not in whole and "13900000001" not in whole and "李*" in whole
    for query in ({"person__phone__startswith": "139"}, {"page_size": "101"}, {"cursor": "x"}, {"state": "gone"}, {"place": "1"}, {"trade": "没有的"}):
        assert keeper.get("drivers/", **query).status_code == 400, query
    found = keeper.post("drivers/search/", {"text": "0003"}).json()["items"]
    assert len(found) == 1 and found[0]["phone"] == "139****0003"
    assert keeper.post("drivers/search/", {"text": "0003", "expand": "person"}).status_code == 400


def test_a_trade_that_the_register_holds_is_a_filter_and_one_of_the_known_finds_nobody(cast):
    one = make_driver("李大路", trade="钢材")
    keeper = staff(cast, "registrar")
    assert [each["key"] for each in keeper.get("drivers/", trade="钢材").json()["items"]] == [str(one.person.key)]
    assert keeper.get("drivers/", trade="煤炭").json()["items"] == []
    assert staff(cast, "secretary").get("drivers/", trade="钢材").status_code == 400  # of no driver that he may know of


def test_who_keeps_touch_with_a_driver_is_told_to_the_secretary_alone(cast):
    """None but verified members are contacts, and the keeper of the register may not know of a membership."""
    driver = zone_world.seated(cast, zone_world.member(cast), 1)[0].driver
    path = f"drivers/{driver.person.key}/"
    assert staff(cast, "secretary").get(path).json()["contact"] == "王*"
    assert staff(cast, "registrar").get(path).json()["contact"] == ""


def test_a_keeper_corrects_and_sets_a_state_and_the_history_tells(cast):
    driver = make_driver("李大路")
    keeper = staff(cast, "registrar")
    told = keeper.post(f"drivers/{driver.person.key}/correct/", {"trade": "冷链", "reason": "本人来电"}).json()
    assert told["trade"] == "冷链" and told["changes"][0]["word"] == "运输行业"
    assert keeper.post(f"drivers/{driver.person.key}/correct/", {"is_verified": True, "reason": "试试"}).status_code == 400
    assert "reason" in fields(keeper.post(f"drivers/{driver.person.key}/state/", {"state": "moved"}))
    assert keeper.post(f"drivers/{driver.person.key}/state/", {"state": "moved", "reason": "迁到睢宁"}).json()["state"] == "moved"
    assert Driver.objects.get(pk=driver.pk).state == "moved"
    assert AuditLine.objects.filter(act__in=["driver.correct", "driver.state"]).count() == 2


# --- branches, zones ------------------------------------------------------------------------------


def test_a_transfer_needs_both_sides_and_two_persons(cast):
    member = zone_world.member(cast)
    leaves, joins, key = staff(cast, "secretary"), staff(cast, "secretary_five"), member.person.key
    asked = leaves.post("branches/transfers/ask/", {"member": str(key), "branch": "branch-05", "reason": "搬家了"})
    assert asked.status_code == 200 and asked.json()["waits_for_me"] is True
    assert leaves.post(f"branches/transfers/{key}/take/").status_code == 404
    assert leaves.post(f"branches/transfers/{key}/give/").json()["done"] is False
    assert joins.get("branches/transfers/").json()["items"][0]["waits_for_me"] is True
    assert joins.post(f"branches/transfers/{key}/take/").json()["done"] is True
    assert Placement.objects.get(until=None).branch.unit.code == "branch-05"
    assert leaves.get("branches/branch-03/members/").json()["items"] == []


def test_coverage_lists_gaps_and_overlaps(cast):
    told = staff(cast, "secretary").get("branches/coverage/").json()
    assert len(told["lines"]) >= 20 and all(each["kind"] == "place" for each in told["lines"])
    assert {"gaps", "overlaps"} <= set(told)
    assert staff(cast, "secretary").get("branches/coverage/", kind="nothing").status_code == 400
    assert staff(cast, "leader").get("branches/coverage/").status_code == 404


def test_a_proposal_is_accepted_or_declined_by_the_secretary_alone(cast):
    member = zone_world.member(cast)
    first, second = (make_driver(f"李{n}号", phone=f"1390000010{n}") for n in (1, 2))
    for driver in (first, second):
        Match.objects.create(contact=member.person, driver=driver, reasons=["place"], at=MONDAY)
    own, other = staff(cast, "secretary"), staff(cast, "secretary_five")
    assert len(own.get("zones/proposals/").json()["items"]) == 2 and other.get("zones/proposals/").json()["items"] == []
    path = f"zones/{member.person.key}/%s/%s/"
    assert other.post(path % (first.person.key, "accept")).status_code == 404
    assert own.post(path % (first.person.key, "accept")).status_code == 204
    assert own.post(path % (second.person.key, "decline")).status_code == 204
    assert Seat.objects.get(until=None).driver == first and own.get("zones/proposals/").json()["items"] == []


def test_a_member_reads_his_five_and_a_driver_his_contact(cast):
    member = zone_world.member(cast)
    driver = zone_world.seated(cast, member, 1)[0].driver
    own, his = Caller(member.person), Caller(driver.person)
    five = own.get("me/five/").json()
    assert five["free"] == 4 and five["items"][0]["phone"] == "" and driver.person.name not in json.dumps(five, ensure_ascii=False)
    assert own.post(f"me/five/{driver.person.key}/note/", {"how": "call", "words": "都好"}).status_code == 200
    assert his.get("me/contact/").json()["name"] == "王师傅" and his.get("me/five/").status_code == 404
    assert his.post("me/contact/change/", {"why": "说不到一块"}).json() | {"last": ""} == {
        "name": "", "badge": "", "last": "", "phone": "", "waiting": True, "none": False,
    }  # fmt: skip
    assert own.post(f"me/five/{driver.person.key}/note/", {"how": "call"}).status_code == 404


# --- imports, exports, own data --------------------------------------------------------------------


def test_a_conflict_is_decided_once_and_its_number_is_not_told(cast):
    driver = make_driver("李大路")
    upload = Upload.objects.create(kind="census", name="大许.xlsx", sha256="0" * 64, at=MONDAY, by=cast.registrar, unit_id=None)
    row = Conflict.objects.create(
        upload=upload, driver=driver, kind="two_towns", sheet="大许", row=3, ours=driver.place.name, theirs="大许镇", found_at=MONDAY
    )
    keeper = staff(cast, "registrar")
    sealed = keeper.get("conflicts/").json()["items"][0]["conflict"]
    assert keeper.post("conflicts/decide/", {"conflict": str(row.pk), "theirs": True}).status_code == 404
    assert keeper.post("conflicts/decide/", {"conflict": sealed, "theirs": True}).status_code == 204
    assert keeper.post("conflicts/decide/", {"conflict": sealed, "theirs": False}).status_code == 409
    driver.refresh_from_db()
    assert driver.place.name == "大许镇"
    assert staff(cast, "secretary").get("conflicts/").status_code == 404


def test_the_export_of_201_rows_waits_for_a_second_person_and_is_taken_once(cast):
    for n in range(201):
        make_driver(f"李{n}号", phone=f"139001{n:05d}")
    first, second, key = staff(cast, "registrar"), staff(cast, "second_registrar"), uuid4()
    asked = {"what": "drivers", "reason": "核对名单"}
    assert "Idempotency-Key" in fields(first.post("exports/ask/", asked))
    for wrong in ({"place": "1"}, {"engagement": "x"}, {"state": "x"}, {"columns": "name"}, {"by": "me"}):
        assert first.post("exports/ask/", asked | wrong, key=uuid4()).status_code == 400, wrong
    told = first.post("exports/ask/", asked, key=key).json()
    assert (told["state"], told["rows"]) == ("asked", 201)
    assert first.post("exports/ask/", asked, key=key).json() == told and Export.objects.count() == 1
    assert first.post("exports/ask/", asked | {"reason": "报给市里"}, key=key).json()["code"] == "key_used"
    theirs = second.post("exports/ask/", asked, key=key).json()["key"]  # a key is its sender's: it tells nobody of another's
    assert theirs != told["key"] and first.post(f"exports/{theirs}/decide/", {"agree": False}).status_code == 200
    path = f"exports/{told['key']}"
    assert first.post(f"{path}/decide/", {"agree": True}).status_code == 404  # never his own
    assert first.post(f"{path}/file/").status_code == 404
    assert [each["key"] for each in second.get("exports/waiting/").json()["items"]] == [told["key"]]
    assert second.post(f"{path}/decide/", {"agree": True}).json()["state"] == "queued"
    exports.make(export_id=Export.objects.get(key=told["key"]).pk, now=MONDAY)
    assert second.post(f"{path}/file/").status_code == 404  # whoever agreed does not get it
    assert first.post(f"{path}/file/").content[:2] == b"PK"
    assert first.post(f"{path}/file/").status_code == 404


def test_somebody_reads_his_own_data_takes_back_a_consent_and_asks_to_correct(cast):
    own = Caller(cast.driver)
    made(cast)
    told = own.get("me/data/").json()
    assert told["groups"][0]["facts"][1]["value"] == "13800000001" and told["consents"][0]["purpose"] == "find_branch"
    assert own.post("me/consents/withdraw/", {"purpose": "find_branch"}).json()["consents"] == []
    asked = own.post("me/data/requests/", {"kind": "correct", "words": "我现在跑冷链"}).json()["requests"]
    assert [(each["kind"], each["state"]) for each in asked] == [("correct", "open")]
    assert Caller(cast.neighbour).get("me/data/").json()["requests"] == []


def test_acts_without_the_token_of_the_session_are_refused(cast):
    claim = made(cast)
    assert staff(cast, "secretary").post(f"claims/{claim.key}/verify/", VERIFIED, token="").status_code == 403
    assert Claim.objects.get().state == "open"


def test_an_officers_acts_are_counted(cast, monkeypatch):
    monkeypatch.setattr(doors.RoleDoor, "limits", ((2, timedelta(minutes=10)),))
    found = [staff(cast, "registrar").post("drivers/search/", {"text": "大路"}).status_code for _ in range(3)]
    assert found == [200, 200, 429]


def test_a_number_that_was_silent_for_long_tells_its_next_owner_nothing(cast, monkeypatch, clock):
    own = Caller(cast.driver)
    made(cast)
    member = zone_world.member(cast)
    his = Caller(member.person)
    assert his.get("me/claim/").json()["branch"]
    later = MONDAY + timedelta(days=1)
    clock.now = later
    monkeypatch.setattr("accounts.selectors.people.hidden_before", lambda person: later)
    for caller in (own, his):
        session = caller.client.session
        session[HISTORY_OPEN] = False
        session.save()
    told = own.get("me/data/").json()
    assert told["consents"] == told["looked"] == told["requests"] == [] and [each["name"] for each in told["groups"]] == ["账号"]
    assert own.get("me/claim/").json()["state"] == "" and his.get("me/claim/").json()["branch"] == ""
    for caller in (own, his):  # a member is told no more than anybody else
        assert caller.post("me/claim/open/", SAID).status_code == 404
