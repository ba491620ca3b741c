"""Must show 3 through the API: from the driver's words to the closed appeal, with the next round in between."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from accounts.models import AuditLine, Place
from appeals.models import Appeal
from appeals.rules.moves import Move
from appeals.services import routing
from tests.appeals import journey
from tests.appeals.api import Caller, Clock
from tests.cast import MONDAY, make_cast

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def cast():
    return make_cast()


@pytest.fixture
def clock(monkeypatch):
    return Clock(monkeypatch, MONDAY)


class Office:
    """Officers act through the API, each from a fresh session, always on the version they just read."""

    def __init__(self, cast, number: str):
        self.cast, self.number = cast, number

    def sheet(self, slug: str) -> dict:
        return Caller(getattr(self.cast, slug), staff=True).get(f"handle/{self.number}/").json()

    def act(self, slug: str, move: str, **data) -> dict:
        caller = Caller(getattr(self.cast, slug), staff=True)
        version = caller.get(f"handle/{self.number}/").json()["version"]
        response = caller.post(f"handle/{self.number}/{move}/", {"version": version} | data)
        assert response.status_code == 200, response.content.decode()
        return response.json()

    def answer(self, handler: str, head: str = "legal_head", desk: str = "desk") -> dict:
        self.act(handler, "submit_answer", **journey.PARTS)
        self.act(head, "head_approve")
        return self.act(desk, "approve")


def test_the_whole_journey_by_number_and_code_alone(cast, clock):
    phone = Caller()
    place = Place.objects.get(name="柳新镇").code
    filed = phone.post(
        "appeals/", {"text": journey.RUDE, "place": place, "units": ["squad-03"], "phone": "138 0000 0009"}, key=uuid4()
    )
    assert filed.status_code == 201
    receipt = filed.json()
    number, code = receipt["number"], receipt["code"]
    assert (len(number), len(code)) == (16, 6)
    assert receipt["dates"] == {
        "hand_over": "2026-11-23T16:36:00+08:00",
        "progress": "2026-11-25T17:30:00+08:00",
        "answer": "2026-11-30T17:30:00+08:00",
        "review": None,
        "provisional": False,
    }
    assert routing.sweep(now=clock.now) == 1

    office = Office(cast, number)
    followed = phone.post("track/", {"number": number, "code": code}).json()
    assert (followed["state"], followed["section"]) == ("routed", "执法大队法制督察")

    clock.now += HOUR
    assert office.act("legal_handler", "accept")["state"] == "in_hand"
    office.act("legal_handler", "progress", words="已经调看执法记录仪")
    clock.now += HOUR
    assert office.answer("legal_handler")["state"] == "answered"

    act = Caller()  # an app that keeps no cookie: the code goes with every act
    clock.now += HOUR
    rated = act.post(f"appeals/{number}/rate/", {"code": code, "value": 2, "words": "没有道歉"}).json()
    assert (rated["state"], rated["round"]) == ("in_hand", 2)
    assert office.sheet("legal_head")["handler"] == cast.second_legal_handler.name

    clock.now += DAY
    refused = Caller(cast.legal_handler, staff=True)
    version = office.sheet("legal_head")["version"]
    again = refused.post(f"handle/{number}/submit_answer/", {"version": version} | journey.PARTS)
    assert again.status_code == 409 and "换人办" in again.json()["detail"]

    office.answer("second_legal_handler")
    clock.now += HOUR
    rated = act.post(f"appeals/{number}/rate/", {"code": code, "value": 4}).json()
    assert (rated["state"], rated["rating"]["word"]) == ("answered", "好")
    clock.now += HOUR
    closed = office.act("call_back", "call_back", heard="solved", satisfied=True)
    assert closed["state"] == "closed"

    last = act.post("track/", {"number": number, "code": code}).json()
    assert [step["what"] for step in last["steps"]][-2:] == ["您评了“好”", "办结了"]
    moves = list(Appeal.objects.get(number=number).events.values_list("move", flat=True))
    assert moves == [
        Move.FILE, Move.ROUTE, Move.ACCEPT, Move.PROGRESS, Move.SUBMIT_ANSWER, Move.HEAD_APPROVE, Move.APPROVE,
        Move.RATE, Move.REOPEN, Move.SUBMIT_ANSWER, Move.HEAD_APPROVE, Move.APPROVE, Move.RATE, Move.CALL_BACK, Move.CLOSE,
    ]  # fmt: skip
    audited = AuditLine.objects.filter(about_kind="appeals.appeal").values_list("act", flat=True)
    assert list(audited) == [f"appeal.{move}" for move in moves]


def test_tracking_tells_steps_dates_and_answer_but_neither_the_text_nor_a_person(cast, clock):
    appeal = journey.answered(cast, now=MONDAY, caller_name="张师傅", plate="苏C12345")
    from appeals.services import driver, receipts

    driver.add_material(appeal=appeal, words="我找到装货单了", by=journey.driver_of(appeal), now=MONDAY)
    receipt = receipts.receipt_of(appeal)
    response = Caller().post("track/", {"number": receipt.grouped, "code": receipt.code})
    body = response.content.decode()
    assert response.status_code == 200
    for secret in (journey.FREIGHT[:12], "装货单", "张师傅", "12345", "13800000009", "周敏", "沈国栋", "陈分拨", str(appeal.key)):
        assert secret not in body
    told = response.json()
    assert told["answer"]["result"] == journey.PARTS["result"]
    assert "您来评：评“差”，会换一个人重新办" in told["may_happen_next"]
    assert {move["move"] for move in told["moves"] if not move["why_not"]} >= {"rate", "add_material"}


def test_the_session_that_tracked_may_act_with_its_token_and_not_without(cast, clock):
    receipt = Caller().file().json()
    routing.sweep(now=clock.now)
    phone = Caller()
    assert phone.post("track/", {"number": receipt["number"], "code": receipt["code"]}).status_code == 200
    path = f"appeals/{receipt['number']}/nudge/"
    bare = phone.post(path, token="")
    assert bare.status_code == 403 and bare.json()["code"] == "csrf_failed"
    assert phone.post(path).status_code == 200
    again = phone.post(path)
    assert again.status_code == 409 and "明天还能催" in again.json()["detail"]
    clock.now += timedelta(minutes=31)
    assert phone.post(path).status_code == 404, "the door of a number stays open for half an hour"


def test_a_question_is_answered_and_more_is_added_and_it_is_taken_back(cast, clock):
    receipt = Caller().file().json()
    routing.sweep(now=clock.now)
    number, code = receipt["number"], receipt["code"]
    office, phone = Office(cast, number), Caller()
    office.act("handler", "accept")
    office.act("handler", "ask_driver", words="装货单有没有照片？")
    waiting = phone.post("track/", {"number": number, "code": code}).json()
    assert waiting["question"]["words"] == "装货单有没有照片？" and waiting["question"]["reply_by"]
    act = Caller()
    assert act.post(f"appeals/{number}/reply/", {"code": code, "words": "有"}).json()["state"] == "in_hand"
    assert act.post(f"appeals/{number}/material/", {"code": code, "words": "一共 12 车"}).status_code == 200
    assert act.post(f"appeals/{number}/withdraw/", {"code": code}).json()["state"] == "withdrawn"


def test_hand_back_extension_and_decline_go_through_two_hands(cast, clock):
    receipt = Caller().file().json()
    routing.sweep(now=clock.now)
    office = Office(cast, receipt["number"])
    assert office.sheet("head")["unit"] == "运输科"
    office.act("head", "ask_hand_back", ground="not_ours", reason="是工资不是运费", proposed="legal")
    asked = office.sheet("desk")["requests"]
    assert [(row["kind"], row["proposed"]) for row in asked] == [("hand_back", "执法大队法制督察")]
    office.act("desk", "refuse_hand_back", reason="是运费")
    office.act("handler", "accept")
    office.act("head", "ask_extension", days=3, reason="货主在外地")
    granted = office.act("supervisor", "grant_extension", days=2)
    assert granted["due"] > granted["first_due"]

    other = Caller().file(text="今天天气不错，没有什么事，就是说一声谢谢你们").json()
    routing.sweep(now=clock.now)
    office = Office(cast, other["number"])
    office.act("desk", "ask_decline", ground="no_matter", reason="没有要办的事；有事请重新写")
    assert office.act("second_desk", "decline")["state"] == "declined"


def test_whoever_steps_back_gets_no_content_and_finds_nothing_afterwards(cast, clock):
    receipt = Caller().file().json()
    routing.sweep(now=clock.now)
    caller, path = Caller(cast.handler, staff=True), f"handle/{receipt['number']}/"
    version = caller.get(path).json()["version"]
    gone = caller.post(f"{path}recuse/", {"version": version, "reason": "货主是我表哥"})
    assert (gone.status_code, gone.content) == (204, b"")
    assert caller.get(path).status_code == 404


def test_two_who_edit_one_case_the_second_is_told(cast, clock):
    receipt = Caller().file().json()
    routing.sweep(now=clock.now)
    one, two = Caller(cast.handler, staff=True), Caller(cast.second_handler, staff=True)
    path = f"handle/{receipt['number']}/"
    version = two.get(path).json()["version"]
    assert one.post(f"{path}accept/", {"version": version}).status_code == 200
    late = two.post(f"{path}note/", {"version": version, "note": "我也在看"})
    assert (late.status_code, late.json()["code"]) == (409, "stale")
    saved = one.post(f"{path}draft/", journey.PARTS | {"draft_version": 0}, method="put")
    assert saved.status_code == 200 and saved.json()["draft_version"] == 1
    over = two.post(f"{path}draft/", {"measure": "别的", "draft_version": 0}, method="put")
    assert (over.status_code, over.json()["code"]) == (409, "stale")
    assert one.get(path).json()["draft"]["measure"] == journey.PARTS["measure"]


def test_a_signed_in_driver_sees_his_own_and_nobody_elses(cast, clock):
    caller = Caller(cast.driver)
    numbers = [caller.file(key=uuid4(), text=f"{n}号料场的运费一直没有给我结清楚").json()["number"] for n in range(3)]
    Caller().file()
    mine = caller.get("mine/").json()
    assert sorted(row["number"] for row in mine["items"]) == sorted(numbers) and mine["next"] == ""
    assert "料场" not in str(mine)
    first = caller.get("mine/", page_size=2).json()
    rest = caller.client.get(first["next"]).json()
    assert sorted(row["number"] for row in first["items"] + rest["items"]) == sorted(numbers)
    assert Caller(cast.neighbour).get("mine/").json()["items"] == []
    out = Caller().get("mine/")
    assert out.status_code == 401 and out.json()["title"] == "请先登录"
