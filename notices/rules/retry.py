"""How long to wait before the next try, and how often to try at all."""

from __future__ import annotations

from datetime import timedelta

MOST_TRIES = 6
LEASE = timedelta(seconds=60)
ASIDE = timedelta(hours=1)  # a row that breaks its own calculation must not hold up the others
LONGEST = timedelta(hours=1)
DOUBT_WAIT = timedelta(seconds=60)  # how long a silent gateway gets before it is asked what became of it
MOST_DOUBTS = 2  # one call and at most one more: after that the row stays unknown and is listed
JITTER = 0.15
# 50 minutes to the sixth try (58 with all the jitter): within the hour a person sees what did not go out.
_GAPS = (30, 90, 270, 810, 1800)


def gap(tries: int, roll: float) -> timedelta:
    """The wait after the `tries`-th try failed. `roll` in [0, 1) spreads rows that failed together."""
    seconds = _GAPS[min(max(tries, 1), len(_GAPS)) - 1] * (1 + JITTER * roll)
    return min(timedelta(seconds=seconds), LONGEST)


def breaker_rest(failures: int, trips_at: int) -> timedelta:
    """How long a gateway rests after so many failures in a row: 30 s, doubling up to ten minutes."""
    return timedelta(seconds=min(30 * 2 ** max(0, failures - trips_at), 600))
