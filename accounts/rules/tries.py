"""How long an account waits after wrong passwords: growing, never for ever.

A lock without end would let anybody shut out anybody; a delay that grows stops guessing and still
lets the right person in from elsewhere once it is over.
"""

from __future__ import annotations

from datetime import timedelta

# After so many wrong tries in a row, so long a wait. Between two steps the lower one holds.
STEPS: tuple[tuple[int, timedelta], ...] = (
    (5, timedelta(seconds=30)),
    (6, timedelta(minutes=1)),
    (7, timedelta(minutes=2)),
    (8, timedelta(minutes=4)),
    (9, timedelta(minutes=8)),
    (10, timedelta(minutes=15)),
)
FORGET_AFTER = timedelta(days=1)
