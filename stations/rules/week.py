"""The hours of a week as a person would say them: which days together, from when to when. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import time

from stations.rules.hours import Days, Row

Times = tuple[tuple[time, time], ...]


@dataclass(frozen=True)
class Group:
    """`days`: a word of Days for all days, working days, days off; else (first, last) weekday, 1 to 7."""

    days: str | tuple[int, int]
    times: Times


def grouped(rows: Sequence[Row]) -> list[Group]:
    """Rows of hours in as few groups as say the same: 周一到周六 8:30–17:00, 周日 9:00–12:00."""
    if not any(row.days.isdigit() for row in rows):
        found = {days: _times(rows, {days}) for days in (Days.ALL, Days.WORKDAY, Days.RESTDAY)}
        return [Group(days, times) for days, times in found.items() if times]
    special = [Group(days, times) for days in (Days.WORKDAY, Days.RESTDAY) if (times := _times(rows, {days}))]
    groups: list[Group] = []
    for day in range(1, 8):
        times = _times(rows, {Days.ALL, str(day)})
        if groups and groups[-1].times == times and isinstance(groups[-1].days, tuple):
            groups[-1] = Group((groups[-1].days[0], day), times)
        else:
            groups.append(Group((day, day), times))
    return special + [group for group in groups if group.times]


def _times(rows: Sequence[Row], days: set[str]) -> Times:
    return tuple(sorted({(row.opens, row.closes) for row in rows if row.days in days}))
