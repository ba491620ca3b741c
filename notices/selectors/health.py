"""Counts of the outbox for a monitor."""

from __future__ import annotations

from datetime import datetime, timedelta

from notices.models import Breaker, Hold, Notice
from notices.rules.states import State


def outbox_depth(*, now: datetime) -> dict[str, int]:
    """Gauges: messages that wait longer than they should, that failed, that nobody confirmed; gateways at rest."""
    return {
        "notices_late_2m": Notice.objects.filter(state=State.QUEUED, next_try_at__lt=now - timedelta(minutes=2)).count(),
        "notices_failed": Notice.objects.filter(state=State.FAILED).count(),
        "notices_unknown": Notice.objects.filter(state=State.UNKNOWN).count(),
        "notices_gateways_resting": Breaker.objects.filter(shut_until__gt=now).count(),
        "notices_held": Hold.objects.filter(ended_at=None).count(),
    }
