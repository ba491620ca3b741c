"""Charts as numbers for SVG attributes: no style, no script. Each has a sentence and a table with the same numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

PLOT, TOP = 138, 22  # px of the bars, and of the room above them for a label
STEPS = (1, 2, 5, 10, 20, 25, 50, 100, 200, 250, 500, 1000, 2000, 2500, 5000, 10_000)
GAP = 2  # px between the parts of a bar, since c1 and c2 are too near for colour alone


@dataclass(frozen=True)
class Bar:
    """One column of two parts, in px from the top of the picture: `whole` in time below, `late` above."""

    whole_y: int
    whole_height: int
    late_y: int
    late_height: int
    label: str = ""
    label_y: int = 0


@dataclass(frozen=True)
class Line:
    """One line of the grid with what stands beside it."""

    y: int
    word: str


@dataclass(frozen=True)
class Columns:
    """Bars beside each other from nought, with at most three lines above it."""

    bars: list[Bar]
    lines: list[Line]
    height: int = PLOT + TOP + 4


def columns(parts: Sequence[tuple[int, int]], *, unit: str, labels: Sequence[str]) -> Columns:
    """Bars of (in time, late); `labels` stand above those the sentence speaks of."""
    most = max((sum(part) for part in parts), default=0)
    step = next((step for step in STEPS if most <= 3 * step), most // 3 + 1)
    top = max(step * -(-most // step), step)
    base = TOP + PLOT

    def px(value: int) -> int:
        return max(round(PLOT * value / top), 2) if value else 0

    bars = []
    for (whole, late), label in zip(parts, labels, strict=True):
        low, high = px(whole), px(late)
        gap = GAP if whole and late else 0
        late_y = base - low - gap - high
        bars.append(Bar(base - low, low, late_y, high, label, late_y - 6))
    lines = [Line(base - round(PLOT * value / top), f"{value:,} {unit}") for value in range(0, top + 1, step)]
    return Columns(bars, lines)


@dataclass(frozen=True)
class Piece:
    """One part of a strip: where it starts and how wide it is, in per cent of the whole."""

    key: str
    x: float
    width: float


def strip(parts: Sequence[tuple[str, int]]) -> list[Piece]:
    """Parts of a whole beside each other; nothing for an empty whole."""
    whole = sum(value for _key, value in parts)
    pieces, at = [], 0.0
    for key, value in parts:
        if value:
            width = 100 * value / whole
            pieces.append(Piece(key, round(at, 2), round(max(width - 0.3, 0.2), 2)))
            at += width
    return pieces


def width(value: int, most: int) -> float:
    """The length of a bar in per cent of the longest, from nought."""
    return round(100 * value / most, 1) if most else 0
