"""Hand-back, extension, decline: asked by one, decided by another within a working day (C9).

While a request is pending the unit stays responsible and every clock runs. Nothing here resets a first
deadline.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts.models import Unit
from accounts.rules.roles import Role
from accounts.rules.viewer import Viewer
from accounts.selectors.units import posted_as
from accounts.selectors.viewer import viewer_for
from appeals.errors import IllegalMove
from appeals.models import Appeal, Leg, Request
from appeals.rules.clock_kinds import ClockKind
from appeals.rules.moves import Move
from appeals.selectors.scope import may_hear_result
from appeals.services import deadlines, legs, notify
from appeals.services.engine import Step, begin, finish
from common.queue import kick
from notices.services import outbox

GROUNDS = {
    "not_ours": "不是本单位的职责",
    "other_area": "不在本单位的辖区",
    "other_matter": "说的是另一件事",
    "conflict": "本单位应当回避",
}
DECLINE_GROUNDS = {
    "court": "已经在法院或仲裁",
    "review": "要走行政复议或诉讼",
    "other_body": "归别的部门直接办",
    "no_matter": "没有说明要办什么事",
}
MAX_EXTENSION = 5  # working days


def _ask(step: Step, kind: str, **fields) -> Request:
    row = step.appeal
    leg = Leg.objects.filter(appeal=row, role=Leg.Role.LEAD, ended_at=None).first()
    request = Request(
        appeal=row, leg=leg, kind=kind, round=row.round, asked_by_id=step.by.person_id, asked_at=step.now, **fields
    )
    clocks = deadlines.make(row, [ClockKind.DECIDE], at=step.now, now=step.now, request=request)
    request.decide_by = clocks[0].due
    request.save()
    clocks[0].request = request
    clocks[0].save()
    deadlines.refresh(row)
    return request


def _decide(step: Step, kind: str, decision: str, *, reason: str = "", granted_days: int | None = None) -> Request:
    request = Request.objects.select_for_update().get(appeal=step.appeal, kind=kind, decision=Request.Decision.PENDING)
    request.decision, request.decided_by_id, request.decided_at = decision, step.by.person_id, step.now
    request.decision_reason, request.granted_days = reason.strip(), granted_days
    request.save()
    deadlines.meet_request(request, at=step.now)
    return request


def _tell_asker(request: Request, *, now: datetime) -> None:
    """The result is told to whoever asked, wherever the appeal or he himself has gone since: it is about his request.

    Only while he may know: recused, accused or no longer staff, he hears nothing (asked again at sending)."""
    viewer = viewer_for(request.asked_by, now=now)
    if may_hear_result(viewer, [request.pk]):
        outbox.post(template="appeal.decided", about=request, now=now, to=[request.asked_by], round=request.round)


@transaction.atomic
def ask_hand_back(
    *, appeal: Appeal, ground: str, reason: str, by: Viewer, version: int | None, now: datetime, proposed: Unit | None = None
) -> Appeal:
    """The head says it does not belong here. The desk decides; nothing else changes."""
    step = begin(appeal, Move.ASK_HAND_BACK, by=by, version=version, now=now, data={"ground": ground, "reason": reason})
    if ground not in GROUNDS:
        raise IllegalMove("请选一条退回的理由", field="ground")
    _ask(step, Request.Kind.HAND_BACK, ground=ground, reason=reason.strip(), proposed_unit=proposed)
    finish(step, reason=reason.strip(), public=False)
    notify.staff(step.appeal, "appeal.decide", notify.desk(now=now), now=now)
    return step.appeal


@transaction.atomic
def grant_hand_back(
    *, appeal: Appeal, reason: str, by: Viewer, version: int | None, now: datetime, unit: Unit | None = None
) -> Appeal:
    """Take an appeal back from a unit that it does not belong to; to `unit` at once when one is named.

    The first deadline stays. Raises IllegalMove, Missing, Stale.
    """
    step = begin(appeal, Move.GRANT_HAND_BACK, by=by, version=version, now=now, data={"reason": reason})
    row = step.appeal
    old_unit = row.lead_unit
    request = _decide(step, Request.Kind.HAND_BACK, Request.Decision.GRANTED, reason=reason)
    legs.end_lead(row, how="handed_back", now=now)
    row.lead_unit, row.handler, row.hand_backs, row.route_after = None, None, row.hand_backs + 1, None
    deadlines.refresh(row)
    notify.drop(row, now=now)
    finish(step, reason=reason.strip(), unit_id=old_unit.pk if old_unit else None)
    _tell_asker(request, now=now)
    if unit is not None:
        from appeals.services import desk  # the desk's own move follows in the same transaction

        return desk.route_by_hand(appeal=row, unit=unit, by=by, version=row.version, now=now, reason=reason)
    kick("appeals.route", row.pk)
    return row


@transaction.atomic
def refuse_hand_back(*, appeal: Appeal, reason: str, by: Viewer, version: int | None, now: datetime) -> Appeal:
    """It stays where it is; the leg's clock has run on all the time."""
    return _refuse(appeal, Move.REFUSE_HAND_BACK, Request.Kind.HAND_BACK, reason=reason, by=by, version=version, now=now)


@transaction.atomic
def ask_extension(*, appeal: Appeal, days: int, reason: str, by: Viewer, version: int | None, now: datetime) -> Appeal:
    """The head asks for 1–5 more working days, at least one working day before the due date."""
    step = begin(appeal, Move.ASK_EXTENSION, by=by, version=version, now=now, data={"reason": reason, "days": days})
    if not 1 <= days <= MAX_EXTENSION:
        raise IllegalMove(f"延期要在 1 到 {MAX_EXTENSION} 个工作日之间", field="days")
    _ask(step, Request.Kind.EXTENSION, reason=reason.strip(), asked_days=days)
    finish(step, reason=reason.strip(), public=False)
    notify.staff(step.appeal, "appeal.decide", posted_as(Role.SUPERVISOR, now=now), now=now)
    return step.appeal


@transaction.atomic
def grant_extension(*, appeal: Appeal, days: int, by: Viewer, version: int | None, now: datetime) -> Appeal:
    """Another person grants at most what was asked. `due` moves, `first_due` stays; the driver is told why."""
    step = begin(appeal, Move.GRANT_EXTENSION, by=by, version=version, now=now, data={"days": days})
    row = step.appeal
    asked = Request.objects.get(appeal=row, kind=Request.Kind.EXTENSION, decision=Request.Decision.PENDING)
    if not 1 <= days <= (asked.asked_days or 0):
        raise IllegalMove(f"最多同意 {asked.asked_days} 个工作日", field="days")
    request = _decide(step, Request.Kind.EXTENSION, Request.Decision.GRANTED, granted_days=days)
    deadlines.extend(row, days=days, now=now)
    deadlines.refresh(row)
    notify.drop(row, now=now, rungs=True)  # what the driver added meanwhile is still to be told
    finish(step, words=request.reason, data={"days": days})
    notify.driver(row, "appeal.extended", now=now, due=row.due)
    _tell_asker(request, now=now)
    return row


@transaction.atomic
def refuse_extension(*, appeal: Appeal, reason: str, by: Viewer, version: int | None, now: datetime) -> Appeal:
    """No extension: the date stands."""
    return _refuse(appeal, Move.REFUSE_EXTENSION, Request.Kind.EXTENSION, reason=reason, by=by, version=version, now=now)


def _refuse(appeal, move, kind, *, reason, by, version, now) -> Appeal:
    step = begin(appeal, move, by=by, version=version, now=now, data={"reason": reason})
    request = _decide(step, kind, Request.Decision.REFUSED, reason=reason)
    deadlines.refresh(step.appeal)
    finish(step, reason=reason.strip(), public=False)
    _tell_asker(request, now=now)
    return step.appeal


@transaction.atomic
def ask_decline(*, appeal: Appeal, ground: str, reason: str, by: Viewer, version: int | None, now: datetime) -> Appeal:
    """The desk proposes to point elsewhere; `reason` tells the driver where to go and by when."""
    step = begin(appeal, Move.ASK_DECLINE, by=by, version=version, now=now, data={"ground": ground, "reason": reason})
    if ground not in DECLINE_GROUNDS:
        raise IllegalMove("请选一条不予受理的理由", field="ground")
    _ask(step, Request.Kind.DECLINE, ground=ground, reason=reason.strip())
    finish(step, reason=reason.strip(), public=False)
    notify.staff(step.appeal, "appeal.decide", [*notify.desk(now=now), *notify.duty(now=now)], now=now)
    return step.appeal


@transaction.atomic
def decline(*, appeal: Appeal, by: Viewer, version: int | None, now: datetime) -> Appeal:
    """A second person confirms: the driver is told the ground and where to go. It counts among "filed"."""
    step = begin(appeal, Move.DECLINE, by=by, version=version, now=now)
    row = step.appeal
    request = _decide(step, Request.Kind.DECLINE, Request.Decision.GRANTED)
    legs.end_lead(row, how="declined", now=now)
    deadlines.stop(row, at=now, kinds=[k for k in ClockKind if k != ClockKind.REVIEW_ADVICE])
    row.closed_at, row.ended_how, row.next_due, row.next_due_clock = now, "declined", None, ""
    notify.drop(row, now=now)
    finish(step, words=f"{DECLINE_GROUNDS[request.ground]}。{request.reason}")
    notify.driver(row, "appeal.declined", now=now)
    _tell_asker(request, now=now)
    return row


@transaction.atomic
def refuse_decline(*, appeal: Appeal, reason: str, by: Viewer, version: int | None, now: datetime) -> Appeal:
    """It is taken on after all."""
    return _refuse(appeal, Move.REFUSE_DECLINE, Request.Kind.DECLINE, reason=reason, by=by, version=version, now=now)
