"""The one key of a notice: what makes the same message the same."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime

LONGEST = 200


def unique_key(
    *, template: str, kind: str, pk: str, round: int, clock: str, rung: str, due: datetime | None, recipient: str, channel: str
) -> str:
    """(kind, about, round, clock, rung, due, recipient, channel).

    For a rung of a clock the kind is the rung itself: words may change, a level goes out once. All else
    is told apart by its template. `recipient` is a person's id or the keyed index of an address."""
    what = "" if clock else template
    moment = f"{due.astimezone(UTC):%Y%m%dT%H%M%S}" if due else ""
    key = "|".join((what, kind, pk, str(round), clock, rung, moment, recipient, channel))
    if len(key) <= LONGEST:
        return key
    return hashlib.sha256(key.encode()).hexdigest()
