"""Who holds a row: claim with a lease, renew, settle under the token, and find what a dead worker left.

Every statement here is its own short transaction; no call to the world ever happens inside one.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import F, Q, QuerySet

from notices.models import Notice
from notices.rules.retry import DOUBT_WAIT, LEASE, MOST_DOUBTS
from notices.rules.states import OUTSIDE, State

log = logging.getLogger(__name__)
CHUNK = 50  # rows for a gateway at a time: few enough that a code does not wait behind them
MOST_OF_ONE = 500  # and all that waits for the same people, so that it leaves as one digest
FREE: dict[str, Any] = {"token": None, "lease_until": None}
CALL_AT_MOST = timedelta(seconds=15)  # the time-outs of a gateway, 3 and 10 seconds, and some air


def due(now: datetime, *, without: Q | None = None) -> QuerySet[Notice]:
    """Rows that somebody has to look at: queued ones, and unknown ones to be asked for."""
    rows = Notice.objects.filter(state__in=[State.QUEUED, State.UNKNOWN], next_try_at__lte=now)
    return rows.exclude(without) if without else rows


def claim(channel: str, *, now: datetime, limit: int, without: Q | None = None) -> list[Notice]:
    """Take rows for this worker alone: most urgent first, then by due date. Their token is the same."""
    token = uuid.uuid4()
    with transaction.atomic():
        pks = _pick(due(now, without=without).filter(channel=channel), limit, digest=channel in OUTSIDE)
        if not pks:
            return []
        _take(pks, token, now)
    rows = Notice.objects.filter(token=token, state=State.SENDING).select_related("recipient")
    rows = rows.defer("recipient__id_number", "recipient__password")
    return list(rows.order_by("rank", F("due").asc(nulls_last=True), "pk"))


def _pick(rows: QuerySet[Notice], limit: int, *, digest: bool) -> list[int]:
    skip = connection.features.has_select_for_update_skip_locked
    order = ("rank", F("due").asc(nulls_last=True), "pk")
    locked = rows.order_by(*order).select_for_update(skip_locked=skip, of=("self",) if skip else ())
    first = list(locked.values_list("pk", "recipient_id")[: min(limit, CHUNK) if digest else limit])
    pks = [pk for pk, _ in first]
    if digest and limit > 1:
        people = {person for _, person in first if person is not None}
        pks += locked.filter(recipient_id__in=people).exclude(pk__in=pks).values_list("pk", flat=True)[:MOST_OF_ONE]
    return pks


def _take(pks: Collection[int], token: uuid.UUID, now: datetime) -> int:
    """The claim itself. Of two workers that picked the same row, the second changes nothing."""
    return Notice.objects.filter(pk__in=pks, state__in=[State.QUEUED, State.UNKNOWN]).update(
        state=State.SENDING, token=token, claimed_at=now, lease_until=now + LEASE
    )


def settle(token: Any, pks: Collection[int], state: str, *, now: datetime, **values: Any) -> int:
    """End the rows that are still ours. A worker that slept past its lease changes nothing (fencing)."""
    done = _held(token, pks, state=state, settled_at=now, next_try_at=None, **FREE, **values)
    if done < len(pks):
        log.warning("lease lost on %d of %d notices", len(pks) - done, len(pks))
    return done


def put_back(token: Any, pks: Collection[int], *, at: datetime, **values: Any) -> int:
    """Give rows back: to the queue, or to the unknown ones where a call may have left."""
    values |= {"next_try_at": at, **FREE}
    waiting = _held(token, pks, called=False, state=State.QUEUED, **values)
    return waiting + _held(token, pks, called=True, state=State.UNKNOWN, **values)


def put_back_unsent(token: Any, pks: Collection[int], *, at: datetime, **values: Any) -> int:
    """The gateway certainly did not take it: to the queue, as if no call had been made."""
    return _held(token, pks, state=State.QUEUED, next_try_at=at, called_at=None, **FREE, **values)


def never_left(token: Any, pks: Collection[int]) -> None:
    """Asked, the gateway never had it: the doubt is over, and the row still is ours."""
    _held(token, pks, doubts=0, called_at=None)


def count_try(token: Any, pks: Collection[int]) -> None:
    """A question counts as a try: nobody asks for ever."""
    _held(token, pks, tries=F("tries") + 1)


def renew(token: Any, *, now: datetime) -> None:
    """Hold on to everything of this claim for another lease."""
    _held(token, None, lease_until=now + LEASE)


def begin_call(token: Any, pks: Collection[int], *, out_id: str, now: datetime) -> list[int]:
    """Write down that the call is about to be made. Returns the rows that still are ours to send."""
    with transaction.atomic():
        mine = _lock(token, pks)
        Notice.objects.filter(pk__in=mine).update(
            called_at=now, out_id=out_id, lease_until=now + LEASE, tries=F("tries") + 1, doubts=F("doubts") + 1
        )
    return mine


def _held(holder: Any, pks: Collection[int] | None, *, called: bool | None = None, **values: Any) -> int:
    with transaction.atomic():
        mine = _lock(holder, pks, called=called)
        return Notice.objects.filter(pk__in=mine).update(**values) if mine else 0


def _lock(token: Any, pks: Collection[int] | None, *, called: bool | None = None) -> list[int]:
    """Lock what is ours and free. A row that another transaction holds is being taken back right now:
    to wait for it while holding others would be a deadlock."""
    rows = Notice.objects.filter(token=token, state=State.SENDING)
    if pks is not None:
        rows = rows.filter(pk__in=pks)
    if called is not None:
        rows = rows.filter(called_at__isnull=not called)
    skip = connection.features.has_select_for_update_skip_locked
    return list(rows.select_for_update(skip_locked=skip).values_list("pk", flat=True))


def recover(*, now: datetime) -> int:
    """Rows whose worker died or fell asleep. Those that may have left become unknown, the others wait again."""
    dead = Notice.objects.filter(state=State.SENDING, lease_until__lte=now)
    if not dead.exists():
        return 0
    back = dead.filter(called_at=None).update(state=State.QUEUED, next_try_at=now, **FREE)
    last = dead.filter(called_at__isnull=False, doubts__gte=MOST_DOUBTS).update(
        state=State.UNKNOWN, next_try_at=None, settled_at=now, **FREE, body=None,
        error="两次都没有回话",
    )  # fmt: skip
    asked = dead.filter(called_at__isnull=False).update(
        state=State.UNKNOWN, next_try_at=now + DOUBT_WAIT, **FREE, error="发送中断"
    )
    return back + last + asked


def somebody_calls(now: datetime) -> bool:
    """Whether another worker is at a gateway: one at a time, so that a slow one cannot take them all.

    A live worker renews its lease before each call, and a call ends within 15 seconds."""
    fresh = now + LEASE - CALL_AT_MOST
    return Notice.objects.filter(state=State.SENDING, channel__in=list(OUTSIDE), lease_until__gt=fresh).exists()
