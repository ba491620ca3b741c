"""The day on which a branch talks about making a probationary member a full one.

中国共产党章程 Art. 7: the time of probation is one year; the branch decides in time once it is over.
"""

from __future__ import annotations

from datetime import date, timedelta

from branches.rules.dates import add_years

SOON = timedelta(days=30)


def decide_on(joined_on: date) -> date:
    """One year after joining as a probationary member."""
    return add_years(joined_on, 1)


def is_near(day: date | None, today: date) -> bool:
    """Whether the day has come or comes within a month."""
    return day is not None and day - SOON <= today
