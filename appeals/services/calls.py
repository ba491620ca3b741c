"""The call-back (回访): a clerk outside the handling and the accused unit. What he hears is never a rating."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts.rules.viewer import Viewer
from appeals.errors import IllegalMove
from appeals.models import Appeal, CallBack
from appeals.rules.clock_kinds import ClockKind
from appeals.rules.life import State
from appeals.rules.moves import Move
from appeals.services import deadlines, notify, rounds
from appeals.services.engine import begin, finish


@transaction.atomic
def call_back(
    *, appeal: Appeal, heard: str, by: Viewer, version: int | None, now: datetime, words: str = "",
    satisfied: bool | None = None,
) -> Appeal:  # fmt: skip
    """Note one attempt. Reached, or the third attempt, meets C6; "没解决" opens the next round; else it may close.

    Raises IllegalMove, Missing, Stale."""
    step = begin(appeal, Move.CALL_BACK, by=by, version=version, now=now, data={"heard": heard})
    if heard not in CallBack.Heard.values:
        raise IllegalMove("请选回访结果", field="heard")
    row = step.appeal
    attempt = step.facts.call_backs + 1
    CallBack.objects.create(
        appeal=row, round=row.round, attempt=attempt, by_id=by.person_id, at=now, heard=heard, satisfied=satisfied,
        words=words.strip()[:500],
    )  # fmt: skip
    reached = heard != CallBack.Heard.NOT_REACHED
    if reached or attempt >= 3:
        deadlines.meet(row, [ClockKind.CALL_BACK], at=now)
        deadlines.refresh(row)
    finish(step, note=words.strip()[:500], data={"heard": heard, "attempt": attempt}, public=False)
    if row.state == State.WITHDRAWN:
        if heard == CallBack.Heard.NOT_SOLVED:
            notify.staff(row, "appeal.decide", notify.duty(now=now), now=now)
        return row
    if row.state == State.ANSWERED and heard == CallBack.Heard.NOT_SOLVED:
        try:
            with transaction.atomic():
                return rounds.reopen(appeal=row, reason="回访时司机说没解决", by=by, now=now)
        except IllegalMove:  # no round is left, or no unit for it: what he heard stands, people take over
            notify.staff(row, "appeal.decide", [*notify.desk(now=now), *notify.duty(now=now)], now=now)
    return close_if_ripe(appeal=row, now=now)


def close_if_ripe(*, appeal: Appeal, now: datetime) -> Appeal:
    """Close when nothing more is waited for; otherwise leave it alone."""
    if appeal.state != State.ANSWERED:
        return appeal
    try:
        with transaction.atomic():
            return rounds.close(appeal=appeal, now=now)
    except IllegalMove:
        return appeal


