"""The due chip, the clock card and the strip, held against the pictures of 23 November 2026, 14:30."""

from __future__ import annotations

from datetime import timedelta

import pytest

from appeals.rules.clocks import Pause, due
from appeals.rules.due_words import (
    card_rows,
    clock_prefix,
    held_words,
    moved_words,
    paused_words,
    remaining_words,
    strip,
    strip_sentence,
)
from tests.appeals.clock_tables import C4, CALENDAR, SPECS, at

NOW = at("2026-11-23T14:30")
PICTURE = due(
    C4,
    at("2026-11-13T16:20"),
    calendar=CALENDAR,
    pauses=[Pause(at("2026-11-17T15:10"), at("2026-11-18T15:10"))],
)


@pytest.mark.parametrize(
    ("ends", "said"),
    [
        ("2026-11-23T17:30", ("还剩 3 小时", "今天 17:30", "amber", "还剩 3 小时")),
        ("2026-11-24T17:30", ("还剩 1 天 3 小时", "明天 17:30", "ink", "还剩 1 天")),
        ("2026-11-25T17:30", ("还剩 2 天 3 小时", "11-25 周三 17:30", "ink", "还剩 2 天")),
        ("2026-11-20T17:30", ("已超期", "第 1 个工作日", "red", "已超期")),
        ("2026-11-23T12:00", ("已超期", "应于今天 12:00", "red", "已超期")),
        ("2026-11-23T14:55", ("还剩 25 分钟", "今天 14:55", "amber", "还剩 25 分钟")),
        ("2026-11-23T14:30", ("还剩不到 1 分钟", "今天 14:30", "amber", "还剩不到 1 分钟")),
        # over a weekend: 24, 25, 26, 27, 30 are five whole office days, and three hours of today
        ("2026-11-30T17:30", ("还剩 5 个工作日 3 小时", "11-30 周一 17:30", "ink", "还剩 5 个工作日")),
    ],
)
def test_the_chip_says_how_long_in_words(ends, said):
    assert tuple(remaining_words(NOW, at(ends), CALENDAR)) == said


def test_a_weekend_is_no_time_to_work_in():
    """Friday 17:00 to Monday 11:30: 30 minutes and 150 make three office hours, not 66 hours."""
    said = remaining_words(at("2026-11-20T17:00"), at("2026-11-23T11:30"), CALENDAR)
    assert (said.words, said.tone) == ("还剩 3 个办公小时", "ink")


def test_without_a_calendar_days_are_days():
    """For a driver's own window: seven days are seven days."""
    assert remaining_words(NOW, at("2026-11-30T17:30")).words == "还剩 7 天 3 小时"


def test_paused_says_until_when_at_most():
    assert paused_words(at("2026-11-27T10:00"), 420, NOW)[:3] == (
        "停钟中",
        "最多到 11-27 周五，已停 1 天",
        "muted",
    )


def test_only_other_clocks_are_named():
    assert clock_prefix("C4") == ""
    assert (clock_prefix("C2"), clock_prefix("C3")) == ("受理", "首次进展")


@pytest.mark.parametrize(
    ("present", "said"),
    [
        ("2026-11-20T17:30", ""),
        ("2026-11-23T17:30", "顺延 1 日"),
        ("2026-11-23T11:30", "顺延 1 日"),
        ("2026-11-19T17:30", "提前"),
    ],
)
def test_the_first_promise_says_how_far_it_moved(present, said):
    assert moved_words(at("2026-11-20T17:30"), at(present), CALENDAR) == said


def test_the_card_of_the_picture():
    assert card_rows(PICTURE, first_due=at("2026-11-20T17:30")) == [
        ("计 5 天", "16、17、19、20、23 日；收到当天不计"),
        ("不计 4 天", "14–15、21–22 日周末"),
        ("停钟 1 天", "11-17 周二 15:10 至 11-18 周三 15:10，等司机补充"),
        ("首次承诺", "11-20 周五 17:30，一直写在司机页上，不改"),
    ]


def test_the_strip_of_the_picture():
    cells = strip(PICTURE, NOW, first_due=at("2026-11-20T17:30"))
    assert [cell.mark for cell in cells] == ["收到", "休", "休", "①", "②", "停", "③", "④", "休", "休", "⑤"]
    assert [cell.top for cell in cells] == list("五六日一二三四五六日今")
    assert [cell.day for cell in cells if cell.first_promise] == [20]
    assert [cell.day for cell in cells if cell.today] == [23]
    assert "到 11-23 周一 17:30 止" in strip_sentence(PICTURE)


def test_the_card_of_a_clock_of_hours_counts_minutes():
    """Filed 23:10, two hours: 50 minutes of one date and 70 of the next."""
    rows = card_rows(due(SPECS["C1"], at("2026-11-23T23:10"), calendar=CALENDAR))
    assert rows[0][0] == "计 120 分钟"
    assert "50 分钟" in rows[0][1] and "70 分钟" in rows[0][1]


def test_a_left_over_of_a_pause_is_shown_as_part_of_a_day():
    held = [Pause(at("2026-11-13T16:00"), at("2026-11-16T10:00"))]
    result = due(C4, at("2026-11-12T10:00"), calendar=CALENDAR, pauses=held)
    assert strip(result, NOW)[-1].mark == "余"
    assert "顺延到这天 11:30" in card_rows(result)[0][1]


def test_an_open_pause_says_that_it_is_open():
    result = due(C4, at("2026-11-12T10:00"), calendar=CALENDAR, pauses=[Pause(at("2026-11-16T10:00"))])
    assert "还没结束" in result.explanation


def test_held_time_is_said_in_office_days():
    assert [held_words(n) for n in (0, 90, 420, 570)] == [
        "不到 1 分钟",
        "1 小时 30 分钟",
        "1 天",
        "1 天 2 小时 30 分钟",
    ]


def test_a_minute_after_due_is_over():
    assert remaining_words(NOW + timedelta(minutes=1), NOW, CALENDAR).words == "已超期"
