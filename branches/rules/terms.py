"""Terms of office, and the days on which their end is announced.

中国共产党支部工作条例（试行） Art. 25 lets a term last three to five years; the bureau's branches keep three. The reminders
leave time for what an election needs: a report to the committee, candidates, the meeting.
"""

from __future__ import annotations

from datetime import date, timedelta

from branches.rules.dates import add_years

YEARS = 3
REMIND_DAYS = (90, 30)  # days before the end, the earliest first


def ends(since: date) -> date:
    """The day on which a term that begins on `since` is over."""
    return add_years(since, YEARS)


def reminder_dates(term_ends: date) -> list[date]:
    """The days on which somebody is reminded, the earliest first."""
    return [term_ends - timedelta(days=days) for days in REMIND_DAYS]


def reminder_due(term_ends: date, today: date) -> int | None:
    """Which reminder holds today: 90 or 30 (days before), None before the first."""
    found = None
    for days, day in zip(REMIND_DAYS, reminder_dates(term_ends), strict=True):
        if day <= today:
            found = days
    return found


def days_left(term_ends: date, today: date) -> int:
    """Days until the term is over; negative once it is."""
    return (term_ends - today).days


def words(term_ends: date, today: date) -> str:
    """还剩 111 天 · 今天到期 · 已过期 3 天."""
    left = days_left(term_ends, today)
    if left > 0:
        return f"还剩 {left} 天"
    return "今天到期" if left == 0 else f"已过期 {-left} 天"
