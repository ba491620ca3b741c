"""The closure of an accused unit: who must never learn of the complaint.

信访工作条例 Arts 28, 30, 46: the unit or person complained of must not receive it, and whoever has an
interest steps back. Here that is the unit, all below it (posts, the Party branch it hosts), and those
above it that share its staff. It is computed at the time of reading from dated postings.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping


def ancestors(unit: int, parents: Mapping[int, int | None]) -> list[int]:
    """Units above `unit`, nearest first. A circle in the data ends the walk."""
    found: list[int] = []
    above = parents.get(unit)
    while above is not None and above not in found and above != unit:
        found.append(above)
        above = parents.get(above)
    return found


def descendants(unit: int, parents: Mapping[int, int | None]) -> set[int]:
    """Units below `unit`, at any depth."""
    return {other for other in parents if unit in ancestors(other, parents)}


def closure(
    unit: int, *, parents: Mapping[int, int | None], staff: Mapping[int, frozenset[int]]
) -> frozenset[int]:
    """Units that may not know of an appeal against `unit`.

    `parents`: unit -> unit above or None. `staff`: unit -> persons posted there now or within the
    months that still count.
    """
    below = descendants(unit, parents)
    own = frozenset().union(staff.get(unit, frozenset()), *(staff.get(low, frozenset()) for low in below))
    above = {high for high in ancestors(unit, parents) if staff.get(high, frozenset()) & own}
    return frozenset({unit} | below | above)


def barred(
    postings: Iterable[int], *, parents: Mapping[int, int | None], shares: Iterable[tuple[int, int]] = ()
) -> frozenset[int]:
    """Units an appeal against which is hidden from a person with these postings.

    The mirror of `closure`: a person posted to `p` is barred from appeals against `p`, against
    everything above `p`, and against any unit below `p` that shares staff with it. `shares` holds
    (above, below) pairs of units with a person in common.
    """
    mine = set(postings)
    result = set(mine)
    for unit in mine:
        result.update(ancestors(unit, parents))
    result.update(low for high, low in shares if high in mine)
    return frozenset(result)
