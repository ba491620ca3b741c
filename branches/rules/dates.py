"""Months and years added to a day; a day that the month lacks becomes its last one."""

from __future__ import annotations

from calendar import monthrange
from datetime import date


def add_months(day: date, months: int) -> date:
    """31 August and six months: 28 or 29 February."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def add_years(day: date, years: int) -> date:
    return add_months(day, 12 * years)


def months_between(since: date, until: date) -> int:
    """Whole months that have passed; 0 where `until` is not later."""
    months = (until.year - since.year) * 12 + until.month - since.month
    return max(0, months - (1 if add_months(since, months) > until else 0))
