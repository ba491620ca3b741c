"""The ladder of reminders: who hears what when a clock nears its end or is past it. Pure.

R0 the task · R1 a reminder before · R2 at due · R3 the next working day (催办) · R4 two working days
after (督办) · R5 five after (通报) · U for urgent appeals, day and night.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum

from appeals.rules.clock_kinds import ClockKind, ClockSpec, Unit
from common.clock import SHANGHAI
from common.workdays import Calendar

OPENS, SHUTS, MORNING = time(8), time(20), time(9)  # when rungs may leave; when R1, R3 and held ones do
URGENT_AFTER = (timedelta(minutes=15), timedelta(minutes=30), timedelta(hours=1))


class To(StrEnum):
    """Whom a rung is for, as a part in this appeal; services turn it into people who may know of it."""

    HANDLER = "handler"
    CO_HANDLER = "co_handler"
    HEAD = "head"
    DESK = "desk"
    CALL_BACK = "call_back"
    SUPERVISOR = "supervisor"
    BUREAU_LEADER = "bureau_leader"
    NOTICE_LIST = "notice_list"
    DUTY_OFFICER = "duty_officer"
    DUTY_LEADER = "duty_leader"


class Tone(StrEnum):
    TASK = "task"
    REMINDER = "reminder"
    DUE_TODAY = "due_today"
    NUDGE = "nudge"
    ESCALATE = "escalate"
    CIRCULATE = "circulate"
    URGENT = "urgent"


TONE_WORDS = {
    Tone.TASK: "新任务",
    Tone.REMINDER: "提醒",
    Tone.DUE_TODAY: "今天到期",
    Tone.NUDGE: "催办",
    Tone.ESCALATE: "督办",
    Tone.CIRCULATE: "通报",
    Tone.URGENT: "特急",
}
TONE_COLOURS = {Tone.NUDGE: "yellow", Tone.ESCALATE: "orange", Tone.CIRCULATE: "red", Tone.URGENT: "red"}


@dataclass(frozen=True, slots=True)
class Rung:
    """One step. `name`: "R0" … "R5", "U1" … "U3"; `level` rises within its `series` ("R" or "U").

    `at`: when it is due; when it may leave is `next_send_moment`."""

    series: str
    level: int
    at: datetime
    to_roles: tuple[To, ...]
    tone: Tone

    @property
    def name(self) -> str:
        return f"{self.series}{self.level}"

    @property
    def any_hour(self) -> bool:
        return self.series == "U"


# Who does the work a clock measures, who answers for him, and who is told first when it is late.
_DOERS: dict[ClockKind, tuple[tuple[To, ...], tuple[To, ...], tuple[To, ...]]] = {
    ClockKind.HAND_OVER: ((To.DESK,), (To.DESK, To.DUTY_OFFICER), (To.DUTY_OFFICER, To.DESK)),
    ClockKind.CALL_BACK: ((To.CALL_BACK,), (To.CALL_BACK, To.DESK), (To.DESK,)),
    ClockKind.DECIDE: ((To.DESK,), (To.DESK, To.DUTY_LEADER), (To.DUTY_LEADER, To.DESK)),
}
_UNIT = ((To.HANDLER,), (To.HANDLER, To.HEAD), (To.HEAD, To.DESK))
# A task begins with these: a new leg, a call-back, a mending round, a request to decide.
_OPENS_TASK = {
    ClockKind.ACCEPT: (To.HANDLER, To.CO_HANDLER),
    ClockKind.MEND: (To.HANDLER, To.CO_HANDLER),
    ClockKind.CALL_BACK: (To.CALL_BACK,),
    ClockKind.DECIDE: (To.DESK,),
}
# These run for the driver; he is told their dates and never the rungs.
SILENT = frozenset({ClockKind.RATE, ClockKind.REVIEW_ADVICE})
# Until somebody has taken an urgent appeal in hand, the night is woken.
WAKING = frozenset({ClockKind.HAND_OVER, ClockKind.ACCEPT})


def rungs(
    spec: ClockSpec, start: datetime, due: datetime, calendar: Calendar, urgent: bool = False
) -> list[Rung]:
    """Every rung of one clock, by time. A due that moved makes new moments; ask again with it."""
    if spec.kind in SILENT:
        return []
    doer, answerable, late = _DOERS.get(spec.kind, _UNIT)
    ladder = []
    if spec.kind in _OPENS_TASK:
        ladder.append(Rung("R", 0, _local(start), _OPENS_TASK[spec.kind], Tone.TASK))
    reminder = _reminder(spec, start, due, calendar, doer)
    if reminder and not (ladder and _leaves(reminder, calendar) <= _leaves(ladder[0], calendar)):
        ladder.append(reminder)  # one that would leave together with its task reminds of nothing
    ladder += [
        Rung("R", 2, _local(due), answerable, Tone.DUE_TODAY),
        Rung("R", 3, _morning(due, 1, calendar), late, Tone.NUDGE),
        Rung("R", 4, _later(due, 2, calendar), (To.SUPERVISOR,), Tone.ESCALATE),
        Rung("R", 5, _later(due, 5, calendar), (To.BUREAU_LEADER, To.NOTICE_LIST), Tone.CIRCULATE),
    ]
    if urgent and spec.kind in WAKING:
        wakes = ((To.DUTY_OFFICER,), (To.HEAD,), (To.DUTY_LEADER,))
        ladder += [
            Rung("U", n, _local(start) + after, to, Tone.URGENT)
            for n, (after, to) in enumerate(zip(URGENT_AFTER, wakes, strict=True), start=1)
        ]
    return sorted(ladder, key=lambda rung: (rung.at, rung.series, rung.level))


def next_send_moment(rung: Rung, moment: datetime, calendar: Calendar) -> datetime:
    """The first moment at or after `moment` (and after the rung itself) at which it may leave.

    On working days 08:00–20:00, R1 and R3 from 09:00; what is held overnight or over a rest leaves at
    09:00. U leaves at once."""
    at = max(_local(moment), rung.at)
    if rung.any_hour:
        return at
    opens = MORNING if rung.level in (1, 3) else OPENS
    if calendar.works(at.date()) and opens <= at.time() < SHUTS:
        return at
    day = at.date()
    if not calendar.works(day) or at.time() >= SHUTS:
        day = calendar.add_working_days(day, 1)
    return datetime.combine(day, MORNING, SHANGHAI)


def present(
    ladder: Sequence[Rung], now: datetime, calendar: Calendar, *, after: int = -1, after_urgent: int = 0
) -> tuple[list[Rung], list[Rung]]:
    """What leaves at `now` and what it makes superfluous: (to send, superseded).

    `after` and `after_urgent` are the levels already reached. Of each series only the highest rung
    that is due leaves; lower ones missed on the way are superseded, never sent late."""
    send: list[Rung] = []
    missed: list[Rung] = []
    for series, reached in (("R", after), ("U", after_urgent)):
        ready = [
            rung
            for rung in ladder
            if rung.series == series and rung.level > reached and _leaves(rung, calendar) <= now
        ]
        ready.sort(key=lambda rung: rung.level)
        # A rung whose own moment has passed may still have to wait for the morning after a long sleep.
        if ready and next_send_moment(ready[-1], now, calendar) <= now:
            send.append(ready[-1])
            missed += ready[:-1]
    return send, missed


def next_moment(
    ladder: Sequence[Rung], now: datetime, calendar: Calendar, *, after: int = -1, after_urgent: int = 0
) -> datetime | None:
    """When the sweep must look again: the earliest moment a rung not yet reached may leave. None: never."""
    waiting = [
        next_send_moment(rung, max(now, rung.at), calendar)
        for rung in ladder
        if rung.level > (after if rung.series == "R" else after_urgent)
    ]
    return min(waiting, default=None)


def _reminder(
    spec: ClockSpec, start: datetime, due: datetime, calendar: Calendar, to: tuple[To, ...]
) -> Rung | None:
    """R1: half of a clock of minutes; 09:00 one working day before a clock of days.

    Where that morning lies before the start (a limit of one day), 09:00 of the last day itself."""
    start, due = _local(start), _local(due)
    if spec.unit is Unit.WALL_MINUTES:
        return Rung("R", 1, start + (due - start) / 2, to, Tone.REMINDER)
    if spec.unit is Unit.OFFICE_MINUTES:
        half = calendar.office_time_between(start, due) / 2
        return Rung("R", 1, calendar.add_office_time(start, half), to, Tone.REMINDER)
    for day in (calendar.add_working_days(due.date(), -1), due.date()):
        at = datetime.combine(day, MORNING, SHANGHAI)
        if start < at < due:
            return Rung("R", 1, at, to, Tone.REMINDER)
    return None


def _leaves(rung: Rung, calendar: Calendar) -> datetime:
    return next_send_moment(rung, rung.at, calendar)


def _morning(due: datetime, working_days: int, calendar: Calendar) -> datetime:
    return datetime.combine(calendar.add_working_days(_local(due).date(), working_days), MORNING, SHANGHAI)


def _later(due: datetime, working_days: int, calendar: Calendar) -> datetime:
    at = _local(due)
    return datetime.combine(calendar.add_working_days(at.date(), working_days), at.time(), SHANGHAI)


def _local(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("a moment needs its time zone")
    return moment.astimezone(SHANGHAI)
