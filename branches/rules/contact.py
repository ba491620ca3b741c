"""Out of contact: six months without a word are flagged; people decide, never the machine.

中国共产党章程 Art. 9 (six months without taking part) and 中国共产党党员教育管理工作条例 (停止党籍 after six months out of
contact in spite of every search): both are decisions of the branch. The figure here only asks for one.
"""

from __future__ import annotations

from datetime import date, timedelta

from branches.rules.dates import add_months, months_between

MONTHS = 6


def flag_before(today: date) -> date:
    """Somebody last heard of on this day or earlier is out of contact on `today`."""
    day = add_months(today, -MONTHS) + timedelta(days=3)  # 31 August and six months are 28 February, too
    while add_months(day, MONTHS) > today:
        day -= timedelta(days=1)
    return day


def is_out(last: date, today: date) -> bool:
    """Whether six months have passed since `last` (the last contact, or the day on which he was verified)."""
    return add_months(last, MONTHS) <= today


def months_silent(last: date, today: date) -> int:
    return months_between(last, today)
