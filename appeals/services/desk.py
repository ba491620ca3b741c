"""What the desk (分拨员) and the duty officer decide: by hand, finally, another class, a wrong accused unit."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from accounts.models import Unit
from accounts.rules.viewer import Viewer
from appeals.errors import IllegalMove
from appeals.models import Accused, Appeal, Recusal, Request
from appeals.rules.facts import Actor
from appeals.rules.life import Kind, State, Urgency
from appeals.rules.moves import Move
from appeals.services import answers, deadlines, legs, notify
from appeals.services.engine import Step, begin, finish
from common.queue import kick
from notices.services import outbox

_SOURCES = ((Actor.DISCIPLINE, "discipline"), (Actor.DESK, "desk"), (Actor.DRIVER, "driver"))
_RANK = {Urgency.NORMAL: 0, Urgency.PRESSING: 1, Urgency.URGENT: 2}


@transaction.atomic
def route_by_hand(
    *, appeal: Appeal, unit: Unit | None, by: Viewer, version: int | None, now: datetime, reason: str = ""
) -> Appeal:
    """Hand over by a person's decision. A reason is needed when it differs from the router's best proposal.

    Raises IllegalMove (a unit in the closure), Missing, Stale."""
    step = begin(appeal, Move.ROUTE_BY_HAND, by=by, version=version, now=now, data={"unit": unit})
    row = step.appeal
    best = row.decisions.order_by("-id").values_list("unit_id", flat=True).first()
    if best and best != unit.pk and not reason.strip():
        raise IllegalMove("和系统建议的不一样，请写一句为什么", field="reason")
    legs.to_unit(row, unit, now=now)
    row.at_desk = False
    finish(step, reason=reason.strip(), data={"unit": unit.pk, "by_hand": True})
    notify.driver(row, "appeal.routed", now=now, due=row.due)
    notify.staff(row, "appeal.task", notify.of_unit(unit.pk, now=now), now=now, urgent=row.urgency == Urgency.URGENT)
    return row


@transaction.atomic
def assign_finally(
    *, appeal: Appeal, unit: Unit | None, reason: str, by: Viewer, version: int | None, now: datetime
) -> Appeal:
    """指定办理: after two hand-backs or a dispute the duty officer decides; it cannot be handed back any more."""
    step = begin(appeal, Move.ASSIGN_FINALLY, by=by, version=version, now=now, data={"unit": unit, "reason": reason})
    row = step.appeal
    legs.end_lead(row, how="reassigned", now=now)
    legs.lapse(row, Request.Kind.values, now=now)
    legs.to_unit(row, unit, now=now)
    row.final_unit = True
    notify.drop(row, now=now)
    finish(step, reason=reason.strip(), data={"unit": unit.pk})
    notify.staff(row, "appeal.task", notify.of_unit(unit.pk, now=now), now=now)
    return row


@transaction.atomic
def reclassify(
    *, appeal: Appeal, by: Viewer, version: int | None, now: datetime, reason: str, category: str = "", kind: str = "",
    urgency: str = "",
) -> Appeal:  # fmt: skip
    """Another category, kind or a higher urgency. A label can only shorten a deadline, never lengthen it."""
    step = begin(appeal, Move.RECLASSIFY, by=by, version=version, now=now, data={"reason": reason})
    row = step.appeal
    old = {"category": row.category, "kind": row.kind, "urgency": row.urgency}
    if urgency and urgency != row.urgency:
        if urgency not in set(Urgency) or _RANK[Urgency(urgency)] < _RANK[Urgency(row.urgency)]:
            raise IllegalMove("紧急程度只能调高；要调低，请值班长另作决定", field="urgency")
        row.urgency = urgency
    row.category = category or row.category
    if kind and kind in set(Kind):
        row.kind = kind
    rose = row.urgency == Urgency.URGENT and old["urgency"] != Urgency.URGENT
    if rose:
        deadlines.hurry(row, now=now)
        deadlines.refresh(row)
    finish(step, reason=reason.strip(), public=False, data={"old": old})
    if rose:
        notify.staff(row, "appeal.urgent", notify.duty(now=now), now=now, urgent=True)
    return row


@transaction.atomic
def add_accused(
    *, appeal: Appeal, unit: Unit | None, by: Viewer, now: datetime, version: int | None = None
) -> Appeal:
    """Bar one more unit, at once: access, queued notices and, where it was the lead, the leg go in this transaction.

    The driver names units of the list that he is shown at filing. Raises IllegalMove, Missing, Stale."""
    step = begin(appeal, Move.ADD_ACCUSED, by=by, version=version, now=now, data={"unit": unit})
    row = step.appeal
    source = next((word for actor, word in _SOURCES if actor in step.facts.actors), "desk")
    if source == "driver" and not (unit.may_be_named and unit.is_active):
        raise IllegalMove("请从名单里选一个单位", field="unit")
    Accused.objects.get_or_create(appeal=row, unit=unit, removed_at=None, defaults={"source": source, "since": now})
    left = row.handler_id
    _barred(step, left, _after_bar(row, now=now), data={"accused": unit.pk})
    return row


@transaction.atomic
def keep_out(*, appeal: Appeal, now: datetime) -> bool:
    """Whoever became conflicted since (a posting joined his unit to the accused) is out, as if he had been accused now.

    Clocks of the appeal and of its round run on. Returns whether anything changed."""
    step = begin(appeal, Move.KEEP_OUT, by=None, now=now)
    row = step.appeal
    before = (row.lead_unit_id, row.handler_id, _waiting(row))
    left = row.handler_id
    written = _after_bar(row, now=now)
    if (row.lead_unit_id, row.handler_id, _waiting(row)) == before:
        return False
    _barred(step, left, written)
    return True


def _waiting(row: Appeal) -> tuple | None:
    return answers.Answer.objects.filter(appeal=row, round=row.round).values_list("state", "head_by").first()


def _barred(step: Step, left: int | None, written: str, *, data: Mapping[str, int] | None = None) -> None:
    """The event of a bar; who goes on is told. What was written is kept where no page of the staff shows it."""
    row, now = step.appeal, step.now
    to = State.SUBMITTED if row.lead_unit_id is None and row.is_open else None
    finish(step, data=data, note=written, public=False, to=to)
    if row.lead_unit_id and left and row.handler_id is None:
        notify.staff(row, "appeal.task", notify.heads(row.lead_unit_id, now=now), now=now)
    if row.state == State.SUBMITTED:
        kick("appeals.route", row.pk)


def _after_bar(row: Appeal, *, now: datetime) -> str:
    """Returns the words of a draft that the accused had begun."""
    barred = legs.conflicted(row, now=now)
    outbox.cancel_for(person_ids=barred - {row.person_id}, about=row, now=now)  # the driver hears of his own matter
    if row.lead_unit_id and row.lead_unit_id in legs.ruled_out(row, now=now):
        legs.end_lead(row, how="recused", now=now)
        row.lead_unit, row.handler, row.final_unit = None, None, False
        deadlines.refresh(row)
        return answers.take_out(row)
    if row.handler_id in barred:
        _no_handler(row)
    answers.set_aside(row, barred)
    return ""


def _no_handler(row: Appeal) -> None:
    row.handler = None
    legs.Leg.objects.filter(appeal=row, role="lead", ended_at=None).update(handler=None)


@transaction.atomic
def remove_accused(
    *, appeal: Appeal, unit: Unit | None, reason: str, by: Viewer, now: datetime, version: int | None = None
) -> Appeal:
    """Only the discipline officer takes a unit out of the accused set."""
    step = begin(appeal, Move.REMOVE_ACCUSED, by=by, version=version, now=now, data={"unit": unit, "reason": reason})
    changed = Accused.objects.filter(appeal=step.appeal, unit=unit, removed_at=None).update(
        removed_at=now, removed_by_id=by.person_id
    )
    if not changed:
        raise IllegalMove("这个单位不在被反映单位里", field="unit")
    finish(step, reason=reason.strip(), data={"accused_removed": unit.pk}, public=False)
    return step.appeal


@transaction.atomic
def recuse(
    *, appeal: Appeal, reason: str, by: Viewer, now: datetime, version: int | None = None, person_id: int | None = None
) -> Appeal:
    """An officer steps back (or the discipline officer records it): from now on the appeal is not there for him."""
    step = begin(appeal, Move.RECUSE, by=by, version=version, now=now, data={"reason": reason})
    row = step.appeal
    who = person_id or by.person_id
    if person_id and person_id != by.person_id and not by.has_role("discipline"):
        raise IllegalMove("只能给自己申请回避")
    Recusal.objects.get_or_create(
        appeal=row, person_id=who, defaults={"why": reason.strip()[:120], "since": now, "by_id": by.person_id}
    )
    if row.handler_id == who:
        _no_handler(row)
    answers.set_aside(row, [who])
    outbox.cancel_for(person_ids=[who], about=row, now=now)
    finish(step, reason=reason.strip(), public=False)
    if row.lead_unit_id:
        notify.staff(row, "appeal.task", notify.heads(row.lead_unit_id, now=now), now=now)
    return row
