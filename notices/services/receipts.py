"""What a gateway tells later, by itself: it reached the phone, or it never will.

Receipts come late, twice and in the wrong order, so a state only moves forward: accepted, then failed, then
delivered. Whatever the order they come in, the end is the same.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from notices.models import Notice
from notices.rules.states import Channel, State
from notices.services import bounces
from notices.services.claims import FREE

DELIVERED, FAILED = "delivered", "failed"
RESULTS = (DELIVERED, FAILED)
# A row that was cancelled or superseded keeps saying so; that it arrived all the same is only noted.
_MAY_BECOME_SENT = (State.QUEUED, State.SENDING, State.UNKNOWN, State.SENT, State.FAILED)
_MAY_FAIL = (State.SENDING, State.UNKNOWN, State.SENT)


@transaction.atomic
def take(*, out_id: str, result: str, why: str = "", now: datetime) -> int:
    """Note one receipt. Returns how many rows it changed; none for a message that is not ours.

    Raises ValueError for a result that is neither delivered nor failed."""
    if result not in RESULTS:
        raise ValueError(f"unknown result {result[:20]!r}")
    rows = Notice.objects.filter(out_id=out_id, delivered_at=None).exclude(out_id="")
    if result == DELIVERED:
        return _delivered(rows, now)
    return _failed(rows, why, now)


def _delivered(rows, now: datetime) -> int:
    first = rows.select_related("recipient").first()
    if first is None:
        return 0
    moved = rows.filter(state__in=_MAY_BECOME_SENT).update(
        state=State.SENT, settled_at=now, next_try_at=None, called_at=None, error="", body=None, delivered_at=now, **FREE
    )
    if first.channel == Channel.SMS and _address(first):
        bounces.reached(_address(first))
    return moved + rows.update(delivered_at=now)


def _failed(rows, why: str, now: datetime) -> int:
    mine = list(rows.filter(state__in=_MAY_FAIL, called_at__isnull=False).select_related("recipient"))
    moved = Notice.objects.filter(pk__in=[row.pk for row in mine], delivered_at=None, state__in=_MAY_FAIL).update(
        state=State.FAILED, settled_at=now, next_try_at=None, error=why[:200] or "对方说没送到", body=None, **FREE
    )
    if moved and mine[0].channel == Channel.SMS and _address(mine[0]):
        bounces.failed(_address(mine[0]), mine, now=now)
    return moved


def _address(row: Notice) -> str:
    return row.address or (row.recipient.phone if row.recipient else "") or ""
