"""The monthly contact between a member and each of his five: when it is due, what may be said of it. Pure."""

from __future__ import annotations

from datetime import date, datetime, time

from branches.rules.dates import add_months
from common.clock import SHANGHAI

MONTHS = 1
MORNING = time(9)
LONGEST_NOTE = 1000
SAME_WITHIN_MINUTES = 10  # the same words again are a second tap, not a second talk


def next_due(moment: datetime) -> datetime:
    """A month after `moment`, in the morning, so that all of a day fall due at one time and make one reminder."""
    day = add_months(moment.astimezone(SHANGHAI).date(), MONTHS)
    return datetime.combine(day, MORNING, tzinfo=SHANGHAI)


def is_due(due_at: datetime | None, now: datetime) -> bool:
    """Whether the month is over."""
    return due_at is not None and due_at <= now


def month_begins(today: date) -> datetime:
    """The first moment of this month here."""
    return datetime.combine(today.replace(day=1), time(0), tzinfo=SHANGHAI)


def called(name: str) -> str:
    """王师傅: how one driver speaks to another; the given name stays out."""
    return f"{name.strip()[0]}师傅" if name.strip() else ""
