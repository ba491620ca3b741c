"""The union federation's register (工会联合会): a list of enterprises and a list of members, in one workbook.

The reasons are those of the census as far as they apply. An occupation is kept as it is: who is no truck driver
never becomes one here, and a truck driver of this list becomes no driver of the register.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from common.sheet_tables import Form, cell_date, cell_text, names_of
from common.sheet_walk import SheetReport, check_extra, nothing_found, walk
from common.sheets import Cell, Sheet
from members.rules.census_checks import (
    Checked,
    Places,
    Refused,
    Where,
    is_code,
    person_name,
    read_phone,
    resident_id,
    tight,
    warn,
)
from members.rules.census_words import reason_field, reason_words

ENTERPRISE, MEMBER = "enterprise", "member"
OCCUPATIONS = {"truck": "货车司机", "courier": "物流快递员", "ride": "网约车司机"}
_OCCUPATION = {
    **dict.fromkeys(("货车司机", "货车驾驶员", "货运司机", "大货车司机"), "truck"),
    **dict.fromkeys(("物流快递员", "快递员", "快递小哥", "外卖员", "外卖配送员", "网约配送员"), "courier"),
    **dict.fromkeys(("网约车司机", "网约车驾驶员"), "ride"),
}
_UNREAD = ("序号", "编号", "序", "备注", "性别")
_CODE = ("统一社会信用代码", "社会信用代码", "信用代码", "企业信用代码", "统一信用代码", "单位信用代码", "企业代码")

MEMBERS = Form(
    kind=MEMBER,
    labels={
        "name": "姓名", "id_number": "身份证号", "phone": "手机号", "enterprise": "工作单位",
        "enterprise_code": "信用代码", "occupation": "职业", "joined_on": "入会日期",
    },
    required=("name", "id_number", "phone", "occupation"),
    names=names_of({
        "name": ("姓名", "会员姓名", "名字", "职工姓名"),
        "id_number": ("身份证号", "身份证号码", "身份证", "公民身份号码", "居民身份证号码", "证件号码"),
        "phone": ("手机号", "手机号码", "手机", "联系电话", "电话", "电话号码", "联系方式", "移动电话"),
        "enterprise": ("工作单位", "所属企业", "企业名称", "单位名称", "所在企业", "单位", "企业", "所在单位"),
        "enterprise_code": _CODE,
        "occupation": ("职业", "工种", "岗位", "从业类型", "群体", "职业类型", "所属群体"),
        "joined_on": ("入会日期", "入会时间", "加入工会时间", "加入工会日期"),
    }, _UNREAD),
)  # fmt: skip
ENTERPRISES = Form(
    kind=ENTERPRISE,
    labels={
        "enterprise": "企业名称", "enterprise_code": "统一社会信用代码", "place": "所在镇街",
        "founded_on": "建会日期", "chair": "工会主席",
    },
    required=("enterprise", "enterprise_code"),
    names=names_of({
        "enterprise": ("企业名称", "单位名称", "企业", "单位", "公司名称", "基层工会名称"),
        "enterprise_code": _CODE,
        "place": ("所在镇街", "镇(街道)", "镇街", "镇街道", "所属镇街", "所在镇(街道)", "所属镇(街道)", "乡镇街道", "所在地"),
        "founded_on": ("建会日期", "建会时间", "成立日期", "工会成立时间"),
        "chair": ("工会主席", "主席", "工会主席姓名", "负责人"),
    }, _UNREAD),
)  # fmt: skip
FORMS = (MEMBERS, ENTERPRISES)
_LABELS = {**ENTERPRISES.labels, **MEMBERS.labels}


def stands_for_all(*, named: int, stood: int) -> bool:
    """Whether a list that names `named` members is the register anew, where `stood` were in it, and not an addition to it:
    of a register of thousands hundreds leave in a year, never more than half."""
    return named > 0 and 2 * named >= stood


@dataclass(slots=True)
class UnionSeen:
    """What the rows taken so far have used."""

    ids: dict[str, tuple[str, Where]] = field(default_factory=dict)
    phones: dict[str, Where] = field(default_factory=dict)
    enterprises: dict[str, tuple[str, Where]] = field(default_factory=dict)


class Union:
    """A workbook of the federation read once, row by row. Each row says of which kind it is."""

    def __init__(self, *, places: Iterable[tuple[str, str]], today: date, extra: Mapping[str, str] | None = None):
        self.places = Places(places)
        self.today = today
        self.extra = dict(extra or {})
        check_extra(self.extra, FORMS)
        self.seen = UnionSeen()
        self.sheets: list[SheetReport] = []

    def check(self, sheets: Iterable[Sheet]) -> Iterator[Checked]:
        """Every row of every sheet that can be seen. Raises DomainError for a file that cannot be taken at all."""
        for sheet in sheets:
            report = SheetReport(name=sheet.name, hidden=sheet.hidden, why="hidden" if sheet.hidden else "")
            self.sheets.append(report)
            if sheet.hidden:
                continue
            for row, cells in walk(sheet, FORMS, self.extra, report):
                yield self._row(report.kind, cells, Where(sheet.name, row))
        if not any(report.header_row for report in self.sheets):
            raise nothing_found(MEMBERS, self.sheets)

    def _row(self, kind: str, cells: Mapping[str, Cell], at: Where) -> Checked:
        checked = Checked(sheet=at.sheet, row=at.row, kind=kind)
        try:
            if kind == MEMBER:
                self._member(checked, cells, at)
            else:
                self._enterprise(checked, cells, at)
        except Refused as refused:
            checked.values = {}
            checked.warnings = []
            checked.reason, checked.column = refused.reason, reason_field(refused.reason)
            checked.words = reason_words(refused.reason, refused.details)
            checked.raw = cell_text(cells.get(checked.column, ""))[:40]
        return checked

    def _member(self, checked: Checked, cells: Mapping[str, Cell], at: Where) -> None:
        name = person_name(cells.get("name", ""))
        if not name:
            raise Refused("name_missing")
        number = resident_id(cells.get("id_number", ""))
        phone = read_phone(cells.get("phone", ""))
        if not phone:
            raise Refused("phone_invalid")
        if before := self.seen.ids.get(number):
            raise Refused("duplicate_row" if before[0] == name else "id_conflict", where=before[1].words())
        self.seen.ids[number] = (name, at)
        checked.values = {"name": name, "id_number": number, "phone": phone}
        other = self.seen.phones.setdefault(phone, at)
        if other is not at:
            warn(checked, "phone_shared", where=other.words())
        self._employer(checked, cells)
        occupation = _OCCUPATION.get(tight(cells.get("occupation", "")), "other")
        if occupation == "other":
            warn(checked, "occupation_unknown")
        checked.values["occupation"] = occupation
        self._day(checked, cells, "joined_on")

    def _employer(self, checked: Checked, cells: Mapping[str, Cell]) -> None:
        _keep(checked, "enterprise", cell_text(cells.get("enterprise", "")), 80)
        code = tight(cells.get("enterprise_code", "")).upper()
        if not code:
            return
        if not is_code(code):
            warn(checked, "enterprise_code_invalid")
            return
        checked.values["enterprise_code"] = code
        listed = self.seen.enterprises.get(code)
        if self.seen.enterprises and listed is None:
            warn(checked, "enterprise_not_listed")
        elif listed and listed[0] != checked.values.get("enterprise", listed[0]):
            warn(checked, "enterprise_differs")

    def _enterprise(self, checked: Checked, cells: Mapping[str, Cell], at: Where) -> None:
        name = cell_text(cells.get("enterprise", "")).replace(" ", "")
        if not name:
            raise Refused("enterprise_missing")
        code = tight(cells.get("enterprise_code", "")).upper()
        if not is_code(code):
            raise Refused("code_invalid")
        if before := self.seen.enterprises.get(code):
            raise Refused("duplicate_row" if before[0] == name else "code_conflict", where=before[1].words())
        _keep(checked, "enterprise", name, 80)
        checked.values["enterprise_code"] = code
        self.seen.enterprises[code] = (checked.values["enterprise"], at)
        if place := tight(cells.get("place", "")):
            found, fault = self.places.find(place)
            if fault:
                warn(checked, "place_unread")
            else:
                checked.values["place"] = found
        self._day(checked, cells, "founded_on")
        _keep(checked, "chair", person_name(cells.get("chair", "")), 40)

    def _day(self, checked: Checked, cells: Mapping[str, Cell], about: str) -> None:
        cell = cells.get(about, "")
        if tight(cell) == "":
            return
        day = cell_date(cell)
        if day is None:
            warn(checked, "day_unread", about, label=_LABELS[about])
            return
        checked.values[about] = day
        if day > self.today or day.year < 1949:
            warn(checked, "day_implausible", about, label=_LABELS[about], day=day.isoformat())


def _keep(checked: Checked, about: str, text: str, most: int) -> None:
    if len(text) > most:
        warn(checked, "text_cut", about, label=_LABELS[about], most=most)
    if text:
        values: dict[str, Any] = checked.values
        values[about] = text[:most]
