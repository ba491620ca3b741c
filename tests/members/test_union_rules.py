"""The union's register: enterprises and members, each occupation kept as it is."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date

import pytest

from common import sheets
from common.errors import DomainError
from members.rules.union_rows import OCCUPATIONS, Union
from tests.common.books import book
from tests.members.test_census_rules import DATA, TODAY, places

CODE, OTHER_CODE = "91350100M000100Y43", "11320000MB151840XJ"
ENTERPRISES = ["企业名称", "统一社会信用代码", "所在镇街", "建会日期", "工会主席"]
MEMBERS = ["姓名", "身份证号", "手机号", "工作单位", "信用代码", "职业", "入会日期"]
ZHANG = ["张伟", "11010519491231002X", 13812345678, "徐州甲公司", CODE, "货车司机", date(2022, 5, 18)]


def union(source, name="表.xlsx", **options):
    reader = Union(places=places(), today=TODAY, **options)
    return reader, list(reader.check(sheets.read(source, name)))


def test_the_federations_register_is_taken_whole():
    truth = json.loads((DATA / "union-23687.truth.json").read_text(encoding="utf-8"))
    reader, found = union(DATA / "union-23687.xlsx", "")
    assert not [one for one in found if one.reason or one.warnings]
    assert Counter(one.kind for one in found) == {"enterprise": truth["enterprises"], "member": truth["members"]}
    occupations = Counter(OCCUPATIONS[one.values["occupation"]] for one in found if one.kind == "member")
    assert occupations == truth["by_occupation"]
    assert [(one.kind, one.unknown) for one in reader.sheets] == [("enterprise", {}), ("member", {})]


def test_a_member_and_an_enterprise_are_read_with_all_they_say():
    _reader, [enterprise, member] = union(book(
        企业名册=[ENTERPRISES, ["徐州甲公司", CODE.lower(), "棠张镇", "2022.1.1", "李 强"]], 会员名册=[MEMBERS, ZHANG],
    ))  # fmt: skip
    assert enterprise.values == {
        "enterprise": "徐州甲公司", "enterprise_code": CODE, "place": "320312111", "founded_on": date(2022, 1, 1), "chair": "李强",
    }  # fmt: skip
    assert member.values == {
        "name": "张伟", "id_number": "11010519491231002X", "phone": "13812345678", "enterprise": "徐州甲公司",
        "enterprise_code": CODE, "occupation": "truck", "joined_on": date(2022, 5, 18),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("reason", "at", "cell"),
    [
        ("name_missing", 0, ""),
        ("id_length", 1, 110105194912310000.0),
        ("id_checksum", 1, "110105194912310021"),
        ("phone_invalid", 2, "1380000000O"),
    ],
)
def test_a_member_is_refused_for_the_reasons_of_the_census(reason, at, cell):
    wrong = list(ZHANG)
    wrong[at] = cell
    _reader, [found] = union(book(会员名册=[MEMBERS, wrong]))
    assert (found.reason, found.values) == (reason, {}) and found.words


@pytest.mark.parametrize(
    ("reason", "rows"),
    [
        ("enterprise_missing", [["", CODE, "棠张镇"]]),
        ("code_invalid", [["徐州甲公司", "91350100M000100Y44"]]),
        ("duplicate_row", [["徐州甲公司", CODE], ["徐州甲公司", CODE]]),
        ("code_conflict", [["徐州甲公司", CODE], ["徐州乙公司", CODE]]),
    ],
)
def test_an_enterprise_is_refused_with_its_reason(reason, rows):
    _reader, found = union(book(企业名册=[ENTERPRISES, *rows]))
    assert found[-1].reason == reason and found[-1].words


def test_the_same_member_twice_and_another_name_on_his_number():
    _reader, found = union(book(会员名册=[MEMBERS, ZHANG, ZHANG, ["李强", *ZHANG[1:]]]))
    assert [one.reason for one in found] == ["", "duplicate_row", "id_conflict"]


@pytest.mark.parametrize(
    ("code", "at", "cell"),
    [
        ("occupation_unknown", 5, "修理工"),
        ("enterprise_not_listed", 4, OTHER_CODE),
        ("enterprise_code_invalid", 4, "x"),
        ("enterprise_differs", 3, "徐州甲有限公司"),
        ("day_unread", 6, "2022年"),
        ("day_implausible", 6, date(2030, 1, 1)),
    ],
)
def test_what_is_doubtful_of_a_member_is_taken_with_a_warning(code, at, cell):
    doubtful = list(ZHANG)
    doubtful[at] = cell
    _reader, [_enterprise, member] = union(book(企业名册=[ENTERPRISES, ["徐州甲公司", CODE]], 会员名册=[MEMBERS, doubtful]))
    assert member.reason == "" and [one.code for one in member.warnings] == [code]


def test_who_is_no_truck_driver_never_becomes_one():
    rows = [["某" + "甲乙丙"[n], number, 13812345678 + n, "", "", job] for n, (number, job) in enumerate([
        ("11010519491231002X", "物流快递员"), ("320312198704181014", "网约车司机"), ("320312198704181030", "司机"),
    ])]  # fmt: skip
    _reader, found = union(book(会员名册=[MEMBERS, *rows]))
    assert "truck" not in {one.values.get("occupation") for one in found}


def test_a_census_sheet_is_not_taken_for_the_unions():
    with pytest.raises(DomainError, match="职业"):
        union(DATA / "census-sample.xlsx", "")
    with pytest.raises(DomainError, match="没有“role”这个项目"):
        union(DATA / "union-23687.xlsx", "", extra={"职业": "role"})
