"""Each rung once, whatever sleeps, restarts or runs twice; the present one only, after a sleep."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from appeals.models import Clock
from appeals.services import desk, driver, reminders, requests, ripening
from appeals.services.answers import Answer
from common.clock import SHANGHAI
from notices.models import Notice
from notices.rules.states import State
from tests.appeals import journey
from tests.cast import MONDAY, make_cast

pytestmark = pytest.mark.django_db
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def cast():
    return make_cast()


def at(day: int, hour: int, minute: int = 0, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=SHANGHAI)


def rungs(appeal, clock="C4", state=State.QUEUED) -> list[tuple[str, str]]:
    """(rung, recipient's name) of what was written for one clock."""
    rows = Notice.objects.filter(about_pk=str(appeal.pk), state=state, unique_key__contains=f"|{clock}|")
    return sorted(rows.values_list("rung", "recipient__name"))


def tick(start: datetime, end: datetime, step: timedelta = HOUR) -> None:
    moment = start
    while moment <= end:
        reminders.sweep(now=moment)
        moment += step


def test_the_ladder_of_an_answer_nobody_gives_is_climbed_rung_by_rung(cast):
    appeal = journey.in_hand(cast, now=MONDAY)  # due Mon 30 Nov 17:30
    tick(at(24, 8), at(8, 19, month=12))
    assert rungs(appeal) == [
        ("R1", "周敏"),
        *[("R2", name) for name in sorted(["周敏", "沈国栋", "兼职科长"])],
        *[("R3", name) for name in sorted(["沈国栋", "兼职科长", "陈分拨", "孙分拨", "调来的分拨员"])],
        ("R4", "钱督办"),
        ("R5", "局领导"),
    ]
    tick(at(9, 8, month=12), at(20, 19, month=12))
    assert len(rungs(appeal)) == 11, "nothing more after the last rung"


def test_twice_is_once(cast):
    appeal = journey.in_hand(cast, now=MONDAY)
    moment = at(27, 9, 1)  # R1: 09:00 one working day before the due day
    reminders.batch(now=moment)
    Clock.objects.filter(appeal=appeal, kind="C4").update(level=0, next_rung_at=moment)  # as if another beat raced
    reminders.batch(now=moment)
    assert rungs(appeal) == [("R1", "周敏")]


def test_beat_asleep_for_three_days_sends_the_present_rung_and_writes_the_missed_ones_as_superseded(cast):
    asleep = journey.in_hand(cast, now=MONDAY)
    awake = journey.in_hand(cast, now=MONDAY)
    Clock.objects.exclude(kind="C4").update(next_rung_at=None)
    Clock.objects.filter(appeal=asleep).update(next_rung_at=None)
    tick(at(27, 8), at(3, 9, month=12))
    from appeals.services.deadlines import _next_rung
    from common.selectors import calendar

    clock = Clock.objects.select_related("appeal", "rule").get(appeal=asleep, kind="C4")
    Clock.objects.filter(pk=clock.pk).update(next_rung_at=_next_rung(clock, at(27, 8), calendar()))
    waking = at(3, 9, 30, month=12)
    reminders.sweep(now=waking)
    assert {rung for rung, _ in rungs(asleep)} == {max(rung for rung, _ in rungs(awake))}
    assert {rung for rung, _ in rungs(asleep, state=State.SUPERSEDED)} == {"R1", "R2", "R3"}
    reminders.sweep(now=waking + MINUTE)
    reminders.sweep(now=waking + HOUR)
    assert {rung for rung, _ in rungs(asleep)} == {max(rung for rung, _ in rungs(awake))}


def test_the_accused_and_the_recused_hear_no_rung(cast):
    appeal = journey.in_hand(cast, now=MONDAY, text=journey.RUDE, handler="legal_handler", accused=("squad-03",))
    desk.recuse(appeal=appeal, reason="司机是我表弟", by=cast.viewer("second_desk"), now=MONDAY)
    tick(at(24, 8), at(8, 19, month=12))
    names = {name for _, name in rungs(appeal)}
    assert "孙分拨" not in names and "陈分拨" in names
    assert not names & {"三队经办", "三队队长", "三支部书记", "调离的三队人", "兼职科长"}


def test_an_answer_cancels_what_waits_and_starts_no_more_rungs(cast):
    appeal = journey.in_hand(cast, now=MONDAY)
    tick(at(27, 8), at(27, 12))
    assert rungs(appeal)
    appeal = journey.answer(cast, appeal, now=at(27, 14))
    assert rungs(appeal) == [] and rungs(appeal, state=State.CANCELLED)
    assert Answer.objects.get(appeal=appeal).state == "approved"
    tick(at(27, 15), at(8, 19, month=12))
    assert rungs(appeal) == []


def test_an_urgent_appeal_wakes_the_duty_officer_at_any_hour(cast):
    night = at(22, 2, 0)  # Sunday, two in the morning
    appeal = journey.file(text="104国道利国这边追尾了，前车司机卡里头出不来流好多血，打不通电话快救人", now=night)
    from appeals.services import routing

    routing.route(appeal_id=appeal.pk, now=night)
    tick(night, night + 2 * HOUR, 5 * MINUTE)
    urgent = Notice.objects.filter(about_pk=str(appeal.pk), rung__startswith="U")
    assert {row.rung for row in urgent} >= {"U1", "U3"}
    assert all(row.hours == "any" and row.urgent for row in urgent)


def test_a_batch_of_rungs_takes_a_handful_of_queries_and_an_idle_sweep_takes_one(cast, django_assert_max_num_queries):
    for _ in range(40):
        journey.in_hand(cast, now=MONDAY)
    before = Notice.objects.count()
    with CaptureQueriesContext(connection) as queries:
        assert reminders.batch(now=at(27, 9, 1)) >= 40
    # a dozen for the batch; SQLite takes about forty rows in one statement, PostgreSQL all of them
    assert len(queries) <= 12 + 0.05 * (Notice.objects.count() - before)
    with django_assert_max_num_queries(1):
        assert reminders.batch(now=at(27, 9, 1)) == 0


def test_a_pause_that_nobody_ends_ends_itself_and_the_clock_runs_on(cast):
    from appeals.services import handling

    appeal = journey.in_hand(cast, now=MONDAY)
    handling.ask_driver(appeal=appeal, words="有没有装货单？", by=cast.viewer("handler"), version=None, now=MONDAY)
    ripening.end_pauses(now=MONDAY + DAY)
    appeal.refresh_from_db()
    assert appeal.state == "waiting_driver"
    ripening.end_pauses(now=MONDAY + 14 * DAY)
    appeal.refresh_from_db()
    assert appeal.state == "in_hand" and appeal.due > appeal.first_due


def test_next_years_calendar_entered_later_moves_provisional_dates_with_an_event_each(cast):
    from common.services import enter_year

    december = at(30, 10, month=12)
    appeal = journey.in_hand(cast, now=december)
    assert appeal.provisional
    before = appeal.due
    holidays = [(f"2027-01-0{day}", "holiday", "元旦") for day in (1, 2, 3)]
    from datetime import date

    enter_year(
        year=2027, rows=[(date.fromisoformat(day), kind, name) for day, kind, name in holidays], source="通知", now=december
    )
    ripening.recalendar(now=december + HOUR)
    appeal.refresh_from_db()
    assert not appeal.provisional and appeal.due > before and appeal.first_due <= before
    assert appeal.events.filter(move="calendar").count() == 1
    ripening.recalendar(now=december + 2 * HOUR)
    assert appeal.events.filter(move="calendar").count() == 1


def test_an_extension_reminds_whoever_may_grant_it_and_not_the_desk(cast):
    appeal = journey.in_hand(cast, now=MONDAY)
    requests.ask_extension(appeal=appeal, days=2, reason="等检测报告", by=cast.viewer("head"), version=None, now=MONDAY)
    tick(MONDAY, at(25, 10))
    heard = rungs(appeal, clock="C9")
    assert [rung for rung, name in heard if name == cast.supervisor.name] == ["R0", "R1", "R2", "R3"]
    assert {name for _, name in heard} == {cast.supervisor.name, cast.duty.name}


def test_an_extension_takes_back_rungs_and_nothing_that_the_driver_said(cast):
    appeal = journey.in_hand(cast, now=MONDAY)
    requests.ask_extension(appeal=appeal, days=2, reason="等检测报告", by=cast.viewer("head"), version=None, now=MONDAY)
    night = at(30, 6)
    driver.add_material(appeal=appeal, words="检测报告出来了", by=journey.driver_of(appeal), now=night)
    Clock.objects.filter(appeal=appeal, kind="C4").update(next_rung_at=at(27, 9))
    reminders.batch(now=at(27, 10))
    requests.grant_extension(appeal=appeal, days=2, by=cast.viewer("supervisor", night), version=None, now=night)
    waits = Notice.objects.filter(about_pk=str(appeal.pk), state=State.QUEUED).exclude(recipient=None)
    assert waits.filter(template="appeal.material").exists() and not waits.exclude(clock="").exists()
