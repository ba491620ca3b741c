"""What the lead unit does: accept, tell, ask, note, change hands."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts.models import Person
from accounts.rules.viewer import Viewer
from accounts.selectors.units import posted_to
from appeals.errors import IllegalMove
from appeals.models import Appeal, Leg, Request
from appeals.rules.clock_kinds import ClockKind
from appeals.rules.moves import Move
from appeals.services import deadlines, legs, notify
from appeals.services.engine import begin, finish


@transaction.atomic
def accept(*, appeal: Appeal, by: Viewer, version: int | None, now: datetime) -> Appeal:
    """The lead unit takes it in hand; whoever accepts becomes the handler. C2 is met."""
    step = begin(appeal, Move.ACCEPT, by=by, version=version, now=now)
    row = step.appeal
    Leg.objects.filter(appeal=row, role=Leg.Role.LEAD, ended_at=None).update(accepted_at=now, handler_id=by.person_id)
    row.handler_id = by.person_id
    deadlines.meet(row, [ClockKind.ACCEPT], at=now)
    legs.lapse(row, [Request.Kind.DECLINE], now=now)  # from here on nobody could decide it any more
    deadlines.refresh(row)
    finish(step)
    notify.driver(row, "appeal.accepted", now=now)
    return row


@transaction.atomic
def assign_handler(*, appeal: Appeal, handler: Person | None, by: Viewer, version: int | None, now: datetime) -> Appeal:
    """The head gives it to another member of the unit; drafts stay."""
    step = begin(appeal, Move.ASSIGN_HANDLER, by=by, version=version, now=now, data={"handler": handler})
    row = step.appeal
    members = {person.pk for person in notify.of_unit(row.lead_unit_id, now=now)}
    if handler is None or handler.pk not in members - legs.conflicted(row, now=now):
        raise IllegalMove("请选本单位的经办人", field="handler")
    Leg.objects.filter(appeal=row, role=Leg.Role.LEAD, ended_at=None).update(handler=handler)
    row.handler = handler
    finish(step)
    notify.staff(row, "appeal.task", [handler], now=now)
    return row


@transaction.atomic
def progress(*, appeal: Appeal, words: str, by: Viewer, version: int | None, now: datetime) -> Appeal:
    """Tell the driver how far it is. The first one meets C3 (and never C4)."""
    step = begin(appeal, Move.PROGRESS, by=by, version=version, now=now, data={"words": words})
    row = step.appeal
    deadlines.meet(row, [ClockKind.PROGRESS], at=now)
    deadlines.refresh(row)
    finish(step, words=words.strip())
    notify.driver(row, "appeal.progress", now=now)
    return row


@transaction.atomic
def note(*, appeal: Appeal, note: str, by: Viewer, version: int | None, now: datetime) -> Appeal:
    """A note for the unit alone; it starts and meets no clock."""
    step = begin(appeal, Move.NOTE, by=by, version=version, now=now, data={"note": note})
    finish(step, note=note.strip(), public=False)
    return step.appeal


@transaction.atomic
def ask_driver(*, appeal: Appeal, words: str, by: Viewer, version: int | None, now: datetime) -> Appeal:
    """Ask the driver something concrete; C4 (C7) is held until he replies or five working days are over."""
    step = begin(appeal, Move.ASK_DRIVER, by=by, version=version, now=now, data={"words": words})
    row = step.appeal
    pause = deadlines.pause(row, now=now)
    deadlines.meet(row, [ClockKind.PROGRESS], at=now)  # a question is news for the driver too
    deadlines.refresh(row)
    finish(step, words=words.strip(), data={"limit_at": pause.limit_at.isoformat()})
    notify.driver(row, "appeal.question", now=now, due=pause.limit_at)
    return row


@transaction.atomic
def pause_limit(*, appeal: Appeal, now: datetime) -> Appeal:
    """The limit of a pause is reached: the unit goes on with what it has."""
    step = begin(appeal, Move.PAUSE_LIMIT, by=None, now=now)
    row = step.appeal
    limit = row.pauses.get(ended_at=None).limit_at
    deadlines.resume(row, at=min(limit, now), now=now)
    deadlines.refresh(row)
    finish(step)
    if row.lead_unit_id:
        notify.staff(row, "appeal.task", notify.workers(row, now=now), now=now)
    return row


def candidates(appeal: Appeal, *, now: datetime) -> list[Person]:
    """Members of the lead unit who may be given the appeal."""
    barred = legs.conflicted(appeal, now=now)
    return [p for p in posted_to(appeal.lead_unit_id, *notify.HANDLING, now=now) if p.pk not in barred]
