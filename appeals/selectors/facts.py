"""Facts of one appeal for one viewer, and the moves he is offered."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from accounts.rules.roles import HANDLING, Role
from accounts.rules.viewer import Viewer
from appeals.models import Answer, Appeal, CallBack, Event, Leg, Pause, Rating, Request
from appeals.rules import clocks as engine
from appeals.rules.facts import Actor, Facts
from appeals.rules.life import BAD_RATING, Kind, State
from appeals.rules.moves import Move, Offer, offers
from appeals.selectors.scope import appeals_for, own_appeals
from common import clock
from common.selectors import calendar
from common.workdays import Calendar

TWO_APPROVE_ONE_IN = 5  # answers other than complaints: this share is checked by the desk too
CALL_BACK_ONE_IN = 3  # appeals rated 3 or better that are no complaint: this share is called


def sampled(number: str, one_in: int) -> bool:
    """A sample nobody can steer: by the random number itself."""
    return int(number[-6:]) % one_in == 0


def actors_of(viewer: Viewer, appeal: Appeal, *, staff: bool, own: bool) -> frozenset[Actor]:
    """In which capacities the viewer may act; empty when he may not know of the appeal."""
    found = set()
    if own:
        found.add(Actor.DRIVER)
    if staff:
        pairs = (
            (Role.DESK, Actor.DESK),
            (Role.DUTY, Actor.DUTY),
            (Role.SUPERVISOR, Actor.SUPERVISOR),
            (Role.CALL_BACK, Actor.CALL_BACK),
            (Role.DISCIPLINE, Actor.DISCIPLINE),
            (Role.CLERK, Actor.CLERK),
        )
        found |= {actor for role, actor in pairs if viewer.has_role(role)}
        if appeal.lead_unit_id in viewer.units(*HANDLING):
            found.add(Actor.LEAD_MEMBER)
        if appeal.lead_unit_id in viewer.units(Role.HEAD):
            found.add(Actor.LEAD_HEAD)
    return frozenset(found)


def facts_for(appeal: Appeal, viewer: Viewer, *, now: datetime, whole: bool = True) -> Facts:
    """The snapshot the guards read. Whoever may not know of the appeal gets no actor at all."""
    staff = appeals_for(viewer).filter(pk=appeal.pk).exists()
    own = own_appeals(viewer).filter(pk=appeal.pk).exists()
    return snapshot(appeal, actors_of(viewer, appeal, staff=staff, own=own), viewer=viewer, now=now, whole=whole)


def snapshot(appeal: Appeal, actors: frozenset[Actor], *, viewer: Viewer, now: datetime, whole: bool = True) -> Facts:
    """Facts with the actors already known (the system is one of them).

    Only what the moves of this state can ask is read: the work while it is open, the driver's word and the
    call-back from the answer on. Not `whole`: state and actors alone, for a move without guards."""
    if not whole:
        return Facts(state=State(appeal.state), actors=actors, now=now, viewer_id=viewer.person_id, round=appeal.round)
    days = calendar()
    read = _work(appeal, days, now) if appeal.is_open else _afterwards(appeal, now)
    return Facts(
        state=State(appeal.state),
        actors=actors,
        now=now,
        viewer_id=viewer.person_id,
        round=appeal.round,
        own_unit=appeal.lead_unit_id in viewer.units(),
        final_unit=appeal.final_unit,
        hand_backs=appeal.hand_backs,
        due=appeal.due,
        extension_by=engine.working_day_before(appeal.due, days) if appeal.due else None,
        needs_two=appeal.kind == Kind.COMPLAINT or sampled(appeal.number, TWO_APPROVE_ONE_IN),
        answered_at=appeal.answered_at,
        mend_by=working_days_after(appeal.answered_at, 15, days) if appeal.answered_at else None,
        closed_at=appeal.closed_at,
        nudged_today=appeal.last_nudged_on == clock.today(now),
        **read,
    )


def _work(appeal: Appeal, days: Calendar, now: datetime) -> dict[str, Any]:
    """Legs, requests, the answer in the making, questions to the driver."""
    legs = list(
        Leg.objects.filter(appeal=appeal).order_by("id").values_list("role", "ended_at", "round", "opened_at", "handler_id")
    )
    opened = next((at for role, ended, _round, at, _who in legs if role == Leg.Role.LEAD and ended is None), None)
    asked = list(Request.objects.filter(appeal=appeal).values_list("kind", "decision", "round", "asked_by_id"))
    granted = (Request.Kind.EXTENSION, Request.Decision.GRANTED, appeal.round)
    answer = Answer.objects.filter(appeal=appeal, round=appeal.round).first()
    questions = Event.objects.filter(appeal=appeal, round=appeal.round, move=Move.ASK_DRIVER)
    return {
        "hand_back_by": working_days_after(opened, 2, days) if opened else None,
        "pending": {kind: who for kind, decision, _round, who in asked if decision == Request.Decision.PENDING},
        "extended": any(row[:3] == granted for row in asked),
        "driver_asked": questions.count(),
        "pause_days_left": _pause_left(appeal, now, days),
        "answer_state": answer.state if answer else "",
        "drafter_id": answer.drafted_by_id if answer else None,
        "head_id": answer.head_by_id if answer else None,
        "earlier_handlers": frozenset(who for _role, _end, round_, _at, who in legs if who and round_ < appeal.round),
    }


def _afterwards(appeal: Appeal, now: datetime) -> dict[str, Any]:
    """The driver's ratings and what the call-back heard."""
    ratings = dict(Rating.objects.filter(appeal=appeal).values_list("round", "value"))
    heard = list(CallBack.objects.filter(appeal=appeal, round=appeal.round).values_list("heard", flat=True))
    return {
        "rating": ratings.get(appeal.round),
        "called_back": any(word != CallBack.Heard.NOT_REACHED for word in heard),
        "call_back_wanted": _call_back_wanted(appeal, ratings),
        "call_backs": len(heard),
        "rating_over": _rating_over(appeal, now),
    }


def working_days_after(start: datetime, days: int, calendar_: Calendar) -> datetime:
    """The end of the office day `days` working days after `start`."""
    spec = engine.ClockSpec(kind=engine.ClockKind.ACCEPT, amount=days, unit=engine.Unit.WORKING_DAYS)
    return engine.due(spec, start, calendar=calendar_).due


def _pause_left(appeal: Appeal, now: datetime, days: Calendar) -> bool:
    rows = [
        engine.Pause(pause.started_at, pause.ended_at)
        for pause in Pause.objects.filter(appeal=appeal, round=appeal.round, ended_at__isnull=False)
    ]
    return engine.pause_limit_at(appeal.received_at, [*rows, engine.Pause(now)], days) > now


def _call_back_wanted(appeal: Appeal, ratings: dict[int, int]) -> bool:
    if appeal.state == State.WITHDRAWN:
        return appeal.ended_how == "withdrawn_check"
    if appeal.kind == Kind.COMPLAINT or any(value <= BAD_RATING for value in ratings.values()):
        return True
    return ratings.get(appeal.round) is None or sampled(appeal.number, CALL_BACK_ONE_IN)


def _rating_over(appeal: Appeal, now: datetime) -> bool:
    return appeal.clocks.filter(kind="C5", round=appeal.round, due__lte=now).exists()


def offers_for(appeal: Appeal, viewer: Viewer, *, now: datetime) -> list[Offer]:
    """Buttons of this viewer on this appeal, from the table."""
    return offers(facts_for(appeal, viewer, now=now))
