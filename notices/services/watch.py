"""The time of one run: the moment it was handed, and what has passed since, by a clock that never jumps."""

from __future__ import annotations

import time
from datetime import datetime, timedelta


class Watch:
    """`now()` moves on with the run; `over` when no further call may begin."""

    def __init__(self, start: datetime, *, seconds: float):
        self._start = start
        self._begun = time.monotonic()
        self._seconds = seconds

    def now(self) -> datetime:
        return self._start + timedelta(seconds=time.monotonic() - self._begun)

    @property
    def over(self) -> bool:
        return time.monotonic() - self._begun >= self._seconds


class Pace:
    """At most so many calls a second; 0 sets no limit. Good for one worker, and one at a time calls."""

    def __init__(self, per_second: int):
        self._gap = 1 / per_second if per_second else 0.0
        self._next = time.monotonic()

    def wait(self) -> None:
        """Sleep until the next call may begin."""
        time.sleep(max(0.0, self._next - time.monotonic()))
        self._next = max(self._next, time.monotonic() - self._gap) + self._gap
