"""One message through a gateway: written down before the call, called outside any transaction, settled after.

What the gateway says, and what becomes of the row:
accepted → sent; refused → failed; later → waits, six tries at most; silence → unknown, asked for first, and
sent again at most once.
"""

from __future__ import annotations

import logging
import random
import uuid
from collections.abc import Sequence
from datetime import timedelta

from django.conf import settings
from django.db import connection

from common.failpoints import failpoint
from notices.gateways import Gateway
from notices.models import Notice
from notices.rules import retry
from notices.rules.outcomes import Accepted, NotSeen, Outcome, Refused, TryLater, Unknown
from notices.rules.states import Channel, State
from notices.services import bounces, breakers, budget, claims
from notices.services.watch import Watch
from notices.wording import text_of

log = logging.getLogger(__name__)
_dice = random.SystemRandom()


class CallInTransaction(RuntimeError):
    """A gateway was about to be called while a transaction holds rows."""


def deliver(group: Sequence[Notice], gateway: Gateway, watch: Watch) -> int:
    """Send the rows of one message, or settle why not. Returns how many rows moved."""
    row = group[0]
    pks = [one.pk for one in group]
    to = row.address or (row.recipient.phone if row.recipient and row.channel == Channel.SMS else None)
    if not to:
        return _end(group, State.FAILED, watch, error="没有号码")
    text = text_of(group)
    if row.called_at is not None:
        return _after_silence(group, gateway, to, text, watch)
    if row.channel == Channel.SMS and bounces.given_up(to, group):
        bounces.ask_desk(group, now=watch.now())
        return _end(group, State.FAILED, watch, error="这个号码三次没发通")
    if row.channel == Channel.SMS and not budget.spend(rank=row.rank, now=watch.now()):
        tomorrow = budget.tomorrow(now=watch.now())
        return claims.put_back(row.token, pks, at=tomorrow, error="今天的短信额度用完了")
    return _call(group, gateway, to, text, watch)


def _call(group: Sequence[Notice], gateway: Gateway, to: str, text: str, watch: Watch) -> int:
    row = group[0]
    if any(not block._from_testcase for block in connection.atomic_blocks):
        raise CallInTransaction(row.channel)
    out_id = row.out_id or uuid.uuid4().hex
    mine = claims.begin_call(row.token, [one.pk for one in group], out_id=out_id, now=watch.now())
    if not mine:
        return 0  # taken back, or no longer ours
    held = [one for one in group if one.pk in set(mine)]
    if len(held) < len(group):
        text = text_of(held)
    failpoint("notices.before_call")
    outcome = gateway.send(to=to, text=text, out_id=out_id)
    failpoint("notices.after_call")
    for one in held:
        one.tries += 1
        one.doubts += 1
    return _settle(held, outcome, gateway, to, watch)


def _settle(group: Sequence[Notice], outcome: Outcome, gateway: Gateway, to: str, watch: Watch) -> int:
    row = group[0]
    now = watch.now()
    if isinstance(outcome, Accepted):
        breakers.answered(row.channel)
        if row.channel == Channel.SMS:
            bounces.reached(to)
        return _end(group, State.SENT, watch)
    if row.channel == Channel.SMS and isinstance(outcome, Refused | TryLater):
        budget.give_back(now=now)
    if isinstance(outcome, Refused):
        breakers.answered(row.channel)
        if row.channel == Channel.SMS:
            bounces.failed(to, group, now=now)
        return _end(group, State.FAILED, watch, error=outcome.why)
    breakers.failed(row.channel, why=outcome.why, now=now)
    if isinstance(outcome, TryLater):
        return _later(group, outcome, to, watch)
    return _silence(group, outcome, gateway, watch)


def _later(group: Sequence[Notice], outcome: TryLater, to: str, watch: Watch) -> int:
    """It certainly did not leave: wait longer each time, and after the sixth try let a person telephone."""
    row, now = group[0], watch.now()
    if row.tries >= retry.MOST_TRIES:
        if row.channel == Channel.SMS:
            bounces.ask_desk(group, now=now)
        return _end(group, State.FAILED, watch, error=outcome.why)
    at = now + retry.gap(row.tries, _dice.random())
    pks = [one.pk for one in group]
    return claims.put_back_unsent(row.token, pks, at=at, error=outcome.why[:200], doubts=max(0, row.doubts - 1))


def _silence(group: Sequence[Notice], outcome: Unknown, gateway: Gateway, watch: Watch) -> int:
    """It may have left. Ask where one can ask; else once more, and then a person sees it in the list."""
    row = group[0]
    wait = _next_look(row, gateway)
    if wait is None:
        return _end(group, State.UNKNOWN, watch, error=outcome.why)
    return claims.put_back(row.token, [one.pk for one in group], at=watch.now() + wait, error=outcome.why[:200])


def _next_look(row: Notice, gateway: Gateway) -> timedelta | None:
    if gateway.asks and row.tries < retry.MOST_TRIES:
        return max(retry.DOUBT_WAIT, retry.gap(row.tries, _dice.random()))
    return retry.DOUBT_WAIT if row.doubts < retry.MOST_DOUBTS and not gateway.asks else None


def _after_silence(group: Sequence[Notice], gateway: Gateway, to: str, text: str, watch: Watch) -> int:
    """A call of this message was never answered: ask first, whatever else."""
    row = group[0]
    pks = [one.pk for one in group]
    answer = gateway.ask(out_id=row.out_id) if gateway.asks else Unknown("gateway cannot be asked")
    if isinstance(answer, NotSeen):
        claims.never_left(row.token, pks)
        for one in group:
            one.doubts, one.called_at = 0, None
        return _call(group, gateway, to, text, watch)
    if not isinstance(answer, Unknown):
        return _settle(group, answer, gateway, to, watch)
    if not gateway.asks and row.doubts < retry.MOST_DOUBTS:
        return _call(group, gateway, to, text, watch)
    for one in group:
        one.tries += 1
    claims.count_try(row.token, pks)
    return _silence(group, answer, gateway, watch)


def _end(group: Sequence[Notice], state: State, watch: Watch, *, error: str = "") -> int:
    """Settle for good. A code is wiped at once; the demo keeps it an hour for its outbox page."""
    failpoint("notices.before_settle")
    values: dict[str, object] = {"error": error[:200]}
    if not settings.DEMO:
        values["body"] = None
    return claims.settle(group[0].token, [one.pk for one in group], state, now=watch.now(), **values)
