"""Campaigns, points and stock to read; one hand-out for one key; what a phone without signal kept, sent twice."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from care.models import Issue, Line, Stock
from care.services import cards
from tests.appeals.api import Caller, Clock, fields, staff
from tests.care.goods import PLATES, make_care, stocked
from tests.cast import MONDAY, make_cast

pytestmark = pytest.mark.django_db
ROAD = {"point": "exit", "campaign": "road", "good": "暖心礼包"}


@pytest.fixture(autouse=True)
def clock(monkeypatch, settings, tmp_path):
    settings.DATA_DIR = tmp_path
    return Clock(monkeypatch, MONDAY)


@pytest.fixture
def cast():
    return make_cast()


@pytest.fixture
def care(cast):
    return stocked(make_care(), 50, cast.viewer("union_officer"))


def row(n: int, minutes: int = 0, **more) -> dict:
    at = MONDAY - timedelta(minutes=minutes)
    return {"client_key": str(uuid4()), "at": at.isoformat(), "plate": PLATES[n], "tail": "5678"} | ROAD | more


def test_campaigns_points_and_what_is_left_are_for_everybody(care):
    anybody = Caller()
    campaign = anybody.get("care/campaigns/").json()[0]
    assert (campaign["code"], campaign["running"], [one["good"] for one in campaign["offers"]]) == ("road", True, ["暖心礼包", "矿泉水"])
    assert [(one["code"], one["mine"]) for one in anybody.get("care/points/").json()] == [("centre", False), ("exit", False)]
    assert anybody.get("care/stock/?point=exit").json() == [{"point": "exit", "campaign": "road", "good": "暖心礼包", "unit_word": "份", "left": 50}]
    assert anybody.get("care/stock/?point=nowhere").status_code == 404


def test_one_key_hands_out_once_and_a_second_pack_is_refused_with_when_and_where(care, cast):
    keeper, key = staff(cast, "secretary"), uuid4()
    said = ROAD | {"plate": PLATES[0], "tail": "5678"}
    first, again = (keeper.post("care/issue/", said, key=key) for _twice in range(2))
    assert first.status_code == 200 and first.json()["left"] == 49 and again.json()["at"] == first.json()["at"]
    refused = keeper.post("care/issue/", said, key=uuid4())
    assert (refused.status_code, refused.json()["code"]) == (409, "repeat") and "铜山出口领过了" in refused.json()["detail"]
    anyway = keeper.post("care/issue/", said | {"anyway": "上一份被雨淋了"}, key=uuid4())
    assert anyway.json()["repeat"] is True and Issue.objects.count() == 2
    assert "Idempotency-Key" in fields(keeper.post("care/issue/", said))


def test_a_driver_shows_four_digits(care, cast):
    code = cards.card_of(by=cast.viewer("driver"), now=MONDAY).code
    answer = staff(cast, "secretary").post("care/issue/", ROAD | {"card": code}, key=uuid4())
    assert answer.json()["registered"] is True and Issue.objects.get().person == cast.driver


@pytest.mark.parametrize(
    ("more", "status", "field"),
    [
        ({"quantity": 10**9}, 400, "quantity"), ({"quantity": "1e9"}, 400, "quantity"), ({"quantity": 0}, 400, "quantity"), ({"quantity": 2}, 422, "quantity"),
        ({"plate": "不是"}, 422, "plate"), ({"tail": "12"}, 422, "tail"), ({"point": "nowhere"}, 422, "point"), ({"point": "centre"}, 422, "point"),
        ({"campaign": "none"}, 422, "campaign"), ({"good": "金条"}, 422, "good"), ({"card": "9999"}, 422, "card"), ({"left": 5}, 400, "left"),
    ],
)  # fmt: skip
def test_bad_input_is_refused_at_its_field_and_nothing_is_stored(care, cast, more, status, field):
    answer = staff(cast, "secretary").post("care/issue/", ROAD | {"plate": PLATES[0], "tail": "5678"} | more, key=uuid4())
    assert answer.status_code == status and field in fields(answer), answer.content
    assert not Issue.objects.exists() and Stock.objects.get().left == 50


def test_a_campaign_that_ended_an_hour_ago_gives_nothing(care, cast, clock):
    clock.now = care.campaign.ends_at + timedelta(hours=1)
    answer = staff(cast, "secretary").post("care/issue/", ROAD | {"plate": PLATES[0], "tail": "5678"}, key=uuid4())
    assert answer.status_code == 422 and "已经结束" in answer.json()["detail"] and not Issue.objects.exists()


def test_thirty_rows_of_a_phone_sent_twice_are_thirty_rows(care, cast):
    keeper = staff(cast, "secretary")
    body = {"rows": [row(n, minutes=n) for n in range(30)], "sent_at": MONDAY.isoformat()}
    first, second = (keeper.post("care/replay/", body) for _twice in range(2))
    assert {one["what"] for one in first.json()["rows"]} == {"made"} and {one["what"] for one in second.json()["rows"]} == {"known"}
    assert (Issue.objects.count(), Line.objects.filter(kind="issued").count(), Stock.objects.get().left) == (30, 30, 20)


def test_what_a_phone_sends_and_cannot_be_true_is_answered_row_by_row(care, cast):
    keeper = staff(cast, "secretary")
    rows = [row(0), row(1, plate="不是"), row(2, point="centre"), row(3, minutes=60 * 24 * 8), row(0)]
    said = keeper.post("care/replay/", {"rows": rows}).json()["rows"]
    assert [(one["what"], one["code"], one["repeat"]) for one in said] == [
        ("made", "", False), ("refused", "invalid", False), ("refused", "not_found", False), ("refused", "too_old", False), ("made", "", True),
    ]  # fmt: skip
    assert all(one["words"] for one in said if one["what"] == "refused")
    for body in ({"rows": []}, {"rows": [row(0)] * 501}, {"rows": "x"}, {"rows": [row(0) | {"at": "gestern"}]}, {"rows": [row(0) | {"client_key": "1"}]}):
        assert keeper.post("care/replay/", body).status_code == 400


def test_nobody_else_hands_out(care, cast):
    for slug in ("cashier", "approver", "leader", "registrar"):
        assert staff(cast, slug).post("care/issue/", ROAD, key=uuid4()).status_code == 404
    assert Caller(cast.driver).post("care/replay/", {"rows": [row(0)]}).status_code == 404
