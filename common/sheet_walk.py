"""Row by row through the table of a sheet: what belongs to it, what stands around it, what is not to be trusted."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

from django.utils.translation import gettext as _

from common.errors import DomainError
from common.sheet_tables import (
    LOOK_FOR_HEADER,
    Columns,
    Form,
    cell_text,
    find_columns,
    is_header_again,
    is_note,
    missing_columns,
    read_names,
)
from common.sheets import Cell, Row, Sheet, cell_name

_TOTAL = re.compile(r"(?:本表|以上|全镇|全街道)?[合总共]计|共\d")
_COUNT = re.compile(r"(?<![\d.])(\d{1,6})(?:人|名)?$")


@dataclass(slots=True)
class SheetReport:
    """What was found on one sheet. `why` says why it was not read: hidden, empty, no_table; "" when it was."""

    name: str
    hidden: bool = False
    why: str = ""
    kind: str = ""  # that of the form
    header_row: int = 0
    rows: int = 0
    total: int | None = None  # what a line of totals below the table says
    fields: tuple[str, ...] = ()
    unknown: dict[str, int] = field(default_factory=dict)  # header -> cells filled in that column
    doubled: tuple[str, ...] = ()


def walk(
    sheet: Sheet, forms: Sequence[Form], extra: Mapping[str, str], report: SheetReport
) -> Iterator[tuple[int, dict[str, Cell]]]:
    """The rows of the table, each with its number and its cells by field; `report` is filled on the way.

    The first form that fits is taken. Raises DomainError when a needed column is missing or a cell that matters holds a formula."""
    rows = sheet.rows()
    head = list(islice(rows, LOOK_FOR_HEADER))
    form, columns = _fitting(head, forms, extra)
    if columns is None:
        report.why = "no_table" if any(not _empty(cell) for _row, cells in head for cell in cells) else "empty"
        return
    report.kind, report.header_row, report.fields = form.kind, columns.row, tuple(columns.at)
    report.doubled = tuple(columns.doubled.values())
    report.unknown = dict.fromkeys(columns.unknown.values(), 0)
    reader = _Reader(sheet, form, columns, report)
    for number, cells in head:
        if number > columns.row and (found := reader.take(number, cells)) is not None:
            yield number, found
    head.clear()
    for number, cells in rows:
        if (found := reader.take(number, cells)) is not None:
            yield number, found


def _fitting(
    head: list[tuple[int, Row]], forms: Sequence[Form], extra: Mapping[str, str]
) -> tuple[Form, Columns | None]:
    for form in forms:
        known = {header: field for header, field in extra.items() if not field or field in form.labels}
        if (columns := find_columns(head, form, known)) is not None:
            return form, columns
    return forms[0], None


class _Reader:
    def __init__(self, sheet: Sheet, form: Form, columns: Columns, report: SheetReport):
        self.sheet, self.form, self.columns, self.report = sheet, form, columns, report
        self.at = tuple(columns.at.items())
        self.width = max(columns.at.values()) + 1
        first, second = (*form.required, *form.required)[:2]
        self.first, self.second = columns.at[first], columns.at[second]

    def take(self, number: int, cells: Row) -> dict[str, Cell] | None:
        """The row's cells by field; None for an empty row, a note, a total, a header printed again."""
        if len(cells) < self.width:
            cells = cells + [""] * (self.width - len(cells))
        if _empty(cells[self.first]) and all(_empty(cells[at]) for _field, at in self.at):
            return None
        if not self._starts_like_a_number(cells[self.second]) and (
            is_note(cells, self.second) or is_header_again(cells, self.columns, self.form)
        ):
            self._total(cells)
            return None
        if self.sheet.formulas:
            self._check_formulas(number)
        self.report.rows += 1
        for column, header in self.columns.unknown.items():
            if column < len(cells) and not _empty(cells[column]):
                self.report.unknown[header] += 1
        return {name: cells[at] for name, at in self.at}

    def _total(self, cells: Row) -> None:
        texts = [cell_text(cell).replace(" ", "") for cell in cells if not _empty(cell)]
        if not texts or not _TOTAL.match(texts[0]):
            return
        found = [_COUNT.search(text) for text in texts]
        self.report.total = next((int(one[1]) for one in found if one), self.report.total)

    @staticmethod
    def _starts_like_a_number(cell: Cell) -> bool:
        """The short way for nearly every row: what has an ID number is a person, no note and no header."""
        return isinstance(cell, str) and len(cell) >= 15 and cell[:6].isdigit()

    def _check_formulas(self, number: int) -> None:
        found = [(name, at + 1) for name, at in self.at if (number, at + 1) in self.sheet.formulas]
        if not found:
            return
        name, column = found[0]
        words = _("“%(sheet)s”的 %(cell)s（%(label)s）是公式，只有算出来的结果，不能当真。请把这一列复制后“选择性粘贴→数值”，再交一次")
        about = {"sheet": self.sheet.name, "cell": cell_name(number, column), "label": self.form.labels[name]}
        raise DomainError(words % about, field="file", code="formula")


def _empty(cell: Cell) -> bool:
    return cell == "" or (isinstance(cell, str) and not cell.strip())


def check_extra(extra: Mapping[str, str], forms: Sequence[Form]) -> None:
    """Raises DomainError when a person's word for a header names a field that no form has."""
    for header, about in extra.items():
        if not any(about == "" or about in form.labels for form in forms):
            read_names(forms[0], {header: about})


def nothing_found(form: Form, reports: list[SheetReport]) -> DomainError:
    """Said when no sheet of a file holds the table."""
    if reports and all(report.hidden for report in reports):
        return DomainError(_("这个文件里的表都是隐藏的。请取消隐藏，再交一次"), field="file", code="all_hidden")
    return missing_columns(form, form.required)


__all__ = ["SheetReport", "check_extra", "nothing_found", "walk"]
