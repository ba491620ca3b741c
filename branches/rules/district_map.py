"""Where each town lies, roughly: one tile of a grid for each place, west to east and north to south.

A cartogram of our own drawing: neighbours stand side by side, sizes say nothing. Places that are not named here go into
rows below, so that a new one is never missing.
"""

from __future__ import annotations

from collections.abc import Iterable

COLUMNS = 7
# code -> (column, row)
CELLS: dict[str, tuple[int, int]] = {
    "320312001": (1, 0), "320312002": (2, 0), "320312104": (3, 0), "320312006": (5, 0), "320312116": (6, 0),
    "320312102": (0, 1), "320312103": (1, 1), "320312105": (2, 1), "320312106": (3, 1), "320312003": (4, 1),
    "320312120": (5, 1), "320312403": (6, 1),
    "320312107": (1, 2), "320312108": (2, 2), "320312010": (3, 2), "320312007": (4, 2), "320312119": (5, 2),
    "320312118": (6, 2),
    "320312109": (2, 3), "320312009": (3, 3), "320312051": (4, 3), "320312004": (5, 3), "320312115": (6, 3),
    "320312052": (2, 4), "320312402": (3, 4), "320312111": (4, 4), "320312112": (5, 4), "320312114": (6, 4),
    "320312113": (5, 5),
}  # fmt: skip
SHORT = {"320312402": "高新区", "320312403": "经开区"}


def cells(codes: Iterable[str]) -> dict[str, tuple[int, int]]:
    """A tile for each code; those without one of their own follow below, row by row."""
    wanted = list(codes)
    found = {code: CELLS[code] for code in wanted if code in CELLS}
    below = max((row for _column, row in CELLS.values()), default=-1) + 1
    for number, code in enumerate(code for code in wanted if code not in CELLS):
        found[code] = (number % COLUMNS, below + number // COLUMNS)
    return found


def short_name(code: str, name: str) -> str:
    """The name as a tile has room for it: 茅村镇, 高新区."""
    return SHORT.get(code, name)[:6]
