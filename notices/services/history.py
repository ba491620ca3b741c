"""Messages of a past that was loaded, not lived: they count as gone, and nothing of them is sent."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import DateTimeField, F, Q, Value
from django.db.models.functions import Coalesce, Least

from notices.models import Notice
from notices.rules.states import Channel, State


def settle_history(*, until: datetime, unread_since: datetime | None = None) -> int:
    """Whatever was made up to `until` and still waits is settled as sent when it might have left.

    In-app ones older than `unread_since` count as read a while later. Returns the rows settled."""
    waiting = Notice.objects.filter(Q(state=State.QUEUED) | Q(state=State.SENDING), made_at__lte=until)
    left_at = Least(Coalesce("next_try_at", "made_at"), Value(until, output_field=DateTimeField()))
    moved = waiting.update(
        state=State.SENT, settled_at=left_at, next_try_at=None, body=None, token=None, lease_until=None
    )
    if unread_since is not None:
        Notice.objects.filter(
            channel=Channel.INAPP, state=State.SENT, read_at=None, made_at__lt=unread_since
        ).update(read_at=F("made_at") + timedelta(minutes=40))
    return moved
