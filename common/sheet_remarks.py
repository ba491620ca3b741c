"""The same file handed back with one more column: what is to be looked at again, beside the row it is about.

Only the rows that are spoken of are touched, in the sheet's own XML; formats, merged cells, lists to choose from and
pictures stay as the town made them, and 22,720 rows take a second where loading the workbook as objects takes
eleven and 180 MB.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Mapping
from xml.sax.saxutils import escape

from django.utils.translation import gettext as _

from common.sheet_guard import column_letters, column_number, refuse, sheet_parts
from common.sheets import Row, csv_records, delimiter_of, encoding_of, read

REMARK_TITLE = "核对意见"
_ROW = re.compile(rb"<((?:[^\s<>/!?:]+:)?)row((?:\s[^<>]*?)?)(?:/>|>(.*?)</\1row\s*>)", re.DOTALL)
_AT = re.compile(rb"\sr\s*=\s*[\"'](\d+)[\"']")
_SPANS = re.compile(rb"\sspans\s*=\s*(?:\"[^\"]*\"|'[^']*')")
_EMPTY_CELL = re.compile(rb"<(?:[^\s<>/!?:]+:)?c\s[^<>]*?\br\s*=\s*[\"']([A-Z]+)\d+[\"'][^<>]*/>")
_DIMENSION = re.compile(rb"(dimension\s+ref\s*=\s*[\"'][A-Z]+\d+:)([A-Z]+)(\d+[\"'])")
_NOT_IN_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def with_remarks(
    source: bytes, remarks: Mapping[tuple[str, int], str], *, headers: Mapping[str, int] | None = None
) -> bytes:
    """The file with a column 核对意见 behind its last one.

    `remarks` by (sheet, row); `headers` tells in which row of a sheet the column's title stands. The file is one
    that `sheets.read` takes; what is no workbook is CSV and has one sheet, whatever it is called."""
    headers = headers or {}
    said: dict[str, dict[int, str]] = {}
    for name, row in headers.items():
        said.setdefault(name, {})[row] = REMARK_TITLE
    for (name, row), text in remarks.items():
        said.setdefault(name, {})[row] = text
    if source.startswith(b"PK\x03\x04"):
        return _workbook(source, said)
    return _csv(source, {row: text for rows in said.values() for row, text in rows.items()})


def _workbook(source: bytes, said: Mapping[str, Mapping[int, str]]) -> bytes:
    columns = {
        sheet.name: 1 + max((_last_column(cells) for _row, cells in sheet.rows()), default=0)
        for sheet in read(source, "x.xlsx")
        if sheet.name in said
    }
    parts = {part: name for name, part in sheet_parts(source).items() if name in columns}
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(source)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            content = old.read(info)
            if name := parts.get(info.filename):
                content = _sheet(content, columns[name], said[name])
            new.writestr(zipfile.ZipInfo(info.filename, info.date_time), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _sheet(xml: bytes, column: int, texts: Mapping[int, str]) -> bytes:
    if b"<!" in xml:  # a comment may look like a row
        raise refuse(_("这个文件的写法少见，加不了意见列。请用表格软件打开后另存为 .xlsx，再交一次"), "unusual")
    last = 0

    def remarked(row: re.Match[bytes]) -> bytes:
        nonlocal last
        prefix, attributes, cells = row.groups()
        at = _AT.search(attributes)
        last = int(at[1]) if at else last + 1
        text = texts.get(last)
        if text is None:
            return row[0]
        kept = _EMPTY_CELL.sub(lambda cell: b"" if column_number(cell[1]) >= column else cell[0], cells or b"")
        cell = _cell(prefix, f"{column_letters(column)}{last}", text)
        return b"<%brow%b>%b%b</%brow>" % (prefix, _SPANS.sub(b"", attributes), kept, cell, prefix)

    def wider(found: re.Match[bytes]) -> bytes:
        return found[1] + max(found[2], column_letters(column).encode(), key=column_number) + found[3]

    return _DIMENSION.sub(wider, _ROW.sub(remarked, xml), count=1)


def _cell(prefix: bytes, ref: str, text: str) -> bytes:
    """A text in red; as an inline text it is never taken for a formula."""
    p = prefix.decode()
    words = escape(_NOT_IN_XML.sub("", text))
    return (
        f'<{p}c r="{ref}" t="inlineStr"><{p}is><{p}r><{p}rPr><{p}color rgb="FFC00000"/></{p}rPr>'
        f'<{p}t xml:space="preserve">{words}</{p}t></{p}r></{p}is></{p}c>'
    ).encode()


def _csv(source: bytes, texts: Mapping[int, str]) -> bytes:
    encoding = encoding_of(source)  # UTF-8 goes back with the mark by which spreadsheets know it
    records = list(csv_records(source, encoding))
    width = max((_last_column(cells) for _row, cells in records), default=0)
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter_of(source, encoding))
    for row, cells in records:
        if text := texts.get(row, ""):
            cells = [*cells[:width], *[""] * (width - len(cells)), _no_formula(text)]
        writer.writerow(cells)
    return out.getvalue().encode(encoding)


def _no_formula(text: str) -> str:
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def _last_column(cells: Row) -> int:
    return max((column for column, cell in enumerate(cells, 1) if cell != ""), default=0)
