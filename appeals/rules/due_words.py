"""The due chip and the strip of days: how long is left, in words, and in which tone. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

from appeals.rules.clock_kinds import CLOCK_NAMES, ClockKind
from appeals.rules.clock_words import PROVISIONAL, card_rows, explain, held_words, pause_words
from appeals.rules.clocks import Due
from common.clock import SHANGHAI
from common.words import (
    WEEKDAYS,
    circled,
    date_words,
    moment_words,
    short_day_words,
    short_words,
)
from common.workdays import Calendar

__all__ = [
    "PROVISIONAL",
    "DayCell",
    "DueWords",
    "card_rows",
    "clock_prefix",
    "date_words",
    "explain",
    "held_words",
    "moved_words",
    "pause_words",
    "paused_words",
    "remaining_words",
    "short_words",
    "strip",
    "strip_sentence",
]

VERDICT_WORDS = {"met": "按期", "late": "逾期完成", "open": "在期限内", "overdue": "已超期"}
_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)


class DueWords(NamedTuple):
    """`words`: "还剩 3 小时"; `moment`: "今天 17:30"; `tone`: "ink", "amber", "red" or "muted".

    `short` is for one-line tables: days without hours."""

    words: str
    moment: str
    tone: str
    short: str = ""


def remaining_words(now: datetime, due: datetime, calendar: Calendar | None = None) -> DueWords:
    """How long is left until `due`, or that it is over.

    With a calendar, a way that crosses rest days is counted in working days and office hours, so that
    a weekend never looks like time to work in; without one, in plain days and hours."""
    now, due = now.astimezone(SHANGHAI), due.astimezone(SHANGHAI)
    if now > due:
        return _overdue(now, due, calendar)
    tone = "amber" if due.date() == now.date() else "ink"
    left, day, unit, hour = due - now, _DAY, "天", "小时"
    if calendar is not None and _crosses_rest(now.date(), due.date(), calendar):
        left, day, unit, hour = (
            calendar.office_time_between(now, due),
            calendar.day_length,
            "个工作日",
            "个办公小时",
        )
    days, rest = divmod(left, day)
    hours = int(rest // _HOUR)
    if days:
        short = f"还剩 {days} {unit}"
        words = f"{short} {hours} 小时" if hours and days < 10 else short
    elif hours:
        short = words = f"还剩 {hours} {hour}"
    else:
        minutes = int(left // timedelta(minutes=1))
        short = words = f"还剩 {minutes} 分钟" if minutes else "还剩不到 1 分钟"
    return DueWords(words, moment_words(due, now), tone, short)


def paused_words(limit_at: datetime, held_minutes: int = 0, now: datetime | None = None) -> DueWords:
    """The chip while the driver is asked: ("停钟中", "最多到 11-27 周五", "muted")."""
    held = f"，已停 {held_words(held_minutes)}" if held_minutes else ""
    return DueWords("停钟中", f"最多到 {short_day_words(limit_at, now=now)}{held}", "muted", "停钟中")


def clock_prefix(kind: ClockKind | str) -> str:
    """What stands before 还剩: nothing for the answer itself, else the clock's name."""
    kind = ClockKind(kind)
    return "" if kind is ClockKind.ANSWER else CLOCK_NAMES[kind]


def moved_words(first_due: datetime, due: datetime, calendar: Calendar) -> str:
    """What stands beside the first promise: "顺延 1 日" (working days), "" when nothing moved."""
    first, present = first_due.astimezone(SHANGHAI), due.astimezone(SHANGHAI)
    if present == first:
        return ""
    if present < first:
        return "提前"
    days = calendar.working_days_between(first.date(), present.date())
    return f"顺延 {days} 日" if days else f"顺延到 {present:%H:%M}"


@dataclass(frozen=True, slots=True)
class DayCell:
    """One cell of the strip. `state`: received, counted, part, rest, paused or ahead; `top` the weekday
    ("今" for today), `day` the number, `mark` what stands below (①, 休, 停, 收到)."""

    date: date
    top: str
    day: int
    mark: str
    state: str
    today: bool
    first_promise: bool
    why: str


def strip(due: Due, now: datetime, *, first_due: datetime | None = None) -> list[DayCell]:
    """The cells of the clock card, one a date from receipt to due."""
    today = now.astimezone(SHANGHAI).date()
    promised = first_due.astimezone(SHANGHAI).date() if first_due else None
    cells = []
    for index, line in enumerate(due.lines):
        mark, state = _mark(index, line, hourly=due.spec.hourly)
        cells.append(
            DayCell(
                date=line.date,
                top="今" if line.date == today else WEEKDAYS[line.date.weekday()],
                day=line.date.day,
                mark=mark,
                state=state,
                today=line.date == today,
                first_promise=line.date == promised,
                why=line.why,
            )
        )
    return cells


def strip_sentence(due: Due) -> str:
    """The same strip for those who hear the page: the explanation's sentence."""
    return explain(due)


def _mark(index: int, line, *, hourly: bool) -> tuple[str, str]:
    if index == 0 and not hourly:
        return "收到", "received"
    if line.counted:
        return (circled(line.number) if line.number else "计"), "counted"
    if line.counted is None:
        return "余", "part"
    if line.rest:
        return "休", "rest"
    return ("停", "paused") if line.paused else ("顺延", "rest")


def _overdue(now: datetime, due: datetime, calendar: Calendar | None) -> DueWords:
    """Over is over: the words never count hours down; the moment says the how-many-eth working day."""
    days = calendar.working_days_between(due.date(), now.date()) if calendar is not None else 0
    moment = f"第 {days} 个工作日" if days else f"应于{moment_words(due, now)}"
    return DueWords("已超期", moment, "red", "已超期")


def _crosses_rest(first: date, last: date, calendar: Calendar) -> bool:
    return any(not calendar.works(first + _DAY * i) for i in range((last - first).days + 1))
