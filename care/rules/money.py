"""Money is whole fen. Kinds of the money ledger, their signs, and the law: put in = spent + left."""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import StrEnum

MOST_FEN = 100_000_000  # a million yuan in one act
_YUAN = re.compile(r"(\d{1,7})(?:\.(\d{1,2}))?")


class Entry(StrEnum):
    PUT_IN = "put_in"
    PAID = "paid"  # solatium, hardship
    PAID_BACK = "paid_back"
    PREMIUM = "premium"
    BOUGHT = "bought"  # goods of a campaign


IN = frozenset({Entry.PUT_IN, Entry.PAID_BACK})


def signed(entry: Entry, fen: int) -> int:
    """The change of what the fund holds."""
    return fen if entry in IN else -fen


def fen_of(yuan: str) -> int | None:
    """Fen of "500", "500.5", "1,200.00", "¥500"; None for anything else, never through a float."""
    plain = yuan.strip().removeprefix("¥").removeprefix("￥").replace(",", "").replace("，", "")
    found = _YUAN.fullmatch(plain) if plain.isascii() else None
    if found is None:
        return None
    return int(found[1]) * 100 + int((found[2] or "").ljust(2, "0"))


def yuan_words(fen: int) -> str:
    """Say "1,200.00" for 120000."""
    sign, fen = ("-" if fen < 0 else ""), abs(fen)
    return f"{sign}{fen // 100:,}.{fen % 100:02d}"


def balances(changes: Iterable[int], left_fen: int) -> bool:
    """The law for one fund: what its lines add up to is what it holds, and that is never below zero."""
    return left_fen >= 0 and sum(changes) == left_fen
