"""Texts that were kept a while for the demo outbox, and numbers that worked again."""

from __future__ import annotations

from datetime import datetime, timedelta

from notices.models import Bounced, Notice, SmsDay
from notices.rules.states import State

SHOWN_FOR = timedelta(hours=1)


def wipe_bodies(*, now: datetime) -> int:
    """Codes disappear an hour after they were settled (only the demo keeps them that long)."""
    settled = [state for state in State if state not in (State.QUEUED, State.SENDING)]
    old = Notice.objects.filter(body__isnull=False, state__in=settled, settled_at__lte=now - SHOWN_FOR)
    return old.update(body=None)


def tidy(*, now: datetime) -> int:
    """Hourly."""
    gone = SmsDay.objects.filter(day__lt=(now - timedelta(days=400)).date()).delete()[0]
    gone += Bounced.objects.filter(last_at__lt=now - timedelta(days=180)).delete()[0]
    return gone + wipe_bodies(now=now)
