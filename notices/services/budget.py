"""How many SMS may leave on one day, counted in the database before the call."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from django.conf import settings
from django.db.models import F

from common import clock
from notices.models import SmsDay
from notices.rules.states import Rank

KEPT_FOR_WAITERS = 10  # one in ten is kept for codes, receipts and urgent ones


def spend(*, rank: int, now: datetime) -> bool:
    """Take one message out of today's budget; False when there is none for this rank."""
    limit = settings.SMS_DAILY_BUDGET
    if rank > Rank.WAITED_FOR:
        limit -= limit // KEPT_FOR_WAITERS
    day = SmsDay.objects.filter(day=clock.today(now), sent__lt=limit)
    if day.update(sent=F("sent") + 1):
        return True
    SmsDay.objects.bulk_create([SmsDay(day=clock.today(now))], ignore_conflicts=True)
    return bool(day.update(sent=F("sent") + 1))


def give_back(*, now: datetime) -> None:
    """The gateway certainly did not take it: it costs nothing."""
    SmsDay.objects.filter(day=clock.today(now), sent__gt=0).update(sent=F("sent") - 1)


def left(*, now: datetime) -> int:
    """Messages that may still leave today."""
    sent = SmsDay.objects.filter(day=clock.today(now)).values_list("sent", flat=True).first() or 0
    return max(0, settings.SMS_DAILY_BUDGET - sent)


def tomorrow(*, now: datetime) -> datetime:
    """When the next budget begins: 00:05 in Xuzhou, so that no clock a little behind misses it."""
    return datetime.combine(clock.today(now) + timedelta(days=1), time(0, 5), clock.SHANGHAI)


def seconds_to_tomorrow(*, now: datetime) -> int:
    return int((tomorrow(now=now) - now).total_seconds())
