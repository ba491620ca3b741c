"""How a driver is found: the keys kept for him, and the key a question is turned into. One home for both."""

from __future__ import annotations

import re

_PLATE = re.compile(r"[\u4e00-\u9fff][A-Z][A-Z0-9]{4,6}[挂学警港澳]?$")
_PLATE_TAIL = re.compile(r"[A-Z0-9]{4,7}[挂学警港澳]?$")
_CHINESE = re.compile(r"[\u4e00-\u9fff·]+$")
LONGEST = 12


def keys_of(*, name: str, phone: str | None, plates: tuple[str, ...] = ()) -> set[str]:
    """Every key under which a driver is kept: two neighbouring characters and the whole of his name,
    the last four of his phone, his plates with and without the province."""
    plain = name.replace("·", "")
    keys = {f"n:{plain[at : at + 2]}" for at in range(len(plain) - 1)} | {f"n:{plain}"}
    if phone:
        keys.add(f"p:{phone[-4:]}")
    for plate in plates:
        keys |= {f"v:{plate}", f"v:{plate[2:]}"}
    return {key[:LONGEST] for key in keys if len(key) > 3}


def key_for(typed: str) -> str:
    """The key to look under, or "" when nothing can be found by it (one character, an odd mixture)."""
    text = re.sub(r"[\s\-]", "", typed).upper()
    if re.fullmatch(r"\d{4}", text):
        return f"p:{text}"
    if re.fullmatch(r"1\d{10}", text):
        return f"p:{text[-4:]}"
    if _PLATE.fullmatch(text) or (_PLATE_TAIL.fullmatch(text) and re.search(r"\d", text)):
        return f"v:{text}"[:LONGEST]
    plain = text.replace("·", "")
    if _CHINESE.fullmatch(text) and len(plain) >= 2:
        return f"n:{plain}"[:LONGEST]
    return ""
