"""Small cells: under five nobody reads how many, not by subtraction either (bar: T2, 52).

Cells of one table add up to a known total. Hiding the small ones is not enough when one alone is hidden,
or when what is left over forces its value; then the smallest of the others is hidden too and reads
«5 以上», which is true and leaves room. Where nothing is left to hide behind, noughts read 少于 5 too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

LIMIT = 5


class Shown(StrEnum):
    """How a cell is read: the number itself, 少于 5, or 5 以上."""

    EXACT = "exact"
    FEW = "few"
    MANY = "many"


@dataclass(frozen=True)
class Shield:
    """How the cells of one table are shown. `zero` is for cells that hold nothing: EXACT (a real nought), or
    FEW where a nought would give a small one away; then small ones are not listed by name either."""

    shown: Mapping[str, Shown]
    zero: Shown = Shown.EXACT

    def of(self, name: str) -> Shown:
        return self.shown.get(name, self.zero)


OPEN = Shield({})  # for those who may open every case


def shield(values: Mapping[str, int]) -> Shield:
    """How each cell of one table is shown, its total being known. Cells of nought may be left out of `values`."""
    few = [key for key, value in values.items() if 0 < value < LIMIT]
    shown = {key: Shown.FEW if key in few else Shown.EXACT for key, value in values.items() if value}
    if not few:
        return Shield(shown)
    many: list[str] = []
    rest = sorted((value, key) for key, value in values.items() if value >= LIMIT)
    while not _safe(values, few, many) and rest:
        many.append(rest.pop(0)[1])
        shown[many[-1]] = Shown.MANY
    return Shield(shown, Shown.EXACT if _safe(values, few, many) else Shown.FEW)


def _safe(values: Mapping[str, int], few: list[str], many: list[str]) -> bool:
    """Whether every small cell could still be two different numbers, given what is left over."""
    left = sum(values[key] for key in (*few, *many))
    if many:
        return left > LIMIT * len(many) + len(few)
    return len(few) >= 2 and len(few) < left < (LIMIT - 1) * len(few)
