"""The answer's clock held while the driver is asked, and lengthened; the docstrings show the counting."""

from __future__ import annotations

from datetime import date, datetime, timedelta

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
    pause_limit_at,
    paused_time,
    working_day_before,
)
from common.workdays import Calendar, CalendarFault
from tests.appeals.clock_tables import C4, CALENDAR, ROWS, SPECS, at, d, days, starts


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


# -- properties
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
