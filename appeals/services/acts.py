"""One door to every act on an appeal: a move and its cleaned data, handed to the service that does it.

Doors that offer the moves of MOVES by name (API, command line, bulk acts) call `perform` and know no service.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from accounts.models import Person, Unit
from accounts.rules.viewer import Viewer
from appeals.errors import IllegalMove, Missing
from appeals.models import Appeal
from appeals.rules.facts import Actor
from appeals.rules.moves import MOVES, Move
from appeals.services import answers, calls, desk, driver, handling, requests, rounds

Data = Mapping[str, Any]
PARTS = answers.PARTS


@dataclass(frozen=True)
class Act:
    """How one move is made. `takes` are the data keys handed on by their own name (absent: not handed on)."""

    service: Callable[..., Appeal]
    takes: tuple[str, ...] = ()
    required: tuple[str, ...] = ()  # handed on even when empty, so that the move's own check speaks
    parts: bool = False  # measure, basis and result go together


ACTS: dict[Move, Act] = {
    Move.ROUTE_BY_HAND: Act(desk.route_by_hand, ("reason",), ("unit",)),
    Move.ASK_DECLINE: Act(requests.ask_decline, (), ("ground", "reason")),
    Move.DECLINE: Act(requests.decline),
    Move.REFUSE_DECLINE: Act(requests.refuse_decline, (), ("reason",)),
    Move.ACCEPT: Act(handling.accept),
    Move.ASSIGN_HANDLER: Act(handling.assign_handler, (), ("handler",)),
    Move.ASK_HAND_BACK: Act(requests.ask_hand_back, ("proposed",), ("ground", "reason")),
    Move.GRANT_HAND_BACK: Act(requests.grant_hand_back, ("unit",), ("reason",)),
    Move.REFUSE_HAND_BACK: Act(requests.refuse_hand_back, (), ("reason",)),
    Move.ASSIGN_FINALLY: Act(desk.assign_finally, (), ("unit", "reason")),
    Move.PROGRESS: Act(handling.progress, (), ("words",)),
    Move.NOTE: Act(handling.note, (), ("note",)),
    Move.ASK_DRIVER: Act(handling.ask_driver, (), ("words",)),
    Move.DRIVER_REPLY: Act(driver.reply, ("photos",), ("words",)),
    Move.ASK_EXTENSION: Act(requests.ask_extension, (), ("days", "reason")),
    Move.GRANT_EXTENSION: Act(requests.grant_extension, (), ("days",)),
    Move.REFUSE_EXTENSION: Act(requests.refuse_extension, (), ("reason",)),
    Move.SUBMIT_ANSWER: Act(answers.submit_answer, parts=True),
    Move.SEND_BACK_DRAFT: Act(answers.send_back_draft, (), ("reason",)),
    Move.HEAD_APPROVE: Act(answers.head_approve),
    Move.APPROVE: Act(answers.approve),
    Move.RATE: Act(driver.rate, ("words", "solved"), ("value",)),
    Move.CALL_BACK: Act(calls.call_back, ("words", "satisfied"), ("heard",)),
    Move.REOPEN: Act(rounds.reopen, (), ("reason",)),
    Move.REOPEN_CLOSED: Act(rounds.reopen, (), ("reason",)),
    Move.CLOSE: Act(rounds.close),
    Move.WITHDRAW: Act(driver.withdraw),
    Move.RECLASSIFY: Act(desk.reclassify, ("category", "kind", "urgency"), ("reason",)),
    Move.ADD_ACCUSED: Act(desk.add_accused, (), ("unit",)),
    Move.REMOVE_ACCUSED: Act(desk.remove_accused, (), ("unit", "reason")),
    Move.RECUSE: Act(desk.recuse, (), ("reason",)),
    Move.ADD_MATERIAL: Act(driver.add_material, ("photos",), ("words",)),
    Move.NUDGE: Act(driver.nudge),
}
_UNITS = ("unit", "proposed")
_NUMBERS = ("days", "value")
_TEXTS = frozenset({"words", "reason", "ground", "note", "heard", "category", "kind", "urgency", *PARTS})


def moves_of(*actors: Actor) -> tuple[Move, ...]:
    """Moves in this table that one of `actors` may ever make, in the order of MOVES."""
    wanted = frozenset(actors)
    return tuple(move for move, legal in MOVES.items() if move in ACTS and legal.by & wanted)


DRIVER_MOVES = moves_of(Actor.DRIVER)
STAFF_MOVES = moves_of(*(frozenset(Actor) - {Actor.DRIVER, Actor.SYSTEM}))


def perform(
    move: Move, *, appeal: Appeal, by: Viewer, now: datetime, version: int | None = None, data: Data | None = None
) -> Appeal:
    """Make `move` with cleaned `data` and return the appeal as it is afterwards.

    `data` keys are those the move needs or may take: unit, proposed (a Unit or its code), handler (a Person
    or his key), reason, ground, days, words, note, measure, basis, result, heard, satisfied, category, kind,
    urgency, value, solved, photos. `version` None skips the check against somebody else's change.

    Raises NotThere, Stale, IllegalMove, Missing, and IllegalMove for a move no service makes.
    """
    act = ACTS.get(move)
    if act is None:
        raise IllegalMove(_("这一步由系统来做"))
    given = _given(act, data or {})
    return act.service(appeal=appeal, by=by, now=now, version=version, **given)


def _given(act: Act, data: Data) -> dict[str, Any]:
    if act.parts:
        return {"parts": {part: str(data.get(part) or "") for part in PARTS}}
    given = {name: _value(name, data.get(name)) for name in act.required}
    for name in act.takes:
        if data.get(name) is not None:
            given[name] = _value(name, data[name])
    return given


def _value(name: str, value: Any) -> Any:
    if name in _TEXTS:
        return str(value or "")
    if name in _UNITS and isinstance(value, str):
        return _unit(value, field=name)
    if name == "handler" and value is not None and not isinstance(value, Person):
        return _person(str(value))
    if name in _NUMBERS and value is None:
        return 0
    return value


def _unit(code: str, *, field: str) -> Unit | None:
    if not code.strip():
        return None
    unit = Unit.objects.filter(code=code.strip(), is_active=True).first()
    if unit is None:
        raise Missing(_("没有这个单位，请另选一个"), field=field)
    return unit


def _person(key: str) -> Person | None:
    try:
        return Person.objects.filter(key=UUID(key)).first()
    except ValueError:
        return None
