"""Following an appeal with number and code alone: what the driver reads, and what he may do, state by state."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from appeals.models import Appeal, Photo, Rating
from appeals.rules.life import State
from appeals.selectors.facts import facts_for
from appeals.services import calls, handling, receipts, requests, rounds, routing
from tests.appeals import journey
from tests.cast import MONDAY, make_cast
from tests.common.pictures import picture

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def cast():
    return make_cast()


@pytest.fixture
def wall():
    with time_machine.travel(MONDAY, tick=False) as traveller:
        yield traveller


def open_up(appeal: Appeal, client: Client | None = None) -> tuple[Client, str]:
    """Number and code into the form; the browser and the address it is led to."""
    client = client or Client()
    receipt = receipts.receipt_of(appeal)
    answer = client.post("/appeals/track", {"number": receipt.grouped, "code": f"{receipt.code[:3]} {receipt.code[3:]}"})
    assert answer.status_code == 302, answer.content.decode()
    return client, answer["Location"]


def text_of(client: Client, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-store"
    page = re.sub(r"<[^>]+>", "", answer.content.decode())
    return re.sub("[\u2060\n]", "", page)


def test_number_and_code_open_it_for_half_an_hour_in_this_browser_only(wall):
    appeal = journey.file(now=MONDAY)
    client, url = open_up(appeal)
    assert url == f"/appeals/track/{appeal.key}"
    assert "已收到" in text_of(client, url)
    assert Client().get(url).status_code == 404
    wall.shift(timedelta(minutes=31))
    assert client.get(url).status_code == 404


def test_a_wrong_number_and_a_wrong_code_look_the_same(wall):
    appeal = journey.file(now=MONDAY)
    receipt = receipts.receipt_of(appeal)
    wrong_code = f"{(int(receipt.code) + 1) % 10**6:06d}"
    pages = []
    for number, code in ((receipt.number, wrong_code), ("9999999999999999", receipt.code)):
        answer = Client().post("/appeals/track", {"number": number, "code": code})
        assert answer.status_code == 422
        page = re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", answer.content.decode())
        pages.append(page.replace(number, "N"))
    assert pages[0] == pages[1]


def test_the_sixth_wrong_code_waits_and_the_number_stays_in_the_field(wall):
    receipt = receipts.receipt_of(journey.file(now=MONDAY))
    for _ in range(5):
        answer = Client().post("/appeals/track", {"number": receipt.number, "code": "000000"})
    answer = Client().post("/appeals/track", {"number": receipt.number, "code": receipt.code})
    assert answer.status_code == 429 and answer["Retry-After"]
    assert receipt.number in answer.content.decode() and "后再试" in answer.content.decode()


@pytest.mark.parametrize(
    ("number", "code", "words"),
    [("", "", "请填编号，16 位数字"), ("7304 1982", "123456", "编号是 16 位，您填了 8 位"), ("7" * 16, "12 34", "查询码是 6 位，您填了 4 位")],
)
def test_the_form_says_how_many_digits_are_missing(client, number, code, words):
    answer = client.post("/appeals/track", {"number": number, "code": code})
    assert answer.status_code == 422 and words in answer.content.decode()


def test_full_width_digits_and_dashes_are_taken(wall):
    receipt = receipts.receipt_of(journey.file(now=MONDAY))
    wide = str.maketrans("0123456789", "０１２３４５６７８９")
    answer = Client().post("/appeals/track", {"number": receipt.grouped.replace(" ", "-").translate(wide), "code": receipt.code.translate(wide)})
    assert answer.status_code == 302


def test_the_road_tells_who_has_it_and_by_when_what_comes(cast, wall):
    appeal = journey.in_hand(cast, now=MONDAY)
    handling.progress(appeal=appeal, words="货主找到了，正在约他。", by=cast.viewer("handler"), version=None, now=MONDAY + HOUR)
    client, url = open_up(appeal)
    page = text_of(client, url)
    assert "正在办" in page and "现在在运输科手里" in page
    assert "最初答应11月30日周一 17:30 前现在答应11月30日周一 17:30 前" in page
    assert "一共 5 个工作日，收到当天不算。" in page and "11月24日 周二 第 1 天" in page and "11月28日 周六 周末，不算" in page
    for words in ("您来评价", "给您答复", "运输科在办", "货主找到了，正在约他。", "今天 11月23日 周一"):
        assert words in page
    for name in ("周敏", "沈国栋", journey.FREIGHT):
        assert name not in page, "units by section, never a person; and not his own words back"


def test_an_extension_shows_both_promises_and_its_reason(cast, wall):
    appeal = journey.in_hand(cast, now=MONDAY)
    requests.ask_extension(appeal=appeal, days=3, reason="路口录像在外单位，调来要几天。", by=cast.viewer("head"), version=None, now=MONDAY)
    appeal.refresh_from_db()
    requests.grant_extension(appeal=appeal, days=3, by=cast.viewer("supervisor"), version=None, now=MONDAY + HOUR)
    page = text_of(*open_up(appeal))
    assert "最初答应11月30日" in page and "现在答应12月3日" in page
    assert "最初答应的日子照样算数" in page


def test_nudge_once_a_day(cast, wall):
    appeal = journey.in_hand(cast, now=MONDAY)
    client, url = open_up(appeal)
    assert "今天还没催过，一天能催一次" in text_of(client, url)
    assert client.post(f"{url}/nudge")["Location"] == f"{url}?done=nudged"
    page = client.get(f"{url}?done=nudged").content.decode()
    assert "催过了" in page and "今天已经催过了" in page and "disabled" in page
    assert client.post(f"{url}/nudge").status_code == 409
    assert Client().post(f"{url}/nudge").status_code == 404


def test_material_and_photos_can_be_added_and_bad_ones_lose_nothing(cast, wall):
    appeal = journey.in_hand(cast, now=MONDAY)
    client, url = open_up(appeal)
    assert client.post(f"{url}/add", {"text": " "}).status_code == 422
    bad = SimpleUploadedFile("x.jpg", b"no picture")
    answer = client.post(f"{url}/add", {"text": "还有一张过磅单", "photos": [SimpleUploadedFile("1.jpg", picture()), bad]})
    page = answer.content.decode()
    assert answer.status_code == 422 and "还有一张过磅单</textarea>" in page and "传好了" in page
    assert client.post(f"{url}/add", {"text": "还有一张过磅单"})["Location"] == f"{url}?done=added"
    assert Photo.objects.filter(appeal=appeal).count() == 1
    assert "您补充了材料" in text_of(client, url) and "还有一张过磅单" in text_of(client, url)


def test_a_question_is_the_first_thing_and_its_reply_goes_on(cast, wall):
    appeal = journey.in_hand(cast, now=MONDAY)
    handling.ask_driver(appeal=appeal, words="过磅单上是哪个料场？", by=cast.viewer("handler"), version=None, now=MONDAY)
    client, url = open_up(appeal)
    page = text_of(client, url)
    assert "想问您一件事" in page and "过磅单上是哪个料场？" in page and "回答这个问题" in page
    assert "过磅单上是哪个料场？" in text_of(client, f"{url}/add")
    assert client.post(f"{url}/add", {"text": "柳新东头那个"})["Location"] == f"{url}?done=replied"
    appeal.refresh_from_db()
    assert appeal.state == State.IN_HAND


def test_withdrawing_takes_two_steps_and_says_that_nobody_may_press(cast, wall):
    appeal = journey.in_hand(cast, now=MONDAY)
    client, url = open_up(appeal)
    assert "有人让您撤的？" in text_of(client, f"{url}/withdraw")
    appeal.refresh_from_db()
    assert appeal.state == State.IN_HAND
    client.post(f"{url}/withdraw")
    assert "已撤回" in text_of(client, url)
    assert client.get(f"{url}/withdraw")["Location"] == url, "what is over offers nothing"


def test_the_answer_is_rated_in_five_words_and_can_be_changed(cast, wall):
    appeal = journey.answered(cast, now=MONDAY)
    client, url = open_up(appeal)
    page = text_of(client, url)
    for words in ("有答复了", "我们约谈了货主", "最初答应 11月30日，没有超", "提交评价", "会换一个人重新办"):
        assert words in page
    assert "checked" not in client.get(url).content.decode(), "the form opens empty"
    assert client.post(f"{url}/rate", {"comment": "还行"}).status_code == 422
    assert "还行</textarea>" in client.post(f"{url}/rate", {"comment": "还行"}).content.decode()
    assert client.post(f"{url}/rate", {"score": "3"})["Location"] == f"{url}?done=rated"
    for _ in range(3):
        client.post(f"{url}/rate", {"score": "4", "comment": "办得快"})
    assert list(Rating.objects.values_list("value", "words")) == [(4, "办得快")]
    assert "改评价" in text_of(client, url)


def test_a_bad_rating_opens_the_next_round_and_says_so(cast, wall):
    appeal = journey.answered(cast, now=MONDAY)
    client, url = open_up(appeal)
    answer = client.post(f"{url}/rate", {"score": "2", "comment": "钱还没给"})
    assert answer["Location"] == f"{url}?done=again"
    page = text_of(client, answer["Location"])
    assert "正在重新办" in page and "第 2 轮" in page and "钱还没给" in page


@pytest.mark.parametrize("score", ["0", "6", "12", "差", ""])
def test_a_rating_that_is_none_of_the_five_is_refused(cast, wall, score):
    client, url = open_up(journey.answered(cast, now=MONDAY))
    assert client.post(f"{url}/rate", {"score": score}).status_code == 422
    assert not Rating.objects.exists()


def test_a_closed_appeal_can_be_taken_up_again_with_a_reason(cast, wall):
    appeal = journey.answered(cast, now=MONDAY)
    client, url = open_up(appeal)
    client.post(f"{url}/rate", {"score": "4"})
    appeal.refresh_from_db()
    if facts_for(appeal, cast.viewer("call_back"), now=MONDAY).call_back_wanted:
        calls.call_back(appeal=appeal, heard="solved", by=cast.viewer("call_back"), version=None, now=MONDAY)
    else:
        rounds.close(appeal=appeal, now=MONDAY)
    assert "办结了" in text_of(client, url)
    assert client.post(f"{url}/again", {"reason": ""}).status_code == 422
    assert client.post(f"{url}/again", {"reason": "钱又不给了"})["Location"] == f"{url}?done=reopened"
    appeal.refresh_from_db()
    assert (appeal.state, appeal.round) == (State.IN_HAND, 2)


def test_the_accused_unit_is_not_named_on_a_page_that_others_may_see(cast, wall):
    appeal = journey.file(text=journey.RUDE, now=MONDAY, accused=("squad-03",))
    routing.route(appeal_id=appeal.pk, now=MONDAY)
    page = text_of(*open_up(appeal))
    assert "您说的单位看不到这件诉求" in page and "三中队" not in page


def test_the_care_version_says_less_and_shows_all_on_demand(cast, wall):
    appeal = journey.in_hand(cast, now=MONDAY)
    for n in range(4):
        handling.progress(appeal=appeal, words=f"第 {n} 次进展", by=cast.viewer("handler"), version=None, now=MONDAY + n * HOUR)
    client, url = open_up(appeal)
    client.post("/accounts/care/", {"care": "1", "next": url})
    page = text_of(client, url)
    assert f"编号末 4 位 {appeal.number[-4:]}" in page and "看全部" in page and "标准版" in page
    assert 'class="care"' in client.get(url).content.decode()
    assert text_of(client, f"{url}?steps=all").count("次进展") >= 4
    client.post("/accounts/care/", {"care": "0", "next": url})
    assert "长辈版" in text_of(client, url)


def test_the_list_of_this_phone_names_appeals_by_time_and_never_by_content(client, wall):
    assert "没交过诉求" in text_of(client, "/appeals/mine")
    appeal = journey.file(now=MONDAY)
    open_up(appeal, client)
    page = text_of(client, "/appeals/mine")
    assert "今天 14:36 写的一件" in page and journey.FREIGHT[:6] not in page


def test_links_change_nothing(cast, wall):
    appeal = journey.in_hand(cast, now=MONDAY)
    client, url = open_up(appeal)
    appeal.refresh_from_db()
    before = (appeal.version, appeal.events.count())
    for path in ("", "/add", "/withdraw", "/again", "?done=nudged", "?steps=all"):
        client.get(url + path)
        client.head(url + path)
    for path in ("/nudge", "/rate"):
        assert client.get(url + path)["Location"] == url
    appeal.refresh_from_db()
    assert (appeal.version, appeal.events.count()) == before


def test_a_second_tap_says_the_same_as_the_first_and_tells_nobody_twice(cast, wall):
    appeal = journey.answered(cast, now=MONDAY)
    client, url = open_up(appeal)
    for _ in range(2):
        assert client.post(f"{url}/add", {"text": "料场的电话又不通了"})["Location"] == f"{url}?done=added"
    assert appeal.events.filter(move="add_material").count() == 1
    for _ in range(2):
        assert client.post(f"{url}/rate", {"score": "2", "comment": ""})["Location"] == f"{url}?done=again"
    assert appeal.events.filter(move="rate").count() == Rating.objects.count() == 1
    assert Appeal.objects.get().round == 2


def test_the_same_bad_word_in_the_next_round_is_a_new_one(cast, wall):
    appeal = journey.answered(cast, now=MONDAY)
    client, url = open_up(appeal)
    client.post(f"{url}/rate", {"score": "2", "comment": ""})
    appeal.refresh_from_db()
    journey.answer(cast, appeal, now=MONDAY + HOUR, handler="second_handler")
    client.post(f"{url}/rate", {"score": "2", "comment": ""})
    assert list(Rating.objects.order_by("round").values_list("round", "value")) == [(1, 2), (2, 2)]
