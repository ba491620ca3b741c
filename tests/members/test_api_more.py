"""The rest of the register's API: duplicates, answers about one's data, consents, the contact, the register's row as one's own."""

from __future__ import annotations

import pytest

from accounts.models import Consent
from accounts.services import people
from members.models import DataRequest, Driver, Duplicate, Seat, Waiting
from tests.appeals.api import Caller, Clock, fields, staff
from tests.cast import MONDAY, make_cast
from tests.members import zone_world
from tests.members.books import resident_id
from tests.members.makers import make_driver

pytestmark = pytest.mark.django_db
PHONE = "13912340001"


@pytest.fixture
def cast():
    return make_cast()


@pytest.fixture(autouse=True)
def clock(monkeypatch, settings, tmp_path):
    settings.DATA_DIR = tmp_path
    return Clock(monkeypatch, MONDAY)


# --- duplicates ----------------------------------------------------------------------------------


def test_a_pair_is_found_masked_merged_and_taken_apart_again_by_its_keeper(cast):
    one, other = make_driver("李大路", phone=PHONE), make_driver("李大路", phone=PHONE)
    keeper, secretary = staff(cast, "registrar"), staff(cast, "secretary")
    assert [keeper.post("duplicates/look/").json()["found"] for _time in range(2)] == [1, 0]
    answer = keeper.get("duplicates/")
    pair = answer.json()["items"][0]
    assert "李大路" not in answer.content.decode() and PHONE not in answer.content.decode()
    assert next(line for line in pair["lines"] if line["word"] == "手机号")["same"] is True
    merge = {"pair": pair["pair"], "do": "one"}
    assert secretary.get("duplicates/").status_code == 404 and secretary.post("duplicates/decide/", merge).status_code == 404
    assert "do" in fields(keeper.post("duplicates/decide/", merge | {"do": "both"}))
    assert keeper.post("duplicates/decide/", merge | {"pair": str(Duplicate.objects.get().pk)}).status_code == 404
    assert keeper.post("duplicates/decide/", merge).status_code == 204
    other.refresh_from_db()
    assert other.merged_into == one and keeper.post("duplicates/decide/", merge).status_code == 409
    assert keeper.get("duplicates/", view="merged").json()["items"][0]["merged"] is True
    assert keeper.post("duplicates/decide/", merge | {"do": "undo"}).status_code == 204
    other.refresh_from_db()
    assert other.merged_into is None and keeper.get("duplicates/").json()["items"] == []


# --- one's own data ------------------------------------------------------------------------------


def test_a_request_about_ones_data_is_answered_by_a_keeper_in_words_he_reads(cast):
    own, keeper = Caller(cast.driver), staff(cast, "registrar")
    own.post("me/data/requests/", {"kind": "correct", "words": "我现在跑冷链，不跑煤炭了"})
    row = DataRequest.objects.get()
    seen = keeper.get("data-requests/").json()["items"][0]
    assert seen["words"].startswith("我现在") and seen["name"] == "张*" and seen["due"] > "2026"
    path = f"data-requests/{row.key}/answer/"
    assert staff(cast, "secretary").post(path, {"done": True, "answer": "改好了呀"}).status_code == 404
    assert "answer" in fields(keeper.post(path, {"done": True})) and "answer" in fields(keeper.post(path, {"done": True, "answer": "好"}))
    assert keeper.post(path, {"done": True, "answer": "行业改成冷链了"}).json()["state"] == "done"
    assert keeper.post(path, {"done": True, "answer": "行业改成冷链了"}).status_code == 404
    assert own.get("me/data/").json()["requests"][0]["answer"] == "行业改成冷链了"


def test_a_driver_gives_and_takes_back_what_his_contact_may_see(cast):
    contact = zone_world.member(cast)
    driver = zone_world.seated(cast, contact, 1)[0].driver
    his, member = Caller(driver.person), Caller(contact.person)
    assert "purpose" in fields(his.post("me/consents/give/", {"purpose": "find_branch"}))
    assert member.get("me/five/").json()["items"][0]["phone"] == ""
    assert [his.post("me/consents/give/", {"purpose": "zone"}).status_code for _time in range(2)] == [200, 200]
    assert Consent.objects.filter(person=driver.person, purpose="zone", withdrawn_at=None).count() == 1
    assert member.get("me/five/").json()["items"][0]["phone"] == driver.person.phone
    assert his.post("me/consents/withdraw/", {"purpose": "zone"}).status_code == 200
    assert member.get("me/five/").json()["items"][0]["phone"] == ""
    assert Caller(cast.stranger).post("me/consents/give/", {"purpose": "zone"}).status_code == 404


def test_a_member_lets_one_of_his_five_go_and_the_driver_waits(cast):
    contact = zone_world.member(cast)
    driver = zone_world.seated(cast, contact, 1)[0].driver
    member, path = Caller(contact.person), f"me/five/{driver.person.key}/let-go/"
    assert Caller(cast.stranger).post(path, {"why": "联系不上"}).status_code == 404
    assert "why" in fields(member.post(path, {})) and Seat.objects.filter(until=None).count() == 1
    assert member.post(f"me/five/{driver.person.key}/agreed/").json()["items"][0]["speaks"] is True
    assert member.post(path, {"why": "他跑长途，总也联系不上"}).json()["items"] == []
    assert member.post(path, {"why": "他跑长途，总也联系不上"}).status_code == 404
    assert Waiting.objects.filter(driver=driver, until=None).exists()


def test_a_driver_who_wanted_none_asks_for_a_contact_again_and_waits_once(cast):
    driver = make_driver("李大路")
    his = Caller(driver.person)
    assert his.post("me/contact/change/", {"none": True}).json()["none"] is True
    told = [his.post("me/contact/want/").json() for _time in range(2)]
    assert told[1]["none"] is False and told[1]["waiting"] is True and Waiting.objects.filter(until=None).count() == 1
    assert Caller(cast.stranger).post("me/contact/want/").status_code == 404


# --- the register's row is he --------------------------------------------------------------------


def test_a_driver_proves_that_the_register_s_row_is_he_and_wrong_answers_are_all_alike(cast):
    person = people.make_person(now=MONDAY, name="李大路", phone=PHONE, id_number=resident_id(7))
    make_driver("李大路", person=person)
    account = people.prove_phone(phone=PHONE, now=MONDAY).person
    own, tail = Caller(account), resident_id(7)[-6:]
    assert own.get("me/register/").json() == {"matched": False, "may_match": True, "driver": False, "place": "", "employer": ""}
    assert "id_tail" in fields(own.post("me/register/match/", {"name": "李大路", "id_tail": "12"}))
    nobody = Caller(cast.stranger).post("me/register/match/", {"name": "李大路", "id_tail": tail})
    wrong = own.post("me/register/match/", {"name": "李小路", "id_tail": tail})
    assert wrong.status_code == nobody.status_code == 422 and wrong.json()["detail"] == nobody.json()["detail"]
    told = own.post("me/register/match/", {"name": "李大路", "id_tail": tail})
    assert told.status_code == 200 and told.json()["driver"] is True and resident_id(7) not in told.content.decode()
    assert own.get("me/register/").json()["matched"] is True  # the same browser goes on as that one person
    assert own.post("me/register/match/", {"name": "李大路", "id_tail": tail}).json()["matched"] is True
    assert Driver.objects.get().person == person and Caller().get("me/register/").status_code == 401


def test_five_tries_a_day_and_then_he_waits(cast):
    own = Caller(people.prove_phone(phone=PHONE, now=MONDAY).person)
    tried = [own.post("me/register/match/", {"name": "李大路", "id_tail": "123456"}) for _time in range(6)]
    assert [each.status_code for each in tried] == [422] * 5 + [429] and tried[5]["Retry-After"]
