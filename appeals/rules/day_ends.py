"""Where a day and a week end in Xuzhou. Pure."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from common import clock


def end_of(day: date) -> datetime:
    """The last moment of a day."""
    return datetime.combine(day + timedelta(days=1), time(), clock.SHANGHAI) - timedelta(microseconds=1)


def end_of_week(now: datetime) -> datetime:
    """The last moment of the Sunday of this week."""
    today = clock.today(now)
    return end_of(today + timedelta(days=6 - today.weekday()))
