"""What leaves, to whom and in what order; and what becomes of it when the gateway does not play along."""

from datetime import timedelta

import pytest

from notices.models import Breaker, Notice, SmsDay
from notices.rules.retry import gap
from notices.services import budget, outbox, sending
from tests.cast import MONDAY, make_cast

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def post_sms(kind, count=1, first=0):
    for n in range(first, first + count):
        outbox.post(template="test.news", about=(kind, n), now=MONDAY, address=f"139000{n:05}")


def post_urgent(kind, pk, *people):
    for person in people:
        row = outbox.Row("test.task", kind, str(pk), recipient_id=person.pk, channel="sms", urgent=True)
        outbox.post_many([row], now=MONDAY)


def tick(until, *, start=timedelta(), step=timedelta(seconds=30)):
    """Sweeps from `start` to `until` after Monday, 14:36."""
    at = start
    while at <= until:
        sending.sweep(MONDAY + at)
        at += step


def with_phones(cast):
    for n, person in enumerate(cast.people.values()):
        person.phone = f"137000000{n:02}"
        person.save()
    return cast


# -- who


def test_whoever_was_barred_between_queueing_and_sending_gets_nothing(kind, allowed, server):
    cast = with_phones(make_cast("handler", "head"))
    post_urgent(kind, 1, cast.handler, cast.head)
    allowed.barred.add((cast.handler.pk, "1"))
    sending.sweep(MONDAY)
    assert [one["to"] for one in server.got] == [cast.head.phone]
    row = Notice.objects.get(recipient=cast.handler)
    assert (row.state, row.error) == ("cancelled", "收件人不能知道这件事")


def test_a_closed_account_gets_nothing(kind, server):
    cast = with_phones(make_cast("handler"))
    post_urgent(kind, 1, cast.handler)
    cast.handler.is_active = False
    cast.handler.save()
    sending.sweep(MONDAY)
    assert server.got == [] and Notice.objects.get().error == "账号已停用"


@pytest.mark.parametrize(("about", "template"), [("nobody.knows", "test.news"), ("test.thing", "nobody.knows")])
def test_what_nobody_registered_is_never_sent(kind, server, about, template):
    outbox.post(template=template, about=(about, 1), now=MONDAY, address="13900000009")
    sending.sweep(MONDAY + timedelta(days=1))
    row = Notice.objects.get()
    assert (row.state, server.got) == ("cancelled", []) and row.error.startswith("没有登记")


def test_the_number_of_the_moment_of_sending_counts(kind, server):
    cast = with_phones(make_cast("handler"))
    post_urgent(kind, 1, cast.handler)
    cast.handler.phone = "13666666666"
    cast.handler.save()
    sending.sweep(MONDAY)
    assert [one["to"] for one in server.got] == ["13666666666"]


def test_a_lower_rung_that_is_still_waiting_gives_way_to_the_higher_one(kind):
    cast = make_cast("handler", "head")
    for who, rung in ((cast.handler, "R2"), (cast.head, "R2"), (cast.head, "R3")):
        row = outbox.Row("test.task", kind, "1", recipient_id=who.pk, clock="answer", rung=rung, due=MONDAY)
        outbox.post_many([row], now=MONDAY)
    sending.sweep(MONDAY)
    assert list(Notice.objects.order_by("pk").values_list("state", flat=True)) == ["superseded", "superseded", "sent"]


def test_a_template_gives_way_to_the_one_that_says_more(kind):
    from notices import registry

    registry.register_template("test.task", words="您有 1 件待办，请登录查看", superseded_by=["test.other"])
    cast = make_cast("handler", "head")
    outbox.post(template="test.task", about=(kind, 1), now=MONDAY, to=[cast.handler, cast.head])
    outbox.post(template="test.other", about=(kind, 1), now=MONDAY, to=[cast.handler])
    sending.sweep(MONDAY)
    assert dict(Notice.objects.values_list("recipient__login", "state").filter(template="test.task")) == {
        "handler": "superseded", "head": "sent",
    }  # fmt: skip


# -- how many, in what order


def test_one_person_gets_one_message_for_all_of_his(kind, server):
    cast = with_phones(make_cast("handler", "head"))
    for pk in range(4):
        post_urgent(kind, pk, cast.handler)
    post_urgent(kind, 9, cast.head)
    post_sms(kind, 2)
    sending.sweep(MONDAY)
    assert sorted(server.texts()) == [
        "【红运之家】您有 1 件待办，请登录查看",
        "【红运之家】您的事项有新进展，请凭编号查看",
        "【红运之家】您的事项有新进展，请凭编号查看",
        "【红运之家】特急：您有 4 件待办，请马上登录",
    ]
    assert set(Notice.objects.values_list("state", flat=True)) == {"sent"}
    assert Notice.objects.filter(recipient=cast.handler).values("out_id").distinct().count() == 1


def test_the_most_urgent_leave_first_then_what_is_due_first(kind, server):
    rungs = [("R1", 1), ("R5", 9), ("R3", 5), ("R3", 2)]
    for n, (rung, day) in enumerate(rungs):
        row = outbox.Row(
            "test.news", kind, str(n), address=f"1390000000{n}", clock="c", rung=rung, due=MONDAY + timedelta(days=day), hours="office"
        )
        outbox.post_many([row], now=MONDAY)
    outbox.post(template="test.news", about=(kind, 8), now=MONDAY, address="13900000008")
    outbox.post(template="test.task", about=(kind, 9), now=MONDAY, address="13900000009", urgent=True)
    sending.sweep(MONDAY)
    assert [one["to"][-1] for one in server.got] == ["9", "8", "1", "3", "2", "0"]


def test_the_budget_of_a_day_is_kept_and_the_rest_leaves_the_next(kind, server, settings):
    settings.SMS_DAILY_BUDGET = 3
    post_sms(kind, 5)
    sending.sweep(MONDAY)
    assert len(server.got) == 3 == SmsDay.objects.get().sent and budget.left(now=MONDAY) == 0
    tick(timedelta(hours=2), start=timedelta(hours=1), step=HOUR)
    assert len(server.got) == 3
    sending.sweep(budget.tomorrow(now=MONDAY))
    assert len(server.got) == 5 and Notice.objects.filter(state="sent").count() == 5


def test_the_last_tenth_is_kept_for_codes_and_whoever_waits(kind, server, settings):
    settings.SMS_DAILY_BUDGET = 10
    for n in range(10):
        outbox.post_many([outbox.Row("test.task", kind, str(n), address=f"1380000000{n}")], now=MONDAY)
    sending.sweep(MONDAY)
    assert len(server.got) == 9
    post_sms(kind, 1)
    sending.sweep(MONDAY + timedelta(seconds=1))
    assert len(server.got) == 10


def test_a_code_is_refused_in_words_when_nothing_is_left(settings):
    from common.errors import TooOften
    from notices.services.codes import send_code

    settings.SMS_DAILY_BUDGET = 0
    with pytest.raises(TooOften) as refused:
        send_code(phone="13900000009", code="123456", purpose="sign_in", now=MONDAY)
    assert settings.HALL_PHONE in refused.value.message and not Notice.objects.exists()


def test_a_heap_leaves_at_the_pace_that_the_gateway_bears(kind, server, settings):
    import time

    settings.SMS_PER_SECOND = 50
    post_sms(kind, 30)
    begun = time.monotonic()
    sending.sweep(MONDAY)
    assert len(server.got) == 30 and time.monotonic() - begun >= 29 / 50


# -- a gateway that does not play along


@pytest.mark.parametrize(("mode", "tries"), [("error", 6), ("later", 6), ("redirect", 6)])
def test_a_failing_gateway_is_tried_six_times_and_then_a_person_sees_it(kind, server, monkeypatch, mode, tries):
    from notices.services import breakers

    monkeypatch.setattr(breakers, "TRIPS_AT", 100)
    server.mode = mode
    post_sms(kind)
    tick(timedelta(hours=1))
    row = Notice.objects.get()
    assert (row.state, row.tries, len(server.got)) == ("failed", tries, 6)
    assert len(server.per_id()) == 1 and SmsDay.objects.get().sent == 0


def test_gaps_grow_and_never_pass_an_hour():
    gaps = [gap(tries, 0.0) for tries in range(1, 7)]
    assert gaps == sorted(gaps) and gaps[0] == timedelta(seconds=30) and gap(5, 0.999) <= HOUR
    assert sum((gap(n, 1.0) for n in range(1, 6)), timedelta()) < HOUR
    assert gap(2, 0.5) != gap(2, 0.6)


def test_a_refused_number_is_not_tried_again(kind, server):
    server.mode = "refuse"
    post_sms(kind)
    tick(timedelta(minutes=10))
    row = Notice.objects.get()
    assert (row.state, row.error, len(server.got)) == ("failed", "空号", 1)


@pytest.mark.parametrize("mode", ["stall", "cut", "junk"])
def test_silence_costs_one_message_more_at_most_and_is_listed(kind, server, mode):
    server.mode = mode
    post_sms(kind)
    tick(timedelta(hours=3))
    row = Notice.objects.get()
    assert (row.state, len(server.got), len(server.per_id())) == ("unknown", 2, 1)
    assert row.next_try_at is None and row.settled_at is not None


def test_silence_of_a_gateway_that_can_be_asked_costs_nothing_more(kind, server, settings):
    settings.SMS_STATUS_URL = server.status_url
    server.mode = "stall"
    post_sms(kind)
    tick(timedelta(hours=3))
    assert (Notice.objects.get().state, len(server.got)) == ("sent", 1)


def test_a_message_that_the_gateway_never_saw_is_sent_again(kind, server, settings):
    settings.SMS_STATUS_URL = server.status_url
    server.mode, server.status = "cut", "unseen"
    post_sms(kind)
    sending.sweep(MONDAY)
    assert Notice.objects.get().state == "unknown"
    server.mode = "ok"
    tick(timedelta(minutes=5))
    row = Notice.objects.get()
    assert (row.state, len(server.got), len(server.per_id())) == ("sent", 2, 1)


def test_questions_that_are_never_answered_end_too(kind, server, settings):
    settings.SMS_STATUS_URL = server.status_url
    server.mode, server.status = "stall", "error"
    post_sms(kind)
    tick(timedelta(hours=4), step=timedelta(minutes=1))
    row = Notice.objects.get()
    assert (row.state, len(server.got)) == ("unknown", 1) and len(server.asked) <= 6


def test_after_five_failures_the_gateway_rests_and_then_is_tried_with_one(kind, server):
    server.mode = "error"
    post_sms(kind, 20)
    sending.sweep(MONDAY)
    assert len(server.got) == 5
    assert Notice.objects.filter(state="queued").count() == 20
    sending.sweep(MONDAY + timedelta(seconds=20))
    assert len(server.got) == 5
    sending.sweep(MONDAY + timedelta(seconds=35))
    assert len(server.got) == 6
    server.mode = "ok"
    tick(timedelta(minutes=10), start=timedelta(seconds=60))
    assert Notice.objects.filter(state="sent").count() == 20 and Breaker.objects.get().failures == 0


def test_a_slow_gateway_does_not_hold_a_worker_for_longer_than_its_run(kind, server, monkeypatch):
    monkeypatch.setattr(sending, "RUN_SECONDS", 0.3)
    server.slow = 0.1
    post_sms(kind, 20)
    sending.sweep(MONDAY)
    assert 1 <= len(server.got) <= 6
    assert Notice.objects.filter(state="sending").count() == 0
    monkeypatch.setattr(sending, "RUN_SECONDS", 10)
    sending.sweep(MONDAY + timedelta(seconds=5))
    assert len(server.got) == 20 == len(server.per_id())


def test_only_one_worker_at_a_time_is_at_a_gateway(kind, server):
    from notices.services import claims

    post_sms(kind, 60)
    held = claims.claim("sms", now=MONDAY, limit=10)
    assert sending.send_due(now=MONDAY + timedelta(seconds=1)) == 0 and server.got == []
    assert sending.send_due(now=MONDAY + timedelta(seconds=16)) == 60 - len(held)


# -- rows that are wrong in themselves


def test_a_poison_row_steps_aside_and_the_others_are_served(kind, allowed, server):
    cast = make_cast("handler")
    for pk in range(100):
        outbox.post(template="test.task", about=(kind, pk), now=MONDAY, to=[cast.handler])
    allowed.broken.add("50")
    sending.sweep(MONDAY)
    assert Notice.objects.filter(state="sent").count() == 99
    row = Notice.objects.get(about_pk="50")
    assert (row.state, row.tries, row.error) == ("queued", 1, "ZeroDivisionError")
    assert row.next_try_at >= MONDAY + HOUR
    tick(timedelta(days=2), start=HOUR, step=timedelta(minutes=61))
    row.refresh_from_db()
    assert (row.state, row.tries) == ("failed", 6)


def test_a_text_that_cannot_be_made_steps_aside_too(kind, server):
    post_sms(kind, 1)
    outbox.post(template="test.dated", about=(kind, 7), now=MONDAY, address="13900000007")
    post_sms(kind, 1, first=8)
    sending.sweep(MONDAY)
    assert len(server.got) == 2 and Notice.objects.get(about_pk="7").error == "KeyError"


def test_a_number_that_failed_three_times_becomes_a_task_for_the_desk(kind, allowed, server):
    cast = make_cast("desk", "second_desk")
    allowed.barred.add((cast.second_desk.pk, "2"))
    server.mode = "refuse"
    for pk in range(4):
        outbox.post(template="test.news", about=(kind, pk), now=MONDAY, address="13900000001")
        sending.sweep(MONDAY)
    assert len(server.got) == 3, "what failed three times is not called a fourth time"
    sending.sweep(MONDAY + timedelta(days=1))
    told = Notice.objects.filter(template="notices.unreachable", state="sent")
    assert set(told.values_list("about_pk", "recipient__login")) == {
        ("2", "desk"), ("3", "desk"), ("3", "second_desk"),
    }  # fmt: skip
    server.mode = "ok"
    from notices.services.codes import send_code

    send_code(phone="13900000001", code="123456", purpose="sign_in", now=MONDAY)
    sending.sweep(MONDAY)
    assert "123456" in server.texts()[-1], "whoever asks for a code holds the phone in his hand"
    outbox.post(template="test.news", about=(kind, 9), now=MONDAY, address="13900000001")
    sending.sweep(MONDAY)
    assert len(server.got) == 5, "and it counts as reached again"
