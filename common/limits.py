"""How often somebody may do something, counted in the database.

A window opens with the first hit and ends after its length; the counter then starts anew. Each
hit is one statement, so parallel hits on many workers can never pass the limit together.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.utils.translation import gettext as _

from common.encryption import keyed_hmac
from common.errors import TooOften
from common.limit_models import RateHit

Limit = tuple[int, timedelta]


def hit(
    purpose: str,
    who: str,
    *,
    now: datetime,
    limits: Sequence[Limit],
    message: str = "",
    field: str | None = None,
    durable: bool = True,
) -> None:
    """Count one act of `who`, or refuse it when any of `limits` ((count, length), ...) is reached.

    A refused act counts nowhere. One query, two when refused. `durable` (the default) insists on
    being called outside a transaction: a count that a later error rolls back limits nobody. Pass
    False only where the thing that is limited lies in the same transaction.

    Raises TooOften with `retry_after` in seconds; RuntimeError inside a transaction."""
    digest = _digest(purpose, who)
    rows = sorted((max(1, int(length.total_seconds())), count) for count, length in limits)
    shut = [seconds for seconds, count in rows if count <= 0]
    if shut:
        raise _refusal(max(shut), message, field)
    with transaction.atomic(durable=durable, savepoint=False):
        taken = _count(purpose, digest, rows, now)
        ends = [] if len(taken) == len(rows) else _give_back(purpose, digest, rows, taken)
    if ends:
        wait = max((end - now).total_seconds() for end in ends)
        raise _refusal(max(1, math.ceil(wait)), message, field)


def clear(purpose: str, who: str) -> None:
    """Forget what was counted, e.g. after the right code."""
    RateHit.objects.filter(purpose=purpose, who=_digest(purpose, who)).delete()


def sweep_old(now: datetime) -> int:
    """Delete the counters whose window has ended; returns how many."""
    return RateHit.objects.filter(ends_at__lte=now).delete()[0]


def _digest(purpose: str, who: str) -> str:
    return keyed_hmac(who, f"limit:{purpose}")


def _count(purpose: str, digest: str, rows: list[tuple[int, int]], now: datetime) -> set[int]:
    """Add one to every counter that is not full; returns the lengths of those that took it.

    The rows come sorted, so that two hits lock them in the same order."""
    connection = connections[DEFAULT_DB_ALIAS]
    moment = connection.ops.adapt_datetimefield_value
    values = ", ".join(["(%s, %s, %s, %s, 1)"] * len(rows))
    cases = " ".join(["WHEN %s THEN %s"] * len(rows))
    params: list[object] = []
    for seconds, _limit in rows:
        params += [purpose, digest, seconds, moment(now + timedelta(seconds=seconds))]
    params += [moment(now)] * 3
    for seconds, limit in rows:
        params += [seconds, limit]
    # Only the table's own name and placeholders are put together here, never a value.
    statement = f"""
        INSERT INTO common_ratehit AS kept (purpose, who, seconds, ends_at, count) VALUES {values}
        ON CONFLICT (purpose, who, seconds) DO UPDATE SET
            count = CASE WHEN kept.ends_at <= %s THEN 1 ELSE kept.count + 1 END,
            ends_at = CASE WHEN kept.ends_at <= %s THEN excluded.ends_at ELSE kept.ends_at END
        WHERE kept.ends_at <= %s OR kept.count < CASE kept.seconds {cases} END
        RETURNING seconds"""  # nosec B608
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return {seconds for (seconds,) in cursor.fetchall()}


def _give_back(purpose: str, digest: str, rows: list[tuple[int, int]], taken: set[int]) -> list[datetime]:
    """Take the refused hit back from the counters that had room; returns when the full ones end."""
    lengths = [seconds for seconds, _limit in rows]
    marks = ", ".join(["%s"] * len(lengths))
    back = [1 if seconds in taken else 0 for seconds in lengths]
    cases = " ".join(["WHEN %s THEN %s"] * len(lengths))
    statement = f"""
        UPDATE common_ratehit SET count = count - CASE seconds {cases} ELSE 0 END
        WHERE purpose = %s AND who = %s AND seconds IN ({marks})
        RETURNING id, seconds, ends_at"""  # nosec B608
    pairs = [number for pair in zip(lengths, back, strict=True) for number in pair]
    params = [*pairs, purpose, digest, *lengths]
    kept = list(RateHit.objects.raw(statement, params))
    return [row.ends_at for row in kept if row.seconds not in taken]


def _refusal(seconds: int, message: str, field: str | None) -> TooOften:
    words = message or _("太频繁了，请%(wait)s后再试") % {"wait": _wait(seconds)}
    return TooOften(words, retry_after=seconds, field=field)


def _wait(seconds: int) -> str:
    if seconds < 60:
        return _(" %(n)d 秒") % {"n": seconds}
    if seconds < 3600:
        return _(" %(n)d 分钟") % {"n": math.ceil(seconds / 60)}
    return _(" %(n)d 小时") % {"n": math.ceil(seconds / 3600)}
