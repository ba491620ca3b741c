"""Days and moments as people type them, keys as their forms send them. The other way round: common/words.py."""

from __future__ import annotations

import re
from datetime import date, datetime
from uuid import UUID, uuid4

from common.clock import SHANGHAI


def read_day(text: str) -> date:
    """"2026年11月23日", "2026-11-23" or "2026/11/23". Raises ValueError."""
    return date(*_numbers(text, 3))


def read_moment(text: str) -> datetime:
    """"2026年11月23日 14:30" or "2026-11-23T14:30", on the clocks of Xuzhou. Raises ValueError."""
    return datetime(*_numbers(text, 5), tzinfo=SHANGHAI)


def read_key(text: str) -> UUID:
    """The key of a form, so that what is sent twice is done once; a new one where somebody broke it."""
    try:
        return UUID(text)
    except ValueError:
        return uuid4()


def _numbers(text: str, count: int) -> list[int]:
    found = [int(digits) for digits in re.findall(r"\d+", text[:40])]
    if len(found) < count:
        raise ValueError(text[:40])
    return found[:count]
