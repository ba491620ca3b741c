"""A town gets back its own file, with a word beside each row that is to be looked at again."""

from __future__ import annotations

import io
import zipfile

import openpyxl
import pytest
from django.conf import settings

from common import sheets
from common.errors import DomainError
from common.sheet_remarks import REMARK_TITLE, with_remarks
from tests.common.books import book, cell, repacked, sheet_xml, with_sheet


def test_a_workbook_comes_back_with_remarks_beside_its_own_cells():
    source = book(甲=[["标题"], ["姓名", "电话"], ["张伟", 13812345678], ["李强", "1"]], 乙=[["x"]], merged={"甲": ["A1:B1"]})
    found = openpyxl.load_workbook(io.BytesIO(with_remarks(source, {("甲", 4): "手机号 <不对>\n&\x07"}, headers={"甲": 2})))
    assert [[one.value for one in row] for row in found["甲"].iter_rows(min_row=2)] == [
        ["姓名", "电话", REMARK_TITLE], ["张伟", 13812345678, None], ["李强", "1", "手机号 <不对>\n&"],
    ]  # fmt: skip
    assert [str(one) for one in found["甲"].merged_cells.ranges] == ["A1:B1"] and found.sheetnames == ["甲", "乙"]
    assert found["乙"]["A1"].value == "x" and found["乙"].max_column == 1


def test_a_remark_is_never_a_formula():
    back = with_remarks(book(甲=[["a"]]), {("甲", 1): '=HYPERLINK("x")'})
    assert openpyxl.load_workbook(io.BytesIO(back))["甲"]["B1"].data_type == "s"
    assert with_remarks(b"a,b\r\n", {("x", 1): "=1+1"}) == b"\xef\xbb\xbfa,b,'=1+1\r\n"


def test_nothing_else_of_the_workbook_changes():
    source = (settings.BASE_DIR / "members/data/census-sample.xlsx").read_bytes()
    back = with_remarks(source, {("棠张镇", 48): "身份证号要 18 位"}, headers={"棠张镇": 3})
    old, new = (zipfile.ZipFile(io.BytesIO(one)) for one in (source, back))
    assert old.namelist() == new.namelist()
    assert [name for name in old.namelist() if old.read(name) != new.read(name)] == ["xl/worksheets/sheet2.xml"]
    assert b'ref="A1:T172"' in new.read("xl/worksheets/sheet2.xml")
    for before, after in zip(sheets.read(source, "a.xlsx"), sheets.read(back, "a.xlsx"), strict=True):
        assert [cells for _row, cells in before.rows()] == [cells[:19] for _row, cells in after.rows()]
        assert before.name != "棠张镇" or [cells[19] for _row, cells in after.rows() if len(cells) > 19 and cells[19]] == [
            REMARK_TITLE, "身份证号要 18 位",
        ]  # fmt: skip


def test_it_stays_a_workbook_that_we_would_take_ourselves_and_remarks_can_be_renewed():
    once = with_remarks(book(甲=[["姓名"], ["张伟"]]), {("甲", 2): "一"}, headers={"甲": 1})
    twice = with_remarks(once, {("甲", 2): "二"})
    assert [cells for _row, cells in next(sheets.read(twice, "a.xlsx")).rows()] == [["姓名", REMARK_TITLE, ""], ["张伟", "一", "二"]]


def test_empty_coloured_cells_behind_the_table_give_way():
    source = with_sheet(f'<row r="1" spans="1:3">{cell("A1")}<c r="B1" s="1"/><c r="C1" s="1"/></row><row r="2"/>')
    back = with_remarks(source, {("表", 1): "一", ("表", 2): "二"})
    found = openpyxl.load_workbook(io.BytesIO(back))["表"]
    assert [[one.value for one in row] for row in found.iter_rows()] == [["x", "一"], [None, "二"]]
    assert b"spans" not in zipfile.ZipFile(io.BytesIO(back)).read("xl/worksheets/sheet1.xml")


def test_rows_without_an_address_and_with_a_prefix_get_their_remarks():
    plain = sheet_xml("<row><c t='inlineStr'><is><t>a</t></is></c></row><row><c t='inlineStr'><is><t>b</t></is></c></row>").decode()
    prefixed = plain.replace("<", "<x:").replace("<x:/", "</x:").replace("<x:?", "<?").replace("xmlns=", "xmlns:x=")
    for xml in (plain, prefixed):
        source = repacked(book(表=[["x"]]), {"xl/worksheets/sheet1.xml": xml.encode()})
        back = with_remarks(source, {("表", 2): "二"})
        assert [cells for _row, cells in next(sheets.read(back, "a.xlsx")).rows()] == [["a", ""], ["b", "二"]]


def test_a_sheet_with_comments_in_its_xml_is_not_guessed_at():
    with pytest.raises(DomainError, match="加不了意见列"):
        with_remarks(with_sheet(f'<!-- <row r="1"></row> --><row r="1">{cell("A1")}</row>'), {("表", 1): "一"})


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_csv_comes_back_with_remarks_in_its_own_encoding(encoding):
    source = "姓名,电话\r\n张伟,1\r\n李强,2\r\n".encode(encoding)
    back = with_remarks(source, {("a", 2): "手机号不对"}, headers={"a": 1})
    assert back.decode(encoding.removesuffix("-sig").replace("utf-8", "utf-8-sig")) == "姓名,电话,核对意见\r\n张伟,1,手机号不对\r\n李强,2\r\n"
