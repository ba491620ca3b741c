"""A phone is a channel, not a person: numbers are given back and sold again after some ninety days."""

from __future__ import annotations

from datetime import datetime, timedelta

SILENCE = timedelta(days=60)


def silent(last_proved: datetime | None, *, now: datetime, silence: timedelta = SILENCE) -> bool:
    """Whether the number may have changed hands since a code last proved it.

    An account that never proved its phone has nothing to hide yet: False."""
    return last_proved is not None and now - last_proved > silence


def hides(made_at: datetime, *, hidden_before: datetime | None) -> bool:
    """Whether a row made at `made_at` is out of sight for an account with hidden history."""
    return hidden_before is not None and made_at < hidden_before
