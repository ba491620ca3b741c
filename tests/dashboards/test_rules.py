"""The pure parts: small cells, wordings, periods, charts, and the two readings of the one table."""

from __future__ import annotations

from datetime import date
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboards.rules import periods
from dashboards.rules.cases import FIELDS
from dashboards.rules.figures import DEFINITIONS, AnyOf, Op
from dashboards.rules.shield import LIMIT, Shown, shield
from dashboards.rules.wording import Said, said, share
from dashboards.web import charts

VALUES = st.dictionaries(st.sampled_from("abcdefgh"), st.integers(0, 12), min_size=1, max_size=5)


def possible(values: dict[str, int], name: str) -> set[int]:
    """What a reader who knows the total, the rule and every word can still think of the cell `name`."""
    found, shields = set(), shield(values)
    hidden = [key for key in values if shields.of(key) != Shown.EXACT]
    left = sum(values[key] for key in hidden)
    low = 0 if shields.zero == Shown.FEW else 1
    ranges = [range(LIMIT, left + 1) if shields.of(key) == Shown.MANY else range(low, LIMIT) for key in hidden]
    for guess in product(*ranges):
        if sum(guess) == left:
            found.add(dict(zip(hidden, guess, strict=True))[name])
    return found


@settings(max_examples=300, deadline=None)
@given(VALUES)
def test_a_small_cell_can_always_be_two_numbers(values):
    shields = shield(values)
    for name, value in values.items():
        if 0 < value < LIMIT:
            assert shields.of(name) == Shown.FEW
            if shields.zero == Shown.EXACT or sum(shields.of(key) != Shown.EXACT for key in values) > 1:
                assert len(possible(values, name)) > 1 or _forced(values, shields), (values, name)


def _forced(values, shields) -> bool:
    """Nothing left to hide behind: no other cell, no nought. Such a table does not list the part by name."""
    return shields.zero == Shown.FEW and not any(value == 0 for value in values.values())


def test_one_small_cell_is_not_left_alone():
    assert shield({"a": 3, "b": 20, "c": 9}).of("c") == Shown.MANY
    assert shield({"a": 3, "b": 20, "c": 9}).of("b") == Shown.EXACT
    assert shield({"a": 20, "b": 9}).of("b") == Shown.EXACT


def test_two_small_cells_that_are_forced_hide_a_third():
    assert shield({"a": 1, "b": 1, "c": 7}).of("c") == Shown.MANY
    assert shield({"a": 4, "b": 4, "c": 7}).of("c") == Shown.MANY
    assert shield({"a": 2, "b": 3, "c": 7}).of("c") == Shown.EXACT


def test_where_nothing_else_is_left_noughts_read_few_too():
    alone = shield({"a": 3, "b": 0})
    assert alone.of("a") == alone.of("b") == alone.of("whatever") == Shown.FEW


def test_three_wordings_and_two_for_small_cells():
    assert said(0, 5) == Said.ZERO and said(0, 0) == Said.NO_DATA and said(0, 0, coming=True) == Said.NOT_YET
    assert said(3, 9) == Said.NUMBER and said(3, 9, shown=Shown.FEW) == Said.FEW and said(7, 9, shown=Shown.MANY) == Said.MANY


def test_a_share_is_whole_only_when_it_is_and_never_of_a_handful():
    assert share(286, 303) == "94.4%" and share(303, 303) == "100%" and share(0, 303) == "0%"
    assert share(9999, 10_000) == "99.9%" and share(1, 10_000) == "0.1%"
    assert share(1, 1) == share(4, 4) == share(0, 0) == share(1, None) == ""


def test_periods_are_whole_days_and_twelve_weeks_are_whole_weeks():
    weeks = periods.period("12w", date(2026, 11, 25))
    assert (weeks.first, weeks.last, weeks.words) == (date(2026, 8, 31), date(2026, 11, 22), "8-31 至 11-22")
    assert periods.weeks(date(2026, 11, 25))[0] == date(2026, 8, 31) and len(periods.weeks(date(2026, 11, 25))) == 12
    assert periods.period("month", date(2026, 11, 25)).words == "11-1 至 11-25"
    assert periods.period("year", date(2026, 1, 1)).first == periods.period("year", date(2026, 1, 1)).last
    with pytest.raises(KeyError):
        periods.period("decade", date(2026, 11, 25))


def test_quarters_end_where_they_end():
    assert [each.name for each in periods.quarters(date(2026, 2, 1))] == ["2025Q2", "2025Q3", "2025Q4", "2026Q1"]
    assert periods.quarter("2026Q4").last == date(2026, 12, 31) and periods.quarter("2026Q1").first == date(2026, 1, 1)
    for wrong in ("2026", "2026Q5", "Q1", "26Q1", "2026q1", "２０２６Q1"):
        with pytest.raises(ValueError):
            periods.quarter(wrong)


def test_every_test_of_the_table_names_a_field_that_is_read():
    for definition in DEFINITIONS.values():
        for each in definition.tests:
            for test in each.tests if isinstance(each, AnyOf) else (each,):
                assert test.field in (*FIELDS, "next_due"), definition.key
                if test.op in (Op.NOT_AFTER_FIELD, Op.AFTER_FIELD):
                    assert test.value in FIELDS


def test_bars_stand_on_nought_and_a_strip_is_a_whole():
    picture = charts.columns([(0, 0), (3, 0), (0, 2), (20, 5)], unit="件", labels=["", "", "", "20/25"])
    assert picture.bars[0].whole_height == picture.bars[0].late_height == 0
    base = picture.lines[0].y
    assert all(bar.whole_y + bar.whole_height == base for bar in picture.bars)
    assert picture.bars[3].late_y + picture.bars[3].late_height <= picture.bars[3].whole_y
    assert len(picture.lines) <= 4 and picture.lines[0].word == "0 件"
    pieces = charts.strip([("c1", 50), ("c2", 25), ("c5", 25)])
    assert [piece.x for piece in pieces] == [0, 50, 75] and charts.strip([("c1", 0)]) == []
