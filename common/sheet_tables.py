"""Finding the table on a sheet as people hand it in, and reading single cells.

Above a table stand titles, below it totals and notes; headers are renamed, moved, broken over lines, merged over
two rows. What a column means is looked up in a list of names; a name that is not there is reported and not read.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache

from django.utils.translation import gettext as _

from common.errors import DomainError
from common.sheets import Cell, CellError, Row, column_letters

LOOK_FOR_HEADER = 40  # rows
LONGEST_HEADER = 60  # signs that are compared, shown and remembered
UNREAD = ""  # the field of a column that is known and left unread
_SERIAL_ZERO = date(1899, 12, 30)
_SERIALS = range(61, 80_000)  # 1900-03-01 to 2119; before that a spreadsheet counts a day too many
_SPACE = re.compile(r"\s+")
_UNSEEN = re.compile(r"[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\x00-\x08\x0e-\x1f\x7f]")
_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|【[^【】]*】")
_MARKS = "*★☆:;,.、。_'\"“”-—"
_DAY = re.compile(r"(\d{4})(?:([-./])(\d{1,2})\2(\d{1,2})|年(\d{1,2})月(\d{1,2})日?)(?:[ T]\d{1,2}:\d{2}(?::\d{2})?)?")
_DAY_8 = re.compile(r"(?:19|20|21)\d{6}")
_NOTE = re.compile(
    r"(?:本页|本表|以上|全镇|全街道)?[合总小共]计(?:$|[:(\d共])|共\d+[人名条户辆]"
    r"|(?:填表|填写|填报|制表)?(?:说明|备注|附注|注|注意|注意事项|要求)(?:$|[:(\d、])"
    r"|(?:填表|填报|制表|统计|审核|审批|复核|经办|负责|分管|主管|联系|单位负责|主要负责|报送|上报)"
    r"(?:人|员|单位|日期|时间|领导|部门)?(?:签字|签名|盖章)?(?:\([^)]*\))?[:(]"
    r"|单位\(?(?:公章|盖章)|日期:|联系电话:|[※★]"
)
_LONG_NUMBER = re.compile(r"\d{15}")


@dataclass(frozen=True, slots=True)
class Form:
    """What a table asks for: fields with the word for each, those it cannot do without, and all names of headers."""

    labels: Mapping[str, str]
    required: tuple[str, ...]
    names: Mapping[str, str]  # as `header_key` makes them -> field, or UNREAD
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Columns:
    """Where each field stands (from 0), below which row the table begins, and what nobody knows."""

    row: int
    at: Mapping[str, int]
    unknown: Mapping[int, str]  # column (from 0) -> header as written
    doubled: Mapping[int, str]  # a second column for a field that has one: not read


def plain(text: str) -> str:
    """Full width to half width, without what nobody sees, spaces as one space, none around."""
    return text.strip() if text.isascii() and text.isprintable() else _plain(text)


@lru_cache(maxsize=2048)  # trades, places, enterprises come again in every row
def _plain(text: str) -> str:
    if not text.isprintable():
        text = _UNSEEN.sub("", text)
    if not unicodedata.is_normalized("NFKC", text):
        text = unicodedata.normalize("NFKC", text)
    return _SPACE.sub(" ", text).strip()


def cell_text(cell: Cell) -> str:
    """A cell as words: a whole number without its point, a date as 2022-05-18, an error as nothing."""
    if isinstance(cell, CellError):
        return ""
    if isinstance(cell, str):
        return plain(cell)
    if isinstance(cell, bool):
        return _("是") if cell else _("否")
    if isinstance(cell, float | int):
        return str(int(cell)) if cell == cell and abs(cell) < 1e18 and cell == int(cell) else repr(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    return cell.isoformat() if isinstance(cell, date) else str(cell)


def cell_date(cell: Cell) -> date | None:
    """A day: 2022-05-18, 2022.5.18, 2022/5/18, 20220518, 2022年5月18日, a date, or a spreadsheet's day number.

    None for anything else, a month without a day among it: a day is never made up."""
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    if isinstance(cell, bool | CellError):
        return None
    if isinstance(cell, float | int):
        return _day_of_number(int(cell)) if 0 < cell < 22_000_000 else None
    if not isinstance(cell, str):
        return None
    text = plain(cell).lstrip("'")
    if text.isdigit() and text.isascii() and len(text) in (5, 8):
        return _day_of_number(int(text))
    tight = text.replace(" ", "") if "年" in text else text
    if not (found := _DAY.fullmatch(tight)) or not tight.isascii() and "年" not in tight:
        return None
    year, _sign, month, day, month_in_words, day_in_words = found.groups()
    return _day(int(year), int(month or month_in_words), int(day or day_in_words))


def _day_of_number(number: int) -> date | None:
    if number in _SERIALS:
        return _SERIAL_ZERO + timedelta(days=number)
    if _DAY_8.fullmatch(str(number)):
        return _day(number // 10_000, number // 100 % 100, number % 100)
    return None


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def header_key(text: str) -> str:
    """A header without line breaks, spaces, full width and marks, in small letters; of a long one its first 60 signs, as kept."""
    return _SPACE.sub("", plain(text))[:LONGEST_HEADER].lower().strip(_MARKS)


def names_of(words: Mapping[str, Iterable[str]], unread: Iterable[str] = ()) -> dict[str, str]:
    """The names of a Form from lists of words by field. A field's own name is one of them."""
    names = {header_key(word): UNREAD for word in unread}
    for field, several in words.items():
        for word in (field, *several):
            if names.setdefault(header_key(word), field) != field:
                raise ValueError(f"{word} would mean two fields")
    return names


def read_names(form: Form, extra: Mapping[str, str]) -> dict[str, str]:
    """The form's names with those that a person added: header -> field, or "" to leave it unread."""
    names = dict(form.names)
    for header, field in extra.items():
        if field and field not in form.labels:
            words = _("没有“%(field)s”这个项目，“%(header)s”这一列对不上")
            raise DomainError(words % {"field": field, "header": header}, field="map", code="unknown_field")
        if not (key := header_key(header)):
            raise DomainError(_("要写明是哪一个表头"), field="map", code="unknown_field")
        names[key] = field
    return names


def find_columns(rows: Sequence[tuple[int, Row]], form: Form, extra: Mapping[str, str] | None = None) -> Columns | None:
    """The header among the first rows of a sheet; None when no row looks like one.

    Raises DomainError when a table is there and lacks a column that it cannot do without."""
    names = read_names(form, extra or {})
    best: Columns | None = None
    for index, (number, cells) in enumerate(rows):
        for last, keys in _readings(number, cells, rows[index + 1] if index + 1 < len(rows) else None):
            found = _columns(last, keys, names)
            if best is None or len(found.at) > len(best.at):
                best = found
    if best is None or (len(best.at) < 4 and sum(one in best.at for one in form.required) < 2):
        return None
    if missing := [one for one in form.required if one not in best.at]:
        raise missing_columns(form, missing, best)
    return best


def missing_columns(form: Form, missing: Iterable[str], found: Columns | None = None) -> DomainError:
    """Said when a table cannot be read without a column."""
    lacking = "、".join(form.labels[one] for one in missing)
    message = _("表头里没有找到：%(lacking)s。") % {"lacking": lacking}
    if found and found.unknown:
        unknown = "、".join(f"“{text}”" for text in list(found.unknown.values())[:8])
        message += _("不认识的表头有：%(unknown)s，其中有就是的，请说明后再读一次。") % {"unknown": unknown}
    return DomainError(message, field="file", code="missing_columns")


def _readings(number: int, cells: Row, below: tuple[int, Row] | None) -> Iterable[tuple[int, list[tuple[str, ...]]]]:
    """A row as a header by itself, and together with the one below it (merged headers)."""
    own = [_header_text(cell) for cell in cells]
    yield number, [(text,) if text else () for text in own]
    if below is None:
        return
    lower = [_header_text(cell) for cell in below[1]]
    keys: list[tuple[str, ...]] = []
    group = ""
    for column in range(max(len(own), len(lower))):
        upper = own[column] if column < len(own) else ""
        under = lower[column] if column < len(lower) else ""
        group = upper or group
        keys.append((under, group + under) if under else (upper,) if upper else ())
    yield below[0], keys


def _header_text(cell: Cell) -> str:
    return _SPACE.sub("", plain(cell)) if isinstance(cell, str) and len(cell) <= 200 else ""


def _columns(row: int, keys: list[tuple[str, ...]], names: Mapping[str, str]) -> Columns:
    at: dict[str, int] = {}
    unknown: dict[int, str] = {}
    doubled: dict[int, str] = {}
    for column, written in enumerate(keys):
        field = _field_of(written, names)
        if field is None:
            if written:
                unknown[column] = written[0][:LONGEST_HEADER]
        elif field in at:
            doubled[column] = written[0][:60]
        elif field != UNREAD:
            at[field] = column
    return Columns(row=row, at=at, unknown=unknown, doubled=doubled)


def _field_of(written: tuple[str, ...], names: Mapping[str, str]) -> str | None:
    for text in written:
        for key in (header_key(text), header_key(_BRACKETS.sub("", text))):
            if key and key in names:
                return names[key]
    return None


def is_header_again(cells: Row, columns: Columns, form: Form) -> bool:
    """True for the header printed again in the middle of a table."""
    at = [columns.at[one] for one in form.required]
    keys = [header_key(cells[i]) if i < len(cells) and isinstance(cells[i], str) else "" for i in at]
    return sum(form.names.get(key, UNREAD) != UNREAD for key in keys) >= min(2, len(keys))


def is_note(cells: Row, id_column: int) -> bool:
    """True for a total, a note or a signature below a table. A row with a long number as its ID is never one."""
    first = next((cell for cell in cells if cell != ""), "")
    if not isinstance(first, str) or not _NOTE.match(_SPACE.sub("", plain(first))):
        return False
    number = cells[id_column] if id_column < len(cells) else ""
    return not _LONG_NUMBER.search(cell_text(number))


def column_name(column: int) -> str:
    """The letters of a column counted from 0."""
    return column_letters(column + 1)
