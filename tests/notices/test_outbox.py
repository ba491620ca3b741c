"""Messages are written down once, whatever is repeated, and are taken back when nobody needs them."""

from datetime import date, datetime, timedelta

import pytest
from django.db import transaction

from accounts.registry import registry as house
from common.clock import SHANGHAI
from notices.models import Notice
from notices.rules.states import Channel, Hours, State
from notices.rules.words import NotPlainData
from notices.services import outbox, sending
from tests.cast import MONDAY, make_cast

pytestmark = pytest.mark.django_db


def states():
    return list(Notice.objects.order_by("pk").values_list("channel", "state"))


def test_a_repeated_post_is_one_message(kind):
    cast = make_cast("handler", "head")
    for _ in range(3):
        outbox.post(template="test.task", about=(kind, 1), now=MONDAY, to=[cast.handler, cast.head])
    assert states() == [("inapp", "queued")] * 2


def test_a_moved_due_time_makes_a_new_message_of_a_rung_and_new_words_do_not(kind):
    cast = make_cast("handler")
    for template, due in (("test.task", MONDAY), ("test.other", MONDAY), ("test.task", MONDAY + timedelta(days=1))):
        outbox.post(
            template=template, about=(kind, 1), now=MONDAY, to=[cast.handler], clock="answer", rung="R2", due=due
        )
    assert Notice.objects.count() == 2


def test_a_driver_gets_it_by_every_channel_he_has_and_staff_in_the_house(kind):
    cast = make_cast("driver", "outsider", "handler")
    outbox.post(template="test.news", about=(kind, 1), now=MONDAY, to=[cast.driver, cast.outsider], address="13900000009")
    outbox.post(template="test.task", about=(kind, 1), now=MONDAY, to=[cast.handler])
    assert states() == [("inapp", "queued"), ("sms", "queued"), ("inapp", "queued"), ("sms", "queued"), ("inapp", "queued")]


def test_what_is_urgent_wakes_staff_by_sms_where_they_have_a_phone(kind):
    cast = make_cast("handler", "head")
    cast.head.phone = "13900000008"
    cast.head.save()
    outbox.post(template="test.task", about=(kind, 1), now=MONDAY, to=[cast.handler, cast.head], urgent=True)
    assert states() == [("inapp", "queued")] * 2 + [("sms", "queued")]
    assert set(Notice.objects.values_list("hours", "rank")) == {("any", 0)}


@pytest.mark.parametrize("value", ["张三", "苏C12345", 1.5, True, None, ["x"]])
def test_only_numbers_and_dates_enter_a_message(kind, value):
    cast = make_cast("handler")
    with pytest.raises(NotPlainData):
        outbox.post(template="test.task", about=(kind, 1), now=MONDAY, to=[cast.handler], data={"n": value})
    assert not Notice.objects.exists()


def test_numbers_and_dates_are_said_in_words(kind):
    from notices.wording import text_of

    outbox.post(
        template="test.dated", about=(kind, 1), now=MONDAY, address="13900000009", due=MONDAY, data={"n": 3, "day": date(2026, 12, 1)}
    )
    assert text_of([Notice.objects.get()]) == "3 件，12月1日 周二，11月23日 周一 14:36"


OFFICE_MOMENTS = [
    # (hours, posted, leaves) in a week with a holiday: 1 October 2026 is a Thursday, 10 October a worked Saturday
    (Hours.ANY, "2026-10-01 03:00", "2026-10-01 03:00"),
    (Hours.OFFICE, "2026-09-30 19:59", "2026-09-30 19:59"),
    (Hours.OFFICE, "2026-09-30 20:00", "2026-10-08 08:00"),
    (Hours.OFFICE, "2026-10-03 10:00", "2026-10-08 08:00"),
    (Hours.OFFICE, "2026-10-10 10:00", "2026-10-10 10:00"),
    (Hours.OFFICE, "2026-10-10 07:59", "2026-10-10 08:00"),
    (Hours.MORNING, "2026-10-10 08:30", "2026-10-10 09:00"),
    (Hours.MORNING, "2026-10-10 09:30", "2026-10-10 09:30"),
    (Hours.MORNING, "2026-10-10 21:00", "2026-10-12 09:00"),
]


@pytest.mark.parametrize(("hours", "posted", "leaves"), OFFICE_MOMENTS)
def test_each_message_waits_for_its_hours(kind, hours, posted, leaves):
    cast = make_cast("handler")
    now = datetime.fromisoformat(posted).replace(tzinfo=SHANGHAI)
    row = outbox.Row("test.task", kind, "1", recipient_id=cast.handler.pk, hours=hours)
    outbox.post_many([row], now=now)
    then = datetime.fromisoformat(leaves).replace(tzinfo=SHANGHAI)
    assert Notice.objects.get().next_try_at == then
    if then > now:
        assert sending.send_due(now=then - timedelta(seconds=1)) == 0
    assert sending.send_due(now=then) == 1


def test_an_ended_matter_takes_back_what_staff_have_not_got_yet(kind):
    cast = make_cast("handler", "driver")
    outbox.post(template="test.task", about=(kind, 1), now=MONDAY, to=[cast.handler])
    outbox.post(template="test.news", about=(kind, 1), now=MONDAY, to=[cast.driver], channels=[Channel.SMS])
    outbox.post(template="test.task", about=(kind, 2), now=MONDAY, to=[cast.handler])
    assert outbox.cancel(about=(kind, 1), now=MONDAY, audience="staff") == 1
    assert states() == [("inapp", "cancelled"), ("sms", "queued"), ("inapp", "queued")]


def test_whoever_may_not_know_any_more_gets_nothing_of_what_waits(kind):
    cast = make_cast("handler", "head")
    outbox.post(template="test.task", about=(kind, 1), now=MONDAY, to=[cast.handler, cast.head])
    assert outbox.cancel_for(person_ids=[cast.handler.pk], about=(kind, 1), now=MONDAY) == 1
    assert states() == [("inapp", "cancelled"), ("inapp", "queued")]


def test_missed_rungs_are_written_and_never_sent(kind):
    cast = make_cast("handler")
    rows = [
        outbox.Row("test.task", kind, "1", recipient_id=cast.handler.pk, clock="answer", rung=rung, due=MONDAY, state=state)
        for rung, state in (("R1", State.SUPERSEDED), ("R2", State.SUPERSEDED), ("R3", State.QUEUED))
    ]
    outbox.post_many(rows, now=MONDAY)
    sending.send_due(now=MONDAY)
    assert states() == [("inapp", "superseded"), ("inapp", "superseded"), ("inapp", "sent")]


def test_one_transaction_rings_once(kind, monkeypatch, django_capture_on_commit_callbacks):
    rung = []
    monkeypatch.setattr(outbox, "kick", lambda *args: rung.append(args))
    cast = make_cast("handler")
    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        for pk in range(5):
            outbox.post(template="test.task", about=(kind, pk), now=MONDAY, to=[cast.handler])
    assert rung == [("notices.send",)]


def test_a_batch_costs_few_queries(kind, django_assert_max_num_queries):
    cast = make_cast("handler")
    rows = [outbox.Row("test.task", kind, str(n), recipient_id=cast.handler.pk, clock="c", rung="R1") for n in range(1000)]
    with django_assert_max_num_queries(50):
        outbox.post_many(rows, now=MONDAY)
    assert Notice.objects.count() == 1000


def test_codes_leave_by_the_outbox_and_their_text_is_wiped(settings):
    settings.DEMO = False
    settings.SMS_DAILY_BUDGET = 10
    house.send_code(phone="13900000009", code="123456", purpose="sign_in", now=MONDAY)
    row = Notice.objects.get()
    assert (row.body, row.channel, row.hours, row.rank) == ("123456", "sms", "any", 1)
    assert row.not_after == MONDAY + timedelta(minutes=10)
    sending.send_due(now=MONDAY + timedelta(minutes=10))  # too late: a stale code would only confuse
    row.refresh_from_db()
    assert (row.state, row.body) == ("cancelled", None)
