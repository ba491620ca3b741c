"""One row of the census: taken with its values and what to look at again, or not taken for the first of ten reasons.

Nothing is guessed: a letter is never read as a digit, a missing suffix or province is never supplied, the name of
the sheet decides no place. What is doubtful but possible is taken, with a warning.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

from common.errors import DomainError
from common.identifiers import check_phone, check_plate, is_uscc, resident_id_fault
from common.sheet_tables import cell_date, cell_text, plain
from common.sheet_walk import SheetReport, check_extra, nothing_found, walk
from common.sheets import Cell, CellError, Sheet
from members.rules.census_columns import CENSUS, LABELS
from members.rules.census_words import WARNINGS, reason_field, reason_words, warning_words

MEMBER, PROBATIONARY = "中共党员", "预备党员"
CLAIMED = frozenset({MEMBER, PROBATIONARY})  # a claim, never a fact
_STATUS = {
    **dict.fromkeys(("中共党员", "党员", "中国共产党党员", "中共正式党员", "正式党员", "共产党员", "是"), MEMBER),
    **dict.fromkeys(("预备党员", "中共预备党员", "中国共产党预备党员"), PROBATIONARY),
    **dict.fromkeys(("共青团员", "团员", "中国共产主义青年团团员"), "共青团员"),
    **dict.fromkeys(("群众", "普通群众"), "群众"),
    **dict.fromkeys(("非党员", "否", "不是"), "非党员"),
    **{one: one for one in ("民革党员", "民盟盟员", "民建会员", "民进会员", "农工党党员", "致公党党员", "九三学社社员", "台盟盟员", "无党派人士")},
}  # fmt: skip
_NONE = frozenset({"", "无", "没有", "暂无", "/", "\\", "-", "--", "—", "——", "n/a", "N/A"})
_MOST = {"name": 80, "enterprise": 80, "trade": 20, "political_status": 20, "note": 200}
_MOST_PLACE = 40
_SPACE = re.compile(r"\s+")
_PHONE = re.compile(r"1[3-9][0-9]{9}")
_PLATE = re.compile(r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-HJ-NP-Z][A-HJ-NP-Z0-9]{5}")
_BETWEEN_PLATES = re.compile(r"[、，,;；/\s]+")
_LICENCE = re.compile(r"(?:A[123]|B[12]|C[1-6]|[DEFMNP])+")
_HAN_GAP = re.compile(r"(?<=[\u3400-\u9fff])\s+(?=[\u3400-\u9fff])")
_DOT = re.compile(r"(?<=[\u3400-\u9fff])\s*[·•‧∙・.．]\s*(?=[\u3400-\u9fff])")
_PARTY_FOUNDED = date(1921, 7, 1)
_CERTIFICATE_YEARS = 6


class Where(NamedTuple):
    """A row of the workbook."""

    sheet: str
    row: int

    def words(self) -> str:
        return f"“{self.sheet}”第 {self.row} 行"


class Warned(NamedTuple):
    """Something to look at again in a row that was taken."""

    code: str
    field: str
    words: str


@dataclass(slots=True)
class Checked:
    """A row after the checks. `values` carries only what the row really says, plain and typed:

    name id_number phone place(code) plates(tuple) certificate_expiry(date) joined_on(date), the others text."""

    sheet: str
    row: int
    values: dict[str, Any] = field(default_factory=dict)
    reason: str = ""
    column: str = ""  # the field that the reason is about
    words: str = ""
    warnings: list[Warned] = field(default_factory=list)
    kind: str = "driver"
    raw: str = ""  # what stands in the cell that the reason is about


@dataclass(slots=True)
class Seen:
    """What the rows taken so far have used. A row that was not taken leaves nothing here."""

    ids: dict[str, tuple[str, Where]] = field(default_factory=dict)
    phones: dict[str, Where] = field(default_factory=dict)
    plates: dict[str, Where] = field(default_factory=dict)


class Places:
    """The places of the district by full name or code. What fits two with its suffix left out is ambiguous."""

    def __init__(self, places: Iterable[tuple[str, str]]):
        self.codes: dict[str, str] = {}
        self.stems: dict[str, list[str]] = {}
        for code, name in places:
            self.codes[name] = self.codes[code] = code
            stem = name.removesuffix("街道").removesuffix("镇")
            if stem != name:
                self.stems.setdefault(stem, []).append(name)

    def find(self, text: str) -> tuple[str, str]:
        """The code, or "" with place_unknown or place_ambiguous."""
        if code := self.codes.get(text):
            return code, ""
        return "", "place_ambiguous" if len(self.stems.get(text, ())) > 1 else "place_unknown"


class Refused(Exception):
    """The first reason that holds, and what its words need."""

    def __init__(self, reason: str, **details: str):
        self.reason, self.details = reason, details
        super().__init__(reason)


def person_name(cell: Cell) -> str:
    """A name as people say it: "任 明" is 任明, "买买提•艾力" has one kind of dot. "" when there is no letter in it."""
    text = _DOT.sub("·", _HAN_GAP.sub("", plain(cell).lstrip("'‘’` "))) if isinstance(cell, str) else cell_text(cell)
    return text if any(map(str.isalpha, text)) and not isinstance(cell, CellError) else ""


def tight(cell: Cell) -> str:
    """A number as written, without spaces and the mark that makes it a text."""
    if type(cell) is str and cell.isascii() and cell.isalnum():
        return cell
    return _SPACE.sub("", cell_text(cell)).lstrip("'‘’`")


@lru_cache(maxsize=1024)  # a few hundred enterprises come again in every row
def is_code(text: str) -> bool:
    """True for a unified social credit code."""
    return is_uscc(text)


@lru_cache(maxsize=1024)
def _words(text: str) -> str:
    return _HAN_GAP.sub("", plain(text).lstrip("'"))


def read_phone(cell: Cell) -> str:
    """The phone as 11 digits, or "". A phone stored as a number is still whole."""
    if isinstance(cell, bool):
        return ""
    text = tight(cell)
    if _PHONE.fullmatch(text):
        return text
    try:
        return check_phone(text)
    except DomainError:
        return ""


def read_plates(cell: Cell) -> tuple[str, ...] | None:
    """The plates of a cell, several when several are written; None when one of them is no plate."""
    text = cell_text(cell).lstrip("'‘’`").upper()
    if _PLATE.fullmatch(text):
        return (text,)
    if text in _NONE:
        return None if isinstance(cell, CellError) else ()
    for parts in ([text], [part for part in _BETWEEN_PLATES.split(text) if part]):
        try:
            return tuple(dict.fromkeys(check_plate(part) for part in parts))
        except DomainError:
            continue
    return None


def check_row(cells: Mapping[str, Cell], *, at: Where, places: Places, seen: Seen, today: date) -> Checked:
    """One row against the ten reasons, in their order, then its other cells. A row that is taken is remembered."""
    checked = Checked(sheet=at.sheet, row=at.row)
    try:
        checked.values = _needed(cells, places, seen)
    except Refused as refused:
        checked.reason, checked.column = refused.reason, reason_field(refused.reason)
        checked.words = reason_words(refused.reason, refused.details)
        checked.raw = cell_text(cells.get(checked.column, ""))[:40]
        return checked
    _remember(checked, seen, at)
    _rest(cells, checked, today)
    return checked


def _needed(cells: Mapping[str, Cell], places: Places, seen: Seen) -> dict[str, Any]:
    name = person_name(cells.get("name", ""))
    if not name:
        raise Refused("name_missing")
    number = resident_id(cells.get("id_number", ""))
    phone = read_phone(cells.get("phone", ""))
    if not phone:
        raise Refused("phone_invalid")
    text = tight(cells.get("place", ""))
    code, fault = places.find(text)
    if fault:
        raise Refused(fault, choices="、".join(places.stems.get(text, ())))
    plates = read_plates(cells.get("plate", ""))
    if plates is None:
        raise Refused("plate_invalid")
    if before := seen.ids.get(number):
        raise Refused("duplicate_row" if before[0] == name else "id_conflict", where=before[1].words())
    values: dict[str, Any] = {"name": name, "id_number": number, "phone": phone, "place": code}
    if plates:
        values["plates"] = plates
    return values


def resident_id(cell: Cell) -> str:
    """The ID number in its one form. Raises Refused; one stored as a number is damaged, never converted."""
    if not isinstance(cell, str) or isinstance(cell, CellError):
        raise Refused("id_length", damaged="" if isinstance(cell, CellError) else "yes")
    number = tight(cell).upper()
    if fault := resident_id_fault(number):
        raise Refused(f"id_{fault}")
    return number


def _remember(checked: Checked, seen: Seen, at: Where) -> None:
    values = checked.values
    seen.ids[values["id_number"]] = (values["name"], at)
    other = seen.phones.setdefault(values["phone"], at)
    if other is not at:
        warn(checked, "phone_shared", where=other.words())
    for plate in values.get("plates", ()):
        other = seen.plates.setdefault(plate, at)
        if other is not at:
            warn(checked, "plate_shared", where=other.words())


def warn(checked: Checked, code: str, about: str = "", **details: Any) -> None:
    """Note something to look at again."""
    checked.warnings.append(Warned(code, about or WARNINGS[code][0], warning_words(code, details)))


def _rest(cells: Mapping[str, Cell], checked: Checked, today: date) -> None:
    """The cells that nothing depends on: what cannot be read is left out, with a warning."""
    number, name = checked.values["id_number"], checked.values["name"]
    born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    age = today.year - born.year - ((today.month, today.day) < (born.month, born.day))
    if not 18 <= age <= 80:
        warn(checked, "birth_implausible", age=age)
    if not name.isalpha() and not name.replace("·", "").replace(" ", "").isalpha():
        warn(checked, "name_odd")
    facts = _Facts(number, born, today)
    for about, cell in cells.items():
        if cell == "" or (read := _READERS.get(about)) is None:
            continue
        if isinstance(cell, CellError):
            warn(checked, "cell_error", about, label=LABELS[about])
        elif not isinstance(cell, str) or len(cell) > 8 or plain(cell) not in _NONE:
            read(checked, about, cell, facts)


class _Facts(NamedTuple):
    number: str
    born: date
    today: date


def _gender(checked: Checked, about: str, cell: Cell, facts: _Facts) -> None:
    gender = tight(cell).removesuffix("性")
    if gender not in ("男", "女"):
        warn(checked, "gender_unread")
        return
    checked.values[about] = gender
    if gender != ("男" if int(facts.number[16]) % 2 else "女"):
        warn(checked, "gender_differs")


def _licence(checked: Checked, about: str, cell: Cell, facts: _Facts) -> None:
    text = re.sub(r"[\s、,，/+;；和]+", "", cell_text(cell)).upper()
    if _LICENCE.fullmatch(text) and len(text) <= 12:
        checked.values[about] = text
    else:
        warn(checked, "licence_class_unread")


def _certificate(checked: Checked, about: str, cell: Cell, facts: _Facts) -> None:
    if isinstance(cell, str):
        checked.values[about] = tight(cell).upper()[:40]
    else:
        warn(checked, "certificate_number_damaged")


def _expiry(checked: Checked, about: str, cell: Cell, facts: _Facts) -> None:
    day = cell_date(cell)
    if day is None:
        warn(checked, "certificate_expiry_unread")
        return
    checked.values[about] = day
    if day.year < 2000 or day.year > facts.today.year + _CERTIFICATE_YEARS + 1:
        warn(checked, "certificate_expiry_implausible", day=day.isoformat())


def _joined(checked: Checked, about: str, cell: Cell, facts: _Facts) -> None:
    day = cell_date(cell)
    if day is None:
        warn(checked, "joined_on_unread")
        return
    checked.values[about] = day
    grown = day.year - facts.born.year - ((day.month, day.day) < (facts.born.month, facts.born.day)) >= 18
    if day > facts.today or day < _PARTY_FOUNDED or not grown:
        warn(checked, "joined_on_implausible", day=day.isoformat())


def _code(checked: Checked, about: str, cell: Cell, facts: _Facts) -> None:
    code = tight(cell).upper()
    if isinstance(cell, str) and is_code(code):
        checked.values[about] = code
    else:
        warn(checked, "enterprise_code_invalid")


def _status(checked: Checked, about: str, cell: Cell, facts: _Facts) -> None:
    text = tight(cell)
    if known := _STATUS.get(text):
        checked.values[about] = known
    else:
        warn(checked, "political_status_unknown")
        _text(checked, about, cell, facts)


def _text(checked: Checked, about: str, cell: Cell, facts: _Facts) -> None:
    most = _MOST.get(about, _MOST_PLACE)
    text = _words(cell) if isinstance(cell, str) and about != "note" else cell_text(cell).lstrip("'")
    if len(text) > most:
        warn(checked, "text_cut", about, label=LABELS[about], most=most)
    if text:
        checked.values[about] = text[:most]


_READERS = {
    "gender": _gender,
    "licence_class": _licence,
    "certificate_number": _certificate,
    "certificate_expiry": _expiry,
    "enterprise": _text,
    "enterprise_code": _code,
    "trade": _text,
    "political_status": _status,
    "relation_place": _text,
    "joined_on": _joined,
    "work_place": _text,
    "business_place": _text,
    "note": _text,
}


class Census:
    """A workbook read once, row by row. After the last row `sheets` says what was found on each sheet."""

    def __init__(self, *, places: Iterable[tuple[str, str]], today: date, extra: Mapping[str, str] | None = None):
        self.places = Places(places)
        self.today = today
        self.extra = dict(extra or {})
        check_extra(self.extra, (CENSUS,))
        self.seen = Seen()
        self.sheets: list[SheetReport] = []

    def check(self, sheets: Iterable[Sheet]) -> Iterator[Checked]:
        """Every row of every sheet that can be seen. Raises DomainError for a file that cannot be taken at all."""
        for sheet in sheets:
            report = SheetReport(name=sheet.name, hidden=sheet.hidden, why="hidden" if sheet.hidden else "")
            self.sheets.append(report)
            if sheet.hidden:
                continue
            for row, cells in walk(sheet, (CENSUS,), self.extra, report):
                at = Where(sheet.name, row)
                yield check_row(cells, at=at, places=self.places, seen=self.seen, today=self.today)
        if not any(report.header_row for report in self.sheets):
            raise nothing_found(CENSUS, self.sheets)
