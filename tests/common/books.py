"""Workbooks made in memory: honest ones with xlsxwriter, hostile ones by hand."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import xlsxwriter

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def book(*, hidden: Sequence[str] = (), merged: Mapping[str, Sequence[str]] | None = None, **sheets: Sequence[Sequence[Any]]) -> bytes:
    """A workbook of the sheets given by name; "=…" becomes a formula, None and "" stay empty."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as made:
        day = made.add_format({"num_format": "yyyy-mm-dd"})
        for name, rows in sheets.items():
            sheet = made.add_worksheet(name)
            for place in (merged or {}).get(name, ()):
                sheet.merge_range(place, "")
            for number, row in enumerate(rows):
                for column, cell in enumerate(row):
                    if isinstance(cell, date):
                        sheet.write_datetime(number, column, cell, day)
                    elif isinstance(cell, str) and not cell.startswith("="):
                        sheet.write_string(number, column, cell) if cell else None
                    elif cell is not None:
                        sheet.write(number, column, cell)
            if name in hidden:
                sheet.hide()
    return out.getvalue()


def sheet_xml(body: str, head: str = "") -> bytes:
    """A worksheet part with these rows."""
    return f'<?xml version="1.0" encoding="UTF-8"?>{head}<worksheet xmlns="{MAIN}"><sheetData>{body}</sheetData></worksheet>'.encode()


def cell(ref: str, text: str = "x") -> str:
    """One cell with a text in it."""
    return f'<c r="{ref}" t="inlineStr"><is><t>{text}</t></is></c>'


def repacked(source: bytes, parts: Mapping[str, bytes | None], *, level: int = 6) -> bytes:
    """The same archive with parts put in, replaced, or (None) left out."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(source)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=level) as new:
        for name in old.namelist():
            content = parts.get(name, old.read(name))
            if content is not None:
                new.writestr(name, content)
        for name, content in parts.items():
            if name not in old.namelist() and content is not None:
                new.writestr(name, content)
    return out.getvalue()


def with_sheet(body: str, head: str = "") -> bytes:
    """A workbook whose only sheet is written by hand."""
    return repacked(book(表=[["x"]]), {"xl/worksheets/sheet1.xml": sheet_xml(body, head)})
