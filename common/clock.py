"""The one place that reads the wall clock. Everything below a door is handed `now`."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC)


def local(moment: datetime) -> datetime:
    """The same moment as a clock on a wall in Xuzhou shows it."""
    return moment.astimezone(SHANGHAI)


def today(moment: datetime) -> date:
    """The date of `moment` in Xuzhou."""
    return local(moment).date()
