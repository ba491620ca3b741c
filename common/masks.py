"""What is shown of a phone, an ID number, a name or a plate to those who need not know it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NoReturn

PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"


def mask_phone(value: str | None) -> str:
    """138****5678. Shorter numbers lose all but their first three digits, or everything."""
    text = _squeezed(value)
    if len(text) >= 11:
        return f"{text[:3]}****{text[-4:]}" if len(text) == 11 else f"{text[:-8]}****{text[-4:]}"
    return f"{text[:3]}****" if len(text) >= 7 else "****" if text else ""


def mask_id(value: str | None) -> str:
    """3203**********802X: four and four; anything shorter than a whole number is all stars."""
    text = _squeezed(value)
    if len(text) < 15:
        return "*" * len(text)
    return text[:4] + "*" * (len(text) - 8) + text[-4:]


def mask_name(value: str | None) -> str:
    """张*: the first character and always one star, so the length tells nothing."""
    text = (value or "").strip()
    return f"{text[0]}*" if text else ""


def mask_mail(value: str | None) -> str:
    """z***@example.cn: the first character and the host."""
    name, _at, host = (value or "").strip().rpartition("@")
    return f"{name[0]}***@{host}" if name and host else "***" if host else ""


def mask_plate(value: str | None) -> str:
    """苏C***45: place, three stars, the last two."""
    text = re.sub(r"[·•.・]", "", _squeezed(value))
    if len(text) < 6:
        return "***" if text else ""
    return f"{text[:2]}***{text[-2:]}"


def _squeezed(value: str | None) -> str:
    return re.sub(r"[\s\-]", "", value or "")


class Masked:
    """A value that shows its mask wherever it is printed, formatted or logged.

    The clear text comes out by `.clear()` alone, so that each place that shows it can be found
    by searching for that word. Not a str: joining, slicing and JSON refuse it.
    """

    __slots__ = ("__clear", "__shown")

    def __init__(self, clear: str, mask: Callable[[str], str]):
        self.__clear = clear
        self.__shown = mask(clear)

    def clear(self) -> str:
        """The value itself."""
        return self.__clear

    def __str__(self) -> str:
        return self.__shown

    def __repr__(self) -> str:
        return f"<Masked {self.__shown}>"

    def __format__(self, spec: str) -> str:
        return format(self.__shown, spec)

    def __bool__(self) -> bool:
        return bool(self.__clear)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Masked):
            return NotImplemented
        return self.__clear == other.__clear

    def __hash__(self) -> int:
        return hash(self.__clear)

    def __copy__(self) -> Masked:
        return self

    def __deepcopy__(self, memo: object) -> Masked:
        return self

    def __reduce__(self) -> NoReturn:
        raise TypeError("a masked value is not pickled: it would travel in the clear")


# A number begins here: no digit before it, or only the tail of %20 or of a JSON \u escape.
_START = r"(?:(?<![0-9])|(?<=%[0-9A-Fa-f]{2})|(?<=\\u[0-9A-Fa-f]{4}))"
_GAP = r"[ \-]?"
_ID = re.compile(
    _START
    + rf"[1-9]\d{{5}}{_GAP}(?:18|19|20)\d{{2}}{_GAP}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
    + rf"{_GAP}\d{{3}}[\dXx](?![0-9])"
)
_OLD_ID = re.compile(_START + r"[1-9]\d{7}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}(?![0-9A-Za-z])")
_PHONE = re.compile(_START + rf"(?:(?:\+|00|%2B)?86{_GAP})?(1[3-9]\d){_GAP}\d{{4}}{_GAP}(\d{{4}})(?![0-9])")
# The province may come percent-encoded or as a JSON escape; two digits keep words out of it.
_PLATE = re.compile(
    rf"([{PROVINCES}]|\\u[0-9A-Fa-f]{{4}}|(?:%[0-9A-Fa-f]{{2}}){{3}})([A-Za-z])"
    r"(?:[ \-·•.・]|%C2%B7|\\u00b7)?(?=[A-Za-z]*\d[A-Za-z]*\d)"
    r"[A-Za-z0-9]{2,4}([A-Za-z0-9]{2}|[A-Za-z0-9][挂学警港澳])(?![A-Za-z0-9])"
)


def scrub(text: str) -> str:
    """`text` with every phone, ID number and plate in it masked; for log lines."""
    text = _ID.sub(lambda m: mask_id(m[0]), text)
    text = _OLD_ID.sub(lambda m: mask_id(m[0]), text)
    text = _PHONE.sub(r"\1****\2", text)
    return _PLATE.sub(r"\1\2***\3", text)
