"""Wrong passwords and second factors, counted in the database before the answer is known."""

from __future__ import annotations

import math
from datetime import datetime, timedelta

from django.db.models import Case, F, Value, When
from django.utils.translation import gettext as _

from accounts.models import WrongTries
from accounts.rules import tries as rules
from common.encryption import keyed_hmac
from common.errors import TooOften


class Locked(TooOften):
    """This account must wait; whether it exists is not said."""

    code = "locked"


def claim(purpose: str, who: str, *, now: datetime) -> int:
    """Count one try before it is checked, so that a thousand at once are a thousand tries.

    Returns how many there were in a row, this one included. Raises Locked while the account has to wait; such a try is not counted and not checked."""
    digest = keyed_hmac(who.strip().lower(), f"tries.{purpose}")
    WrongTries.objects.bulk_create([WrongTries(who=digest, wait_until=now, last_at=now)], ignore_conflicts=True)
    waits = [When(wrong__gte=count - 1, then=Value(now + wait)) for count, wait in reversed(rules.STEPS)]
    counted = WrongTries.objects.filter(who=digest, wait_until__lte=now).update(
        wrong=F("wrong") + 1, wait_until=Case(*waits, default=Value(now)), last_at=now
    )
    if not counted:
        until = WrongTries.objects.filter(who=digest).values_list("wait_until", flat=True).first() or now
        raise Locked(
            _("试得太多次了，请过一会儿再试"),
            retry_after=max(1, math.ceil((until - now) / timedelta(seconds=1))),
        )
    return WrongTries.objects.filter(who=digest).values_list("wrong", flat=True).first() or 1


def clear(purpose: str, who: str) -> None:
    """The right one came: start counting anew."""
    WrongTries.objects.filter(who=keyed_hmac(who.strip().lower(), f"tries.{purpose}")).delete()


def tidy(*, now: datetime) -> int:
    """Forget counters that nobody touched for a day."""
    return WrongTries.objects.filter(last_at__lt=now - rules.FORGET_AFTER).delete()[0]
