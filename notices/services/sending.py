"""Send what is due: claim, commit, check again, call, settle. Any number of workers may run it at once.

In-app messages leave in bulk, for a settled row is the message. Calls to gateways are made one worker at
a time and for twenty seconds at most, so that a slow gateway never holds the workers that route.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.db.models import F, Q

from common.failpoints import failpoint
from common.queue import kick
from notices.gateways import gateway_for
from notices.models import Notice
from notices.rules.retry import ASIDE, MOST_TRIES
from notices.rules.states import Channel, State
from notices.services import breakers, claims, holds
from notices.services.delivery import deliver
from notices.services.recheck import Checked, recheck
from notices.services.watch import Pace, Watch
from notices.wording import groups

RUN_SECONDS = 20.0
log = logging.getLogger(__name__)


def sweep(now: datetime) -> int:
    """The outbox's part of every sweep: what a dead worker left, then whatever is due."""
    return claims.recover(now=now) + send_due(now=now)


def send_due(*, now: datetime, limit: int = 500) -> int:
    """Send at most `limit` messages that are due at `now`. Returns how many rows moved; 0 costs one query."""
    waiting = set(claims.due(now).order_by().values_list("channel", flat=True).distinct())
    if not waiting:
        return 0
    watch = Watch(now, seconds=RUN_SECONDS)
    holds.brake(now=now)
    held = holds.standing()
    moved = 0
    if Channel.INAPP in waiting:
        moved += _inside(watch, limit, held)
    for channel in (Channel.SMS, Channel.EMAIL):
        if channel in waiting:
            moved += _outside(channel, watch, limit, held)
    if moved >= limit or watch.over:
        kick("notices.send")  # more may wait; the sweep would find it too
    return moved


def _inside(watch: Watch, limit: int, held: Q | None) -> int:
    """In-app messages, all of one claim in a handful of statements."""
    rows = claims.claim(Channel.INAPP, now=watch.now(), limit=limit, without=held)
    if not rows:
        return 0
    failpoint("notices.after_claim")
    checked = recheck(rows, now=watch.now())
    moved = _drop(rows, checked, watch)
    if checked.send:
        failpoint("notices.before_settle")
        pks = [row.pk for row in checked.send]
        moved += claims.settle(rows[0].token, pks, State.SENT, now=watch.now(), tries=F("tries") + 1)
    return moved


def _outside(channel: str, watch: Watch, limit: int, held: Q | None) -> int:
    """Messages through a gateway, one after another, until nothing is due or the time is over."""
    moved = 0
    pace = Pace(settings.SMS_PER_SECOND if channel == Channel.SMS and settings.SMS_URL else 0)
    while moved < limit and not watch.over:
        now = watch.now()
        if breakers.shut_until(channel, now=now) or claims.somebody_calls(now):
            break
        most = 1 if breakers.half_open(channel) else limit - moved
        rows = claims.claim(channel, now=now, limit=most, without=held)
        if not rows:
            break
        failpoint("notices.after_claim")
        moved += _send_claimed(channel, rows, watch, pace)
    return moved


def _send_claimed(channel: str, rows: Sequence[Notice], watch: Watch, pace: Pace) -> int:
    checked = recheck(rows, now=watch.now())
    moved = _drop(rows, checked, watch)
    gateway = gateway_for(channel)
    bundles = groups(checked.send)
    for turn, group in enumerate(bundles):
        shut = breakers.shut_until(channel, now=watch.now())
        if shut or watch.over:
            rest = [row.pk for bundle in bundles[turn:] for row in bundle]
            claims.put_back(rows[0].token, rest, at=shut or watch.now())
            break
        pace.wait()
        claims.renew(rows[0].token, now=watch.now())
        try:
            moved += deliver(group, gateway, watch)
        except Exception as error:  # noqa: BLE001 - whatever is wrong with this one, the others are served
            moved += _aside(group, type(error).__name__, watch)
    return moved


def _drop(rows: Sequence[Notice], checked: Checked, watch: Watch) -> int:
    """End what may not leave, and put aside what breaks its own check."""
    moved = 0
    by_end: dict[tuple[str, str], list[int]] = {}
    for pk, end in checked.drop.items():
        by_end.setdefault(end, []).append(pk)
    for (state, why), pks in by_end.items():
        moved += claims.settle(rows[0].token, pks, state, now=watch.now(), error=why, body=None)
    for row in rows:
        if row.pk in checked.poison:
            moved += _aside([row], checked.poison[row.pk], watch)
    return moved


def _aside(group: Sequence[Notice], error: str, watch: Watch) -> int:
    """A poison row waits an hour and is counted; at the sixth time it has failed, and a person sees it."""
    now, token = watch.now(), group[0].token
    log.warning("notices %s step aside: %s", [row.pk for row in group], error)
    worn = [row.pk for row in group if row.tries + 1 >= MOST_TRIES]
    others = [row.pk for row in group if row.pk not in worn]
    moved = claims.settle(token, worn, State.FAILED, now=now, error=error, tries=F("tries") + 1) if worn else 0
    return moved + (claims.put_back(token, others, at=now + ASIDE, error=error, tries=F("tries") + 1) if others else 0)
