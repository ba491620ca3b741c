"""The staff's pages of messages: own only, nothing by looking, and a person's word before a hold ends."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.contrib.messages import get_messages
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import AuditLine, Person
from appeals.admin.counts import bell_count
from notices.models import Hold, Notice
from notices.selectors.inbox import unread_for
from notices.services import outbox, sending
from tests.appeals import journey
from tests.cast import MONDAY, make_cast
from tests.house.walking import signed_in

pytestmark = pytest.mark.django_db
LATER = MONDAY.replace(hour=16)
INBOX, TROUBLE, HOLDS = "/admin/notices/", "/admin/notices/trouble/", "/admin/notices/holds/"


@pytest.fixture
def cast(db):
    with time_machine.travel(LATER, tick=False):
        yield make_cast()


def page(person, path) -> str:
    response = signed_in(person).get(path)
    assert response.status_code == 200
    return response.content.decode()


def tell(kind, person, *pks, at=MONDAY):
    for pk in pks:
        outbox.post(template="test.task", about=(kind, pk), now=at, to=[person], channels=["inapp"])
    sending.sweep(at)


def state_of_things() -> list:
    return [list(Notice.objects.order_by("pk").values()), list(Hold.objects.values()), AuditLine.objects.count()]


# --- 通知 ---------------------------------------------------------------------------------------


def test_an_empty_bell_says_what_will_come(cast):
    body = page(cast.clerk, INBOX)
    assert "没有通知" in body and "快到期" in body and "都看过了" not in body


def test_unopened_ones_stand_above_newer_opened_ones(cast, kind):
    tell(kind, cast.handler, 1)
    tell(kind, cast.handler, 2, at=MONDAY + timedelta(minutes=5))
    client = signed_in(cast.handler)
    newer = Notice.objects.get(about_pk="2")
    client.post(INBOX, {"notice": newer.pk})
    body = client.get(INBOX).content.decode()
    assert body.index("/things/1/") < body.index("/things/2/") and "1 条没看，最近 60 天 2 条" in body


def test_opening_one_marks_it_and_leads_to_its_row(cast, kind):
    tell(kind, cast.handler, 1, 2)
    first = Notice.objects.get(about_pk="1")
    response = signed_in(cast.handler).post(INBOX, {"notice": first.pk})
    assert (response.status_code, response["Location"]) == (302, "/things/1/")
    assert list(Notice.objects.filter(read_at=None).values_list("about_pk", flat=True)) == ["2"]


def test_one_button_marks_all_of_ones_own(cast, kind):
    tell(kind, cast.handler, 1, 2)
    tell(kind, cast.head, 1)
    assert signed_in(cast.handler).post(INBOX)["Location"] == INBOX
    assert set(Notice.objects.filter(read_at=None).values_list("recipient_id", flat=True)) == {cast.head.pk}


def test_nobody_sees_or_marks_anothers(cast, kind):
    tell(kind, cast.head, 7)
    others = Notice.objects.get()
    client = signed_in(cast.handler)
    assert "/things/7/" not in client.get(INBOX).content.decode()
    for number in (str(others.pk), "0", "²", "nothing", "9" * 40):
        assert client.post(INBOX, {"notice": number}).status_code == 404
    assert Notice.objects.get().read_at is None


def test_an_address_of_the_poster_is_never_followed(cast, kind):
    tell(kind, cast.handler, 1)
    asked = {"notice": Notice.objects.get().pk, "url": "https://elsewhere.example/", "next": "https://elsewhere.example/"}
    assert signed_in(cast.handler).post(INBOX, asked)["Location"] == "/things/1/"


def test_the_accused_squad_is_not_told_and_sees_nothing(cast):
    appeal = journey.routed(now=MONDAY, accused=("squad-03",))
    row = Notice.objects.filter(template="appeal.task").first()
    for slug in ("squad_three", "handler"):  # as if it had been sent by mistake
        mine = Notice.objects.get(pk=row.pk)
        mine.pk, mine.unique_key, mine.recipient, mine.channel = None, f"by mistake {slug}", cast.people[slug], "inapp"
        mine.state, mine.settled_at, mine.next_try_at = "sent", MONDAY, None
        mine.save()
    seen = page(cast.squad_three, INBOX)
    assert "没有通知" in seen and str(appeal.key) not in seen and "待办，请登录" not in seen
    assert bell_count(cast.viewer("squad_three", LATER)) == 0
    hidden = Notice.objects.get(unique_key="by mistake squad_three")
    assert signed_in(cast.squad_three).post(INBOX, {"notice": hidden.pk}).status_code == 404
    assert str(appeal.key) in page(cast.handler, INBOX)


def test_the_bell_the_menu_and_the_page_say_the_same_number(cast):
    for n in range(3):
        journey.routed(now=MONDAY, text=f"{journey.FREIGHT}，第 {n} 回")
    sending.sweep(LATER)
    for slug in ("handler", "leader", "squad_three", "desk"):
        viewer = cast.viewer(slug, LATER)
        assert bell_count(viewer) == unread_for(viewer, now=LATER), slug
    body = page(cast.handler, INBOX)
    assert "3 条没看" in body and body.count("<b>3</b>") >= 2


def test_rows_are_told_apart_by_their_last_digits_and_asked_for_at_once(cast):
    appeal = journey.routed(now=MONDAY)
    sending.sweep(LATER)
    client = signed_in(cast.handler)
    client.get(INBOX)
    with CaptureQueriesContext(connection) as one:
        body = client.get(INBOX).content.decode()
    assert f"尾号 {appeal.number[-8:-4]} {appeal.number[-4:]}" in body
    for n in range(6):
        journey.routed(now=MONDAY, text=f"{journey.FREIGHT}，第 {n} 回")
    sending.sweep(LATER)
    with CaptureQueriesContext(connection) as seven:
        assert client.get(INBOX).content.decode().count("尾号") >= 7
    assert len(seven) == len(one)


def test_a_leader_hears_of_lateness_and_has_nothing_to_open(cast):
    appeal = journey.routed(now=MONDAY)
    outbox.post(template="appeal.rung.circulate", about=("appeals.appeal", appeal.pk), now=MONDAY, to=[cast.leader], channels=["inapp"])
    sending.sweep(LATER)
    body = page(cast.leader, INBOX)
    assert "通报：有 1 件严重超期" in body and str(appeal.key) not in body and "尾号" not in body
    assert bell_count(cast.viewer("leader", LATER)) == 1
    told = Notice.objects.get(template="appeal.rung.circulate")
    assert signed_in(cast.leader).post(INBOX, {"notice": told.pk})["Location"] == INBOX


# --- 没发出去的 -----------------------------------------------------------------------------------


def test_a_failed_message_says_call_and_shows_only_the_ends_of_the_number(cast, kind, server):
    server.mode = "refuse"
    outbox.post(template="test.news", about=(kind, 1), now=MONDAY, address="13900007777")
    sending.sweep(MONDAY)
    body = page(cast.desk, TROUBLE)
    assert "没发出去" in body and "空号" in body and "打电话告诉他" in body and "139****7777" in body
    assert "13900007777" not in body and 'href="/things/1/"' in body


def test_an_unanswered_one_says_that_it_may_have_come(cast, kind):
    outbox.post(template="test.news", about=(kind, 1), now=MONDAY, address="13900007777")
    Notice.objects.update(state="unknown", settled_at=MONDAY)
    body = page(cast.duty, TROUBLE)
    assert "对方没回话" in body and "可能到了，也可能没到：打电话问一声" in body


def test_the_desk_is_not_shown_what_it_may_not_know_of(cast, kind, allowed):
    outbox.post(template="test.news", about=(kind, 5), now=MONDAY, address="13900007777")
    Notice.objects.update(state="failed", settled_at=MONDAY)
    allowed.barred.add((cast.desk.pk, "5"))
    body = page(cast.desk, TROUBLE)
    assert "都发出去了" in body and "7777" not in body


# --- 暂停发送 -------------------------------------------------------------------------------------


@pytest.fixture
def hold(kind, settings, cast):
    settings.STORM_BRAKE = 5
    people = Person.objects.bulk_create(Person(name="某人", login=f"p{n}", joined_at=MONDAY) for n in range(6))
    rows = [outbox.Row("test.task", kind, "1", recipient_id=p.pk, clock="answer", rung="R3", due=MONDAY) for p in people]
    outbox.post_many(rows, now=MONDAY)
    sending.sweep(MONDAY)
    return Hold.objects.get()


def test_a_hold_is_announced_and_leads_to_its_page(cast, hold):
    body = page(cast.admin, INBOX)
    assert "一次要发的提醒太多，先停下了" in body and f'href="{HOLDS}"' in body
    body = page(cast.admin, HOLDS)
    assert "一次要发的提醒太多，先停下了" in body and "现在 6 条等着" in body


@pytest.mark.parametrize(
    ("act", "question", "told", "left"),
    [("send", "把这 6 条发出去？", "放行了，6 条陆续发出。", "queued"), ("drop", "这 6 条都不发了？", "6 条不发了，留有记录。", "cancelled")],
)
def test_it_is_asked_once_more_and_then_done(cast, hold, act, question, told, left):
    client = signed_in(cast.admin)
    body = client.get(HOLDS, {"hold": hold.pk, "act": act}).content.decode()
    assert question in body and "写进审计" in body and Hold.objects.get().ended_at is None
    response = client.post(HOLDS, {"hold": hold.pk, "act": act})
    assert [str(one) for one in get_messages(response.wsgi_request)] == [told]
    hold.refresh_from_db()
    assert (hold.ended_by_id, hold.dropped) == (cast.admin.pk, act == "drop")
    assert set(Notice.objects.filter(template="test.task").values_list("state", flat=True)) == {left}
    assert client.post(HOLDS, {"hold": hold.pk, "act": act}).status_code == 404, "decided once"
    assert "没有停着的" in client.get(HOLDS).content.decode()


def test_when_nothing_waits_any_more_it_asks_to_go_on(cast, hold):
    Notice.objects.filter(template="test.task").update(state="superseded", settled_at=MONDAY, next_try_at=None)
    body = page(cast.admin, f"{HOLDS}?hold={hold.pk}&act=drop")
    assert "没有等着的了，恢复照常发？" in body and 'value="send"' in body


def test_only_the_system_administrator_decides(cast, hold):
    for slug in ("desk", "duty", "handler", "leader", "auditor"):
        client = signed_in(cast.people[slug])
        assert client.get(HOLDS).status_code == client.post(HOLDS, {"hold": hold.pk, "act": "drop"}).status_code == 404
    assert Hold.objects.get().ended_at is None


@pytest.mark.parametrize("asked", [{"hold": "0", "act": "send"}, {"hold": "x", "act": "drop"}, {"act": "send"}, {"hold": "1", "act": "burn"}])
def test_a_question_about_nothing_is_not_there(cast, hold, asked):
    client = signed_in(cast.admin)
    assert client.post(HOLDS, asked).status_code == 404
    assert client.get(HOLDS, asked).status_code == (404 if "hold" in asked else 200)


def test_looking_changes_nothing(cast, hold, kind):
    tell(kind, cast.admin, 3)
    outbox.post(template="test.news", about=(kind, 4), now=MONDAY, address="13900007777")
    Notice.objects.filter(about_pk="4").update(state="failed", settled_at=MONDAY)
    before = state_of_things()
    for who, path in (
        (cast.admin, INBOX), (cast.admin, HOLDS), (cast.admin, f"{HOLDS}?hold={hold.pk}&act=drop"), (cast.desk, TROUBLE),
    ):  # fmt: skip
        page(who, path)
    assert state_of_things() == before
