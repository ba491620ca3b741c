"""Workbooks and CSV from outside as plain rows, under caps.

A cell keeps its kind: text is str, a number float, a date date or datetime, an error value CellError. Nothing is
converted here: who reads an ID number must see that it was stored as a number and is damaged.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import TypeVar

import python_calamine
from django.utils.translation import gettext as _

from common.sheet_guard import (
    MAX_BYTES,
    MAX_COLUMNS,
    MAX_ROWS,
    Marks,
    broken,
    column_letters,
    inspect,
    refuse,
)

__all__ = ["MAX_BYTES", "Cell", "CellError", "Row", "Sheet", "cell_name", "column_letters", "read"]

T = TypeVar("T")

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = b"PK\x03\x04"
_LONG_LINE = re.compile(rb"[^\r\n]{200000}")


class CellError(str):
    """An error value such as #N/A: never a text that somebody wrote."""

    __slots__ = ()


Cell = str | float | bool | date | datetime | time | timedelta | CellError
Row = list[Cell]


@dataclass(slots=True)
class Sheet:
    """One sheet. `rows()` gives (row number from 1, cells from column A); an empty cell is ""."""

    name: str
    hidden: bool
    formulas: set[tuple[int, int]] = field(repr=False)
    _open: Callable[[], Iterator[tuple[int, Row]]] = field(repr=False)

    def rows(self) -> Iterator[tuple[int, Row]]:
        """Row by row, as they stand on the sheet, empty ones too."""
        return self._open()


def cell_name(row: int, column: int) -> str:
    """Say F12 for row 12, column 6."""
    return f"{column_letters(column)}{row}"


def read(source: str | Path | bytes, filename: str = "") -> Iterator[Sheet]:
    """The sheets of a .xlsx or .csv file, hidden ones marked. Raises DomainError for a file that is not taken."""
    content = source if isinstance(source, bytes) else _load(Path(source))
    name = filename or ("" if isinstance(source, bytes) else Path(source).name)
    suffix = Path(name).suffix.lower()
    _check_kind(content, suffix)
    if suffix == ".csv":
        return _csv_sheet(content, Path(name).stem)
    return _workbook_sheets(content, inspect(content))


def _load(path: Path) -> bytes:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise _too_large()
        return path.read_bytes()
    except OSError as error:
        raise refuse(_("找不到或读不了这个文件：%(name)s") % {"name": path.name}, "not_there") from error


def _too_large() -> Exception:
    words = _("文件超过 %(most)d MB。请去掉图片和多余的表，再交一次")
    return refuse(words % {"most": MAX_BYTES // 1024 // 1024}, "too_large")


def _check_kind(content: bytes, suffix: str) -> None:
    if len(content) > MAX_BYTES:
        raise _too_large()
    if not content.strip(b"\0\r\n\t "):
        raise refuse(_("这个文件是空的"), "empty")
    if suffix in (".xlsm", ".xltm", ".xlsb", ".xlam"):
        raise refuse(_("这种文件可以带宏，不能收。请另存为普通的 .xlsx，再交一次"), "macros")
    if content.startswith(_OLE):
        if "EncryptedPackage".encode("utf-16-le") in content:
            raise refuse(_("这个文件加了密码。请去掉密码后另存为 .xlsx，再交一次"), "encrypted")
        raise refuse(_("这是旧格式的表格（.xls）。请另存为 .xlsx，再交一次"), "old_format")
    if suffix not in (".xlsx", ".csv"):
        raise refuse(_("只收 .xlsx 和 .csv 文件。请用表格软件另存为 .xlsx，再交一次"), "wrong_kind")
    if content.startswith(_ZIP) != (suffix == ".xlsx"):
        if suffix == ".csv":
            raise refuse(_("文件名写的是 .csv，里面却是另一种文件。请核对后再交"), "wrong_kind")
        raise broken()


def _workbook_sheets(content: bytes, marks: dict[str, Marks]) -> Iterator[Sheet]:
    book = _calamine(lambda: python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content)))
    left = _Left()
    for about in book.sheets_metadata:
        if about.typ != python_calamine.SheetTypeEnum.WorkSheet:
            continue
        found = marks.get(about.name)
        if found is None:  # the guard has not seen what the reader would open
            raise broken()
        hidden = about.visible != python_calamine.SheetVisibleEnum.Visible
        rows = _SheetRows(book, about.name, found, left)
        yield Sheet(name=about.name, hidden=hidden, formulas=found.formulas, _open=rows)


def _calamine(work: Callable[[], T]) -> T:
    """What the reader says of a damaged file is said in our words; a panic in it is no Exception."""
    try:
        return work()
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        raise broken() from error
    except BaseException as error:
        if type(error).__name__ == "PanicException":
            raise broken() from error
        raise


@dataclass(slots=True)
class _Left:
    """Rows that the whole file may still have."""

    rows: int = MAX_ROWS

    def take(self) -> None:
        self.rows -= 1
        if self.rows < 0:
            raise refuse(_("整个文件超过 %(most)d 行。请分成几份，再交") % {"most": MAX_ROWS}, "too_many_rows")


@dataclass(slots=True)
class _SheetRows:
    """Opens one sheet only when its rows are asked for, so that one sheet at a time lies in memory."""

    book: python_calamine.CalamineWorkbook
    name: str
    marks: Marks
    left: _Left

    def __call__(self) -> Iterator[tuple[int, Row]]:
        sheet = _calamine(lambda: self.book.get_sheet_by_name(self.name))
        before: Row = [""] * (sheet.start[1] if sheet.start else 0)
        rows = sheet.iter_rows()
        errors: dict[int, dict[int, str]] = {}
        for (row, column), text in self.marks.errors.items():
            errors.setdefault(row, {})[column] = text
        number = 0
        while (cells := _calamine(lambda: next(rows, None))) is not None:
            number += 1
            self.left.take()
            if before:
                cells = before + cells
            if number in errors:
                cells = _with_errors(cells, errors[number])
            yield number, cells


def _with_errors(cells: Row, errors: dict[int, str]) -> Row:
    cells = cells + [""] * (max(errors) - len(cells))
    for column, text in errors.items():
        cells[column - 1] = CellError(text)
    return cells


def _csv_sheet(content: bytes, name: str) -> Iterator[Sheet]:
    encoding = encoding_of(content)
    if _LONG_LINE.search(content):
        raise refuse(_("有一行太长，不像一份登记表。请用表格软件打开后另存为 .xlsx，再交一次"), "too_many_columns")
    formulas: set[tuple[int, int]] = set()

    def rows() -> Iterator[tuple[int, Row]]:
        left = _Left()
        for number, cells in csv_records(content, encoding):
            left.take()
            for column, cell in enumerate(cells, 1):
                if cell.startswith("="):
                    formulas.add((number, column))
            yield number, cells

    yield Sheet(name=name, hidden=False, formulas=formulas, _open=rows)


def csv_records(content: bytes, encoding: str) -> Iterator[tuple[int, list[str]]]:
    """The records of a CSV, each with its number from 1."""
    lines = io.TextIOWrapper(io.BytesIO(content), encoding, newline="")
    reader = csv.reader(lines, delimiter=delimiter_of(content, encoding), strict=True)
    number = 0
    while True:
        try:
            cells = next(reader, None)
        except csv.Error as error:
            words = _("第 %(row)d 行的引号不成对，读不下去。请用表格软件打开后另存为 .xlsx，再交一次")
            raise refuse(words % {"row": number + 1}, "broken") from error
        if cells is None:
            return
        number += 1
        if len(cells) > MAX_COLUMNS:
            if len(cells) > 256 or any(cell.strip() for cell in cells[MAX_COLUMNS:]):
                words = _("第 %(row)d 行有 %(count)d 列，一份表最多读 %(most)d 列。请删去多余的列，再交一次")
                raise refuse(words % {"row": number, "count": len(cells), "most": MAX_COLUMNS}, "too_many_columns")
            del cells[MAX_COLUMNS:]
        yield number, cells


def encoding_of(content: bytes) -> str:
    """UTF-8 when it is that, else GB18030: what is right UTF-8 is never taken for the other."""
    if b"\0" not in content:
        for encoding in ("utf-8-sig", "gb18030"):
            try:
                content.decode(encoding)
            except UnicodeDecodeError:
                continue
            return encoding
    raise refuse(_("认不出这个文件的文字编码。请用表格软件打开后另存为 .xlsx，再交一次"), "encoding")


def delimiter_of(content: bytes, encoding: str) -> str:
    """The one of comma, tab and semicolon that is most frequent in the first lines."""
    head = content[:8192].decode(encoding, "ignore").replace("，", "")
    counts = {sign: head.count(sign) for sign in ",\t;"}
    return max(counts, key=lambda sign: counts[sign])
