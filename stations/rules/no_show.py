"""爽约: who did not come three times in thirty days books nothing ahead for a week; the door stays open to him."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

MOST, WITHIN, REST = 3, timedelta(days=30), timedelta(days=7)


def rests_until(missed: Sequence[datetime], now: datetime) -> datetime | None:
    """Until when nothing can be booked ahead, from the moments of bookings that were missed; None: at once."""
    recent = sorted(moment for moment in missed if now - WITHIN < moment <= now)
    if len(recent) < MOST:
        return None
    until = recent[-1] + REST
    return until if until > now else None
