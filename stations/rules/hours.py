"""When a station or a service is open: rows of hours, exceptions of a day, working days. Pure.

Times are wall clock times of Xuzhou. A row that closes at or before it opens runs past midnight; 00:00–00:00 is
the whole day.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from common.clock import SHANGHAI

LOOKS_AHEAD = 31  # days: a station that opens on none of them says so in words


class Days(StrEnum):
    ALL = "all"
    WORKDAY = "workday"
    RESTDAY = "restday"
    MON = "1"
    TUE = "2"
    WED = "3"
    THU = "4"
    FRI = "5"
    SAT = "6"
    SUN = "7"


@dataclass(frozen=True)
class Row:
    """Open on these days from `opens` to `closes`."""

    days: str
    opens: time
    closes: time


@dataclass(frozen=True)
class Exceptional:
    """One date on which something else holds; closed all day where `opens` is None."""

    day: date
    opens: time | None
    closes: time | None
    why: str = ""


@dataclass(frozen=True)
class Span:
    """From a moment to a moment, aware."""

    starts: datetime
    ends: datetime

    def holds(self, moment: datetime) -> bool:
        return self.starts <= moment < self.ends


@dataclass(frozen=True)
class Hours:
    """What was entered for one station (or one service of it). `works(day)` tells a working day."""

    rows: Sequence[Row]
    exceptions: Sequence[Exceptional]
    works: Callable[[date], bool]

    def spans(self, day: date) -> list[Span]:
        """When it is open on this date, in order; a span may end on the next one."""
        for one in self.exceptions:
            if one.day == day:
                return [] if one.opens is None or one.closes is None else [_span(day, one.opens, one.closes)]
        found = [_span(day, row.opens, row.closes) for row in self.rows if _counts(row.days, day, self.works)]
        return _joined(found)

    def open_at(self, moment: datetime) -> Span | None:
        """The span in which this moment lies; None when it is closed then."""
        day = moment.astimezone(SHANGHAI).date()
        spans = [*self.spans(day - timedelta(days=1)), *self.spans(day)]
        return next((span for span in spans if span.holds(moment)), None)

    def opens_next(self, moment: datetime) -> datetime | None:
        """The next opening after this moment within a month, or None."""
        day = moment.astimezone(SHANGHAI).date()
        for ahead in range(LOOKS_AHEAD + 1):
            for span in self.spans(day + timedelta(days=ahead)):
                if span.starts > moment:
                    return span.starts
        return None

    def why_closed(self, day: date) -> str:
        """What was written for a date on which something else holds, or ""."""
        return next((one.why for one in self.exceptions if one.day == day), "")


def _counts(days: str, day: date, works: Callable[[date], bool]) -> bool:
    if days == Days.ALL:
        return True
    if days in (Days.WORKDAY, Days.RESTDAY):
        return works(day) == (days == Days.WORKDAY)
    return days == str(day.isoweekday())


def _span(day: date, opens: time, closes: time) -> Span:
    start = datetime.combine(day, opens, SHANGHAI)
    end = datetime.combine(day if closes > opens else day + timedelta(days=1), closes, SHANGHAI)
    return Span(start, end)


def _joined(spans: Iterable[Span]) -> list[Span]:
    """Rows that touch or overlap are one."""
    found: list[Span] = []
    for span in sorted(spans, key=lambda one: one.starts):
        if found and span.starts <= found[-1].ends:
            found[-1] = Span(found[-1].starts, max(found[-1].ends, span.ends))
        else:
            found.append(span)
    return found
