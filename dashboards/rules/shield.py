"""Small cells: under five nobody reads how many, not by subtraction either (bar: T2, 52).

Cells of one table add up to a known total. Hiding the small ones is not enough when one alone is hidden,
or when what is left over forces its value; then the smallest of the others is hidden too and reads
«5 以上», which is true and leaves room.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

LIMIT = 5


class Shown(StrEnum):
    """How a cell is read: the number itself, 少于 5, or 5 以上."""

    EXACT = "exact"
    FEW = "few"
    MANY = "many"


def shield(values: Mapping[str, int]) -> dict[str, Shown]:
    """How each cell of one table is shown, its total being known."""
    few = {key for key, value in values.items() if 0 < value < LIMIT}
    shown = {key: Shown.FEW if key in few else Shown.EXACT for key in values}
    if not few:
        return shown
    many: set[str] = set()
    rest = sorted((value, key) for key, value in values.items() if value >= LIMIT)
    while not _safe(values, few, many):
        if rest:
            key = rest.pop(0)[1]
            many.add(key)
            shown[key] = Shown.MANY
            continue
        zeros = {key for key, value in values.items() if value == 0}  # a nought under the same word gives room
        shown.update(dict.fromkeys(zeros, Shown.FEW))
        break
    return shown


def _safe(values: Mapping[str, int], few: set[str], many: set[str]) -> bool:
    """Whether every small cell could still be two different numbers, given what is left over."""
    left = sum(values[key] for key in few | many)
    if many:
        return left >= LIMIT * len(many) + len(few) + 1
    return len(few) >= 2 and len(few) < left < (LIMIT - 1) * len(few)
