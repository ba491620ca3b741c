"""Reads of common's own tables. The calendar is the same for everybody, so it takes no viewer."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date

from django.db import connection

from common.models import CalendarYear, WorkDay
from common.workdays import Calendar

_STAMP = """
    SELECT years.year, years.version, years.digest, years.entered_at, days.n, days.last
    FROM (SELECT COUNT(*) AS n, MAX(entered_at) AS last FROM common_workday) days
    LEFT JOIN common_calendaryear years ON TRUE ORDER BY years.year"""
_held: tuple[tuple, Calendar] | None = None
_fixed: ContextVar[Calendar | None] = ContextVar("fixed", default=None)


@contextmanager
def one_calendar() -> Iterator[Calendar]:
    """Inside, the calendar is read once: for thousands of steps in one transaction."""
    token = _fixed.set(calendar())
    try:
        yield _fixed.get()
    finally:
        _fixed.reset(token)


def calendar() -> Calendar:
    """The working calendar as entered. One query; built anew only when a row has changed."""
    global _held
    fixed = _fixed.get()
    if fixed is not None:
        return fixed
    key = _stamp()
    held = _held
    if held is None or held[0] != key:
        held = (key, _read())
        _held = held
    return held[1]


def festivals(year: int) -> list[tuple[date, str, str]]:
    """The rows of one year as (date, kind, festival), in order of date."""
    return list(
        WorkDay.objects.filter(date__year=year).order_by("date").values_list("date", "kind", "festival")
    )


def forget_calendar() -> None:
    """Drop what this process holds; the next call reads the rows again."""
    global _held
    _held = None


def _read() -> Calendar:
    rows = WorkDay.objects.order_by("date").values_list("date", "kind", "festival")
    return Calendar(list(rows), CalendarYear.objects.values_list("year", flat=True))


def _stamp() -> tuple:
    """What tells whether anything changed: each year's version, and count and last entry of the days.

    Asked by each filing and each list, so it is written out: putting it together anew cost more than asking it."""
    with connection.cursor() as cursor:
        cursor.execute(_STAMP)
        return tuple(cursor.fetchall())
