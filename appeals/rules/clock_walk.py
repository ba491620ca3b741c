"""Walking through office time: what runs, what is held, and when a limit is used up. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from common.clock import SHANGHAI
from common.workdays import Calendar, Span

MAX_PAUSE_DAYS = 5  # working days that all pauses of one round may take together
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Pause:
    """The clock was held from `start` to `end`; `end` None means it still is.

    An open pause is counted up to the limit of all pauses: the due date then is the latest possible."""

    start: datetime
    end: datetime | None = None


@dataclass(slots=True)
class Stretch:
    """Office time of one day that was counted (`ran`) and held, with the pieces that ran."""

    date: date
    ran: timedelta = timedelta()
    held: timedelta = timedelta()
    pieces: list[Span] = field(default_factory=list)


@dataclass(slots=True)
class Walk:
    begin: datetime
    end: datetime
    days: dict[date, Stretch]

    def provisional(self, calendar: Calendar) -> bool:
        """True when any date passed on the way belongs to a year that is not entered."""
        return any(calendar.is_workday(day).provisional for day in dates(self.begin.date(), self.end.date()))


def walk(begin: datetime, limit: timedelta, held: Sequence[Pause], calendar: Calendar) -> Walk:
    """Use up `limit` of office time from `begin`, skipping what is held, at most five days of it.

    Time is walked, not computed: so splitting a pause, or pausing after the end, changes nothing."""
    may_hold = MAX_PAUSE_DAYS * calendar.day_length
    days: dict[date, Stretch] = {}
    for span in calendar.spans_from(begin):
        day = days.setdefault(span.start.date(), Stretch(span.start.date()))
        for piece, is_held in _cut(span, held):
            run = piece
            if is_held:
                waits = min(piece.length, may_hold)
                day.held += waits
                may_hold -= waits
                run = Span(piece.start + waits, piece.end)
            if run.length >= limit:
                day.ran += limit
                day.pieces.append(Span(run.start, run.start + limit))
                return Walk(begin, _whole_minute(run.start + limit), days)
            if run.length:
                day.ran += run.length
                day.pieces.append(run)
                limit -= run.length
    raise AssertionError("office time never ends")


def _cut(span: Span, held: Sequence[Pause]) -> list[tuple[Span, bool]]:
    """`span` in pieces, each with whether it is held."""
    pieces: list[tuple[Span, bool]] = []
    at = span.start
    for pause in held:
        start, end = max(pause.start, at), min(pause.end or span.end, span.end)
        if start >= end:
            continue
        if start > at:
            pieces.append((Span(at, start), False))
        pieces.append((Span(start, end), True))
        at = end
    if at < span.end:
        pieces.append((Span(at, span.end), False))
    return pieces


def merge(pauses: Sequence[Pause]) -> tuple[Pause, ...]:
    """Pauses in order, those that touch or overlap made one."""
    merged: list[Pause] = []
    for pause in sorted((_checked(p) for p in pauses), key=lambda p: p.start):
        last = merged[-1] if merged else None
        if last and (last.end is None or pause.start <= last.end):
            end = None if last.end is None or pause.end is None else max(last.end, pause.end)
            merged[-1] = Pause(last.start, end)
        else:
            merged.append(pause)
    return tuple(merged)


def _checked(pause: Pause) -> Pause:
    start, end = local(pause.start), local(pause.end) if pause.end else None
    if end is not None and end < start:
        raise ValueError("a pause ends before it starts")
    return Pause(start, end)


def spread(runs: Sequence[tuple[date, timedelta]]) -> dict[date, int]:
    """Whole minutes for each run, such that they add up to the whole: seconds are carried on."""
    shares, total, given = {}, timedelta(), 0
    for day, length in runs:
        total += length
        shares[day] = int(total // MINUTE) - given
        given += shares[day]
    return shares


def dates(first: date, last: date) -> list[date]:
    return [first + DAY * i for i in range((last - first).days + 1)]


def midnight(day: date) -> datetime:
    return datetime.combine(day, time(), SHANGHAI)


def _whole_minute(moment: datetime) -> datetime:
    """Up to the next full minute: never earlier, and never past the end of an office stretch."""
    floor = moment.replace(second=0, microsecond=0)
    return floor if floor == moment else floor + MINUTE


def local(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("a moment needs its time zone")
    return moment.astimezone(SHANGHAI)
