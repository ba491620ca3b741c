"""Counts for a monitor: no viewer, because no row leaves here."""

from __future__ import annotations

from datetime import datetime, timedelta

from appeals.models import Appeal, Clock
from appeals.rules.life import State


def backlog(*, now: datetime) -> dict[str, int]:
    """Gauges: appeals nobody routed within 15 minutes, rungs that are late."""
    return {
        "appeals_unrouted_15m": Appeal.objects.filter(
            state=State.SUBMITTED, entered_at__lt=now - timedelta(minutes=15)
        ).count(),
        "rungs_late_2m": Clock.objects.filter(
            met_at=None, ended_at=None, next_rung_at__lt=now - timedelta(minutes=2)
        ).count(),
    }
