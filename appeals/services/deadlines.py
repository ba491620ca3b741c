"""Start, meet, stop and move the clocks of an appeal. The engine is pure; this writes what it says."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from appeals.models import Appeal, Clock, Leg, Pause, Request
from appeals.rules import clocks as engine
from appeals.rules import rungs as ladder_rules
from appeals.rules.clock_kinds import ClockKind
from appeals.rules.life import Urgency
from appeals.selectors.clocks import clock_rules
from common.selectors import calendar
from common.workdays import Calendar

PAUSABLE = frozenset({ClockKind.ANSWER, ClockKind.MEND})
# Clocks whose nearest open one is what a handler or the desk must act on next.
WORK = ("C1", "C2", "C3", "C4", "C6", "C7", "C9")


def make(
    appeal: Appeal,
    kinds: Iterable[ClockKind],
    *,
    at: datetime,
    now: datetime,
    leg: Leg | None = None,
    request: Request | None = None,
) -> list[Clock]:
    """Clocks started at `at`, not yet written: the appeal itself may not be either."""
    rules, days = clock_rules(now), calendar()
    urgent = appeal.urgency == Urgency.URGENT
    rows = []
    for kind in kinds:
        rule = rules[kind]
        due = engine.due(rule.spec(urgent=urgent), at, calendar=days)
        row = Clock(
            appeal=appeal, kind=kind, round=appeal.round, leg=leg, request=request, rule=rule, urgent=urgent,
            calendar_version=due.calendar_version, started_at=at, first_due=due.due, due=due.due,
            provisional=due.provisional,
        )  # fmt: skip
        row.next_rung_at = _next_rung(row, now, days)
        rows.append(row)
    return rows


def start(appeal: Appeal, kinds: Iterable[ClockKind], **more) -> list[Clock]:
    """As `make`, and written."""
    return Clock.objects.bulk_create(make(appeal, kinds, **more))


def ladder_of(clock: Clock, days: Calendar) -> list[ladder_rules.Rung]:
    """Every rung of this clock at its present due."""
    return ladder_rules.rungs(
        clock.rule.spec(urgent=clock.urgent), clock.started_at, clock.due, days, clock.appeal.urgency == Urgency.URGENT
    )


def _next_rung(clock: Clock, now: datetime, days: Calendar) -> datetime | None:
    return ladder_rules.next_moment(
        ladder_of(clock, days), now, days, after=clock.level, after_urgent=clock.urgent_level
    )


def meet(appeal: Appeal, kinds: Iterable[str], *, at: datetime, leg: Leg | None = None) -> None:
    """The thing these clocks wait for happened at `at`: the first time counts."""
    rows = Clock.objects.filter(appeal=appeal, kind__in=list(kinds), met_at=None, ended_at=None)
    if leg is not None:
        rows = rows.filter(leg=leg)
    rows.update(met_at=at, next_rung_at=None)


def stop(appeal: Appeal, *, at: datetime, kinds: Iterable[str] = (), leg: Leg | None = None, request: Request | None = None) -> None:
    """These clocks end without being met. No kinds: all that still run."""
    rows = Clock.objects.filter(appeal=appeal, met_at=None, ended_at=None)
    if kinds:
        rows = rows.filter(kind__in=list(kinds))
    if leg is not None:
        rows = rows.filter(leg=leg)
    if request is not None:
        rows = rows.filter(request=request)
    rows.update(ended_at=at, next_rung_at=None)


def pauses_of(appeal: Appeal, round_: int) -> list[engine.Pause]:
    """Pauses of one round, as the engine reads them; an open one runs to its limit."""
    return [
        engine.Pause(pause.started_at, pause.ended_at)
        for pause in Pause.objects.filter(appeal=appeal, round=round_).order_by("started_at")
    ]


def computed(clock: Clock, days: Calendar, pauses: list[engine.Pause] | None = None) -> engine.Due:
    """What the engine says about this clock now, with its reasons line by line."""
    held = pauses if pauses is not None else pauses_of(clock.appeal, clock.round)
    return engine.due(
        clock.rule.spec(urgent=clock.urgent),
        clock.started_at,
        calendar=days,
        pauses=held if clock.kind in PAUSABLE else (),
        extension_days=clock.extension_days,
    )


def recompute(appeal: Appeal, *, now: datetime, kinds: Iterable[str] = PAUSABLE) -> None:
    """Move `due` of these running clocks to where pauses and extension put it. `first_due` stays."""
    days = calendar()
    for clock in Clock.objects.filter(appeal=appeal, kind__in=list(kinds), met_at=None, ended_at=None).select_related("rule"):
        clock.appeal = appeal
        due = computed(clock, days)
        clock.due, clock.provisional, clock.calendar_version = due.due, due.provisional, due.calendar_version
        clock.next_rung_at = None if _paused(appeal, clock) else _next_rung(clock, now, days)
        clock.save(update_fields=["due", "provisional", "calendar_version", "next_rung_at"])


def _paused(appeal: Appeal, clock: Clock) -> bool:
    return clock.kind in PAUSABLE and Pause.objects.filter(appeal=appeal, ended_at=None).exists()


def hurry(appeal: Appeal, *, now: datetime) -> None:
    """The appeal became urgent: running clocks take the urgent limit where it is the earlier one, never a later."""
    days = calendar()
    for clock in Clock.objects.filter(appeal=appeal, urgent=False, met_at=None, ended_at=None).select_related("rule"):
        clock.appeal, clock.urgent = appeal, True
        due = computed(clock, days)
        clock.due = min(clock.due, due.due)
        clock.next_rung_at = _next_rung(clock, now, days)
        clock.save(update_fields=["urgent", "due", "next_rung_at"])


def extend(appeal: Appeal, *, days: int, now: datetime) -> None:
    """Grant `days` working days on the answer (or mending) clock of this round."""
    kind = ClockKind.ANSWER if appeal.round == 1 else ClockKind.MEND
    Clock.objects.filter(appeal=appeal, kind=kind, round=appeal.round, met_at=None).update(extension_days=days)
    recompute(appeal, now=now, kinds=(kind,))


def refresh(appeal: Appeal) -> None:
    """Copy what lists need onto the (locked, not yet saved) row: answer due and the nearest work clock."""
    running = list(
        Clock.objects.filter(appeal=appeal, met_at=None, ended_at=None, kind__in=WORK)
        .order_by("due")
        .values_list("kind", "due", "provisional", "first_due")
    )
    appeal.next_due_clock, appeal.next_due = (running[0][0], running[0][1]) if running else ("", None)
    for kind, due, provisional, first in running:
        if kind in ("C4", "C7"):
            appeal.due, appeal.provisional = due, provisional
            appeal.first_due = appeal.first_due or first


def started(appeal: Appeal, rows: list[Clock]) -> None:
    """As `refresh`, from clocks just made, without asking the database again."""
    work = sorted((row for row in rows if row.kind in WORK), key=lambda row: row.due)
    if work:
        appeal.next_due_clock, appeal.next_due = work[0].kind, work[0].due
    for row in rows:
        if row.kind == ClockKind.ANSWER:
            appeal.first_due, appeal.due, appeal.provisional = row.first_due, row.due, row.provisional


def pause(appeal: Appeal, *, now: datetime) -> Pause:
    """Hold C4 and C7 while the driver is asked; at most five working days in all pauses of a round."""
    held = [*pauses_of(appeal, appeal.round), engine.Pause(now)]
    limit = engine.pause_limit_at(appeal.received_at, held, calendar())
    row = Pause.objects.create(appeal=appeal, round=appeal.round, started_at=now, limit_at=max(limit, now + timedelta(minutes=1)))
    recompute(appeal, now=now)
    return row


def resume(appeal: Appeal, *, at: datetime, now: datetime) -> None:
    """End the open pause at `at`."""
    Pause.objects.filter(appeal=appeal, ended_at=None).update(ended_at=at)
    recompute(appeal, now=now)


def meet_request(request: Request, *, at: datetime) -> None:
    """A request was decided: its C9 is met."""
    Clock.objects.filter(request=request, met_at=None, ended_at=None).update(met_at=at, next_rung_at=None)
