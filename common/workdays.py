"""Working days and office hours in Xuzhou, from data. Pure: no database, no reading of the time.

Days are `datetime.date` in Asia/Shanghai; moments are aware datetimes, returned in Asia/Shanghai.
An office day is 09:00–12:00 and 13:30–17:30, 420 minutes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from common.clock import SHANGHAI

OFFICE_HOURS: tuple[tuple[time, time], ...] = ((time(9, 0), time(12, 0)), (time(13, 30), time(17, 30)))
HOLIDAY, WORKDAY = "holiday", "workday"
LONGEST_REST = 30  # days; no real holiday comes near, and the engine must not walk for ever
_DAY = timedelta(days=1)


class CalendarFault(ValueError):
    """A calendar that contradicts itself. The message is Chinese and names the date."""


@dataclass(frozen=True, slots=True)
class Day:
    """What one date is: `working` or not, `why` in Chinese, `provisional` if its year is not entered."""

    date: date
    working: bool
    why: str
    provisional: bool


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of office time, from `start` to `end`."""

    start: datetime
    end: datetime

    @property
    def length(self) -> timedelta:
        return self.end - self.start


class Calendar:
    """An immutable working calendar.

    `rows`: (date, "holiday"|"workday") or (date, kind, festival), one for each date that is not what
    its weekday says. `years`: the years whose holidays are entered; any other falls back to weekends
    and says provisional. `version` is a fingerprint of all of it.

    Raises CalendarFault when a date is entered twice with different kinds, a kind is unknown, or more
    than 30 days pass without a working day.
    """

    __slots__ = ("_rows", "years", "hours", "version", "day_length")

    def __init__(self, rows: Iterable[tuple], years: Iterable[int] = (), *, hours=OFFICE_HOURS):
        put = object.__setattr__
        put(self, "_rows", _gather(rows))
        put(self, "years", frozenset(years))
        put(self, "hours", tuple(hours))
        put(self, "version", self._fingerprint())
        put(self, "day_length", timedelta(minutes=sum(_minutes(b) - _minutes(a) for a, b in self.hours)))
        _check_hours(self.hours)
        self._check_rest()

    def __setattr__(self, name, value):
        raise AttributeError("a Calendar does not change; make a new one")

    def __eq__(self, other) -> bool:
        return isinstance(other, Calendar) and self.version == other.version

    def __hash__(self) -> int:
        return hash(self.version)

    def __repr__(self) -> str:
        return f"<Calendar {self.version}>"

    # -- days

    def is_workday(self, day: date) -> Day:
        """What `day` is and why: "工作日", "周末", "调休上班", or the festival's name."""
        row = self._rows.get(day)
        provisional = row is None and day.year not in self.years
        if row is None:
            working = day.weekday() < 5
            return Day(day, working, "工作日" if working else "周末", provisional)
        kind, festival = row
        if kind == WORKDAY:
            return Day(day, True, "调休上班", False)
        return Day(day, False, festival or "节假日", False)

    def works(self, day: date) -> bool:
        """True when the office is open on `day`."""
        row = self._rows.get(day)
        return day.weekday() < 5 if row is None else row[0] == WORKDAY

    def add_working_days(self, day: date, count: int) -> date:
        """The `count`-th working day after `day` (before it, if negative); `day` itself for 0."""
        step = _DAY if count > 0 else -_DAY
        left = abs(count)
        while left:
            day += step
            left -= self.works(day)
        return day

    def working_days_between(self, after: date, until: date) -> int:
        """How many working days lie after `after`, up to and including `until`."""
        return sum(self.works(after + _DAY * i) for i in range(1, (until - after).days + 1))

    def years_missing(self, today: date) -> list[int]:
        """Years an administrator must enter now: this one, and from 1 November the next."""
        wanted = [today.year] + ([today.year + 1] if today.month >= 11 else [])
        return [year for year in wanted if year not in self.years]

    # -- office hours

    def spans(self, day: date) -> tuple[Span, ...]:
        """The stretches in which the office is open on `day`; empty on a rest day."""
        if not self.works(day):
            return ()
        return tuple(Span(_at(day, a), _at(day, b)) for a, b in self.hours)

    def spans_from(self, moment: datetime) -> Iterator[Span]:
        """Office time from `moment` on, stretch by stretch, without end."""
        moment = _local(moment)
        day = moment.date()
        while True:
            for span in self.spans(day):
                if span.end > moment:
                    yield Span(max(span.start, moment), span.end)
            day += _DAY

    def office_start(self, day: date) -> datetime:
        """09:00 of `day`, whether the office is open or not."""
        return _at(day, self.hours[0][0])

    def office_end(self, day: date) -> datetime:
        """17:30 of `day`, whether the office is open or not."""
        return _at(day, self.hours[-1][1])

    def next_office_moment(self, moment: datetime) -> datetime:
        """`moment` if the office is open then, else when it opens next."""
        return next(self.spans_from(moment)).start

    def office_time_between(self, start: datetime, end: datetime) -> timedelta:
        """Office time from `start` to `end`; zero when `end` is not later."""
        start, end = _local(start), _local(end)
        total = timedelta()
        if end <= start:
            return total
        for span in self.spans_from(start):
            if span.start >= end:
                return total
            total += min(span.end, end) - span.start
        return total

    def office_minutes_between(self, start: datetime, end: datetime) -> int:
        """Whole office minutes from `start` to `end`."""
        return int(self.office_time_between(start, end) // timedelta(minutes=1))

    def add_office_time(self, moment: datetime, length: timedelta) -> datetime:
        """When `length` of office time has passed since `moment`; the earliest such moment."""
        if length <= timedelta():
            return _local(moment)
        for span in self.spans_from(moment):
            if span.length >= length:
                return span.start + length
            length -= span.length
        raise AssertionError("spans_from never ends")

    def add_office_minutes(self, moment: datetime, minutes: int) -> datetime:
        """As add_office_time, in minutes: 11:50 and 30 minutes make 13:50."""
        return self.add_office_time(moment, timedelta(minutes=minutes))

    # -- what it is made of

    def _fingerprint(self) -> str:
        body = repr((sorted(self._rows.items()), sorted(self.years), self.hours))
        digest = hashlib.sha256(body.encode()).hexdigest()[:8]
        reach = f"{min(self.years)}-{max(self.years)}" if self.years else "none"
        return f"{reach}.{digest}"

    def _check_rest(self) -> None:
        """Only rows can make a long rest, so only the neighbourhood of rows is looked at."""
        for day in self._rows:
            if self._rows[day][0] != HOLIDAY or self._rows.get(day - _DAY, ("",))[0] == HOLIDAY:
                continue
            if not any(self.works(day + _DAY * i) for i in range(LONGEST_REST)):
                raise CalendarFault(f"{day:%Y-%m-%d} 起 {LONGEST_REST} 天没有一个工作日，请检查放假安排。")


def _gather(rows: Iterable[tuple]) -> dict[date, tuple[str, str]]:
    gathered: dict[date, tuple[str, str]] = {}
    for day, kind, *festival in rows:
        if kind not in (HOLIDAY, WORKDAY):
            raise CalendarFault(f"{day:%Y-%m-%d} 只能写放假或上班，不能写“{kind}”。")
        known = gathered.get(day)
        if known and known[0] != kind:
            raise CalendarFault(f"{day:%Y-%m-%d} 既写了放假又写了上班，请留一个。")
        gathered[day] = (kind, festival[0] if festival else "")
    return gathered


def _check_hours(hours: tuple[tuple[time, time], ...]) -> None:
    edges = [edge for span in hours for edge in span]
    if not edges or any(a >= b for a, b in zip(edges, edges[1:], strict=False)):
        raise CalendarFault("办公时间要从早到晚写，不能重叠。")


def _minutes(moment: time) -> int:
    return moment.hour * 60 + moment.minute


def _at(day: date, moment: time) -> datetime:
    return datetime.combine(day, moment, SHANGHAI)


def _local(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("a moment needs its time zone")
    return moment.astimezone(SHANGHAI)


def year_digest(rows: Iterable[tuple]) -> str:
    """A short fingerprint of one year's rows (date, kind, festival), in whatever order they come."""
    body = repr(sorted((day.isoformat(), kind, festival) for day, kind, festival in rows))
    return hashlib.sha256(body.encode()).hexdigest()[:16]
