"""What every sweep does in this room: seal the audit log, at most once a minute."""

from __future__ import annotations

from datetime import datetime, timedelta

from accounts.models import AuditHead, AuditLine
from accounts.services import audit
from common import clock

EVERY = timedelta(minutes=1)


def seal_each_minute(now: datetime) -> int:
    """Seal what waits, unless a seal was made within this minute. Returns how many lines.

    A line is never older than a minute unsealed, and a busy sweep does not chain line by line."""
    head = AuditHead.objects.filter(day=clock.today(now)).values_list("made_at", flat=True).first()
    oldest = AuditLine.objects.filter(seq=None).order_by("id").values_list("at", flat=True).first()
    if oldest is None or (head is not None and timedelta(0) <= now - head < EVERY):
        return 0
    sealed = total = audit.seal(now=now)
    while sealed == audit.SEAL_BATCH:  # a storm of acts does not wait for the next minutes
        sealed = audit.seal(now=now)
        total += sealed
    return total
