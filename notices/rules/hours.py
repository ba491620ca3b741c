"""When a message may leave the house. Pure: the calendar is handed in."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from common.clock import SHANGHAI
from common.workdays import Calendar
from notices.rules.states import Hours

OPENS, MORNING, SHUTS = time(8), time(9), time(20)
_DAY = timedelta(days=1)


def next_allowed(hours: str, moment: datetime, calendar: Calendar) -> datetime:
    """`moment` when a message of these hours may leave then, else the first moment at which it may."""
    if hours == Hours.ANY:
        return moment
    opens = MORNING if hours == Hours.MORNING else OPENS
    local = moment.astimezone(SHANGHAI)
    day = local.date()
    if calendar.works(day) and local.time() < SHUTS:
        return max(local, datetime.combine(day, opens, SHANGHAI))
    return datetime.combine(calendar.add_working_days(day, 1), opens, SHANGHAI)
