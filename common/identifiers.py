"""Phones, resident IDs, credit codes and plates: as people write them, made one form and checked.

`check_*` returns the canonical form or raises DomainError in Chinese; `is_*` only says yes or no.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import date
from operator import mul

from django.utils.translation import gettext as _

from common.errors import DomainError
from common.masks import PROVINCES

# GB/T 2260, first two digits; 81 to 83 are the residence permits of Hong Kong, Macau and Taiwan,
# 91 the permanent residence card of foreigners.
_PLACE_RANGES = ((11, 15), (21, 23), (31, 37), (41, 46), (50, 54), (61, 65), (71, 71), (81, 83), (91, 91))
_PLACES = frozenset(str(code) for first, last in _PLACE_RANGES for code in range(first, last + 1))
_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_FORM = re.compile(r"[0-9]{17}[0-9X]")
_ID_CHECKS = "10X98765432"
_USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_USCC_WEIGHTS = tuple(pow(3, place, 31) for place in range(17))
# GA 36: no I and no O in the serial. A trailer and a learner's car end in a character.
_PLATE_PLAIN = re.compile(r"[A-HJ-NP-Z0-9]{5}|[A-HJ-NP-Z0-9]{4}[挂学警港澳]")
_PLATE_NEW_ENERGY = re.compile(r"[A-HJK][A-HJ-NP-Z0-9]\d{4}|\d{5}[A-HJK]")
_JOINTS = re.compile(r"[\s\-‐-―_()·•.・,]")


def check_phone(text: str, *, field: str | None = "phone") -> str:
    """A mainland mobile number as 11 digits; takes spaces, dashes, full-width digits, +86."""
    phone = _squeeze(text)
    if not phone:
        raise _wrong(_("请填手机号"), field, "required")
    phone = re.sub(r"^(?:\+86|0086|86(?=\d{11}$))", "", phone)
    if not re.fullmatch(r"[0-9]+", phone):
        raise _wrong(_("手机号只能是数字，请再看一遍"), field)
    if phone.startswith("0"):
        raise _wrong(_("这像是固定电话，请填 11 位手机号"), field)
    if len(phone) != 11:
        raise _wrong(_("手机号是 11 位，您填了 %(count)d 位") % {"count": len(phone)}, field)
    if not re.match(r"1[3-9]", phone):
        raise _wrong(_("手机号要以 13 到 19 开头，请再看一遍"), field)
    return phone


def phone_e164(phone: str) -> str:
    """+8613812345678 for a phone that `check_phone` takes."""
    return f"+86{check_phone(phone)}"


def check_resident_id(text: str, *, field: str | None = "resident_id", today: date | None = None) -> str:
    """An 18-character resident ID (GB 11643) with a capital X.

    The place, the birth date (real; not after `today` when that is given) and the last character
    are checked."""
    number = _squeeze(text).upper()
    if not number:
        raise _wrong(_("请填身份证号"), field, "required")
    if len(number) == 15 and number.isdigit():
        raise _wrong(_("15 位的旧身份证号已经停用，请填 18 位的"), field)
    if len(number) != 18:
        raise _wrong(_("身份证号是 18 位，您填了 %(count)d 位") % {"count": len(number)}, field)
    if not re.fullmatch(r"[0-9]{17}[0-9X]", number):
        raise _wrong(_("身份证号前 17 位是数字，最后一位是数字或 X"), field)
    if number[:2] not in _PLACES:
        raise _wrong(_("身份证号开头的地区不存在，请检查前两位"), field)
    born = _birth(number)
    if born is None or born.year < 1900 or (today is not None and born > today):
        raise _wrong(_("身份证号里的出生日期不存在，请检查第 7 到 14 位"), field)
    total = sum(int(digit) * weight for digit, weight in zip(number, _ID_WEIGHTS, strict=False))
    if _ID_CHECKS[total % 11] != number[17]:
        raise _wrong(_("身份证号最后一位对不上，请检查有没有填错"), field)
    return number


def resident_id_fault(number: str) -> str:
    """ "length", "birthdate" or "checksum", the first that is wrong with a squeezed number; "" when it is right.

    The place is not looked at: a place code that no longer exists is no fault of the person who bears it."""
    if not _ID_FORM.fullmatch(number):
        return "length"
    if _birth(number) is None:
        return "birthdate"
    total = sum(map(mul, map(int, number[:17]), _ID_WEIGHTS))
    return "" if _ID_CHECKS[total % 11] == number[17] else "checksum"


def birth_date(resident_id: str) -> date:
    """The birth date in a resident ID. Raises DomainError as `check_resident_id`."""
    number = check_resident_id(resident_id)
    return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))


def check_uscc(text: str, *, field: str | None = "uscc") -> str:
    """A unified social credit code (GB 32100): 18 characters, the last one a check character."""
    code = _squeeze(text).upper()
    if not code:
        raise _wrong(_("请填统一社会信用代码"), field, "required")
    if len(code) != 18:
        raise _wrong(_("统一社会信用代码是 18 位，您填了 %(count)d 位") % {"count": len(code)}, field)
    if any(letter in "IOSVZ" for letter in code):
        raise _wrong(_("统一社会信用代码里没有 I、O、S、V、Z，请看是不是数字 1、0、5、2"), field)
    if not re.fullmatch(rf"[{_USCC_ALPHABET}]{{2}}[0-9]{{6}}[{_USCC_ALPHABET}]{{10}}", code):
        raise _wrong(_("统一社会信用代码只有数字和大写字母，第 3 到 8 位是数字"), field)
    total = sum(_USCC_ALPHABET.index(c) * weight for c, weight in zip(code, _USCC_WEIGHTS, strict=False))
    if _USCC_ALPHABET[-total % 31] != code[17]:
        raise _wrong(_("统一社会信用代码最后一位对不上，请检查有没有填错"), field)
    return code


def check_plate(text: str, *, field: str | None = "plate") -> str:
    """A vehicle plate without its dot, in capitals: 苏C12345, or 苏CD12345 for new energy."""
    plate = _squeeze(text).upper()
    if not plate:
        raise _wrong(_("请填车牌号"), field, "required")
    if plate[0] not in PROVINCES:
        raise _wrong(_("车牌要以省份简称开头，例如 苏C·12345"), field)
    if not re.match(r"[A-HJ-NP-Z]", plate[1:]):
        raise _wrong(_("车牌第二位是字母（没有 I 和 O），例如 苏C·12345"), field)
    serial = plate[2:]
    if len(serial) not in (5, 6):
        words = _("车牌字母后面是 5 位（新能源 6 位），您填了 %(count)d 位")
        raise _wrong(words % {"count": len(serial)}, field)
    if len(serial) == 5 and not _PLATE_PLAIN.fullmatch(serial):
        raise _wrong(_("车牌后几位只有数字和字母，没有 I 和 O，请看是不是 1 和 0"), field)
    if len(serial) == 6 and not _PLATE_NEW_ENERGY.fullmatch(serial):
        raise _wrong(_("6 位的是新能源车牌，例如 苏C·D12345；请看是不是多填了一位"), field)
    return plate


def shown_plate(plate: str) -> str:
    """苏C·12345 for the canonical 苏C12345."""
    return f"{plate[:2]}·{plate[2:]}" if len(plate) > 2 else plate


def is_phone(text: str) -> bool:
    """True when `check_phone` would take it."""
    return _passes(check_phone, text)


def is_resident_id(text: str) -> bool:
    """True when `check_resident_id` would take it."""
    return _passes(check_resident_id, text)


def is_uscc(text: str) -> bool:
    """True when `check_uscc` would take it."""
    return _passes(check_uscc, text)


def is_plate(text: str) -> bool:
    """True when `check_plate` would take it."""
    return _passes(check_plate, text)


def _passes(check: Callable[[str], str], text: str) -> bool:
    try:
        check(text)
    except DomainError:
        return False
    return True


def _squeeze(text: str | None) -> str:
    """Full width to half width, and out with spaces, dashes, dots and marks that nobody sees."""
    if text and text.isascii() and text.isalnum():
        return text
    plain = unicodedata.normalize("NFKC", text or "")
    plain = "".join(c for c in plain if unicodedata.category(c) not in ("Cf", "Cc"))
    return _JOINTS.sub("", plain)


def _birth(number: str) -> date | None:
    try:
        return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None


def _wrong(message: str, field: str | None, code: str = "invalid") -> DomainError:
    return DomainError(message, field=field, code=code)


def small_number(text: str) -> int | None:
    """A whole number of at most nine plain digits; None for anything else, "²" and five thousand nines among it."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
