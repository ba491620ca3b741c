"""Kinds of lines in the goods ledger, their signs, and the law: received = issued + left + lost, always.

What was moved from point to point nets to zero. A count that finds more was received; one that finds less is lost.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

MOST = 100_000  # pieces in one act; "1e9" is a slip of the finger


class Kind(StrEnum):
    RECEIVED = "received"
    MOVED_OUT = "moved_out"
    MOVED_IN = "moved_in"
    ISSUED = "issued"
    RETURNED = "returned"  # who got it gave it back
    COUNTED = "counted"  # the difference a count found, signed by two
    LOST = "lost"


PLUS = frozenset({Kind.RECEIVED, Kind.MOVED_IN, Kind.RETURNED})
MINUS = frozenset({Kind.MOVED_OUT, Kind.ISSUED, Kind.LOST})  # COUNTED goes either way


def signed(kind: Kind, quantity: int) -> int:
    """The change of what is left. `quantity` is 1 or more; a count hands in its difference with its sign."""
    return -quantity if kind in MINUS else quantity


@dataclass(frozen=True)
class Sums:
    """Pieces of one good: `moved` must be zero over all points of a campaign, at one point it is what came or went."""

    received: int = 0
    issued: int = 0
    lost: int = 0
    moved: int = 0

    @property
    def left(self) -> int:
        """What must be there by the lines."""
        return self.received + self.moved - self.issued - self.lost

    def plus(self, other: Sums) -> Sums:
        return Sums(self.received + other.received, self.issued + other.issued, self.lost + other.lost, self.moved + other.moved)


def sums(lines: Iterable[tuple[str, int]]) -> Sums:
    """Of (kind, change) as the ledger holds them; changes of one kind and one sign may come added up."""
    received = issued = lost = moved = 0
    for kind, change in lines:
        if kind == Kind.RECEIVED or (kind == Kind.COUNTED and change > 0):
            received += change
        elif kind in (Kind.ISSUED, Kind.RETURNED):
            issued -= change
        elif kind in (Kind.LOST, Kind.COUNTED):
            lost -= change
        else:
            moved += change
    return Sums(received, issued, lost, moved)


def balances(found: Sums, left: int) -> bool:
    """The law for one good of one campaign over all its points."""
    return found.moved == 0 and left >= 0 and found.received == found.issued + left + found.lost
