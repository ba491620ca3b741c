"""The clock engine: from a start, a limit, a calendar and pauses to a due date that explains itself.

Pure: nothing here reads the time. Moments are aware datetimes, returned in Asia/Shanghai.
Day one is the first working day after the date of receipt, whatever the hour or kind of that day;
a limit in days ends with the office day (17:30) of its last day. Pauses extend a limit in days by
office time only, so the end always lies inside office hours.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from appeals.rules.clock_kinds import (
    CLOCK_NAMES,
    EXTENDABLE,
    PAUSABLE,
    UNIT_NAMES,
    ClockKind,
    ClockSpec,
    Unit,
    must_not_exceed,
)
from appeals.rules.clock_walk import (
    DAY,
    MAX_PAUSE_DAYS,
    MINUTE,
    Pause,
    Walk,
    dates,
    local,
    merge,
    midnight,
    spread,
    walk,
)
from appeals.rules.clock_words import PROVISIONAL, explain
from common.words import length_words
from common.workdays import Calendar, Day

__all__ = [
    "CLOCK_NAMES",
    "UNIT_NAMES",
    "ClockKind",
    "ClockSpec",
    "Due",
    "Line",
    "MAX_PAUSE_DAYS",
    "Pause",
    "Unit",
    "due",
    "must_not_exceed",
    "pause_limit_at",
    "paused_time",
    "verdict",
    "working_day_before",
]


@dataclass(frozen=True, slots=True)
class Line:
    """One date on the way. `counted`: True it counts, False it does not, None only a part of it was
    needed (what pauses left over). `why` is Chinese. `minutes`: how much of the limit it used;
    over all lines they add up to the limit (0 throughout for calendar days). `number`: ①, ②, … or 0.
    `paused`: whole minutes of office time held on this date."""

    date: date
    counted: bool | None
    why: str
    minutes: int = 0
    number: int = 0
    paused: int = 0
    rest: bool = False


@dataclass(frozen=True, slots=True)
class Due:
    """`due`: the end of the limit. `provisional`: it leans on `unknown_years`, not entered yet.
    `lines`: every date from receipt to due. `explanation`: one Chinese sentence."""

    due: datetime
    provisional: bool
    lines: tuple[Line, ...]
    spec: ClockSpec
    start: datetime
    pauses: tuple[Pause, ...] = ()
    extension_days: int = 0
    calendar_version: str = ""
    unknown_years: tuple[int, ...] = ()

    @property
    def explanation(self) -> str:
        return explain(self)

    @property
    def counted(self) -> int:
        """How many days count; for a limit in days this is the limit."""
        return sum(1 for line in self.lines if line.counted)


def due(
    clock: ClockSpec,
    start: datetime,
    *,
    calendar: Calendar,
    pauses: Sequence[Pause] = (),
    extension_days: int = 0,
) -> Due:
    """When `clock`, started at `start`, runs out, and why.

    `pauses` count for C4 and C7 only, and up to five working days in all; other clocks run on.
    A pause holds the clock from day one on: before that nothing runs. `extension_days` are working
    days granted on top.

    Raises ValueError for a moment without zone, a pause that ends before it starts, or an extension
    of a clock that has none."""
    start = local(start)
    if extension_days < 0 or (extension_days and clock.kind not in EXTENDABLE):
        raise ValueError(f"{clock.kind} 不能延期 {extension_days} 天")
    held = merge(pauses) if clock.kind in PAUSABLE else ()
    if clock.unit is Unit.WALL_MINUTES:
        end, lines, provisional = _wall(clock.amount, start)
    elif clock.unit is Unit.CALENDAR_DAYS:
        end, lines, provisional = _calendar_days(clock, start, calendar, extension_days)
    elif clock.unit is Unit.OFFICE_MINUTES:
        way = walk(start, clock.amount * MINUTE + extension_days * calendar.day_length, held, calendar)
        end, lines, provisional = way.end, _office_lines(way, calendar), way.provisional(calendar)
    else:
        days = clock.amount + extension_days
        way = walk(midnight(start.date() + DAY), days * calendar.day_length, held, calendar)
        end, lines, provisional = way.end, _day_lines(way, start.date(), calendar), way.provisional(calendar)
    unknown = (
        {line.date.year for line in lines if calendar.is_workday(line.date).provisional}
        if provisional
        else ()
    )
    return Due(
        due=end,
        provisional=provisional,
        lines=tuple(lines),
        spec=clock,
        start=start,
        pauses=held,
        extension_days=extension_days,
        calendar_version=calendar.version,
        unknown_years=tuple(sorted(unknown)),
    )


def pause_limit_at(start: datetime, pauses: Sequence[Pause], calendar: Calendar) -> datetime:
    """When the open pause among `pauses` has used up what all pauses may take together.

    The unit goes on from there with what it has. `start` is the start of the clock.

    Raises ValueError when no pause is open."""
    first = midnight(local(start).date() + DAY)
    merged = merge(pauses)
    if not merged or merged[-1].end is not None:
        raise ValueError("no pause is open")
    left = MAX_PAUSE_DAYS * calendar.day_length - paused_time(start, merged[:-1], calendar)
    began = max(merged[-1].start, first)
    return calendar.add_office_time(began, left) if left > timedelta() else merged[-1].start


def paused_time(start: datetime, pauses: Sequence[Pause], calendar: Calendar) -> timedelta:
    """Office time that the ended `pauses` held a clock started at `start`, without the limit of five days."""
    first = midnight(local(start).date() + DAY)
    spans = [(max(p.start, first), p.end) for p in merge(pauses) if p.end is not None]
    return sum((calendar.office_time_between(a, b) for a, b in spans), timedelta())


def working_day_before(due_at: datetime, calendar: Calendar) -> datetime:
    """The last moment that is at least one working day before `due_at`: an extension is asked by then."""
    at = local(due_at)
    return datetime.combine(calendar.add_working_days(at.date(), -1), at.timetz())


def verdict(due_at: datetime, met_at: datetime | None, now: datetime) -> str:
    """ "met" or "late" once it is met, else "open" or "overdue". Due itself is still in time."""
    if met_at is not None:
        return "met" if met_at <= due_at else "late"
    return "open" if now <= due_at else "overdue"


# -- lines


def _day_lines(way: Walk, received: date, calendar: Calendar) -> list[Line]:
    """One line a date; exactly as many count as the limit has days.

    Held time is spread over days; as many whole days as it makes are shown as held, those with most
    of it, and what is left over reaches into one last day that counts only in part."""
    lines = [Line(received, False, "收到当天不计", rest=not calendar.works(received))]
    total_held = sum((s.held for s in way.days.values()), timedelta())
    last = way.end.date()
    spare = total_held % calendar.day_length
    whole = int(total_held // calendar.day_length)
    candidates = sorted(
        (s for s in way.days.values() if s.held and s.date != last),
        key=lambda s: (s.held, s.date),
        reverse=True,
    )
    stopped = {s.date for s in candidates[:whole]}
    minutes = spread([(s.date, s.ran) for s in way.days.values()])
    number = 0
    for day in dates(received + DAY, last):
        about = calendar.is_workday(day)
        stretch = way.days.get(day)
        if stretch is None:
            lines.append(Line(day, False, _why(about), rest=True))
            continue
        held = int(stretch.held // MINUTE)
        why = _why(about) + (f"，其中停钟 {length_words(stretch.held)}" if stretch.held else "")
        counted: bool | None = True
        if day in stopped:
            counted, why = False, f"停钟 {length_words(stretch.held)}，等司机补充"
        elif day == last and spare:
            counted, why = None, f"停钟不满一天的 {length_words(spare)}顺延到这天 {way.end:%H:%M}"
        number += counted is True
        lines.append(Line(day, counted, why, minutes[day], number if counted else 0, held))
    return lines


def _why(about: Day) -> str:
    return f"{about.why}（{PROVISIONAL}）" if about.provisional else about.why


def _office_lines(way: Walk, calendar: Calendar) -> list[Line]:
    """One line a date with the very stretches that count; what lies between them is named as rest."""
    lines = []
    minutes = spread([(s.date, s.ran) for s in way.days.values()])
    for day in dates(way.begin.date(), way.end.date()):
        stretch = way.days.get(day)
        if stretch is None or not (stretch.ran or stretch.held):
            why = _why(calendar.is_workday(day))
            lines.append(Line(day, False, f"{why}，过了办公时间" if calendar.works(day) else why, rest=True))
            continue
        pieces = "、".join(f"{p.start:%H:%M}–{p.end:%H:%M}" for p in stretch.pieces)
        why = f"计 {minutes[day]} 分钟（{pieces}）" if pieces else "停钟"
        if len(stretch.pieces) > 1 and not stretch.held:
            gaps = zip(stretch.pieces, stretch.pieces[1:], strict=False)
            why += "，不计 " + "、".join(f"{a.end:%H:%M}–{b.start:%H:%M} 午休" for a, b in gaps)
        if stretch.held:
            why += f"，停钟 {length_words(stretch.held)}"
        lines.append(Line(day, bool(pieces), why, minutes[day], paused=int(stretch.held // MINUTE)))
    return lines


def _wall(amount: int, start: datetime) -> tuple[datetime, list[Line], bool]:
    end = start + amount * MINUTE
    runs = []
    for day in dates(start.date(), end.date()):
        length = min(end, midnight(day + DAY)) - max(start, midnight(day))
        if length:
            runs.append((day, length))
    minutes = spread(runs)
    lines = [
        Line(day, True, f"按钟点连续计 {minutes[day]} 分钟，昼夜和休息日都计", minutes[day])
        for day, _run in runs
    ]
    return end, lines, False


def _calendar_days(
    clock: ClockSpec, start: datetime, calendar: Calendar, extension_days: int
) -> tuple[datetime, list[Line], bool]:
    received = start.date()
    lines = [Line(received, False, "收到当天不计", rest=not calendar.works(received))]
    last = received + clock.amount * DAY
    for number, day in enumerate(dates(received + DAY, last), start=1):
        lines.append(Line(day, True, f"第 {number} 天", number=number))
    final, provisional = last, False
    if clock.roll or extension_days:
        provisional = calendar.is_workday(final).provisional
        while not calendar.works(final):
            final += DAY
            provisional = provisional or calendar.is_workday(final).provisional
        for day in dates(last + DAY, final):
            about = calendar.is_workday(day)
            why = "顺延到的第一个工作日" if about.working else f"{_why(about)}，顺延"
            lines.append(Line(day, False, why, rest=not about.working))
    for _extra in range(extension_days):
        previous, final = final, calendar.add_working_days(final, 1)
        for day in dates(previous + DAY, final):
            about = calendar.is_workday(day)
            provisional = provisional or about.provisional
            lines.append(
                Line(
                    day,
                    about.working,
                    "延期的工作日" if about.working else _why(about),
                    rest=not about.working,
                )
            )
    return calendar.office_end(final), lines, provisional
