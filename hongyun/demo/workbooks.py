"""Small workbooks as towns hand them in later: made from rows of the register, so that they update, clash and lack."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

import xlsxwriter

from common.identifiers import check_resident_id
from hongyun.demo import names
from members.models import Driver

HEADERS = {
    "name": "姓名", "id_number": "身份证号", "phone": "联系电话", "place": "镇（街道）", "plate": "车牌号",
    "licence_class": "准驾车型", "certificate_expiry": "从业资格证有效期", "trade": "运输行业", "business_place": "业务开展地",
}  # fmt: skip
SIGNS = "10X98765432"
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)

CREATED = datetime(2026, 1, 1)  # noqa: DTZ001 - a property of the file, so that it is the same each time

Row = dict[str, str]


@dataclass
class Town:
    """One sheet of rows; `title` stands above the headers."""

    title: str
    rows: list[Row] = field(default_factory=list)

    def content(self) -> bytes:
        """The file. Its sheet is called 补报, so that it declares no number of drivers for a town."""
        out = io.BytesIO()
        with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_numbers": False}) as book:
            book.set_properties({"created": CREATED})
            sheet = book.add_worksheet("补报")
            sheet.write_string(0, 0, self.title)
            sheet.write_row(2, 0, ["序号", *HEADERS.values()])
            for number, row in enumerate(self.rows, start=1):
                sheet.write_number(number + 2, 0, number)
                for column, name in enumerate(HEADERS, start=1):
                    sheet.write_string(number + 2, column, row.get(name, ""))
        return out.getvalue()


def row_of(driver: Driver, **other: str) -> Row:
    """What a town writes of somebody who is in the register; `other` is what it writes differently."""
    person = driver.person
    return {
        "name": person.name, "id_number": person.id_number or "", "phone": person.phone or "", "place": driver.place.name,
    } | other  # fmt: skip


def rows_of(drivers: Iterable[Driver]) -> list[Row]:
    return [row_of(each) for each in drivers]


def new_row(n: int, place: str, **other: str) -> Row:
    """Somebody invented who is in no register yet."""
    draw = names.chance("new", n)
    return {
        "name": names.full_name("new", n), "id_number": resident_id(date(1970 + draw.randrange(30), 1 + draw.randrange(12), 1 + draw.randrange(28)), n),
        "phone": f"1595{2_000_000 + n * 37:07d}", "place": place, "plate": names.plate(9000 + n), "licence_class": "A2", "trade": "普货",
    } | other  # fmt: skip


def resident_id(born: date, n: int) -> str:
    """A valid number of nobody."""
    body = f"320312{born:%Y%m%d}{901 + n * 2:03d}"
    sign = SIGNS[sum(int(digit) * weight for digit, weight in zip(body, WEIGHTS, strict=True)) % 11]
    return check_resident_id(body + sign)


def drivers_of(place_code: str, *, count: int, out: Sequence[int] = ()) -> list[Driver]:
    """The first drivers of a town, without these persons."""
    rows = Driver.objects.filter(place__code=place_code).exclude(person__in=out)
    return list(rows.select_related("person", "place").order_by("pk")[:count])
