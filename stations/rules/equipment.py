"""When a thing is to be looked at again. Pure."""

from __future__ import annotations

from datetime import date, timedelta

MOST_DAYS = 1096  # three years
SOON = timedelta(days=7)


def next_day(looked_on: date, every_days: int, due: date) -> date:
    """The day of the next look, counted from when it was looked at; an old look that is entered late brings nothing forward."""
    return max(due, looked_on + timedelta(days=every_days))


def standing(due: date, today: date) -> str:
    """"over", "today", "soon" (within a week) or ""."""
    if due < today:
        return "over"
    if due == today:
        return "today"
    return "soon" if due - today <= SOON else ""
