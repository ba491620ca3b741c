"""What may leave in a workbook: closed columns, by kind, and cells that no spreadsheet takes for a formula."""

from __future__ import annotations

SECOND_PERSON_ABOVE = 200  # rows; the database knows this number, too
MOST_ROWS = 100_000  # of one workbook: what a sealed file holds with room to spare
KEPT_HOURS = 24  # from the moment it is ready
DANGEROUS = "=+-@\t\r＝＋－＠"

COLUMNS: dict[str, tuple[tuple[str, str], ...]] = {
    "drivers": (
        ("name", "姓名"), ("phone", "手机号"), ("place", "镇街"), ("engagement", "身份"), ("employer", "企业"), ("trade", "运输行业"),
        ("licence", "准驾车型"), ("expiry", "从业资格证有效期"), ("plates", "车牌"), ("checked", "最近核过"),
    ),
    "members": (
        ("name", "姓名"), ("phone", "手机号"), ("branch", "支部"), ("kind", "类别"), ("vote", "表决权"), ("place", "镇街"),
        ("joined", "入党"), ("placed", "入列"), ("heard", "最近联系"),
    ),
}  # fmt: skip


def columns_of(columns: tuple[tuple[str, str], ...], wanted: list[str]) -> list[str]:
    """The wanted of these columns, in their order; all of them when none is named. Unknown ones are left out."""
    known = [name for name, _word in columns]
    return [name for name in known if name in wanted] or known


def safe_cell(value: object) -> str:
    """Text as it goes into a cell: what would begin a formula gets a leading apostrophe (ASVS 5.0 1.2.10)."""
    text = "" if value is None else str(value)
    return f"'{text}" if text[:1] and text[0] in DANGEROUS else text
