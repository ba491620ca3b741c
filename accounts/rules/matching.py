"""Whether what somebody typed is what the register holds: compared in the same time whether or not it fits."""

from __future__ import annotations

import hmac
import re
import unicodedata

TAIL = 6
_TAIL_FORM = re.compile(r"[0-9]{5}[0-9X]")
_GAPS = re.compile(r"[\s·•・.]")


def plain_name(text: str | None) -> str:
    """A name without spaces and dots between its parts, full width made half."""
    return _GAPS.sub("", unicodedata.normalize("NFKC", text or "")).casefold()


def plain_tail(text: str | None) -> str:
    """Six signs, X in capitals; "" for what cannot be the end of a resident ID."""
    tail = re.sub(r"[\s\-]", "", unicodedata.normalize("NFKC", text or "")).upper()
    return tail if _TAIL_FORM.fullmatch(tail) else ""


def fits(*, name: str, tail: str, known_name: str, known_id: str) -> bool:
    """Both fit, and neither is empty. Both are compared, whatever the first one says."""
    wanted, kept = plain_name(name), plain_name(known_name)
    same_name = hmac.compare_digest(wanted.encode(), kept.encode())
    same_tail = hmac.compare_digest(plain_tail(tail).encode(), plain_tail(known_id[-TAIL:]).encode())
    return bool(wanted) and bool(plain_tail(tail)) and same_name & same_tail
