"""Opening one's own messages."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from accounts.rules.viewer import Viewer
from notices.models import Notice
from notices.rules.states import Channel, State


@transaction.atomic
def mark_read(*, by: Viewer, now: datetime, pks: Collection[int] | None = None) -> int:
    """Mark these of one's own messages as opened, all of them when none is named. Returns how many changed."""
    rows = Notice.objects.filter(channel=Channel.INAPP, state=State.SENT, recipient_id=by.person_id or 0, read_at=None)
    if pks is not None:
        rows = rows.filter(pk__in=list(pks))
    return rows.update(read_at=now)
