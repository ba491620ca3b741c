"""横到边、纵到底: every place, every enterprise and every trade has exactly one branch; what has none or two is listed.

支部工作条例（试行） Art. 4 lets a branch be set up by unit or by area. Here an enterprise without a branch of its own falls to
the branch of its place; a trade has to be named.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

PLACE, ENTERPRISE, TRADE = "place", "enterprise", "trade"
KINDS = (PLACE, ENTERPRISE, TRADE)
OFFICE = "office"  # by the place that his enterprise lies in


@dataclass(frozen=True)
class Key:
    """Something to be covered. `place`: code of the place that an enterprise lies in, if known."""

    kind: str
    key: str
    name: str
    place: str = ""


@dataclass(frozen=True)
class Line:
    """A key with the branches it falls to: one is right, none a gap, several an overlap."""

    key: Key
    branches: tuple[int, ...]
    by_place: bool = False  # through its place, not by a row of its own

    @property
    def is_gap(self) -> bool:
        return not self.branches

    @property
    def is_overlap(self) -> bool:
        return len(self.branches) > 1


def settle(keys: Iterable[Key], rows: Iterable[tuple[str, str, int]]) -> list[Line]:
    """Each key once, in the order given, with the branches that open `rows` (kind, key, branch) give it."""
    found: dict[tuple[str, str], list[int]] = {}
    for kind, key, branch in rows:
        held = found.setdefault((kind, key), [])
        if branch not in held:
            held.append(branch)
    return [_line(key, found) for key in dict.fromkeys(keys)]


def _line(key: Key, found: Mapping[tuple[str, str], list[int]]) -> Line:
    own = found.get((key.kind, key.key), [])
    if own or key.kind != ENTERPRISE or not key.place:
        return Line(key, tuple(sorted(own)))
    above = found.get((PLACE, key.place), [])
    return Line(key, tuple(sorted(above)), by_place=bool(above))


@dataclass(frozen=True)
class Falls:
    """To which branch somebody falls, and by which kind of row. Without a branch: nobody covers him (`by` is empty),
    or by that kind several do, and people settle it."""

    branch: int | None
    by: str = ""


def falls_to(rows: Mapping[tuple[str, str], Iterable[int]], *, enterprise: str = "", trade: str = "", place: str = "", office: str = "") -> Falls:
    """Enterprise, place, trade, in the order of the zones (1+N) and of the proposals: a row that names his enterprise is an
    exception that somebody made, the place he lives in is the squad's area, the trade counts where nobody knows his place.
    An enterprise without a row falls to the branch of its place (`office`), if he has said no place himself.

    Of several branches by one kind those count that a later kind gives him, too.
    `rows`: (kind, key) -> branches of the open rows; codes of enterprise and places, words of the trade, "" for none."""
    asked = (ENTERPRISE, enterprise, ENTERPRISE), (PLACE, place, PLACE), (PLACE, "" if place else office, OFFICE), (TRADE, trade, TRADE)
    first, left = "", set()
    for kind, key, by in asked:
        found = set(rows.get((kind, key), ())) if key else set()
        if found and not first:
            first, left = by, found
        elif len(left) > 1 and found & left:
            left &= found
    return Falls(left.pop() if len(left) == 1 else None, first)


def gaps(lines: Iterable[Line]) -> list[Line]:
    return [line for line in lines if line.is_gap]


def overlaps(lines: Iterable[Line]) -> list[Line]:
    return [line for line in lines if line.is_overlap]
