"""A day is read however a person puts it."""

from __future__ import annotations

from datetime import date

import pytest

from common.reading import read_day, read_moment
from common.words import whole_day_words


@pytest.mark.parametrize("text", ["2026年11月23日", "2026-11-23", "2026/11/23", " 2026 年 11 月 23 日 ", "２０２６-１１-２３"])
def test_a_day_is_read_however_it_is_put(text):
    assert read_day(text) == date(2026, 11, 23)


@pytest.mark.parametrize("text", ["2026年11月23日 14:30", "2026-11-23T14:30", "2026-11-23 14:30:59", "2026年11月23日14：30"])
def test_a_moment_is_one_of_xuzhou(text):
    assert read_moment(text).isoformat() == "2026-11-23T14:30:00+08:00"


@pytest.mark.parametrize("text", ["", "今天", "11月23日", "2026年13月1日", "0-1-1", "9" * 30, "2026-11-31"])
def test_what_is_no_day_is_refused(text):
    with pytest.raises(ValueError):
        read_day(text)


def test_what_is_said_is_what_is_read():
    assert whole_day_words(date(2026, 1, 5)) == "2026年1月5日" and read_day(whole_day_words(date(2026, 1, 5))) == date(2026, 1, 5)
