"""A workbook from outside is looked through before anything opens it.

The reader of workbooks lays out a whole sheet from its farthest cell, so one cell at the far corner would ask
for 500 GB, and an honest-looking archive may unpack to gigabytes. So the archive is unpacked once here, piece by
piece, under caps, and every cell's address is read. On the way formulas and error values are noted: the reader
itself gives only what was calculated last.
"""

from __future__ import annotations

import io
import posixpath
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring
from django.utils.translation import gettext as _

from common.errors import DomainError

MAX_BYTES = 10 * 1024 * 1024
MAX_UNPACKED = 100 * 1024 * 1024
MAX_RATIO = 100
MAX_PARTS = 400
MAX_ROWS = 60_000  # the last row that may hold something, and the rows of a whole workbook
MAX_COLUMNS = 60
MAX_CELLS = 3_000_000
_EXCEL_COLUMNS = 16_384
_PIECE = 256 * 1024
_BOOK_PARTS = ("xl/workbook.xml", "xl/_rels/workbook.xml.rels")

_PREFIX = rb"(?:[^\s<>/!?:=\"']+:)?"
_TOKEN = re.compile(rb"<" + _PREFIX + rb"(?:c|row)[\s/>]")
_TOKEN_PLAIN = re.compile(rb"<(?:c|row)[\s/>]")
# What nearly every program writes: 26 columns, fewer than 60,000 rows, no error, no prefix.
_ORDINARY = re.compile(
    rb'<(?:c r="[A-Z][1-5]?\d{1,4}"(?: [a-z]+="\w*")* ?/?>|row r="[1-5]?\d{1,4}"(?: [\w:]+="[\w.:]*")* ?/?>)'
)
_EXACT = re.compile(
    rb"<" + _PREFIX + rb"(c|row)((?:\s+[^\s=<>/\"']+\s*=\s*(?:\"[^\"<>&]*\"|'[^'<>&]*'))*\s*)(/?)>"
    rb"(?:\s*<" + _PREFIX + rb"(f)[\s/>])?"
)
_CELL_AT = re.compile(rb"\sr\s*=\s*[\"']([A-Z]{1,9})(\d{1,9})[\"']")
_ROW_AT = re.compile(rb"\sr\s*=\s*[\"'](\d{1,9})[\"']")
_ANY_AT = re.compile(rb"\sr\s*=")
_IS_ERROR = re.compile(rb"\st\s*=\s*[\"']e[\"']")
_ERROR_TEXT = re.compile(rb"\s*<[^<>]*v>\s*([^<]{1,30})<")
_OTHER_ENCODING = re.compile(rb"encoding\s*=\s*[\"'](?!utf-?8[\"']|us-ascii[\"'])", re.IGNORECASE)
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


@dataclass(slots=True)
class Marks:
    """What the reader does not tell of a sheet: cells (row, column; both from 1) with a formula or an error."""

    formulas: set[tuple[int, int]] = field(default_factory=set)
    errors: dict[tuple[int, int], str] = field(default_factory=dict)


def refuse(message: str, code: str) -> DomainError:
    """The one error of a file that is not taken."""
    return DomainError(message, field="file", code=code)


def broken() -> DomainError:
    """Said of a file that cannot be read."""
    return refuse(_("这个文件打不开，可能没有传完或已经损坏。请用表格软件打开后另存为 .xlsx，再交一次"), "broken")


def column_letters(column: int) -> str:
    """Say A for 1, AA for 27."""
    letters = ""
    while column > 0:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def inspect(source: bytes) -> dict[str, Marks]:
    """The marks of every worksheet by its name. Raises DomainError for an archive that is not taken."""
    parts = _parts(source)
    marks: dict[str, Marks] = {}
    budget = _Budget()
    kept: dict[str, bytes] = {}
    for info in parts:
        name = info.filename
        if not name.lower().endswith((".xml", ".rels")):
            for piece in _unpack(source, info):
                budget.unpacked(len(piece), len(source))
            continue
        walk = _Walk(budget)
        keep = name in (*_BOOK_PARTS, "[Content_Types].xml")
        for piece in _whole_tags(_unpack(source, info), budget, len(source)):
            walk.take(piece)
            if keep:
                kept[name] = kept.get(name, b"") + piece
                if len(kept[name]) > 1024 * 1024:
                    raise broken()
        marks[name] = walk.marks
    if b"macroEnabled" in kept.get("[Content_Types].xml", b""):
        raise _macros()
    return {sheet: marks.get(part, Marks()) for sheet, part in _sheet_parts(kept)}


def sheet_parts(source: bytes) -> dict[str, str]:
    """The part of the archive that holds each worksheet. For a file that `inspect` has taken."""
    with zipfile.ZipFile(io.BytesIO(source)) as archive:
        return dict(_sheet_parts({name: archive.read(name) for name in _BOOK_PARTS}))


def _parts(source: bytes) -> list[zipfile.ZipInfo]:
    # One directory, at the very end, and nothing after it: two readers must not see two archives.
    end = source[-22:]
    if len(end) < 22 or end[:4] != b"PK\x05\x06" or end[20:] != b"\x00\x00":
        raise broken()
    size, offset = struct.unpack("<II", end[12:20])
    if offset + size != len(source) - 22:
        raise broken()
    try:
        with zipfile.ZipFile(io.BytesIO(source)) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, struct.error) as error:
        raise broken() from error
    names = [part.filename.lower() for part in parts]
    if any(name.endswith("vbaproject.bin") or "/macrosheets/" in name for name in names):
        raise _macros()
    if any(part.flag_bits & 1 for part in parts):
        raise refuse(_("这个文件加了密码。请去掉密码后另存为 .xlsx，再交一次"), "encrypted")
    if len(set(names)) != len(names) or any(part.compress_type not in (0, 8) for part in parts):
        raise broken()
    if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > min(MAX_UNPACKED, _allowed(len(source))):
        raise _bomb()
    return parts


def _allowed(packed: int) -> int:
    return max(packed * MAX_RATIO, 2 * 1024 * 1024)


def _macros() -> DomainError:
    return refuse(_("这个文件带有宏，不能收。请另存为普通的 .xlsx（不带宏），再交一次"), "macros")


def _bomb() -> DomainError:
    return refuse(_("这个文件展开以后太大，不像一份登记表，不能收。请只留登记表，另存为 .xlsx 再交一次"), "too_big")


@dataclass(slots=True)
class _Budget:
    bytes: int = 0
    cells: int = 0

    def unpacked(self, more: int, packed: int) -> None:
        self.bytes += more
        if self.bytes > min(MAX_UNPACKED, _allowed(packed)):
            raise _bomb()


def _unpack(source: bytes, info: zipfile.ZipInfo) -> Iterator[bytes]:
    """The part's bytes, as many as there really are, whatever the directory says."""
    at = info.header_offset
    header = source[at : at + 30]
    if len(header) < 30 or header[:4] != b"PK\x03\x04":
        raise broken()
    start = at + 30 + sum(struct.unpack("<HH", header[26:30]))
    packed = memoryview(source)[start : start + info.compress_size]
    total = 0
    for piece in (_slices(packed) if info.compress_type == 0 else _inflated(packed)):
        total += len(piece)
        if total > info.file_size:
            raise _bomb()
        yield piece
    if total != info.file_size:
        raise broken()


def _slices(packed: memoryview) -> Iterator[bytes]:
    for at in range(0, len(packed), _PIECE):
        yield bytes(packed[at : at + _PIECE])


def _inflated(packed: memoryview) -> Iterator[bytes]:
    inflate = zlib.decompressobj(-15)
    try:
        for at in range(0, len(packed), 32 * 1024):
            data = bytes(packed[at : at + 32 * 1024])
            while data:
                if piece := inflate.decompress(data, _PIECE):
                    yield piece
                data = inflate.unconsumed_tail
        while piece := inflate.decompress(b"", _PIECE):
            yield piece
    except zlib.error as error:
        raise broken() from error
    if not inflate.eof:
        raise broken()


def _whole_tags(pieces: Iterator[bytes], budget: _Budget, packed: int) -> Iterator[bytes]:
    """The same bytes cut behind the end of a tag, so that no cell lies in two pieces."""
    held, first = b"", True
    for piece in pieces:
        budget.unpacked(len(piece), packed)
        held += piece
        if first and len(held) >= 4:
            _check_encoding(held)
            first = False
        cut = max(held.rfind(b"</"), held.rfind(b"/>") + 2)
        if cut < 2:
            if len(held) > 8 * _PIECE:
                raise broken()
            continue
        yield _without_doctype(held[:cut])
        held = held[cut:]
    yield _without_doctype(held)


def _check_encoding(head: bytes) -> None:
    if not head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<") or _OTHER_ENCODING.search(head[:200]):
        raise broken()


def _without_doctype(piece: bytes) -> bytes:
    if b"<!DOCTYPE" in piece or b"<!ENTITY" in piece:
        raise refuse(_("这个文件里夹带了外部定义，不能收。请用表格软件打开后另存为 .xlsx，再交一次"), "doctype")
    return piece


class _Walk:
    """Reads every cell's address in one part."""

    def __init__(self, budget: _Budget):
        self.budget = budget
        self.marks = Marks()
        self.row = self.column = 0

    def take(self, piece: bytes) -> None:
        prefixed = b":c" in piece or b":row" in piece or b":f" in piece
        count = len((_TOKEN if prefixed else _TOKEN_PLAIN).findall(piece))
        if not count:
            return
        self.budget.cells += count
        if self.budget.cells > MAX_CELLS:
            raise refuse(_("这份表里的格子太多（包括空格子），不像一份登记表。请只复制有内容的部分到新表，再交一次"), "too_many_cells")
        if not (prefixed or b"<f>" in piece or b"<f " in piece or b"<f/" in piece or b'"e"' in piece):
            ordinary = _ORDINARY.findall(piece)
            if len(ordinary) == count:
                self._stand_at(ordinary[-1])
                return
        self._one_by_one(piece, count)

    def _stand_at(self, token: bytes) -> None:
        if cell := _CELL_AT.search(token):
            self.row, self.column = int(cell[2]), column_number(cell[1])
        elif row := _ROW_AT.search(token):
            self.row, self.column = int(row[1]), 0

    def _one_by_one(self, piece: bytes, count: int) -> None:
        found = 0
        for token in _EXACT.finditer(piece):
            found += 1
            name, attributes, closed, formula = token.groups()
            if name == b"row":
                at = _ROW_AT.search(attributes)
                if at is None and _ANY_AT.search(attributes):
                    raise broken()
                self.row, self.column = (int(at[1]) if at else self.row + 1), 0
                continue
            at = _CELL_AT.search(attributes)
            if at:
                self.row, self.column = int(at[2]), column_number(at[1])
            elif _ANY_AT.search(attributes):
                raise broken()
            else:
                self.column += 1
            self._check_place(empty=bool(closed))
            if formula:
                self.marks.formulas.add((self.row, self.column))
            if _IS_ERROR.search(attributes):
                text = _ERROR_TEXT.match(piece, token.end())
                self.marks.errors[self.row, self.column] = text[1].decode("ascii", "replace") if text else "#?"
        if found != count:
            raise broken()

    def _check_place(self, *, empty: bool) -> None:
        if self.column > _EXCEL_COLUMNS or (self.column > MAX_COLUMNS and not empty):
            words = _("第 %(column)s 列还有内容，一份表最多读 %(most)d 列。请删去多余的列，再交一次")
            raise refuse(words % {"column": column_letters(self.column), "most": MAX_COLUMNS}, "too_many_columns")
        if self.row >= MAX_ROWS and not empty:
            words = _("第 %(row)d 行还有内容，一份表最多读 %(most)d 行。请分成几份，再交")
            raise refuse(words % {"row": self.row, "most": MAX_ROWS}, "too_many_rows")


def column_number(letters: bytes) -> int:
    """Say 27 for AA."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _sheet_parts(kept: dict[str, bytes]) -> Iterator[tuple[str, str]]:
    """The name of each sheet and the part that holds it."""
    try:
        book = fromstring(kept["xl/workbook.xml"])
        relations = fromstring(kept["xl/_rels/workbook.xml.rels"])
    except (KeyError, ParseError, DefusedXmlException, ValueError) as error:
        raise broken() from error
    targets = {one.get("Id"): one.get("Target", "") for one in relations}
    for one in book.iter():
        kind = _local(one)
        if kind == "workbookPr" and one.get("date1904") in ("1", "true"):
            raise refuse(_("这个文件的日期从 1904 年算起（旧苹果电脑的设置），会差四年。请新建一份表复制过去，再交一次"), "dates_1904")
        if kind == "sheet":
            target = targets.get(one.get(_RELATION) or _strict_relation(one), "")
            part = posixpath.normpath(target.lstrip("/") if target.startswith(("/", "xl/")) else f"xl/{target}")
            if not part.endswith(".xml"):
                raise broken()
            yield one.get("name", ""), part


def _strict_relation(sheet: Element) -> str | None:
    return next((value for key, value in sheet.attrib.items() if key.endswith("}id")), None)


def _local(element: Element) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""
