"""Open and end legs: which unit is responsible, from when to when."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from accounts.models import Unit
from accounts.selectors.units import closure_of, conflicted_persons
from appeals.errors import IllegalMove
from appeals.models import Accused, Answer, Appeal, Leg, Pause, Request
from appeals.rules.clock_kinds import ClockKind
from appeals.services import deadlines

# The same words whether it is ruled out or closed: who is accused is not for whoever tries.
_CANNOT = "这个单位现在接不了这一件，请换一个单位"


def accused_units(appeal: Appeal) -> list[int]:
    """Units complained of, in force."""
    return list(Accused.objects.filter(appeal=appeal, removed_at=None).values_list("unit_id", flat=True))


def ruled_out(appeal: Appeal, *, now: datetime) -> frozenset[int]:
    """Units that must not get this appeal: the closure of whom it accuses."""
    return closure_of(accused_units(appeal), now=now)


def conflicted(appeal: Appeal, *, now: datetime) -> frozenset[int]:
    """Persons who must not work on it: the closure's staff, whoever stepped back, and the driver whose own it is."""
    own = {appeal.person_id} - {None}
    return conflicted_persons(accused_units(appeal), now=now) | own.union(
        appeal.recusals.values_list("person_id", flat=True)
    )


def open_lead(
    appeal: Appeal, unit: Unit, *, now: datetime, handler_id: int | None = None, out: frozenset[int] | None = None
) -> Leg:
    """Make `unit` responsible. Refuses a unit inside the closure of the accused, by whatever way it came.

    `out` is that closure where the caller worked it out in this transaction. Raises IllegalMove.
    """
    if unit.pk in (ruled_out(appeal, now=now) if out is None else out):
        raise IllegalMove(_CANNOT, field="unit")
    if not unit.is_active or not unit.takes_appeals:
        raise IllegalMove(_CANNOT, field="unit")
    leg = Leg.objects.create(appeal=appeal, unit=unit, round=appeal.round, opened_at=now, handler_id=handler_id)
    appeal.lead_unit, appeal.handler_id = unit, handler_id
    return leg


def end_lead(appeal: Appeal, *, how: str, now: datetime) -> None:
    """End the open lead leg; its own clock stops with it."""
    leg = Leg.objects.filter(appeal=appeal, role=Leg.Role.LEAD, ended_at=None).first()
    if leg is None:
        return
    Leg.objects.filter(pk=leg.pk).update(ended_at=now, how=how)
    if how in ("handed_back", "reassigned", "recused"):
        deadlines.meet(appeal, [ClockKind.ACCEPT], at=now, leg=leg) if leg.accepted_at else deadlines.stop(
            appeal, at=now, leg=leg
        )
    if how in ("handed_back", "reassigned", "recused", "declined"):
        _leave_nothing(appeal, now=now)


def _leave_nothing(appeal: Appeal, *, now: datetime) -> None:
    """What the unit began goes with it: its pause, its requests, its answer's place before the approvers."""
    held = Pause.objects.filter(appeal=appeal, ended_at=None).first()
    if held:
        deadlines.resume(appeal, at=min(held.limit_at, now), now=now)
    lapse(appeal, [Request.Kind.HAND_BACK, Request.Kind.EXTENSION], now=now)
    waiting = Answer.objects.filter(appeal=appeal, round=appeal.round).exclude(state=Answer.State.APPROVED)
    waiting.update(state=Answer.State.DRAFT, head_by=None)


def lapse(appeal: Appeal, kinds: Iterable[str], *, now: datetime) -> None:
    """Requests of these kinds that nobody has decided fall away, and their C9 with them."""
    for request in Request.objects.filter(appeal=appeal, kind__in=list(kinds), decision=Request.Decision.PENDING):
        request.decision, request.decided_at = Request.Decision.LAPSED, now
        request.save(update_fields=["decision", "decided_at"])
        deadlines.stop(appeal, at=now, request=request)


def to_unit(appeal: Appeal, unit: Unit, *, now: datetime, out: frozenset[int] | None = None) -> Leg:
    """Hand over: a new lead leg and its C2; C1 is met the first time only. `out` as in `open_lead`."""
    leg = open_lead(appeal, unit, now=now, out=out)
    deadlines.meet(appeal, [ClockKind.HAND_OVER], at=now)
    deadlines.start(appeal, [ClockKind.ACCEPT], at=now, now=now, leg=leg)
    deadlines.refresh(appeal)
    return leg
