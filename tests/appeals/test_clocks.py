"""Every clock against tables worked out by hand; the docstrings show the counting."""

from __future__ import annotations

import csv
import json
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from appeals.rules.clocks import (
    MAX_PAUSE_DAYS,
    ClockKind,
    ClockSpec,
    Pause,
    Unit,
    due,
    must_not_exceed,
    pause_limit_at,
    paused_time,
    verdict,
    working_day_before,
)
from common.clock import SHANGHAI
from common.workdays import Calendar, CalendarFault

ROOT = Path(__file__).resolve().parents[2]


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def d(text: str) -> date:
    return date.fromisoformat(text)


def _rows() -> list[tuple[date, str, str]]:
    with (ROOT / "common/data/workdays.csv").open(encoding="utf-8") as file:
        return [(d(row["date"]), row["kind"], row["festival"]) for row in csv.DictReader(file)]


ROWS = _rows()
CALENDAR = Calendar(ROWS, range(2022, 2027))
SPECS = {
    rule["kind"]: ClockSpec(
        ClockKind(rule["kind"]), rule["amount"], Unit(rule["unit"]), rule["roll"], rule["version"]
    )
    for rule in json.loads((ROOT / "appeals/data/clock_rules.json").read_text(encoding="utf-8"))
}
SPECS["C1 urgent"] = ClockSpec(ClockKind.HAND_OVER, 15, Unit.WALL_MINUTES)
C4 = SPECS["C4"]


def days(result) -> list[date]:
    return [line.date for line in result.lines if line.counted]


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


# -- pauses
def test_a_pause_over_the_weekend_adds_working_time_only():
    """Received Thu 12 Nov: 13 ①, 16 ②, 17 ③, 18 ④, 19 ⑤, so 19 Nov 17:30.

    Held Fri 13 16:00 to Mon 16 10:00: Friday 16:00–17:30 is 90 minutes, Monday 9:00–10:00 is 60.
    150 office minutes after Thu 17:30 is Fri 20 Nov, 9:00 + 2:30 = 11:30."""
    result = due(
        C4,
        at("2026-11-12T10:00"),
        calendar=CALENDAR,
        pauses=[Pause(at("2026-11-13T16:00"), at("2026-11-16T10:00"))],
    )
    assert result.due == at("2026-11-20T11:30")
    assert len(days(result)) == 5
    assert sum(line.minutes for line in result.lines) == 5 * 420
    assert [line.paused for line in result.lines if line.paused] == [90, 60]


def test_the_strip_of_the_picture():
    """Received Fri 13 Nov; held Tue 17 15:10 to Wed 18 15:10: 140 + 280 = 420 minutes, one office day.

    First promise 16, 17, 18, 19, 20; with the pause 16 ①, 17 ②, 18 held, 19 ③, 20 ④, 23 ⑤."""
    result = due(
        C4,
        at("2026-11-13T16:20"),
        calendar=CALENDAR,
        pauses=[Pause(at("2026-11-17T15:10"), at("2026-11-18T15:10"))],
    )
    assert result.due == at("2026-11-23T17:30")
    assert days(result) == [d(f"2026-11-{n}") for n in (16, 17, 19, 20, 23)]


def test_a_pause_over_a_holiday_with_a_make_up_day():
    """Received Tue 29 Sep: 30 ①, 8 ②, 9 ③, 10 Sat ④, 12 ⑤, so 12 Oct 17:30.

    Held Wed 30 Sep 16:30 to Sat 10 Oct 09:30: 60 + 420 + 420 + 30 = 930 = two days and 90 minutes.
    Two working days after the 12th is the 14th 17:30, and 90 minutes more is Thu 15 10:30."""
    result = due(
        C4,
        at("2026-09-29T09:00"),
        calendar=CALENDAR,
        pauses=[Pause(at("2026-09-30T16:30"), at("2026-10-10T09:30"))],
    )
    assert result.due == at("2026-10-15T10:30")
    assert len(days(result)) == 5


def test_a_remainder_that_reaches_into_the_afternoon_skips_lunch():
    """240 minutes held on Mon 16 (09:00–12:00 and 13:30–14:30): 19 Nov 17:30 + 240 = 20 Nov 14:30."""
    result = due(
        C4,
        at("2026-11-12T10:00"),
        calendar=CALENDAR,
        pauses=[Pause(at("2026-11-16T09:00"), at("2026-11-16T14:30"))],
    )
    assert result.due == at("2026-11-20T14:30")


def test_pauses_take_five_working_days_together_and_no_more():
    """First due 19 Nov; held from 16 to 30 Nov (more than five days): five working days later, 26 Nov."""
    result = due(
        C4,
        at("2026-11-12T10:00"),
        calendar=CALENDAR,
        pauses=[Pause(at("2026-11-16T09:00"), at("2026-11-30T17:30"))],
    )
    assert result.due == at("2026-11-26T17:30")


def test_an_open_pause_is_counted_to_its_limit():
    """Open from Mon 16 Nov 10:00: five office days end Mon 23 Nov 10:00; the due date then is 26 Nov 17:30."""
    held = [Pause(at("2026-11-16T10:00"))]
    assert pause_limit_at(at("2026-11-12T10:00"), held, CALENDAR) == at("2026-11-23T10:00")
    assert due(C4, at("2026-11-12T10:00"), calendar=CALENDAR, pauses=held).due == at("2026-11-26T17:30")


def test_the_second_pause_has_only_what_the_first_left():
    """420 minutes are gone; from Thu 19 Nov 09:00 four days are left: 19, 20, 23, 24 until 17:30."""
    held = [Pause(at("2026-11-17T15:10"), at("2026-11-18T15:10")), Pause(at("2026-11-19T09:00"))]
    assert pause_limit_at(at("2026-11-13T16:20"), held, CALENDAR) == at("2026-11-24T17:30")


def test_a_pause_before_day_one_or_after_the_end_holds_nothing():
    """Nothing runs on the day of receipt, and what is over cannot be held."""
    start, plain = at("2026-11-12T10:00"), at("2026-11-19T17:30")
    for held in (
        Pause(at("2026-11-12T11:00"), at("2026-11-12T16:00")),
        Pause(at("2026-11-14T00:00"), at("2026-11-15T23:00")),
        Pause(at("2026-11-19T17:30"), at("2026-11-25T10:00")),
    ):
        assert due(C4, start, calendar=CALENDAR, pauses=[held]).due == plain


@pytest.mark.parametrize("kind", ["C1", "C2", "C3", "C5", "C6", "C9", "C10"])
def test_other_clocks_run_on_while_the_driver_is_asked(kind):
    held = [Pause(at("2026-11-12T11:00"), at("2026-11-18T11:00"))]
    start = at("2026-11-12T10:00")
    assert due(SPECS[kind], start, calendar=CALENDAR, pauses=held) == due(
        SPECS[kind], start, calendar=CALENDAR
    )


def test_an_extension_adds_working_days_and_only_where_there_is_one():
    """19 Nov and three working days: 20, 23, 24."""
    assert due(C4, at("2026-11-12T10:00"), calendar=CALENDAR, extension_days=3).due == at("2026-11-24T17:30")
    with pytest.raises(ValueError, match="不能延期"):
        due(SPECS["C2"], at("2026-11-12T10:00"), calendar=CALENDAR, extension_days=1)


def test_an_extension_is_asked_one_working_day_before():
    """Due Mon 23 Nov 17:30: asked by Fri 20 17:30; due Mon 12 Oct: by the make-up Saturday."""
    assert working_day_before(at("2026-11-23T17:30"), CALENDAR) == at("2026-11-20T17:30")
    assert working_day_before(at("2026-10-12T17:30"), CALENDAR) == at("2026-10-10T17:30")


@pytest.mark.parametrize(
    "pauses", [[Pause(at("2026-11-16T10:00"), at("2026-11-16T09:00"))], [Pause(datetime(2026, 11, 16))]]
)
def test_a_pause_that_cannot_be_is_refused(pauses):
    with pytest.raises(ValueError):
        due(C4, at("2026-11-12T10:00"), calendar=CALENDAR, pauses=pauses)


def test_a_start_without_a_zone_and_an_empty_limit_are_refused():
    with pytest.raises(ValueError, match="zone"):
        due(C4, datetime(2026, 11, 12), calendar=CALENDAR)
    with pytest.raises(ValueError, match="至少是 1"):
        ClockSpec(ClockKind.ANSWER, 0, Unit.WORKING_DAYS)


def test_seconds_of_a_pause_are_rounded_for_the_unit_that_waited():
    """Held Mon 16 10:00:00–10:00:01: one second after 19 Nov 17:30 is Fri 20 09:00:01, said as 09:01."""
    held = [Pause(at("2026-11-16T10:00:00"), at("2026-11-16T10:00:01"))]
    assert due(C4, at("2026-11-12T10:00"), calendar=CALENDAR, pauses=held).due == at("2026-11-20T09:01")


def test_pauses_that_overlap_are_held_once():
    """10:00–11:00 and 10:30–11:30 on Mon 16 are 90 minutes, so Fri 20 10:30."""
    held = [
        Pause(at("2026-11-16T10:00"), at("2026-11-16T11:00")),
        Pause(at("2026-11-16T10:30"), at("2026-11-16T11:30")),
    ]
    assert paused_time(at("2026-11-12T10:00"), held, CALENDAR) == timedelta(minutes=90)
    assert due(C4, at("2026-11-12T10:00"), calendar=CALENDAR, pauses=held).due == at("2026-11-20T10:30")


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


# -- properties
starts = st.datetimes(datetime(2026, 8, 1), datetime(2026, 12, 20)).map(lambda m: m.replace(tzinfo=SHANGHAI))
day_limits = st.integers(1, 15).map(lambda n: ClockSpec(ClockKind.MEND, n, Unit.WORKING_DAYS))
any_limit = st.one_of(
    day_limits,
    st.integers(1, 900).map(lambda n: ClockSpec(ClockKind.ANSWER, n, Unit.OFFICE_MINUTES)),
    st.builds(
        ClockSpec, st.just(ClockKind.RATE), st.integers(1, 60), st.just(Unit.CALENDAR_DAYS), st.booleans()
    ),
)


@st.composite
def held(draw, most: int = 4):
    pauses = []
    for _n in range(draw(st.integers(0, most))):
        start = draw(starts)
        pauses.append(Pause(start, start + timedelta(seconds=draw(st.integers(0, 14 * 24 * 3600)))))
    return pauses


@given(any_limit, starts, held(), st.sets(st.dates(date(2026, 8, 1), date(2027, 2, 1)), max_size=12))
@settings(max_examples=200, deadline=None)
def test_adding_rest_days_never_makes_due_earlier(spec, start, pauses, off):
    kept = [row for row in ROWS if row[0] not in off]
    try:
        fewer = Calendar([*kept, *((day, "holiday", "") for day in off)], range(2022, 2028))
    except CalendarFault:
        assume(False)
    whole = Calendar(ROWS, range(2022, 2028))
    assert (
        due(spec, start, calendar=fewer, pauses=pauses).due
        >= due(spec, start, calendar=whole, pauses=pauses).due
    )


@given(day_limits, starts, held(), held(1))
@settings(max_examples=200, deadline=None)
def test_adding_a_pause_never_makes_due_earlier_nor_more_than_five_days_later(spec, start, pauses, more):
    plain = due(spec, start, calendar=CALENDAR)
    one = due(spec, start, calendar=CALENDAR, pauses=pauses)
    two = due(spec, start, calendar=CALENDAR, pauses=[*pauses, *more])
    assert plain.due <= one.due <= two.due
    assert CALENDAR.working_days_between(plain.due.date(), two.due.date()) <= MAX_PAUSE_DAYS


@given(day_limits, starts, starts, st.integers(0, 14 * 24 * 60), st.floats(0, 1))
@settings(max_examples=200, deadline=None)
def test_splitting_a_pause_changes_nothing(spec, start, begins, minutes, where):
    ends = begins + timedelta(minutes=minutes)
    middle = begins + (ends - begins) * where
    whole = due(spec, start, calendar=CALENDAR, pauses=[Pause(begins, ends)])
    split = due(spec, start, calendar=CALENDAR, pauses=[Pause(middle, ends), Pause(begins, middle)])
    assert split.due == whole.due
    assert split.lines == whole.lines


@given(day_limits, starts, held(), st.integers(0, 5))
@settings(max_examples=200, deadline=None)
def test_the_lines_add_up_to_the_limit_and_due_lies_in_office_hours(spec, start, pauses, extension):
    result = due(spec, start, calendar=CALENDAR, pauses=pauses, extension_days=extension)
    limit = spec.amount + extension
    assert result.counted == limit
    assert sum(line.minutes for line in result.lines) == limit * 420
    assert [line.number for line in result.lines if line.counted] == list(range(1, limit + 1))
    first, last = start.date(), result.due.date()
    assert [line.date for line in result.lines] == [
        first + timedelta(days=n) for n in range((last - first).days + 1)
    ]
    assert any(span.start < result.due <= span.end for span in CALENDAR.spans(last))
    assert result.explanation


@given(starts, st.integers(1, 600))
def test_a_wall_clock_never_looks_at_the_calendar(start, minutes):
    result = due(ClockSpec(ClockKind.HAND_OVER, minutes, Unit.WALL_MINUTES), start, calendar=CALENDAR)
    assert result.due - start == timedelta(minutes=minutes)
    assert sum(line.minutes for line in result.lines) == minutes
