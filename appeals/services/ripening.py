"""What time alone brings about: pauses that end, windows that close, requests nobody decided, a new calendar."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, IntegerField, OuterRef, Q, QuerySet
from django.db.models.functions import Cast, Right

from accounts.selectors.units import closures_of
from appeals.models import Accused, Answer, Appeal, CallBack, Clock, Pause, Rating, Request
from appeals.rules.clock_kinds import ClockKind
from appeals.rules.guards import MAX_ROUNDS
from appeals.rules.life import BAD_RATING, OPEN, Kind, State
from appeals.rules.moves import Move
from appeals.selectors.facts import CALL_BACK_ONE_IN
from appeals.services import calls, deadlines, desk, handling, legs
from appeals.services.engine import record
from common.errors import DomainError
from common.selectors import calendar

log = logging.getLogger(__name__)
WAITING = (Answer.State.SUBMITTED, Answer.State.HEAD_APPROVED)  # for somebody's yes


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


def keep_out(*, now: datetime, limit: int = 500) -> int:
    """Take back what lies with somebody who has become conflicted since: a posting, or a unit moved in the tree.

    Reading asks the closure anew each time, so he sees nothing from that moment; here the work itself goes on."""
    live = Accused.objects.filter(removed_at=None, appeal__state__in=sorted({*OPEN, State.ANSWERED}))
    held = live.filter(appeal__lead_unit__isnull=False)
    closures = closures_of(held.order_by().values_list("unit_id", flat=True).distinct(), now=now)
    if not closures:
        return 0
    hit = Q(pk__in=[])
    for unit, (units, persons) in closures.items():
        drafts = Answer.objects.filter(appeal=OuterRef("appeal"), round=OuterRef("appeal__round"), state__in=WAITING)
        theirs = drafts.filter(Q(drafted_by__in=sorted(persons)) | Q(head_by__in=sorted(persons)))
        hit |= Q(unit=unit) & (
            Q(appeal__lead_unit__in=sorted(units)) | Q(appeal__handler__in=sorted(persons)) | Q(Exists(theirs))
        )
    pks = list(held.filter(hit).order_by("appeal_id").values_list("appeal_id", flat=True).distinct()[:limit])
    rows = {row.pk: row for row in Appeal.objects.filter(pk__in=pks)}
    return _each(rows, lambda pk: desk.keep_out(appeal=rows[pk], now=now))


def end_pauses(*, now: datetime, limit: int = 500) -> int:
    """Pauses whose limit has come."""
    due = Pause.objects.filter(ended_at=None, limit_at__lte=now).values_list("appeal_id", flat=True)[:limit]
    appeals = {row.pk: row for row in Appeal.objects.filter(pk__in=list(due))}
    return _each(appeals, lambda pk: handling.pause_limit(appeal=appeals[pk], now=now) is not None)


def ripe(*, now: datetime) -> QuerySet[Appeal]:
    """Answered appeals that may close now: `guards.may_close` said in SQL, so that none waits behind those that wait.

    Not said here: a bad word after which no round could be opened holds for 15 working days. It holds for 15
    days at least, and the table says the rest."""
    here = {"appeal": OuterRef("pk"), "round": OuterRef("round")}
    tried = CallBack.objects.filter(**here)
    spoken_to = Q(Exists(tried.exclude(heard=CallBack.Heard.NOT_REACHED))) | Q(Exists(tried.filter(attempt__gte=3)))
    # Who need not be called: rated well, never badly in any round, no complaint, and not in the sample.
    in_sample = Cast(Right("number", 6), IntegerField()) % CALL_BACK_ONE_IN
    bad_once = Rating.objects.filter(appeal=OuterRef("pk"), value__lte=BAD_RATING)
    left_out = Q(rating__gt=BAD_RATING) & ~Q(in_sample=0) & ~Q(kind=Kind.COMPLAINT) & ~Q(Exists(bad_once))
    window_over = Exists(Clock.objects.filter(**here, kind=ClockKind.RATE, due__lte=now))
    mends = Q(rating__lte=BAD_RATING, round__lt=MAX_ROUNDS, answered_at__gt=now - timedelta(days=15))
    return (
        Appeal.objects.annotate(in_sample=in_sample)
        .filter(spoken_to | left_out, Q(rating__gt=BAD_RATING) | Q(window_over), ~mends | Q(rating=None), state=State.ANSWERED)
        .order_by("pk")
    )


def close_ripe(*, now: datetime, limit: int = 500) -> int:
    """Close what nothing more is waited for. A row that fails keeps nobody behind it waiting."""
    done, last = 0, 0

    def act(pk: int) -> bool:
        row = Appeal.objects.get(pk=pk)
        return calls.close_if_ripe(appeal=row, now=now).state == State.CLOSED

    while done < limit:
        pks = list(ripe(now=now).filter(pk__gt=last).values_list("pk", flat=True)[: limit - done])
        if not pks:
            break
        done += _each(pks, act)
        last = pks[-1]
    return done


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
