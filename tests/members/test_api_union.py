"""The API of the union and of enterprises: lists, the work list, joining by consent, employers side by side, imports."""

from __future__ import annotations

import json
from datetime import date
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.api import paging
from accounts.models import AuditLine, Consent
from accounts.rules.viewer import Viewer
from accounts.services.people import make_person
from members.models import (
    Driver,
    EmployerChoice,
    Enterprise,
    EnterpriseName,
    HandOver,
    JoinRequest,
    UnionMember,
    Upload,
)
from members.services import apply, joining, staging
from tests.appeals.api import BASE, Caller, Clock, fields, staff
from tests.cast import MONDAY, make_cast
from tests.house.walking import signed_in
from tests.members.books import book, person
from tests.members.makers import make_driver, make_enterprise

pytestmark = pytest.mark.django_db
PHONE = "13712345678"
ASKED = {"name": "张师傅", "occupation": "truck", "employer": "徐州甲运输有限公司", "agree": True}


@pytest.fixture
def cast():
    return make_cast()


@pytest.fixture(autouse=True)
def clock(monkeypatch, settings, tmp_path):
    settings.DATA_DIR = tmp_path
    return Clock(monkeypatch, MONDAY)


def member(name: str = "钱不在", phone: str = PHONE, occupation: str = "truck", **more) -> UnionMember:
    return UnionMember.objects.create(person=more.pop("person", None) or make_person(now=MONDAY, name=name, phone=phone), occupation=occupation, **more)


# --- the list and the work list ------------------------------------------------------------------


def test_members_are_listed_and_found_masked_and_a_stranger_finds_no_such_door(cast):
    company = make_enterprise()
    member(enterprise=company)
    member("吴骑手", "13700000005", "courier")
    joining.keep_tails(now=MONDAY)
    officer = staff(cast, "union_officer")
    answer = officer.get("union/members/")
    assert [each["name"] for each in answer.json()["items"]] == ["钱*", "吴*"]
    assert PHONE not in answer.content.decode() and "钱不在" not in answer.content.decode()
    assert [each["name"] for each in officer.get("union/members/", occupation="courier").json()["items"]] == ["吴*"]
    assert [each["name"] for each in officer.post("union/members/search/", {"text": "5678"}).json()["items"]] == ["钱*"]
    wrong = officer.get("union/members/", occupation="pilot")
    assert wrong.status_code == 400 and "occupation" in fields(wrong)
    assert "enterprise" in fields(officer.get("union/members/", enterprise=str(company.pk)))  # a row number opens nothing
    for slug in ("secretary", "registrar", "driver"):
        assert staff(cast, slug).get("union/members/").status_code == 404
        assert staff(cast, slug).get("union/joins/").status_code == 404


def test_whom_the_register_lacks_is_handed_to_its_keeper_once_and_becomes_no_driver(cast):
    lacking = member()
    member("孙在册", "13700000002", person=make_driver("孙在册", phone="13700000002").person)
    officer, keeper = staff(cast, "union_officer"), staff(cast, "registrar")
    assert [each["name"] for each in officer.get("union/missing/", state="new").json()["items"]] == ["钱*"]
    note = f"union/missing/{lacking.person.key}/note/"
    assert keeper.get("union/missing/").json()["items"] == [] and keeper.post(note, {"what": "asked", "note": "问了"}).status_code == 404
    assert "note" in fields(officer.post(note, {"what": "asked"})) and "what" in fields(officer.post(note, {}))
    assert [officer.post("union/missing/hand-over/").json()["done"] for _time in range(2)] == [1, 0]
    assert keeper.get("union/missing/").json()["items"][0]["what"] == "handed"
    assert keeper.post(note, {"what": "asked", "note": "本人说年底才回来"}).json()["note"] == "本人说年底才回来"
    assert "what" in fields(keeper.post(note, {"what": "handed"}))  # the union alone hands over
    assert not Driver.objects.filter(person=lacking.person).exists() and HandOver.objects.count() == 2


# --- joining -------------------------------------------------------------------------------------


def test_a_driver_joins_with_his_consent_and_the_officer_decides(cast):
    own, officer = Caller(cast.driver), staff(cast, "union_officer")
    refused = own.post("me/union/join/", ASKED | {"agree": False})
    assert "agree" in fields(refused) and not JoinRequest.objects.exists()
    assert [own.post("me/union/join/", ASKED).json()["state"] for _time in range(2)] == ["open", "open"]
    row = JoinRequest.objects.get()
    seen = officer.get("union/joins/")
    assert seen.json()["items"][0]["employer_words"] == ASKED["employer"] and "张师傅" not in seen.content.decode()
    assert officer.post(f"union/joins/{row.key}/refuse/", {"why": "单位还没有建会"}).status_code == 204
    assert own.get("me/union/").json()["why"] == "单位还没有建会"
    assert own.post("me/union/join/", ASKED).json()["state"] == "open"
    again = JoinRequest.objects.latest("pk")
    assert "joined_on" in fields(officer.post(f"union/joins/{again.key}/accept/", {"joined_on": "2099-01-01"}))
    assert "enterprise" in fields(officer.post(f"union/joins/{again.key}/accept/", {"enterprise": "x"}))
    assert officer.post(f"union/joins/{again.key}/accept/").status_code == 204
    assert officer.post(f"union/joins/{again.key}/accept/").status_code == 404  # it does not wait any more
    assert own.get("me/union/").json()["member"] is True and not Driver.objects.exists()


def test_whoever_takes_his_request_back_is_gone_from_the_list_and_so_is_his_consent(cast):
    own, officer = Caller(cast.driver), staff(cast, "union_officer")
    assert own.post("me/union/withdraw/").status_code == 404
    own.post("me/union/join/", ASKED)
    key = JoinRequest.objects.get().key
    assert own.post("me/union/withdraw/").json()["state"] == "withdrawn"
    assert officer.get("union/joins/").json()["items"] == [] and officer.post(f"union/joins/{key}/accept/").status_code == 404
    assert not Consent.objects.filter(purpose="join_union", withdrawn_at=None).exists()
    assert Caller().get("me/union/").status_code == 401


# --- enterprises ---------------------------------------------------------------------------------


def test_an_enterprise_shows_each_officer_the_people_of_his_own_register(cast):
    company = make_enterprise("徐州甲运输有限公司", "91320312MA1000001A")
    for source, name in (("census", "徐州甲运输"), ("union", "徐州甲运输有限公司")):
        EnterpriseName.objects.create(enterprise=company, source=source, name=name, seen_at=MONDAY)
    member(enterprise=company)
    make_driver("李大路", enterprise=company, plates=("苏C12345",))
    officer, keeper = staff(cast, "union_officer"), staff(cast, "registrar")
    row = officer.get("enterprises/", view="named").json()["items"][0]
    assert (row["members"], row["drivers"]) == (1, 1)
    path = f"enterprises/{row['enterprise']}/"
    assert [each["name"] for each in officer.get(path).json()["people"]] == ["钱*"]
    assert [each["name"] for each in keeper.get(path).json()["people"]] == ["李*"]
    assert "name" in fields(officer.post(f"{path}name/", {}))
    told = officer.post(f"{path}name/", {"name": "甲运输"}).json()
    assert told["name"] == "甲运输" and len(told["names"]) == 3 and officer.get("enterprises/", view="named").json()["items"] == []
    assert officer.get("enterprises/", q="甲运").json()["items"] and "q" in fields(officer.get("enterprises/", q="甲"))
    assert staff(cast, "secretary").get(path).status_code == 404 and officer.get(f"enterprises/{company.pk}/").status_code == 404


def test_two_employers_of_one_human_are_settled_and_taken_back(cast):
    census, union = make_enterprise("徐州甲运输有限公司"), make_enterprise("徐州乙物流有限公司")
    driver = make_driver("李大路", enterprise=census)
    member(person=driver.person, enterprise=union)
    keeper, secretary = staff(cast, "registrar"), staff(cast, "secretary")
    assert keeper.get("enterprises/employers/").json()["items"][0]["union"] == union.name
    asked = {"driver": str(driver.person.key), "taken": "union"}
    assert secretary.post("enterprises/employers/settle/", asked).status_code == 404
    assert "taken" in fields(keeper.post("enterprises/employers/settle/", asked | {"taken": "both"}))
    assert keeper.post("enterprises/employers/settle/", asked).json()["taken"] == "union"
    driver.refresh_from_db()
    assert driver.enterprise == union and keeper.post("enterprises/employers/settle/", asked).status_code == 404
    choice = keeper.get("enterprises/employers/settled/").json()["items"][0]["choice"]
    assert keeper.post("enterprises/employers/back/", {"choice": choice}).status_code == 204
    assert keeper.post("enterprises/employers/back/", {"choice": choice}).status_code == 404
    driver.refresh_from_db()
    assert driver.enterprise == census and EmployerChoice.objects.get().undone_at is not None


# --- imports -------------------------------------------------------------------------------------


def hand_in(caller: Caller, content: bytes, *, kind: str, key=None, name: str = "名册.xlsx"):
    sent = {"kind": kind, "file": SimpleUploadedFile(name, content)}
    headers = {"X-CSRFToken": caller.token} | ({"Idempotency-Key": str(key)} if key else {})
    return caller.client.post(f"{BASE}uploads/hand-in/", sent, headers=headers)


def test_a_workbook_is_handed_in_once_seen_and_written_by_another_and_taken_back(cast):
    first, second, sent, sheet = staff(cast, "registrar"), staff(cast, "second_registrar"), uuid4(), book(person(1), person(2))
    assert "Idempotency-Key" in fields(hand_in(first, sheet, kind="census"))
    told = [hand_in(first, sheet, kind="census", key=sent).json() for _time in range(2)]
    assert told[0] == told[1] and Upload.objects.count() == 1
    assert hand_in(first, book(person(3)), kind="census", key=sent).status_code == 409
    key = told[0]["key"]
    assert hand_in(first, sheet, kind="union", key=uuid4()).status_code == 404  # the union's is the union's
    assert hand_in(staff(cast, "secretary"), sheet, kind="census", key=uuid4()).status_code == 404
    staging.stage(upload_id=Upload.objects.get().pk, now=MONDAY)
    row = second.get(f"uploads/{key}/").json()
    assert row["state"] == "checked" and row["counts"]["created"] == 2
    sent = {"sha256": row["sha256"]}
    assert first.post(f"uploads/{key}/confirm/", sent).status_code == 422 and not Driver.objects.exists()
    assert second.post(f"uploads/{key}/confirm/", {"sha256": "0" * 64}).status_code == 422
    assert "sha256" in fields(second.post(f"uploads/{key}/confirm/", {}))
    assert second.post(f"uploads/{key}/confirm/", sent).json()["state"] == "applying"
    apply.apply(upload_id=Upload.objects.get().pk, now=MONDAY)
    assert Driver.objects.filter(state="active").count() == 2
    assert second.post(f"uploads/{key}/drop/").status_code == 409
    assert staff(cast, "union_officer").post(f"uploads/{key}/undo/", {"reason": "交错了"}).status_code == 404
    assert second.post(f"uploads/{key}/undo/", {"reason": "交错了，是去年的表"}).json()["state"] == "undone"
    assert not Driver.objects.filter(state="active").exists()


def test_the_same_file_sent_twice_is_one_upload_and_one_sealed_file(cast, tmp_path):
    caller, key, sheet = staff(cast, "registrar"), uuid4(), book(person(1))
    first = hand_in(caller, sheet, kind="census", key=key).json()
    kept = {each for each in tmp_path.rglob("*") if each.is_file()}
    assert hand_in(caller, sheet, kind="census", key=key).json() == first
    assert Upload.objects.count() == 1 and {each for each in tmp_path.rglob("*") if each.is_file()} == kept


def test_the_union_s_officer_hands_in_the_union_s_register_and_answers_what_a_header_means(cast):
    officer = staff(cast, "union_officer")
    assert hand_in(officer, book(person(1)), kind="census", key=uuid4()).status_code == 404
    row = "张三,320312197001010010,13900000001,徐州甲运输有限公司,91350100M000100Y43,货车司机,2022-05-18,会"
    told = hand_in(officer, f"姓名,身份证号,手机号,工作单位,信用代码,职业,入会日期,什么呀\n{row}".encode(), kind="union", key=uuid4(), name="会员.csv")
    assert told.json()["kind"] == "union"
    key = told.json()["key"]
    staging.stage(upload_id=Upload.objects.get().pk, now=MONDAY)
    assert officer.get(f"uploads/{key}/").json()["rows"] == 1
    census = staff(cast, "registrar")
    assert census.get(f"uploads/{key}/").status_code == census.post(f"uploads/{key}/drop/").status_code == 404
    other = hand_in(census, book(person(2, 挂靠何处="徐州乙物流有限公司")), kind="census", key=uuid4()).json()["key"]
    staging.stage(upload_id=Upload.objects.get(key=other).pk, now=MONDAY)
    assert census.get(f"uploads/{other}/").json()["questions"] == ["挂靠何处"]
    assert "answers" in fields(census.post(f"uploads/{other}/answer/", {"answers": "enterprise"}))
    assert census.post(f"uploads/{other}/answer/", {"answers": {"挂靠何处": "is_staff"}}).status_code == 422
    assert census.post(f"uploads/{other}/answer/", {"answers": {"挂靠何处": "enterprise"}}).json()["state"] == "staged"
    assert census.post(f"uploads/{other}/answer/", {"answers": {"挂靠何处": "enterprise"}}).status_code == 409


def test_a_list_names_its_rows_so_that_no_number_of_ours_can_be_read(cast):
    company = make_enterprise()
    row = staff(cast, "registrar").get("enterprises/").json()["items"][0]
    assert str(company.pk) != row["enterprise"] and paging.opened(row["enterprise"], Enterprise._meta.label_lower) == company.pk
    assert "pk" not in json.dumps(row) and "id" not in row


def test_an_officer_writes_down_on_a_day_that_a_member_leaves_and_he_may_join_again(cast):
    member = UnionMember.objects.create(person=cast.driver, occupation="truck", joined_on=date(2026, 1, 5))
    officer, door = staff(cast, "union_officer"), f"union/members/{cast.driver.key}/leave/"
    for body in ({"on": "2025-12-31"}, {"on": "2030-01-01"}):
        assert fields(officer.post(door, body | {"reason": "本人来说的"})).keys() == {"on"}
    assert staff(cast, "registrar").post(door, {"reason": "本人来说的"}).status_code == 404
    assert officer.post(door, {"on": "2026-11-20", "reason": "本人来说的"}).json() == {"ended_on": "2026-11-20"}
    member.refresh_from_db()
    assert member.ended_on == date(2026, 11, 20) and AuditLine.objects.get(act="union.left").reason == "本人来说的"
    assert officer.get("union/members/").json()["items"] == [] and officer.post(door, {"reason": "再来一次"}).status_code == 404
    joining.ask(person=cast.driver, asked=joining.Asked("张师傅", "truck"), by=Viewer(person_id=cast.driver.pk), now=MONDAY)


def test_the_page_of_a_member_lets_him_leave_and_is_his_officers_alone(cast):
    UnionMember.objects.create(person=cast.driver, occupation="truck")
    page = reverse("admin:members_union_one", args=[cast.driver.key])
    officer = signed_in(cast.union_officer)
    assert page in officer.get(reverse("admin:members_union")).content.decode()
    assert officer.post(page, {"on": "什么时候", "reason": "本人来说的"}).status_code == 422
    assert signed_in(cast.registrar).get(page).status_code == 404
    assert officer.post(page, {"reason": "本人来说的"}).status_code == 302
    assert UnionMember.objects.get(person=cast.driver).ended_on == MONDAY.date() and officer.get(page).status_code == 404
