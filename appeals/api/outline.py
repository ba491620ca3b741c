"""An appeal as its driver may follow it: steps, section, dates, answer, what he can do. Nothing he wrote, nobody's name."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.rules.viewer import Viewer
from appeals.models import Answer, Appeal, Clock, Event, Rating
from appeals.rules.clock_kinds import ClockKind
from appeals.rules.life import RATING_WORDS, STATE_WORDS, WITH_UNIT, State
from appeals.rules.moves import MOVES, Move, Offer, may_happen_next
from appeals.selectors.facts import offers_for

# The driver's acts and the last part of their addresses.
ACTS: dict[Move, str] = {
    Move.NUDGE: "nudge",
    Move.ADD_MATERIAL: "material",
    Move.DRIVER_REPLY: "reply",
    Move.ADD_ACCUSED: "accuse",
    Move.WITHDRAW: "withdraw",
    Move.RATE: "rate",
    Move.REOPEN: "reopen",
    Move.REOPEN_CLOSED: "reopen",
}
# Clocks that the driver waits for, and what he waits for.
_NEXT = {
    ClockKind.HAND_OVER: gettext_lazy("转给单位"),
    ClockKind.PROGRESS: gettext_lazy("告诉您办到哪一步"),
    ClockKind.ANSWER: gettext_lazy("答复您"),
    ClockKind.MEND: gettext_lazy("重新办出结果"),
    ClockKind.RATE: gettext_lazy("请您评价"),
}


def brief_of(appeal: Appeal) -> dict[str, Any]:
    """The line of a list (BriefOut)."""
    return {
        "number": appeal.number,
        "state": appeal.state,
        "state_word": STATE_WORDS[State(appeal.state)],
        "round": appeal.round,
        "section": section_of(appeal),
        "received_at": appeal.received_at,
        "first_due": appeal.first_due,
        "due": appeal.due,
        "provisional": appeal.provisional,
    }


def section_of(appeal: Appeal) -> str:
    """Who has it now: a unit, never a person."""
    if appeal.state == State.SUBMITTED:
        return _("诉求分拨台")
    return appeal.lead_unit.name if appeal.state in WITH_UNIT and appeal.lead_unit_id else ""


def dates_of(clocks: list[Clock]) -> dict[str, Any]:
    """The first promises (DatesOut) out of the clocks of round one."""
    first = {clock.kind: clock for clock in clocks if clock.round == 1 and clock.leg_id is None}
    review = first.get(ClockKind.REVIEW_ADVICE)
    kinds = (("hand_over", ClockKind.HAND_OVER), ("progress", ClockKind.PROGRESS), ("answer", ClockKind.ANSWER))
    return {
        **{name: first[kind].first_due if kind in first else None for name, kind in kinds},
        "review": review.first_due if review and not review.ended_at else None,
        "provisional": any(first[kind].provisional for _name, kind in kinds if kind in first),
    }


def clocks_of(appeal: Appeal) -> list[Clock]:
    return list(Clock.objects.filter(appeal=appeal).order_by("round", "id"))


def outline_of(appeal: Appeal, viewer: Viewer, *, now: datetime) -> dict[str, Any]:
    """All of TrackOut. `viewer` is the driver; the moves are the table's for him."""
    clocks = clocks_of(appeal)
    events = list(Event.objects.filter(appeal=appeal, public=True).select_related("unit").order_by("seq"))
    answer = Answer.objects.filter(appeal=appeal, state=Answer.State.APPROVED).order_by("-round").first()
    return {
        **brief_of(appeal),
        "next": next_of(appeal, clocks),
        "dates": dates_of(clocks),
        "steps": [step_of(event) for event in events],
        "question": question_of(appeal, events),
        "answer": answer_of(answer, events) if answer else None,
        "rating": rating_of(appeal),
        "may_happen_next": may_happen_next(State(appeal.state)),
        "moves": moves_of(appeal, offers_for(appeal, viewer, now=now)),
    }


def next_of(appeal: Appeal, clocks: list[Clock]) -> dict[str, Any] | None:
    """The next day that concerns the driver: the nearest clock that runs for him in this round."""
    running = [clock for clock in clocks if clock.running and clock.kind in _NEXT and clock.round == appeal.round]
    if not running:
        return None
    nearest = min(running, key=lambda clock: clock.due)
    return {"what": _NEXT[ClockKind(nearest.kind)], "due": nearest.due, "provisional": nearest.provisional}


def step_of(event: Event) -> dict[str, Any]:
    """One public event, in the table's own words. What the driver wrote himself is not told back."""
    data = event.data or {}
    what = MOVES[Move(event.move)].shows.format(
        unit=event.unit.name if event.unit_id else _("办事的科室"),
        value=data.get("word", ""),
        round=data.get("round", event.round),
        days=data.get("days", ""),
    )
    words = "" if event.actor_word == "driver" else event.words
    return {"at": event.at, "round": event.round, "what": what or _("有新的进展"), "words": words}


def question_of(appeal: Appeal, events: list[Event]) -> dict[str, Any] | None:
    if appeal.state != State.WAITING_DRIVER:
        return None
    asked = next((event for event in reversed(events) if event.move == Move.ASK_DRIVER), None)
    if asked is None:
        return None
    limit = appeal.pauses.filter(ended_at=None).values_list("limit_at", flat=True).first()
    return {"words": asked.words, "asked_at": asked.at, "reply_by": limit}


def answer_of(answer: Answer, events: list[Event]) -> dict[str, Any]:
    """An approved answer (AnswerOut), with the unit that gave it."""
    given = next((event for event in events if event.move == Move.APPROVE and event.round == answer.round), None)
    return {
        "round": answer.round,
        "unit": given.unit.name if given and given.unit_id else "",
        "at": answer.approved_at,
        "measure": answer.measure,
        "basis": answer.basis,
        "result": answer.result,
    }


def rating_of(appeal: Appeal) -> dict[str, Any] | None:
    row = Rating.objects.filter(appeal=appeal, round=appeal.round).first()
    return {"value": row.value, "word": RATING_WORDS[row.value], "solved": row.solved} if row else None


def moves_of(appeal: Appeal, offers: list[Offer]) -> list[dict[str, Any]]:
    """Buttons of the driver, from the table."""
    return [
        {
            "move": offer.move.value,
            "word": offer.legal.word,
            "url": reverse(f"api:{ACTS[offer.move]}", args=[appeal.number]),
            "needs": sorted(offer.legal.needs),
            "why_not": offer.why_not,
        }
        for offer in offers
        if offer.move in ACTS
    ]
