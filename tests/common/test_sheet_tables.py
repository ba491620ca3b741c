"""Headers are found wherever they stand and however they are called; days are read, never made up."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from common.errors import DomainError
from common.sheet_tables import cell_date, cell_text, find_columns, is_note, names_of, plain
from common.sheets import CellError
from members.rules.census_columns import CENSUS


def columns(*rows, extra=None):
    return find_columns(list(enumerate(map(list, rows), 1)), CENSUS, extra)


PLAIN = ("序号", "姓名", "身份证号", "联系电话", "镇(街道)")


@pytest.mark.parametrize(
    "header",
    [
        PLAIN,
        ("序号", "姓\n名", "身份证\n号码", "联系　电话", "镇（街道）"),
        ("No.", " 姓 名 ", "公民身份号码", "手机号码", "所属镇街"),
        ("序号", "*姓名", "身份证号：", "电话（必填）", "乡镇/街道"),
        ("编号", "驾驶员姓名", "居民身份证号码", "联系方式", "镇街道"),
        ("seq", "name", "id_number", "phone", "place"),
    ],
)
def test_a_header_is_known_however_it_is_written(header):
    found = columns(["铜山区货车司机摸排登记表"], ["填报单位:棠张镇", "", "", "填报日期:2022年5月"], header, [1.0, "张伟"])
    assert found.row == 3
    assert found.at == {"name": 1, "id_number": 2, "phone": 3, "place": 4}


def test_moved_columns_are_found():
    assert columns(("镇(街道)", "联系电话", "备注", "姓名", "身份证号")).at == {
        "place": 0, "phone": 1, "note": 2, "name": 3, "id_number": 4,
    }  # fmt: skip


def test_a_header_merged_over_two_rows_is_read_as_one():
    found = columns(
        ["登记表"],
        ["序号", "姓名", "身份证号", "联系电话", "镇(街道)", "企业", ""],
        ["", "", "", "", "", "名称", "信用代码"],
        [1.0, "张伟", "x", "1", "棠张镇", "甲公司", "9"],
    )
    assert found.row == 3 and found.at["enterprise"] == 5 and found.at["enterprise_code"] == 6


def test_an_unknown_header_is_reported_and_left_unread():
    found = columns((*PLAIN, "role", "is_verified", "是否五保"))
    assert found.unknown == {5: "role", 6: "is_verified", 7: "是否五保"}
    assert not set(found.at) & {"role", "is_verified"}


def test_what_a_person_said_of_a_header_is_heard():
    found = columns((*PLAIN[:3], "微信同号", "镇(街道)"), extra={"微信 同号": "phone"})
    assert found.at["phone"] == 3
    assert columns((*PLAIN, "五保"), extra={"五保": ""}).unknown == {}


def test_nobody_can_say_that_a_header_is_a_role():
    with pytest.raises(DomainError) as caught:
        columns(PLAIN, extra={"role": "is_verified"})
    assert caught.value.code == "unknown_field"


def test_a_second_column_for_the_same_field_is_reported_not_read():
    found = columns((*PLAIN, "手机号"))
    assert found.at["phone"] == 3 and found.doubled == {5: "手机号"}


@pytest.mark.parametrize(("gone", "word"), [(1, "姓名"), (2, "身份证号"), (3, "手机号"), (4, "镇（街道）")])
def test_a_missing_required_header_stops_the_file_by_name(gone, word):
    header = [*PLAIN, "车牌号"]
    header[gone] = "???"
    with pytest.raises(DomainError, match=word) as caught:
        columns(header)
    assert caught.value.code == "missing_columns"


def test_a_sheet_without_a_table_is_none():
    assert columns(["填表说明"], ["一、请按文本格式填写"]) is None
    assert columns() is None


def test_a_name_cannot_mean_two_fields():
    with pytest.raises(ValueError, match="电话"):
        names_of({"a": ["电话"], "b": ["电话"]})


NOTES = ["合计", "合 计", "总计：", "小计", "共计785人", "填表说明:身份证号请按文本格式填写", "备注：", "填报人：张三", "审核人(签字):",
         "单位(盖章)", "制表日期：2022年5月", "※ 请核对", "注:本表一式两份", "主要负责人（签字）："]  # fmt: skip


@pytest.mark.parametrize("text", NOTES)
def test_totals_and_notes_are_no_persons(text):
    assert is_note([text, "", "783人", ""], 2)


@pytest.mark.parametrize("text", ["张伟", "付说明", "合力", "共青", "备注"[:1], "负责"])
def test_a_person_is_no_note(text):
    assert not is_note([text, "", "", ""], 2)
    assert not is_note(["合计", "x", "320312197207278892"], 2)
    assert not is_note([3.0, "合计"], 2)


@given(st.dates(date(1921, 1, 1), date(2099, 12, 31)))
def test_every_way_of_writing_a_day_is_the_same_day(day):
    serial = (day - date(1899, 12, 30)).days
    forms = [
        day, datetime(day.year, day.month, day.day, 13, 5), float(serial), str(serial) if serial > 9999 else day, f"{day:%Y%m%d}", float(f"{day:%Y%m%d}"),
        f"{day:%Y-%m-%d}", f"{day:%Y.%m.%d}", f"{day:%Y/%m/%d}", f"{day.year}-{day.month}-{day.day}",
        f"{day.year}年{day.month}月{day.day}日", f"{day.year} 年 {day.month} 月 {day.day} 日", f"{day.year}年{day.month:02}月{day.day:02}",
        f" {day:%Y-%m-%d} ", f"{day:%Y-%m-%d} 00:00:00", f"{day:%Y-%m-%d}".translate({48 + n: 0xFF10 + n for n in range(10)}),
    ]  # fmt: skip
    assert {cell_date(form) for form in forms} == {day}


@pytest.mark.parametrize(
    "cell",
    ["", "2022年5月", "2022.05", "2022", "22.5.18", "2022-13-01", "2022-02-30", "2022-05/18", "20220230", "长期", "5月18日", "O0220518",
     True, 0.0, -5.0, 12.0, 60.0, 3.2e17, float("nan"), float("inf"), CellError("#N/A"), timedelta(1), "२०२२-०५-१८", "１２３"],
)  # fmt: skip
def test_a_day_that_is_not_whole_is_no_day(cell):
    assert cell_date(cell) is None


@given(st.one_of(st.text(), st.floats(), st.booleans(), st.dates(), st.datetimes(), st.timedeltas(), st.times()))
def test_no_cell_is_too_odd_to_be_read(cell):
    assert isinstance(cell_text(cell), str)
    assert cell_date(cell) is None or isinstance(cell_date(cell), date)


@given(st.text())
@example("a\u200b\u0308")
def test_cleaning_twice_changes_nothing(text):
    assert plain(plain(text)) == plain(text)


def test_a_whole_number_is_told_without_its_point():
    assert cell_text(13812345678.0) == "13812345678"
    assert cell_text(0.5) == "0.5"
    assert cell_text(CellError("#N/A")) == ""
