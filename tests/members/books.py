"""Workbooks as towns hand them in, made for a test."""

from __future__ import annotations

import io
from collections.abc import Sequence

import xlsxwriter

HEADER = (
    "序号", "姓名", "性别", "身份证号", "联系电话", "镇(街道)", "车牌号", "准驾车型", "从业资格证号", "从业资格证有效期", "所属企业",
    "统一社会信用代码", "运输行业", "政治面貌", "组织关系所在地", "入党时间", "劳动关系所在地", "业务开展地", "备注",
)  # fmt: skip
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def resident_id(n: int) -> str:
    """The n-th of the people invented here."""
    body = f"320312{1965 + n % 30}{n // 30 % 12 + 1:02d}{n // 360 % 28 + 1:02d}{(n * 2 + 1) % 1000:03d}"
    return body + "10X98765432"[sum(int(c) * w for c, w in zip(body, _WEIGHTS, strict=True)) % 11]


def person(n: int, **more: str) -> dict[str, str]:
    """A row that is taken, by header; `more` overrides or adds (keys are headers)."""
    row = {
        "姓名": f"张{'甲乙丙丁戊己庚辛壬癸'[n % 10]}{'一二三四五六七八九十'[n // 10 % 10]}", "性别": "男", "身份证号": resident_id(n),
        "联系电话": f"139{n:08d}", "镇(街道)": "棠张镇", "车牌号": f"苏C{n:05d}", "准驾车型": "A2", "运输行业": "煤炭", "政治面貌": "群众",
    }  # fmt: skip
    return row | more


def book(*rows: dict[str, str], sheet: str = "棠张镇", header: Sequence[str] = HEADER, total: int | None = None) -> bytes:
    """One sheet with a title above and a total below."""
    out = io.BytesIO()
    made = xlsxwriter.Workbook(out, {"in_memory": True})
    page = made.add_worksheet(sheet)
    page.write_string(0, 0, f"铜山区货车司机摸排登记表({sheet})")
    header = [*header, *dict.fromkeys(key for row in rows for key in row if key not in header)]
    page.write_row(1, 0, header)
    for at, row in enumerate(rows, 2):
        for column, name in enumerate(header):
            if row.get(name):
                page.write_string(at, column, row[name])
    if total is not None:
        page.write_row(len(rows) + 2, 0, ["合计", "", f"{total}人"])
    made.close()
    return out.getvalue()
