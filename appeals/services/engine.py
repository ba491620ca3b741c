"""Begin and finish a move: lock, check against the table, write the row, its event and its audit line.

Every service that changes an appeal stands between `begin` and `finish`, inside one transaction.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.rules.viewer import NOBODY, Viewer
from accounts.services import audit
from appeals.errors import IllegalMove, Missing, Stale
from appeals.models import Appeal, Event
from appeals.rules.facts import Actor, Facts
from appeals.rules.life import State
from appeals.rules.moves import MOVES, Legal, Move, why_not
from appeals.selectors.facts import facts_for, snapshot
from appeals.selectors.scope import knows
from common.errors import NotThere

NEED_WORDS = {
    "words": "请写几句给司机看的话",
    "reason": "请写理由",
    "unit": "请选单位",
    "ground": "请选理由类别",
    "note": "请写备注",
    "days": "请写要几个工作日",
    "measure": "请写做了什么",
    "basis": "请写为什么这样办",
    "result": "请写结果和下一步",
    "value": "请选一个评价",
    "heard": "请选回访结果",
    "handler": "请选经办人",
}


@dataclass
class Step:
    """A move under way: the locked row, the facts at its start, who and when."""

    appeal: Appeal
    move: Move
    facts: Facts
    by: Viewer
    now: datetime
    before: dict[str, Any] = field(default_factory=dict)

    @property
    def legal(self) -> Legal:
        return MOVES[self.move]


def begin(
    appeal: Appeal | int,
    move: Move,
    *,
    by: Viewer | None,
    now: datetime,
    version: int | None = None,
    data: Mapping[str, Any] | None = None,
    held: bool = False,
) -> Step:
    """Lock the appeal and check that `by` (None: the system) may make `move` now.

    `held`: the system locked this very row in this transaction and may have labelled it since; it is not
    read again. Raises NotThere (missing or not for this viewer), Stale, IllegalMove, Missing. Call inside a transaction.
    """
    locked = _lock(appeal, by, held=held)
    if version is not None and locked.version != version:
        raise Stale("您看的时候别人先改了这一件；您写的还在，请看一遍再提交")
    guarded = bool(MOVES[move].guards)  # without guards only state and actor are asked, and nothing else is read
    if by is None:
        facts = snapshot(locked, frozenset({Actor.SYSTEM}), viewer=NOBODY, now=now, whole=guarded)
    else:
        facts = facts_for(locked, by, now=now, whole=guarded)
    reason = why_not(move, facts)
    if reason is not None:
        raise IllegalMove(reason.lstrip("-") or "这一步现在不能做", field=None)
    for need in sorted(MOVES[move].needs):
        value = (data or {}).get(need)
        if value is None or (isinstance(value, str) and not value.strip()):
            raise Missing(NEED_WORDS.get(need, "请填完整"), field=need)
    return Step(locked, move, facts, by or NOBODY, now, {"state": locked.state, "unit": locked.lead_unit_id})


def _lock(appeal: Appeal | int, by: Viewer | None, *, held: bool) -> Appeal:
    if held:
        if by is not None or isinstance(appeal, int) or not transaction.get_connection().in_atomic_block:
            raise ValueError("only the system holds a row, and only inside its transaction")
        return appeal
    pk = appeal if isinstance(appeal, int) else appeal.pk
    rows = Appeal.objects.all() if by is None else knows(by, among=[pk])
    locked = rows.select_for_update(of=("self",)).filter(pk=pk).first()
    if locked is None:
        raise NotThere("没有这一件，或者不在您的办理范围")
    return locked


def finish(
    step: Step,
    *,
    words: str = "",
    note: str = "",
    reason: str = "",
    public: bool | None = None,
    data: Mapping[str, Any] | None = None,
    to: State | None = None,
    unit_id: int | None = None,
) -> Event:
    """Write the state, one event and one audit line. `words` are for the driver, `note` never is.

    `public` None: public when the table says how to show the move.
    """
    appeal, legal = step.appeal, step.legal
    target = to or legal.to
    if target is not None:
        appeal.state = target
    appeal.version += 1
    appeal.save()
    event = record(
        appeal,
        step.move,
        by=step.by,
        now=step.now,
        actor_word=_actor_word(step.facts),
        from_state=step.before["state"],
        words=words,
        note=note,
        reason=reason,
        public=bool(legal.shows) if public is None else public,
        data=dict(data or {}),
        unit_id=unit_id if unit_id is not None else appeal.lead_unit_id,
    )
    audit.write(
        act=f"appeal.{step.move}",
        by=step.by,
        actor_word=event.actor_word,
        about=appeal,
        old=step.before,
        new={"state": appeal.state, "unit": appeal.lead_unit_id, "version": appeal.version},
        # A driver's words, and why somebody stepped back, are no matter for the log and never leave it again.
        reason=reason if event.actor_word == "staff" and step.move != Move.RECUSE else "",
        now=step.now,
    )
    return event


def record(
    appeal: Appeal, move: Move, *, by: Viewer | None, now: datetime, actor_word: str, from_state: str = "", **fields: Any
) -> Event:
    """Append one event; its place in the order is the appeal's version."""
    return Event.objects.create(
        appeal=appeal,
        seq=appeal.version,
        at=now,
        move=move,
        actor_id=by.person_id if by else None,
        actor_word=actor_word,
        round=appeal.round,
        from_state=from_state,
        to_state=appeal.state,
        **fields,
    )


def _actor_word(facts: Facts) -> str:
    if Actor.SYSTEM in facts.actors:
        return "system"
    return "driver" if facts.actors == {Actor.DRIVER} else "staff"
