"""The staff's pages: due first, closed filters, nothing in clear, buttons from the table, no word lost."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import AuditLine
from appeals.models import Answer, Appeal, ClockRule, Event
from appeals.rules.life import State
from appeals.rules.moves import MOVES, Move
from appeals.selectors import staff
from appeals.selectors.facts import offers_for
from appeals.services import answers, handling, requests
from notices.services import sending
from tests.appeals import journey
from tests.cast import MONDAY, make_cast
from tests.house.walking import signed_in

pytestmark = pytest.mark.django_db
LATER = MONDAY.replace(hour=16)


@pytest.fixture(autouse=True)
def at_four():
    with time_machine.travel(LATER, tick=False) as traveller:
        yield traveller


@pytest.fixture
def cast(db):
    return make_cast()


def page(appeal: Appeal, name: str = "one") -> str:
    return reverse(f"admin:appeals_{name}", args=[appeal.key])


def post(client, appeal: Appeal, move: str, **data):
    appeal.refresh_from_db()
    return client.post(page(appeal, "act"), {"move": move, "version": appeal.version, **data})


def words(response) -> str:
    return response.content.decode()


# --- 今天 and the list ------------------------------------------------------------------------


def test_today_counts_what_it_lists_and_puts_the_first_due_first(cast):
    late = journey.in_hand(cast, now=MONDAY - timedelta(days=10))
    fresh = journey.routed(now=MONDAY, text=f"{journey.FREIGHT}，第二回")
    client = signed_in(cast.handler)
    body = words(client.get("/admin/"))
    counts = staff.counts_for(cast.viewer("handler", LATER), now=LATER)
    assert counts.to_do == 2 and "共 2 件" in body
    assert body.index(str(late.key)) < body.index(str(fresh.key))
    assert "已超期" in body and "待受理" in body


def test_only_the_first_row_of_today_is_red(cast):
    for n in range(3):
        journey.routed(now=MONDAY, text=f"{journey.FREIGHT}，第 {n} 次了")
    body = words(signed_in(cast.handler).get("/admin/"))
    assert len(re.findall(r'class="btn quick main"', body)) == 1


def test_accepting_from_today_leads_back_to_today(cast):
    appeal = journey.routed(now=MONDAY)
    response = post(signed_in(cast.handler), appeal, "accept", back="today")
    appeal.refresh_from_db()
    assert response.status_code == 302 and response.url == "/admin/"
    assert appeal.state == State.IN_HAND and appeal.handler_id == cast.handler.pk


@pytest.mark.parametrize("view", staff.VIEWS)
def test_every_tab_lists_as_many_rows_as_it_counts(cast, view):
    journey.in_hand(cast, now=MONDAY - timedelta(days=10))
    journey.routed(now=MONDAY, text=f"{journey.FREIGHT}，第二回")
    response = signed_in(cast.handler).get(reverse("admin:appeals_list"), {"view": view})
    counted = getattr(staff.counts_for(cast.viewer("handler", LATER), now=LATER), view, None)
    assert response.status_code == 200
    if counted is not None:
        assert words(response).count('<tr id="a') == counted


def test_the_list_asks_a_fixed_number_of_questions(cast):
    client = signed_in(cast.handler)

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(reverse("admin:appeals_list")).status_code == 200
        return len(queries)

    journey.routed(now=MONDAY)
    sending.sweep(now=LATER)  # the bell rings on every page
    asked()
    first = asked()
    for n in range(8):
        journey.in_hand(cast, now=MONDAY, text=f"{journey.FREIGHT}，第 {n} 次了")
    sending.sweep(now=LATER)
    assert asked() == first
    assert first <= 12


@pytest.mark.parametrize(
    "query",
    ["?phone__startswith=138", "?text__contains=运费", "?caller_name=张", "?state=nowhere", "?view=x", "?p=0", "?p=99999",
     "?due=tomorrow", "?category=Z9", "?o=1", "?page_size=1000000"],
)  # fmt: skip
def test_the_list_takes_only_its_own_questions(cast, query):
    assert signed_in(cast.handler).get(reverse("admin:appeals_list") + query).status_code == 400


def test_filters_stand_in_the_address_and_can_be_taken_off(cast):
    appeal = journey.in_hand(cast, now=MONDAY)
    client = signed_in(cast.handler)
    found = words(client.get(reverse("admin:appeals_list"), {"state": "in_hand", "who": "me"}))
    assert str(appeal.key) in found and "状态：办理中" in found and "已用 2 项" in found
    assert str(appeal.key) not in words(client.get(reverse("admin:appeals_list"), {"state": "routed"}))
    assert str(appeal.key) in words(client.get(reverse("admin:appeals_list"), {"q": appeal.number[-4:]}))
    assert str(appeal.key) in words(client.get(reverse("admin:appeals_list"), {"q": "石子"}))


def test_the_search_box_finds_by_number_plate_and_phone_and_only_what_one_may_know(cast):
    appeal = journey.routed(now=MONDAY, plate="苏C12345", caller_name="张师傅", phone="13800000077")
    for text in (appeal.number, appeal.number[-6:], "苏C12345", "13800000077", "张师傅"):
        response = signed_in(cast.handler).post(reverse("admin:find"), {"q": text})
        assert response.status_code == 302 and response.url == page(appeal), text
        assert "没有找到" in words(signed_in(cast.squad_five).post(reverse("admin:find"), {"q": text}))


# --- one appeal --------------------------------------------------------------------------------


def test_nothing_personal_is_in_the_page_until_it_is_asked_for(cast):
    appeal = journey.in_hand(cast, now=MONDAY, plate="苏C12345", caller_name="张建国", phone="13800000077")
    client = signed_in(cast.handler)
    body = words(client.get(page(appeal)))
    for clear in ("13800000077", "苏C12345", "张建国"):
        assert clear not in body
    assert "138****0077" in body and "苏C***45" in body and "张*" in body
    assert "13800000077" not in words(client.post(page(appeal, "reveal"), {"reason": ""}, follow=True))
    shown = words(client.post(page(appeal, "reveal"), {"reason": "call"}))
    assert "13800000077" in shown and 'data-hide-after="60"' in shown
    line = AuditLine.objects.get(act="reveal")
    assert line.reason == "打电话核实" and "13800000077" not in str(line.new)
    assert "13800000077" not in words(client.get(page(appeal)))


@pytest.mark.parametrize("slug", ["handler", "head", "desk", "supervisor", "duty", "call_back", "discipline"])
@pytest.mark.parametrize("state", ["routed", "in_hand", "submitted_answer", "answered"])
def test_buttons_are_the_moves_of_the_table(cast, slug, state):
    if state == "routed":
        appeal = journey.routed(now=MONDAY)
    elif state == "answered":
        appeal = journey.answered(cast, now=MONDAY)
    else:
        appeal = journey.in_hand(cast, now=MONDAY)
        if state == "submitted_answer":
            answers.submit_answer(appeal=appeal, parts=journey.PARTS, by=cast.viewer("handler"), version=None, now=MONDAY)
    appeal.refresh_from_db()
    viewer = cast.viewer(slug, LATER)
    response = signed_in(cast.people[slug]).get(page(appeal))
    offers = offers_for(appeal, viewer, now=LATER)
    if not offers:
        assert response.status_code in (200, 404)
        return
    body = words(response)
    shown = set(re.findall(r'move=([a-z_]+)"', body)) | set(re.findall(r'name="move" value="([a-z_]+)"', body))
    may = {offer.move.value for offer in offers if not offer.why_not}
    assert shown - {"save_draft"} == may
    for offer in offers:
        if offer.why_not and offer.move not in (Move.PROGRESS, Move.ASK_DRIVER, Move.NOTE):
            assert offer.why_not in body and f'aria-describedby="why-{offer.move.value}"' in body
    assert len(re.findall(r'class="btn main"', body)) <= 1


def test_a_reason_never_says_who_was_ruled_out(cast):
    appeal = journey.routed(now=MONDAY, text=journey.RUDE, accused=("squad-03",))
    appeal.refresh_from_db()
    for slug in ("legal_handler", "desk", "supervisor"):
        body = words(signed_in(cast.people[slug]).get(page(appeal)))
        assert "回避" not in body.replace("我要回避", "") and "被反映" not in body.replace("补记被反映单位", "")
    assert "执法三中队" in words(signed_in(cast.discipline).get(page(appeal)))


def test_the_way_of_an_appeal_by_the_pages_alone(cast):
    appeal = journey.routed(now=MONDAY)
    handler, head, desk = (signed_in(cast.people[slug]) for slug in ("handler", "head", "desk"))
    assert post(handler, appeal, "accept").status_code == 302
    assert post(handler, appeal, "progress", words="已经联系料场，约了明天当面谈").status_code == 302
    assert post(handler, appeal, "note", note="货主口头认账").status_code == 302
    assert post(handler, appeal, "submit_answer", **journey.PARTS).status_code == 302
    assert "您自己起草的" not in words(head.get(page(appeal)))
    move = "head_approve" if "head_approve" in words(head.get(page(appeal))) else "approve"
    assert post(head, appeal, move).status_code == 302
    if move == "head_approve":
        assert post(desk, appeal, "approve").status_code == 302
    appeal.refresh_from_db()
    assert appeal.state == State.ANSWERED
    assert list(Event.objects.filter(appeal=appeal).values_list("move", flat=True))[-1] == Move.APPROVE
    assert "货主口头认账" not in words(signed_in(cast.call_back).get(page(appeal)))
    assert post(signed_in(cast.call_back), appeal, "call_back", heard="solved", satisfied="yes").status_code == 302


def test_today_tells_a_caller_the_clock_of_the_call_as_his_list_does(cast):
    journey.answered(cast, now=MONDAY)
    client = signed_in(cast.call_back)
    for name in ("admin:index", "admin:appeals_call_backs"):
        body = words(client.get(reverse(name)))
        assert "回访还剩" in body and "还没打过" in body and "按期答复" not in body


def test_yes_and_no_are_words_where_a_form_is_only_read(cast):
    body = words(signed_in(cast.head).get(reverse("admin:appeals_clockrule_change", args=[ClockRule.objects.order_by("id")[0].pk])))
    assert "最后一天遇节假日顺延" in body and 'alt="' not in body


def test_a_blank_stops_sending_and_every_word_stays(cast):
    appeal = journey.in_hand(cast, now=MONDAY)
    parts = journey.PARTS | {"result": "对方答应【付款日期】前付清。"}
    response = post(signed_in(cast.handler), appeal, "submit_answer", **parts)
    body = words(response)
    assert response.status_code == 422 and "还有 1 处没填" in body
    assert parts["measure"] in body and "对方答应【付款日期】前付清。" in body
    assert not Answer.objects.filter(appeal=appeal, state=Answer.State.SUBMITTED).exists()


def test_an_empty_progress_says_so_on_its_own_sheet(cast):
    appeal = journey.in_hand(cast, now=MONDAY)
    response = post(signed_in(cast.handler), appeal, "progress", words=" ")
    body = words(response)
    assert response.status_code == 422 and 'id="sheet-2" checked' in body and 'href="#words-progress"' in body


def test_two_drafts_stand_side_by_side_and_none_is_lost(cast):
    appeal = journey.in_hand(cast, now=MONDAY)
    first, second = signed_in(cast.handler), signed_in(cast.second_handler)
    assert first.post(page(appeal, "draft"), {"answer_version": 0, "measure": "甲写的", "basis": "", "result": ""}).status_code == 200
    late = second.post(page(appeal, "draft"), {"answer_version": 0, "measure": "乙写的"})
    assert late.status_code == 409
    both = second.post(page(appeal, "act"), {"move": "save_draft", "answer_version": 0, "measure": "乙写的"})
    body = words(both)
    assert both.status_code == 409 and "甲写的"[0] in body and "乙" in body and "周敏" in body
    kept = second.post(page(appeal, "act"), {"move": "keep_theirs", "measure": "乙写的", "basis": "", "result": ""})
    assert kept.status_code == 302
    assert Answer.objects.get(appeal=appeal).measure == "甲写的"
    assert "乙写的" in Event.objects.filter(appeal=appeal, move=Move.NOTE).get().note


def test_the_autosave_hands_back_the_version_to_send_next(cast):
    appeal = journey.in_hand(cast, now=MONDAY)
    client = signed_in(cast.handler)
    one = client.post(page(appeal, "draft"), {"answer_version": 0, "measure": "第一句"})
    two = client.post(page(appeal, "draft"), {"answer_version": one["X-Draft-Version"], "measure": "第一句，第二句"})
    assert (one.status_code, two.status_code) == (200, 200)
    assert Answer.objects.get(appeal=appeal).measure == "第一句，第二句"
    assert "第一句，第二句" in words(client.get(page(appeal)))


def test_a_stale_version_writes_nothing_and_shows_the_page_again(cast):
    appeal = journey.in_hand(cast, now=MONDAY)
    old = appeal.version
    handling.note(appeal=appeal, note="别人先记了一笔", by=cast.viewer("second_handler"), version=None, now=MONDAY)
    client = signed_in(cast.handler)
    response = client.post(page(appeal, "act"), {"move": "progress", "version": old, "words": "我写的进展"})
    assert response.status_code == 409 and "我写的进展" in words(response)
    assert not Event.objects.filter(appeal=appeal, move=Move.PROGRESS).exists()


def test_a_move_that_is_not_legal_now_is_refused_in_words(cast):
    appeal = journey.routed(now=MONDAY)
    client = signed_in(cast.handler)
    assert post(client, appeal, "submit_answer", **journey.PARTS).status_code == 409
    assert post(client, appeal, "fly").status_code == 404
    assert client.get(page(appeal, "act"), {"move": "approve"}).status_code == 302
    appeal.refresh_from_db()
    assert appeal.state == State.ROUTED


def test_a_confirm_page_says_what_will_happen_and_asks_for_what_is_needed(cast):
    appeal = journey.in_hand(cast, now=MONDAY)
    client = signed_in(cast.head)
    body = words(client.get(page(appeal, "act"), {"move": "ask_hand_back"}))
    assert f"尾号 {appeal.number[-8:-4]} {appeal.number[-4:]}" in body and "最初答应的日子不变" in body
    again = post(client, appeal, "ask_hand_back", ground="not_ours", reason=" ")
    assert again.status_code == 422 and "请写理由" in words(again)
    assert post(client, appeal, "ask_hand_back", ground="not_ours", reason="这是公路站的路段").status_code == 302
    assert "这是公路站的路段" in words(signed_in(cast.desk).get(reverse("admin:appeals_decide")))


def test_who_steps_back_no_longer_finds_it(cast):
    appeal = journey.in_hand(cast, now=MONDAY)
    client = signed_in(cast.handler)
    assert post(client, appeal, "recuse", reason="货主是我亲戚").url == "/admin/"
    assert client.get(page(appeal)).status_code == 404


def test_one_decides_what_another_asked(cast):
    appeal = journey.in_hand(cast, now=MONDAY)
    requests.ask_extension(appeal=appeal, days=3, reason="等对方财务回来", by=cast.viewer("head"), version=None, now=MONDAY)
    body = words(signed_in(cast.supervisor).get(reverse("admin:appeals_decide")))
    assert "等对方财务回来" in body
    assert str(appeal.key) not in words(signed_in(cast.head).get(reverse("admin:appeals_decide")))
    appeal.refresh_from_db()
    first = appeal.first_due
    assert post(signed_in(cast.supervisor), appeal, "grant_extension", days="2").status_code == 302
    appeal.refresh_from_db()
    assert appeal.first_due == first < appeal.due


# --- many at once, the desk, the hall, the rules -----------------------------------------------


def test_bulk_says_who_can_and_why_the_rest_cannot_and_skips_none_in_silence(cast):
    can = journey.routed(now=MONDAY)
    cannot = journey.in_hand(cast, now=MONDAY, text=f"{journey.FREIGHT}，第二回")
    hidden = journey.routed(now=MONDAY, text="车被扣了，罚款我认，求求先放车", place=journey.place("大许镇"))
    client = signed_in(cast.handler)
    picked = [str(row.key) for row in (can, cannot, hidden)]
    body = words(client.post(reverse("admin:appeals_bulk"), {"act": "accept", "pick": picked}))
    assert "选了 2 件，能办 1 件，不能 1 件" in body and "办理中" in body
    client.post(reverse("admin:appeals_bulk"), {"act": "accept", "pick": [str(can.key)], "sure": "1", f"version-{can.key}": can.version})
    can.refresh_from_db()
    assert can.state == State.IN_HAND


def test_the_desk_gets_the_best_three_and_must_say_why_it_chooses_otherwise(cast):
    appeal = journey.routed(now=MONDAY, text="电子眼拍我闯禁令三回了，那个牌子被树挡得严严的根本看不见，还有坑")
    if appeal.state != State.SUBMITTED:
        pytest.skip("the router was sure")
    client = signed_in(cast.desk)
    body = words(client.get(reverse("admin:appeals_desk")))
    assert str(appeal.key) in body and 'type="radio" name="unit"' in body
    assert post(client, appeal, "route_by_hand", unit="other", other_unit="transport", reason="", back="desk").status_code in (302, 409)
    appeal.refresh_from_db()
    if appeal.state == State.SUBMITTED:
        assert post(client, appeal, "route_by_hand", unit="other", other_unit="transport", reason="和上回那件一样", back="desk").status_code == 302


def test_the_lists_of_the_desk_do_not_tell_who_is_accused_and_the_service_refuses(cast):
    rows = [journey.file(now=MONDAY, text=journey.RUDE, accused=accused) for accused in (("squad-03",), ())]
    Appeal.objects.filter(pk__in=[row.pk for row in rows]).update(at_desk=True)
    client = signed_in(cast.desk)
    pages = [words(client.get(f"{reverse('admin:appeals_desk')}?one={row.key}")) for row in rows]
    one, other = (re.findall(r'<option value="([^"]+)"', each) for each in pages)
    assert one == other and "squad-03" in one
    response = post(client, rows[0], "route_by_hand", unit="squad-03", reason="硬转", back="desk")
    rows[0].refresh_from_db()
    assert 400 <= response.status_code < 500 and rows[0].state == State.SUBMITTED and "现在接不了这一件" in words(response)


def test_the_hall_files_for_a_driver_sees_the_slip_once_and_nothing_more(cast):
    client = signed_in(cast.clerk)
    form = words(client.get(reverse("admin:appeals_register")))
    key = re.search(r'name="client_key" value="([^"]+)"', form)[1]
    data = {"client_key": key, "text": journey.FREIGHT, "channel": "box", "received_at": "2026-11-20T17:50"}
    refused = client.post(reverse("admin:appeals_register"), data)
    assert refused.status_code == 422 and "写上凭据" in words(refused) and journey.FREIGHT in words(refused)
    slip = words(client.post(reverse("admin:appeals_register"), data | {"channel_note": "棠张意见箱 11-20"}))
    appeal = Appeal.objects.get(client_key=key)
    assert " ".join(appeal.number[at : at + 4] for at in range(0, 16, 4)) in slip
    assert appeal.filed_by_id == cast.clerk.pk and appeal.received_at.isoformat() == "2026-11-20T09:50:00+00:00"
    client.post(reverse("admin:appeals_register"), data | {"channel_note": "棠张意见箱 11-20"})
    assert Appeal.objects.count() == 1
    assert client.get(page(appeal)).status_code == 404


def test_a_rule_is_rehearsed_and_saved_as_a_new_version(cast):
    from appeals.models import RoutingRule

    client = signed_in(cast.desk)
    rule = RoutingRule.objects.filter(valid_to=None, row__category="D1").order_by("code").first()
    url = reverse("admin:appeals_rule", args=[rule.code])
    typed = {"words": "\n".join([*rule.row["words"], "月底结账拖着"]), "weight": "2", "category": "D1", "valid_from": "2026-11-23"}
    shown = words(client.post(url, typed | {"act": "rehearse"}))
    assert "件 去处不变" in shown and "月底结账拖着" in shown
    bad = client.post(url, typed | {"act": "save", "category": "Z9"})
    assert bad.status_code == 422
    assert client.post(url, typed | {"act": "save", "note": "司机常这么说"}).status_code == 302
    assert RoutingRule.objects.filter(code=rule.code, version=rule.version + 1, entered_by=cast.desk).exists()
    assert signed_in(cast.handler).get(url).status_code == 404


def test_a_sentence_is_tried_and_nothing_is_kept(cast):
    response = signed_in(cast.desk).post(reverse("admin:appeals_rules"), {"text": journey.FREIGHT})
    assert "运输科" in words(response) and not Appeal.objects.exists()


def test_reading_writes_nothing(cast):
    appeal = journey.in_hand(cast, now=MONDAY)
    client = signed_in(cast.handler)
    before = (Event.objects.count(), AuditLine.objects.count(), Appeal.objects.get(pk=appeal.pk).version)
    for path in ("/admin/", reverse("admin:appeals_list"), page(appeal), f"{page(appeal, 'act')}?move=recuse"):
        assert client.get(path).status_code == 200
    assert before == (Event.objects.count(), AuditLine.objects.count(), Appeal.objects.get(pk=appeal.pk).version)


def test_every_act_that_staff_may_ever_make_has_its_page():
    from appeals.admin.acts import ACTS
    from appeals.services.acts import STAFF_MOVES

    assert set(STAFF_MOVES) - set(ACTS) == {Move.SUBMIT_ANSWER}
    assert set(ACTS) <= set(MOVES)
