"""What time alone brings about: pauses that end, windows that close, requests nobody decided, a new calendar."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import F

from appeals.models import Appeal, Clock, Pause, Request
from appeals.rules.life import State
from appeals.rules.moves import Move
from appeals.services import calls, deadlines, handling, legs
from appeals.services.engine import record
from common.errors import DomainError
from common.selectors import calendar

log = logging.getLogger(__name__)


def _each(pks: Iterable[int], act: Callable[[int], bool]) -> int:
    """One row after the other; a row that fails is logged and the rest go on."""
    done = 0
    for pk in pks:
        try:
            done += bool(act(pk))
        except DomainError as error:
            log.info("row %s waits: %s", pk, error.code)
        except Exception:  # noqa: BLE001 - a poison row must not stop the others
            log.exception("row %s stepped aside", pk)
    return done


def end_pauses(*, now: datetime, limit: int = 500) -> int:
    """Pauses whose limit has come."""
    due = Pause.objects.filter(ended_at=None, limit_at__lte=now).values_list("appeal_id", flat=True)[:limit]
    appeals = {row.pk: row for row in Appeal.objects.filter(pk__in=list(due))}
    return _each(appeals, lambda pk: handling.pause_limit(appeal=appeals[pk], now=now) is not None)


def close_ripe(*, now: datetime, limit: int = 500) -> int:
    """Answered appeals whose rating window is over or that are rated and called back."""
    rows = Appeal.objects.filter(state=State.ANSWERED)
    over = rows.filter(clocks__kind="C5", clocks__round=F("round"), clocks__due__lte=now)
    rated = rows.filter(rating__gte=3)
    pks = list(over.values_list("pk", flat=True)[:limit]) + list(rated.values_list("pk", flat=True)[:limit])

    def act(pk: int) -> bool:
        row = Appeal.objects.get(pk=pk)
        return calls.close_if_ripe(appeal=row, now=now).state == State.CLOSED

    return _each(dict.fromkeys(pks), act)


def lapse_extensions(*, now: datetime) -> int:
    """An extension that nobody decided before the due date is not granted."""
    rows = Request.objects.filter(
        kind=Request.Kind.EXTENSION, decision=Request.Decision.PENDING, appeal__due__lte=now
    ).values_list("pk", flat=True)

    @transaction.atomic
    def act(pk: int) -> bool:
        row = Appeal.objects.select_for_update().get(requests=pk)
        legs.lapse(row, [Request.Kind.EXTENSION], now=now)
        deadlines.refresh(row)
        row.save(update_fields=["due", "first_due", "provisional", "next_due", "next_due_clock"])
        return True

    return _each(list(rows), act)


def recalendar(*, now: datetime, limit: int = 500) -> int:
    """Provisional deadlines are computed again once their year is entered, with an event each; closed ones stay."""
    days = calendar()
    rows = (
        Clock.objects.filter(provisional=True, met_at=None, ended_at=None)
        .exclude(calendar_version=days.version)
        .values_list("appeal_id", flat=True)
        .distinct()[:limit]
    )
    return _each(list(rows), lambda pk: _recalendar_one(pk, now=now))


@transaction.atomic
def _recalendar_one(pk: int, *, now: datetime) -> bool:
    appeal = Appeal.objects.select_for_update().get(pk=pk)
    before = dict(Clock.objects.filter(appeal=appeal, provisional=True).values_list("pk", "due"))
    kinds = set(Clock.objects.filter(pk__in=before).values_list("kind", flat=True))
    deadlines.recompute(appeal, now=now, kinds=kinds)
    after = Clock.objects.filter(pk__in=before)
    moved = [clock for clock in after if clock.due != before[clock.pk]]
    deadlines.refresh(appeal)
    if moved:
        appeal.version += 1
        record(
            appeal, Move.CALENDAR, by=None, now=now, actor_word="system", from_state=appeal.state, public=True,
            data={clock.kind: [before[clock.pk].isoformat(), clock.due.isoformat()] for clock in moved},
        )  # fmt: skip
    appeal.save()
    return bool(moved)
