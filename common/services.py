"""Writes of common's own tables."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from common import selectors
from common.errors import DomainError
from common.models import CalendarYear, WorkDay
from common.workdays import Calendar, CalendarFault, year_digest


class CalendarRefused(DomainError):
    """The rows of a year are empty or contradict each other; nothing was written."""

    code = "calendar_refused"


@transaction.atomic
def enter_year(
    *, year: int, rows: Sequence[tuple[date, str, str]], source: str, now: datetime
) -> tuple[CalendarYear, list[date]]:
    """Enter or replace the announced holidays of `year`: (date, "holiday"|"workday", festival).

    A New Year's holiday may begin in December of the year before. Returns the year's row and the
    dates that now are something else than before, in order; open clocks are the caller's to recompute.
    The same rows again change nothing.

    Raises CalendarRefused."""
    if not rows:
        raise CalendarRefused(_("一天都没有填，请按放假通知逐日填写。"), field="rows")
    for day, _kind, _festival in rows:
        if day.year != year and (day.year, day.month) != (year - 1, 12):
            raise CalendarRefused(
                _("%(day)s 不是 %(year)s 年的日子。") % {"day": day.isoformat(), "year": year}, field="rows"
            )
    before = selectors.calendar()
    own = {day: (day, kind, festival) for day, kind, festival in rows}
    try:
        Calendar(rows)  # the notice by itself, before anything overwrites its own contradictions
        kept = [
            row
            for row in WorkDay.objects.values_list("date", "kind", "festival")
            if _stays(row[0], year, own)
        ]
        years = set(CalendarYear.objects.values_list("year", flat=True)) | {year}
        after = Calendar([*kept, *own.values()], years)
    except CalendarFault as fault:
        raise CalendarRefused(str(fault), field="rows") from fault
    if after == before:
        return CalendarYear.objects.get(year=year), []
    WorkDay.objects.filter(date__year=year).delete()
    WorkDay.objects.filter(date__in=own).delete()
    WorkDay.objects.bulk_create(
        WorkDay(date=day, kind=kind, festival=festival, source=source, entered_at=now)
        for day, kind, festival in own.values()
    )
    row = _stamp_year(year, source=source, now=now)
    for neighbour in {day.year for day in own} - {year}:
        if CalendarYear.objects.filter(year=neighbour).exists():
            _stamp_year(neighbour, source="", now=now)
    selectors.forget_calendar()
    return row, _changed(before, after, year)


def _stays(day: date, year: int, own: dict) -> bool:
    return day.year != year and day not in own


def _stamp_year(year: int, *, source: str, now: datetime) -> CalendarYear:
    """Give `year` its next version; an empty source leaves the one it has."""
    row, _new = CalendarYear.objects.get_or_create(year=year, defaults={"entered_at": now, "version": 0})
    row.version += 1
    row.source = source or row.source
    row.entered_at = now
    row.digest = year_digest(selectors.festivals(year))
    row.save()
    return row


def _changed(before: Calendar, after: Calendar, year: int) -> list[date]:
    first, last = date(year - 1, 12, 1).toordinal(), date(year, 12, 31).toordinal()
    days = (date.fromordinal(n) for n in range(first, last + 1))
    return [day for day in days if before.works(day) != after.works(day)]
