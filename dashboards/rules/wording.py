"""0, 没有数据 and 还没到期 are three wordings; a share never stands without its two numbers."""

from __future__ import annotations

from enum import StrEnum

from dashboards.rules.shield import LIMIT, Shown


class Said(StrEnum):
    """What stands in the place of a number."""

    NUMBER = "number"
    ZERO = "zero"
    NO_DATA = "no_data"
    NOT_YET = "not_yet"
    FEW = "few"
    MANY = "many"


WORDS = {Said.NO_DATA: "没有数据", Said.NOT_YET: "还没到期", Said.FEW: "少于 5", Said.MANY: "5 以上"}


def said(value: int, denominator: int | None, *, coming: bool = False, shown: Shown = Shown.EXACT) -> Said:
    """Which of the wordings holds.

    An empty denominator: 还没到期 when something is `coming`, else 没有数据. A nought in front of a
    real denominator is a real nought.
    """
    if shown == Shown.FEW:
        return Said.FEW
    if shown == Shown.MANY:
        return Said.MANY
    if value == 0 and denominator == 0:
        return Said.NOT_YET if coming else Said.NO_DATA
    return Said.NUMBER if value else Said.ZERO


def share(value: int, denominator: int | None) -> str:
    """"94.4%". "" where a percentage would only dress up a handful (bar: 52); 0 % and 100 % only when true."""
    if not denominator or denominator < LIMIT:
        return ""
    tenths = (value * 2000 + denominator) // (2 * denominator)
    if 0 < value < denominator:
        tenths = min(999, max(1, tenths))
    whole, part = divmod(tenths, 10)
    return f"{whole}.{part}%" if part else f"{whole}%"
