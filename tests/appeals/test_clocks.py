"""Every clock against tables worked out by hand; the docstrings show the counting. Held clocks: test_clocks_held.py."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appeals.rules.clocks import ClockKind, ClockSpec, Unit, due, must_not_exceed, verdict
from common.workdays import Calendar
from tests.appeals.clock_tables import C4, CALENDAR, ROWS, SPECS, at, d, starts

# -- 春节 2026: received Friday 13 February at 17:50, the next day is a make-up Saturday
SPRING = {
    "C1": "2026-02-13T19:50",
    "C1 urgent": "2026-02-13T18:05",
    "C2": "2026-02-14T17:30",
    "C3": "2026-02-24T17:30",
    "C4": "2026-02-27T17:30",
    "C5": "2026-02-20T17:30",
    "C6": "2026-02-24T17:30",
    "C7": "2026-03-12T17:30",
    "C9": "2026-02-14T17:30",
    "C10": "2026-04-14T17:30",
}


@pytest.mark.parametrize("kind", SPRING)
def test_friday_evening_before_the_spring_festival(kind):
    """Received Fri 13 Feb 17:50; the 14th is worked, 15–23 are off, the 28th (Sat) is worked.

    Working days after it: 14 Sat ①, 24 ②, 25 ③, 26 ④, 27 ⑤, 28 Sat ⑥, March 2 ⑦, 3 ⑧, 4 ⑨, 5 ⑩,
    6 ⑪, 9 ⑫, 10 ⑬, 11 ⑭, 12 ⑮. So 1 day: 14 Feb; 2: 24 Feb; 5: 27 Feb; 15: 12 March.
    7 calendar days: 13 + 7 = 20 Feb, a holiday, and a rating window does not roll.
    60 calendar days: 15 to the end of February, 31 in March, 14 in April: 14 April, a Tuesday.
    2 wall hours: 17:50 + 2:00 = 19:50; urgent 15 minutes: 18:05."""
    assert due(SPECS[kind], at("2026-02-13T17:50"), calendar=CALENDAR).due == at(SPRING[kind])


# -- 国庆 2026: received on its eve, Wednesday 30 September at 17:50
NATIONAL_EVE = {
    "C1": "2026-09-30T19:50",
    "C1 urgent": "2026-09-30T18:05",
    "C2": "2026-10-08T17:30",
    "C3": "2026-10-09T17:30",
    "C4": "2026-10-13T17:30",
    "C5": "2026-10-07T17:30",
    "C6": "2026-10-09T17:30",
    "C7": "2026-10-27T17:30",
    "C9": "2026-10-08T17:30",
    "C10": "2026-11-30T17:30",
}


@pytest.mark.parametrize("kind", NATIONAL_EVE)
def test_the_eve_of_national_day(kind):
    """Received Wed 30 Sep 17:50; 1–7 Oct are off, 10 Oct (Sat) is worked, 11 is a Sunday.

    Working days after it: 8 ①, 9 ②, 10 Sat ③, 12 ④, 13 ⑤, 14 ⑥, 15 ⑦, 16 ⑧, 19 ⑨, 20 ⑩, 21 ⑪, 22 ⑫,
    23 ⑬, 26 ⑭, 27 ⑮. 7 calendar days: 7 Oct, no rolling.
    60 calendar days: 31 in October, 29 in November: 29 Nov is a Sunday, so it rolls to Monday 30."""
    assert due(SPECS[kind], at("2026-09-30T17:50"), calendar=CALENDAR).due == at(NATIONAL_EVE[kind])


# -- the Friday whose next Saturday is a make-up day: 9 October 2026, 17:50
FRIDAY = {
    "C1": "2026-10-09T19:50",
    "C1 urgent": "2026-10-09T18:05",
    "C2": "2026-10-10T17:30",
    "C3": "2026-10-12T17:30",
    "C4": "2026-10-15T17:30",
    "C5": "2026-10-16T17:30",
    "C6": "2026-10-12T17:30",
    "C7": "2026-10-29T17:30",
    "C9": "2026-10-10T17:30",
    "C10": "2026-12-08T17:30",
}


@pytest.mark.parametrize("kind", FRIDAY)
def test_friday_evening_whose_next_day_is_a_make_up_saturday(kind):
    """Received Fri 9 Oct 17:50; Sat 10 is worked and counts.

    Working days: 10 Sat ①, 12 ②, 13 ③, 14 ④, 15 ⑤, 16 ⑥, 19 ⑦, 20 ⑧, 21 ⑨, 22 ⑩, 23 ⑪, 26 ⑫, 27 ⑬,
    28 ⑭, 29 ⑮. 7 calendar days: 16 Oct. 60: 22 in October, 30 in November, 8 in December: a Tuesday."""
    assert due(SPECS[kind], at("2026-10-09T17:50"), calendar=CALENDAR).due == at(FRIDAY[kind])


@pytest.mark.parametrize("hour", ["00:00", "08:59", "12:30", "17:29", "17:30", "23:59"])
def test_the_hour_of_receipt_does_not_matter_to_a_limit_in_days(hour):
    """Five working days after Friday 9 October are the same whenever on Friday it came."""
    assert due(C4, at(f"2026-10-09T{hour}"), calendar=CALENDAR).due == at("2026-10-15T17:30")


def test_receipt_on_a_rest_day_counts_from_the_first_working_day_after():
    """Received Sun 11 Oct: 12 ①, 13 ②, 14 ③, 15 ④, 16 ⑤."""
    assert due(C4, at("2026-10-11T10:00"), calendar=CALENDAR).due == at("2026-10-16T17:30")


def test_receipt_on_a_make_up_saturday_is_still_not_counted():
    """Received Sat 10 Oct, worked or not: 12 ① … 16 ⑤."""
    assert due(C4, at("2026-10-10T10:00"), calendar=CALENDAR).due == at("2026-10-16T17:30")


def test_a_moment_in_utc_is_a_day_in_xuzhou():
    """17:00 UTC on the 8th is 01:00 on Friday the 9th here; the 10th is day one."""
    late = datetime.fromisoformat("2026-10-08T17:00:00+00:00")
    assert due(SPECS["C2"], late, calendar=CALENDAR).due == at("2026-10-10T17:30")


# -- into a year nobody has entered
INTO_2027 = {  # kind: (due with 2027 unknown, provisional, due once 2027 is entered)
    "C1": ("2026-12-30T12:00", False, "2026-12-30T12:00"),
    "C2": ("2026-12-31T17:30", False, "2026-12-31T17:30"),
    "C3": ("2027-01-01T17:30", True, "2027-01-04T17:30"),
    "C4": ("2027-01-06T17:30", True, "2027-01-07T17:30"),
    "C5": ("2027-01-06T17:30", False, "2027-01-06T17:30"),
    "C7": ("2027-01-20T17:30", True, "2027-01-21T17:30"),
    "C10": ("2027-03-01T17:30", True, "2027-03-01T17:30"),
}
CALENDAR_2027 = Calendar(
    [*ROWS, *((d(f"2027-01-0{n}"), "holiday", "元旦") for n in (1, 2, 3))], range(2022, 2028)
)


@pytest.mark.parametrize("kind", INTO_2027)
def test_december_into_a_year_without_calendar_is_provisional_and_mends_itself(kind):
    """Received Wed 30 Dec 2026 10:00. By weekends: 31 ①, Fri 1 Jan ②, Mon 4 ③, 5 ④, 6 ⑤; with 11 ⑧,
    18 ⑬, 19 ⑭, 20 ⑮. Once 1–3 January are entered as 元旦 the Friday falls out: 31 ①, 4 ②, 5 ③, 6 ④,
    7 ⑤ … 21 ⑮. 7 calendar days need no calendar: 6 January. 60 calendar days: 1 + 31 + 28 = 60 is
    Sunday 28 February, rolled to Monday 1 March: certain only when the year is."""
    first, provisional, later = INTO_2027[kind]
    before = due(SPECS[kind], at("2026-12-30T10:00"), calendar=CALENDAR)
    after = due(SPECS[kind], at("2026-12-30T10:00"), calendar=CALENDAR_2027)
    assert (before.due, before.provisional) == (at(first), provisional)
    assert (after.due, after.provisional) == (at(later), False)
    assert ("暂定" in before.explanation) is provisional
    assert "暂定" not in after.explanation


# -- office minutes and the wall clock
def test_a_lunch_break_is_not_counted_and_is_shown():
    """11:50 + 30 office minutes: 10 before lunch, 20 from 13:30."""
    result = due(
        ClockSpec(ClockKind.HAND_OVER, 30, Unit.OFFICE_MINUTES), at("2026-11-23T11:50"), calendar=CALENDAR
    )
    assert result.due == at("2026-11-23T13:50")
    assert result.lines[0].why == "计 30 分钟（11:50–12:00、13:30–13:50），不计 12:00–13:30 午休"
    assert "午休" in result.explanation


def test_office_minutes_over_a_weekend_add_up_line_by_line():
    """Friday 17:00 + 60: 30 on Friday, 30 on Monday from 09:00."""
    result = due(
        ClockSpec(ClockKind.HAND_OVER, 60, Unit.OFFICE_MINUTES), at("2026-11-20T17:00"), calendar=CALENDAR
    )
    assert result.due == at("2026-11-23T09:30")
    assert [(line.date.day, line.minutes) for line in result.lines] == [(20, 30), (21, 0), (22, 0), (23, 30)]


@pytest.mark.parametrize(
    "start", ["2026-11-23T22:30", "2026-11-23T23:59:59", "2026-12-31T23:00", "2026-10-02T22:01"]
)
def test_two_wall_hours_across_midnight_are_exactly_120_minutes(start):
    result = due(SPECS["C1"], at(start), calendar=CALENDAR)
    assert result.due - at(start) == timedelta(minutes=120)
    assert sum(line.minutes for line in result.lines) == 120
    assert len(result.lines) == 2
    assert result.provisional is False


# -- what is no limit
def test_a_start_without_a_zone_and_an_empty_limit_are_refused():
    with pytest.raises(ValueError, match="zone"):
        due(C4, datetime(2026, 11, 12), calendar=CALENDAR)
    with pytest.raises(ValueError, match="至少是 1"):
        ClockSpec(ClockKind.ANSWER, 0, Unit.WORKING_DAYS)


# -- every day is named
def test_each_date_between_receipt_and_due_has_one_line_and_a_reason():
    """30 Sep to 13 Oct: 14 dates, of which 8, 9, 10, 12, 13 count."""
    result = due(C4, at("2026-09-30T17:50"), calendar=CALENDAR)
    assert [line.date for line in result.lines] == [d("2026-09-30") + timedelta(days=n) for n in range(14)]
    assert all(line.why for line in result.lines)
    assert [(line.date.day, line.why) for line in result.lines if line.date.day in (1, 10, 11)] == [
        (1, "国庆节"), (10, "调休上班"), (11, "周末"),
    ]  # fmt: skip
    assert [line.number for line in result.lines if line.counted] == [1, 2, 3, 4, 5]
    assert result.explanation == (
        "5 个工作日，09-30 周三收到，从第二天起找第一个工作日开始计。计 5 天：10月8–10、12、13日；收到当天不计；"
        "不计 8 天：10月1–7日国庆节，10月11日周末；到 10-13 周二 17:30 止。"
    )


def test_a_rolled_last_day_shows_how_it_rolled():
    """60 days from Sun 2 Aug 2026 end on 1 October (29 + 30 + 1), off until the 8th."""
    result = due(SPECS["C10"], at("2026-08-02T10:00"), calendar=CALENDAR)
    assert result.due == at("2026-10-08T17:30")
    assert result.counted == 60
    assert [line.why for line in result.lines[-2:]] == ["国庆节，顺延", "顺延到的第一个工作日"]


# -- the verdict
@pytest.mark.parametrize(
    ("met", "now", "said"),
    [
        ("2026-11-23T17:30:00", "2026-11-23T19:00:00", "met"),
        ("2026-11-23T17:30:01", "2026-11-23T19:00:00", "late"),  # the job slept an hour
        ("2026-11-23T16:00:00", "2026-11-26T09:00:00", "met"),  # in time while the job was down
        (None, "2026-11-23T17:30:00", "open"),
        (None, "2026-11-23T17:30:01", "overdue"),
    ],
)
def test_the_verdict_compares_moments_and_not_when_a_job_woke_up(met, now, said):
    assert verdict(at("2026-11-23T17:30"), at(met) if met else None, at(now)) == said


# -- limits beside each other
def test_a_progress_limit_longer_than_the_answers_is_refused():
    long = ClockSpec(ClockKind.PROGRESS, 6, Unit.WORKING_DAYS)
    assert must_not_exceed(long, C4).startswith("首次进展（6 个工作日）不能比答复（5 个工作日）还长")
    assert must_not_exceed(C4, long)
    assert must_not_exceed(SPECS["C3"], C4) == ""
    assert must_not_exceed(
        ClockSpec(ClockKind.PROGRESS, 8, Unit.CALENDAR_DAYS), C4
    )  # 8 days hold 5.7 working ones


# -- a property
@given(starts, st.integers(1, 600))
def test_a_wall_clock_never_looks_at_the_calendar(start, minutes):
    result = due(ClockSpec(ClockKind.HAND_OVER, minutes, Unit.WALL_MINUTES), start, calendar=CALENDAR)
    assert result.due - start == timedelta(minutes=minutes)
    assert sum(line.minutes for line in result.lines) == minutes
