"""The next round: same unit, another handler; its superior where there is none. Earlier rounds stay as they were."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts.models import Person, Unit
from accounts.rules.roles import HANDLING
from accounts.rules.viewer import Viewer
from accounts.selectors.units import posted_to
from appeals.errors import IllegalMove
from appeals.models import Appeal, Leg, Rating
from appeals.rules.clock_kinds import ClockKind
from appeals.rules.life import RATING_WORDS
from appeals.rules.moves import Move
from appeals.services import deadlines, legs, notify
from appeals.services.engine import Step, begin, finish


def _fresh(appeal: Appeal, unit: Unit, *, now: datetime) -> Person | None:
    """Somebody at the unit who handled no round before and has no conflict; heads come last."""
    used = set(Leg.objects.filter(appeal=appeal).values_list("handler_id", flat=True))
    used |= set(appeal.answers.values_list("drafted_by_id", flat=True))
    barred = legs.conflicted(appeal, now=now)
    workers = posted_to(unit.pk, *(HANDLING - {"head"}), now=now) + posted_to(unit.pk, "head", now=now)
    return next((person for person in workers if person.pk not in used and person.pk not in barred), None)


def _superior(appeal: Appeal, unit: Unit, *, now: datetime) -> Unit:
    """The nearest unit above that can take it and is not ruled out, else the fallback, else the office."""
    out = legs.ruled_out(appeal, now=now)
    above = unit.parent
    while above is not None:
        if above.takes_appeals and above.is_active and above.pk not in out:
            return above
        above = above.parent
    for other in (unit.fallback, Unit.objects.filter(code="office").first()):
        if other and other.takes_appeals and other.pk not in out and other.pk != unit.pk:
            return other
    raise IllegalMove("没有能接着办的单位，请分拨员来定")


def _next_round(step: Step, *, reason: str, unit: Unit | None = None) -> Appeal:
    row, now = step.appeal, step.now
    lead = unit or row.lead_unit or Leg.objects.filter(appeal=row, role=Leg.Role.LEAD).order_by("-id").first().unit
    legs.end_lead(row, how="answered", now=now)
    deadlines.stop(row, at=now, kinds=[ClockKind.RATE, ClockKind.CALL_BACK])
    handler = _fresh(row, lead, now=now)
    if handler is None:
        lead = _superior(row, lead, now=now)
        handler = _fresh(row, lead, now=now)
    row.round += 1
    row.rating = row.closed_at = row.answered_at = None
    row.ended_how = ""
    leg = legs.open_lead(row, lead, now=now, handler_id=handler.pk if handler else None)
    Leg.objects.filter(pk=leg.pk).update(accepted_at=now)
    deadlines.start(row, [ClockKind.PROGRESS, ClockKind.MEND], at=now, now=now)
    deadlines.refresh(row)
    finish(step, reason=reason, data={"round": row.round, "unit": lead.pk})
    notify.driver(row, "appeal.reopened", now=now, due=row.due)
    notify.staff(row, "appeal.task", [handler] if handler else notify.of_unit(lead.pk, now=now), now=now)
    return row


def reopen_by_rating(*, appeal: Appeal, value: int, now: datetime) -> Appeal:
    """A bad rating opens the next round by itself. After the last round the desk and its leader take over."""
    try:
        with transaction.atomic():
            step = begin(appeal, Move.REOPEN, by=None, now=now, data={"reason": "rated"})
            return _next_round(step, reason=f"司机评了“{RATING_WORDS[value]}”")
    except IllegalMove:
        notify.staff(appeal, "appeal.decide", [*notify.desk(now=now), *notify.duty(now=now)], now=now)
        return appeal


@transaction.atomic
def reopen(*, appeal: Appeal, reason: str, by: Viewer, now: datetime, version: int | None = None) -> Appeal:
    """Open the next round by a person: driver "没解决", call-back, desk; within 15 working days, or 60 days closed.

    Raises IllegalMove, Missing."""
    move = Move.REOPEN_CLOSED if appeal.state == "closed" else Move.REOPEN
    step = begin(appeal, move, by=by, now=now, version=version, data={"reason": reason})
    return _next_round(step, reason=reason.strip()[:500])


@transaction.atomic
def close(*, appeal: Appeal, now: datetime, by: Viewer | None = None, version: int | None = None) -> Appeal:
    """Rated and called back (or sampled out), or the window over: closed is not "solved", and says so."""
    step = begin(appeal, Move.CLOSE, by=by, now=now, version=version)
    row = step.appeal
    rated = Rating.objects.filter(appeal=row, round=row.round).exists()
    legs.end_lead(row, how="closed", now=now)
    deadlines.stop(row, at=now, kinds=[k for k in ClockKind if k != ClockKind.REVIEW_ADVICE])
    row.closed_at, row.ended_how = now, "rated" if rated else "no_rating"
    row.next_due, row.next_due_clock = None, ""
    notify.drop(row, now=now)
    finish(step, data={"rated": rated})
    notify.driver(row, "appeal.closed", now=now)
    return row
