"""The ladder of reminders: when each rung is due, when it may leave, and what a sleep leaves of it."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appeals.rules.clocks import ClockKind, ClockSpec, Unit, due
from appeals.rules.rungs import Rung, To, Tone, next_moment, next_send_moment, present, rungs
from common.workdays import Calendar
from tests.appeals.clock_tables import CALENDAR, ROWS, SPECS, at, starts


def ladder(kind: str, start: str, *, urgent: bool = False):
    end = due(SPECS[kind], at(start), calendar=CALENDAR).due
    return {rung.name: rung for rung in rungs(SPECS[kind], at(start), end, CALENDAR, urgent)}


def moments(found) -> dict[str, datetime]:
    return {name: rung.at for name, rung in found.items()}


def test_the_ladder_of_an_answer():
    """Due Mon 23 Nov 17:30: the working day before is Fri 20; after it 24 ①, 25 ②, 26 ③, 27 ④, 30 ⑤."""
    found = ladder("C4", "2026-11-16T10:00")
    assert moments(found) == {
        "R1": at("2026-11-20T09:00"),
        "R2": at("2026-11-23T17:30"),
        "R3": at("2026-11-24T09:00"),
        "R4": at("2026-11-25T17:30"),
        "R5": at("2026-11-30T17:30"),
    }
    assert [(rung.to_roles, rung.tone) for rung in found.values()] == [
        ((To.HANDLER,), Tone.REMINDER),
        ((To.HANDLER, To.HEAD), Tone.DUE_TODAY),
        ((To.HEAD, To.DESK), Tone.NUDGE),
        ((To.SUPERVISOR,), Tone.ESCALATE),
        ((To.BUREAU_LEADER, To.NOTICE_LIST), Tone.CIRCULATE),
    ]


def test_the_ladder_over_national_day():
    """Received 22 Sep: 23 ①, 24 ②, 28 ③ (25–27 off), 29 ④, 30 ⑤. Due Wed 30 Sep 17:30.

    The day before is the 29th; after it 8 Oct ①, 9 ②, 10 Sat ③, 12 ④, 13 ⑤."""
    assert moments(ladder("C4", "2026-09-22T10:00")) == {
        "R1": at("2026-09-29T09:00"),
        "R2": at("2026-09-30T17:30"),
        "R3": at("2026-10-08T09:00"),
        "R4": at("2026-10-09T17:30"),
        "R5": at("2026-10-13T17:30"),
    }


def test_a_clock_of_hours_reminds_at_its_half():
    """Filed Mon 10:00, two hours: half at 11:00, due 12:00, the desk is told."""
    found = ladder("C1", "2026-11-23T10:00")
    assert found["R1"].at == at("2026-11-23T11:00")
    assert found["R2"].at == at("2026-11-23T12:00")
    assert found["R1"].to_roles == (To.DESK,)


def test_half_of_office_minutes_is_half_of_the_office_time():
    """Fri 17:00 + 120 office minutes = Mon 10:30; half of it, 60 minutes, is Mon 09:30 and not midnight."""
    spec = ClockSpec(ClockKind.PROGRESS, 120, Unit.OFFICE_MINUTES)
    end = due(spec, at("2026-11-20T17:00"), calendar=CALENDAR).due
    found = {rung.name: rung.at for rung in rungs(spec, at("2026-11-20T17:00"), end, CALENDAR)}
    assert (end, found["R1"]) == (at("2026-11-23T10:30"), at("2026-11-23T09:30"))


def test_a_leg_begins_with_the_task_and_its_one_day_clock_reminds_on_the_last_morning():
    """Leg opened Mon 23 Nov 10:00, accept by Tue 24 17:30: Monday 09:00 is past, so Tuesday 09:00."""
    found = ladder("C2", "2026-11-23T10:00")
    assert found["R0"].to_roles == (To.HANDLER, To.CO_HANDLER)
    assert found["R0"].at == at("2026-11-23T10:00")
    assert found["R1"].at == at("2026-11-24T09:00")


def test_a_reminder_that_would_leave_with_its_task_is_none():
    """Leg opened Sat 22:00: the task leaves Mon 09:00, the very morning of the only day there is."""
    assert "R1" not in ladder("C2", "2026-11-21T22:00")


@pytest.mark.parametrize("kind", ["C5", "C10"])
def test_the_drivers_own_clocks_have_no_rungs(kind):
    assert ladder(kind, "2026-11-23T10:00") == {}


def test_an_urgent_appeal_wakes_people_after_a_quarter_half_and_whole_hour():
    found = ladder("C1 urgent", "2026-11-21T23:50", urgent=True)
    assert [(found[n].at, found[n].to_roles) for n in ("U1", "U2", "U3")] == [
        (at("2026-11-22T00:05"), (To.DUTY_OFFICER,)),
        (at("2026-11-22T00:20"), (To.HEAD,)),
        (at("2026-11-22T00:50"), (To.DUTY_LEADER,)),
    ]
    assert next_send_moment(found["U1"], found["U1"].at, CALENDAR) == at("2026-11-22T00:05")
    assert "U1" in ladder("C2", "2026-11-21T23:50", urgent=True)
    assert "U1" not in ladder("C4", "2026-11-21T23:50", urgent=True)


@pytest.mark.parametrize(
    ("level", "moment", "leaves"),
    [
        (2, "2026-11-21T23:00", "2026-11-23T09:00"),  # Saturday night: the next working morning
        (2, "2026-11-23T19:59", "2026-11-23T19:59"),
        (2, "2026-11-23T20:00", "2026-11-24T09:00"),
        (2, "2026-11-23T08:00", "2026-11-23T08:00"),
        (2, "2026-11-23T07:59", "2026-11-23T09:00"),
        (1, "2026-11-23T08:30", "2026-11-23T09:00"),  # R1 and R3 never before nine
        (3, "2026-11-23T08:30", "2026-11-23T09:00"),
        (4, "2026-09-30T20:00", "2026-10-08T09:00"),  # over the holiday
        (4, "2026-10-10T10:00", "2026-10-10T10:00"),  # a make-up Saturday is a working day
    ],
)
def test_rungs_leave_on_working_days_and_what_is_held_leaves_at_nine(level, moment, leaves):
    rung = Rung("R", level, at("2026-09-01T09:00"), (To.HANDLER,), Tone.REMINDER)
    assert next_send_moment(rung, at(moment), CALENDAR) == at(leaves)


def test_a_rung_never_leaves_before_its_own_moment():
    rung = Rung("R", 4, at("2026-11-25T17:30"), (To.SUPERVISOR,), Tone.ESCALATE)
    assert next_send_moment(rung, at("2026-11-20T10:00"), CALENDAR) == at("2026-11-25T17:30")


def test_awake_each_rung_leaves_once_at_its_own_moment():
    """A minute's sweep over the whole ladder of an answer due Mon 23 Nov."""
    steps = list(ladder("C4", "2026-11-16T10:00").values())
    reached, left = -1, []
    now = at("2026-11-16T10:00")
    while now < at("2026-12-02T00:00"):
        send, superseded = present(steps, now, CALENDAR, after=reached)
        assert not superseded
        for rung in send:
            left.append((rung.name, now))
            reached = rung.level
        now += timedelta(minutes=30)
    assert left == [(rung.name, rung.at) for rung in steps]


def test_after_three_days_of_sleep_only_the_present_rung_leaves():
    """Due Mon 23; asleep from Fri 20 08:00 to Tue 24 09:30: R1 and R2 are superseded, R3 leaves."""
    steps = list(ladder("C4", "2026-11-16T10:00").values())
    send, superseded = present(steps, at("2026-11-24T09:30"), CALENDAR)
    assert [rung.name for rung in send] == ["R3"]
    assert [rung.name for rung in superseded] == ["R1", "R2"]
    assert present(steps, at("2026-11-24T09:31"), CALENDAR, after=3) == ([], [])


def test_waking_at_night_sends_nothing_until_the_morning():
    steps = list(ladder("C4", "2026-11-16T10:00").values())
    assert present(steps, at("2026-11-24T22:00"), CALENDAR) == ([], [])
    assert next_moment(steps, at("2026-11-24T22:00"), CALENDAR) == at("2026-11-25T09:00")
    assert next_moment(steps, at("2026-11-24T22:00"), CALENDAR, after=5) is None


day_limits = st.integers(1, 15).map(lambda n: ClockSpec(ClockKind.ANSWER, n, Unit.WORKING_DAYS))
weekdays_off = st.sets(st.dates(date(2026, 8, 1), date(2026, 12, 31)), max_size=8)


@given(day_limits, starts, weekdays_off)
@settings(max_examples=150, deadline=None)
def test_holidays_make_escalation_later_never_sooner(spec, start, off):
    whole = Calendar(ROWS, range(2022, 2028))
    fewer = Calendar(
        [*(r for r in ROWS if r[0] not in off), *((x, "holiday", "") for x in off)], range(2022, 2028)
    )
    plain, later = (
        {
            r.name: next_send_moment(r, r.at, c)
            for r in rungs(spec, start, due(spec, start, calendar=c).due, c)
        }
        for c in (whole, fewer)
    )
    assert all(later[name] >= plain[name] for name in ("R2", "R3", "R4", "R5"))


@given(day_limits, starts)
@settings(max_examples=150, deadline=None)
def test_the_sweep_sends_something_at_the_moment_it_was_told_to_look_again(spec, start):
    steps = rungs(spec, start, due(spec, start, calendar=CALENDAR).due, CALENDAR)
    reached, now = -1, start
    for _step in range(10):
        now = next_moment(steps, now, CALENDAR, after=reached)
        if now is None:
            break
        send, _missed = present(steps, now, CALENDAR, after=reached)
        assert len(send) == 1
        reached = send[0].level
    assert reached == 5
