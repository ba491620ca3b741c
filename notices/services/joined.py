"""Two Persons were one human: his messages are his."""

from __future__ import annotations

from datetime import datetime

from accounts.models import Person
from notices.models import Notice


def move(*, old: Person, new: Person, now: datetime) -> None:
    """Sent and waiting ones alike; `unique_key` stays what it was, or the same message could go out twice."""
    Notice.objects.filter(recipient=old).update(recipient=new)
