"""A gateway that fails again and again is left alone for a while, by every worker."""

from __future__ import annotations

from datetime import datetime

from django.db.models import F

from notices.models import Breaker
from notices.rules.retry import breaker_rest

TRIPS_AT = 5  # failures in a row


def shut_until(channel: str, *, now: datetime) -> datetime | None:
    """Until when this gateway rests; None when it may be called."""
    return Breaker.objects.filter(channel=channel, shut_until__gt=now).values_list("shut_until", flat=True).first()


def half_open(channel: str) -> bool:
    """It rested and has not answered well since: one message only, to see."""
    return Breaker.objects.filter(channel=channel, failures__gte=TRIPS_AT).exists()


def failed(channel: str, *, why: str, now: datetime) -> bool:
    """Count one failure; True when it now rests."""
    Breaker.objects.bulk_create([Breaker(channel=channel)], ignore_conflicts=True)
    Breaker.objects.filter(channel=channel).update(failures=F("failures") + 1, why=why[:200])
    failures = Breaker.objects.values_list("failures", flat=True).get(channel=channel)
    if failures < TRIPS_AT:
        return False
    Breaker.objects.filter(channel=channel).update(shut_until=now + breaker_rest(failures, TRIPS_AT))
    return True


def answered(channel: str) -> None:
    """It works again."""
    Breaker.objects.filter(channel=channel, failures__gt=0).update(failures=0, shut_until=None, why="")
