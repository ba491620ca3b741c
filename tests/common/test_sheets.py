"""Files from outside become plain rows, or are refused in words before anything of them is laid out."""

from __future__ import annotations

import io
import struct
import zipfile
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common import sheet_guard, sheets
from common.errors import DomainError
from tests.common.books import book, cell, repacked, sheet_xml, with_sheet


def rows(source: bytes, name: str = "表.xlsx") -> dict[str, list[list]]:
    return {sheet.name: [cells for _row, cells in sheet.rows()] for sheet in sheets.read(source, name)}


def refusal(source: bytes, name: str = "表.xlsx") -> DomainError:
    with pytest.raises(DomainError) as caught:
        rows(source, name)
    assert caught.value.field == "file"
    return caught.value


# -- reading ---------------------------------------------------------------------------------------------------


def test_a_cell_keeps_its_kind():
    [[text, number, day, yes]] = rows(book(表=[["320312197207278892", 320312197207278892, date(2022, 5, 18), True]]))["表"]
    assert text == "320312197207278892"
    assert isinstance(number, float)
    assert day == date(2022, 5, 18)
    assert yes is True


def test_an_error_value_is_no_text_and_no_empty_cell():
    source = with_sheet('<row r="1"><c r="A1" t="e"><v>#N/A</v></c>' + cell("B1", "#N/A") + "</row>")
    [[error, text]] = rows(source)["表"]
    assert isinstance(error, sheets.CellError) and error == "#N/A"
    assert not isinstance(text, sheets.CellError) and text == "#N/A"


def test_rows_and_columns_are_counted_from_the_corner_of_the_sheet():
    source = book(表=[[], [], ["", "", "c3"], [], ["", "b5"]])
    [sheet] = sheets.read(source, "表.xlsx")
    found = {(row, column): cell for row, cells in sheet.rows() for column, cell in enumerate(cells, 1) if cell != ""}
    assert found == {(3, 3): "c3", (5, 2): "b5"}


def test_hidden_sheets_are_marked():
    found = [(sheet.name, sheet.hidden) for sheet in sheets.read(book(甲=[["a"]], 乙=[["b"]], hidden=["乙"]), "x.xlsx")]
    assert found == [("甲", False), ("乙", True)]


def test_formulas_are_told_by_their_cells():
    [sheet] = sheets.read(book(表=[["a", "=1+1"], ["b", "=A1"]]), "x.xlsx")
    assert sheet.formulas == {(1, 2), (2, 2)}
    assert [sheets.cell_name(*one) for one in sorted(sheet.formulas)] == ["B1", "B2"]


def test_cells_without_an_address_and_with_a_prefix_are_read_too():
    bare = with_sheet("<row><c t='inlineStr'><is><t>a</t></is></c><c><f>1+1</f><v>2</v></c></row>")
    assert rows(bare) == {"表": [["a", 2.0]]}
    [sheet] = sheets.read(bare, "x.xlsx")
    assert sheet.formulas == {(1, 2)}
    plain = sheet_xml('<row r="1">' + cell("A1") + '<c r="B1"><f>1</f><v>1</v></c></row>').decode()
    prefixed = plain.replace("<", "<x:").replace("<x:/", "</x:").replace("<x:?", "<?").replace("xmlns=", "xmlns:x=")
    [sheet] = sheets.read(repacked(book(表=[["x"]]), {"xl/worksheets/sheet1.xml": prefixed.encode()}), "x.xlsx")
    assert sheet.formulas == {(1, 2)}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_csv_is_read_in_the_encodings_that_offices_use(encoding):
    source = "姓名,身份证号,备注\r\n垞峰,32031219820825021X,\"一,\n二\"\r\n".encode(encoding)
    assert rows(source, "棠张镇.csv") == {"棠张镇": [["姓名", "身份证号", "备注"], ["垞峰", "32031219820825021X", "一,\n二"]]}


def test_csv_with_tabs_or_semicolons_is_read():
    assert rows("姓名\t电话\n张伟\t1\n".encode(), "a.csv")["a"] == [["姓名", "电话"], ["张伟", "1"]]
    assert rows("姓名;电话\n张伟;1\n".encode(), "a.csv")["a"] == [["姓名", "电话"], ["张伟", "1"]]


def test_a_csv_cell_that_begins_with_an_equals_sign_is_a_formula():
    [sheet] = sheets.read(b'a,"=HYPERLINK(1)"\n', "a.csv")
    list(sheet.rows())
    assert sheet.formulas == {(1, 2)}


@given(st.lists(st.lists(st.text(st.characters(blacklist_categories=("Cs", "Cc")), max_size=8), min_size=2, max_size=4), min_size=1))
def test_whatever_is_written_as_csv_comes_back(table):
    import csv

    table = [["姓名", "电话"], *table]
    out = io.StringIO(newline="")
    csv.writer(out).writerows(table)
    [[*found]] = rows(out.getvalue().encode("utf-8-sig"), "a.csv").values()
    if sheets.delimiter_of(out.getvalue().encode(), "utf-8") == ",":
        assert found == table


# -- refusing --------------------------------------------------------------------------------------------------


def test_macros_are_refused_by_name_by_content_and_by_what_the_book_says_of_itself():
    honest = book(表=[["x"]])
    assert refusal(honest, "表.xlsm").code == "macros"
    assert refusal(repacked(honest, {"xl/vbaProject.bin": b"\xd0\xcf"})).code == "macros"
    assert refusal(repacked(honest, {"xl/macrosheets/sheet1.xml": sheet_xml("")})).code == "macros"
    types = zipfile.ZipFile(io.BytesIO(honest)).read("[Content_Types].xml")
    enabled = types.replace(b"spreadsheetml.sheet.main", b"ms-excel.sheet.macroEnabled.main")
    assert "宏" in refusal(repacked(honest, {"[Content_Types].xml": enabled})).message


def test_a_zip_bomb_is_refused():
    huge = sheet_xml(" " * 60_000_000)
    assert refusal(repacked(book(表=[["x"]]), {"xl/worksheets/sheet1.xml": huge}, level=9)).code == "too_big"


def test_a_bomb_that_lies_about_its_size_is_refused():
    source = bytearray(repacked(book(表=[["x"]]), {"xl/worksheets/sheet1.xml": sheet_xml(" " * 30_000_000)}))
    at = source.rfind(b"xl/worksheets/sheet1.xml") - 46  # its entry in the directory
    assert source[at : at + 4] == b"PK\x01\x02"
    source[at + 24 : at + 28] = struct.pack("<I", 500)
    assert refusal(bytes(source)).code == "too_big"


def test_a_second_archive_behind_the_first_is_refused():
    assert refusal(book(甲=[["a"]]) + book(乙=[["b"]])[:-22] + b"x").code == "broken"
    assert refusal(b"PK\x03\x04" + book(甲=[["a"]])).code == "broken"


def test_a_document_type_and_entities_are_refused():
    head = '<!DOCTYPE worksheet [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
    assert refusal(with_sheet('<row r="1">' + cell("A1", "&b;") + "</row>", head)).code == "doctype"


def test_a_part_in_another_encoding_is_refused():
    part = sheet_xml("").decode().replace("UTF-8", "UTF-16").encode("utf-16")
    assert refusal(repacked(book(表=[["x"]]), {"xl/worksheets/sheet1.xml": part})).code == "broken"
    claimed = sheet_xml("").replace(b"UTF-8", b"UTF-7")
    assert refusal(repacked(book(表=[["x"]]), {"xl/worksheets/sheet1.xml": claimed})).code == "broken"


@pytest.mark.parametrize(
    "body",
    [
        '<row r="1">' + cell("A1") + '</row><row r="1048576">' + cell("XFD1048576") + "</row>",
        '<row r="1">' + cell("A1") + cell("BJ1") + "</row>",
        '<row r="1">' + cell("A1") + "<c r='XFD1' t='inlineStr'><is><t>x</t></is></c></row>",
        '<row r="1">' + "<c t='inlineStr'><is><t>x</t></is></c>" * 61 + "</row>",
    ],
)
def test_a_far_cell_is_refused_before_the_sheet_is_laid_out(body):
    assert refusal(with_sheet(body)).code in ("too_many_columns", "too_many_rows")


def test_a_row_far_below_is_refused():
    caught = refusal(with_sheet('<row r="1">' + cell("A1") + '</row><row r="70000">' + cell("A70000") + "</row>"))
    assert caught.code == "too_many_rows" and "70000" in caught.message


@pytest.mark.parametrize(
    "row",
    [
        "<c r='BDWGN1'/>",  # the millionth column
        "<c/>" * 1_000_000,
        "".join(f'<c r="{sheet_guard.column_letters(n)}1" s="1"/>' for n in range(1, 20_000)),
    ],
)
def test_a_million_empty_columns_are_refused(row):
    assert refusal(with_sheet(f'<row r="1">{row}</row>')).code in ("too_many_columns", "too_big")


def test_a_million_empty_columns_of_csv_are_refused():
    assert refusal(b"a,b\n" + b"," * 1_000_000 + b"\n", "a.csv").code == "too_many_columns"
    assert refusal(b"a,b\n" + b"," * 1_000 + b"\n", "a.csv").code == "too_many_columns"


def test_cells_that_were_only_coloured_far_out_do_no_harm():
    row = "".join(f'<c r="{sheet_guard.column_letters(n)}1" s="1"/>' for n in range(2, 300))
    assert rows(with_sheet(f'<row r="1">{cell("A1")}{row}</row><row r="99999"><c r="A99999" s="1"/></row>')) == {"表": [["x"]]}


def test_too_many_empty_cells_are_refused(monkeypatch):
    monkeypatch.setattr(sheet_guard, "MAX_CELLS", 1000)
    body = "".join(f'<row r="{n}"><c r="A{n}" s="1"/></row>' for n in range(1, 600))
    assert refusal(with_sheet(body)).code == "too_many_cells"


def test_an_address_that_only_the_reader_would_understand_is_refused():
    assert refusal(with_sheet('<row r="1"><c z=">" r="XFD1"><v>1</v></c></row>')).code == "broken"
    assert refusal(with_sheet('<row r="1"><c r="&#88;FD1"><v>1</v></c></row>')).code == "broken"


def test_too_many_rows_are_refused(monkeypatch):
    monkeypatch.setattr(sheets, "MAX_ROWS", 10)
    monkeypatch.setattr(sheets._Left.__init__, "__defaults__", (10,))
    assert refusal("\n".join("ab" for _ in range(11)).encode(), "a.csv").code == "too_many_rows"
    assert refusal(book(甲=[["a"]] * 6, 乙=[["a"]] * 6)).code == "too_many_rows"


@pytest.mark.parametrize(
    ("source", "name", "code"),
    [
        (b"", "a.xlsx", "empty"),
        (b"\n\n", "a.csv", "empty"),
        (b"PK\x03\x04 junk", "a.xlsx", "broken"),
        (b"hello", "a.xlsx", "broken"),
        (b"<table><tr><td>x</td></tr></table>", "a.xls", "wrong_kind"),
        (b"hello", "a.pdf", "wrong_kind"),
        (b"hello", "a", "wrong_kind"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 600, "a.xls", "old_format"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 600, "a.xlsx", "old_format"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "a.xlsx", "encrypted"),
        ("姓名,电话\n".encode("utf-16"), "a.csv", "encoding"),
        (b"a,b\n\xff\xff\xff\n", "a.csv", "encoding"),
        (b'a,b\n"c,d\ne,f\n', "a.csv", "broken"),
        (b"x" * (10 * 1024 * 1024 + 1), "a.csv", "too_large"),
    ],
)
def test_a_file_that_is_not_what_it_should_be_is_refused_in_words(source, name, code):
    caught = refusal(source, name)
    assert caught.code == code and any("\u4e00" <= letter <= "\u9fff" for letter in caught.message)


def test_a_workbook_under_the_name_of_a_csv_is_refused():
    assert refusal(book(表=[["x"]]), "a.csv").code == "wrong_kind"


def test_every_way_of_cutting_a_workbook_short_is_refused():
    source = book(表=[["姓名", "电话"]] * 50)
    for length in range(4, len(source) - 1, 97):
        assert refusal(source[:length]).code == "broken"


@given(st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), min_size=1, max_size=4))
def test_a_damaged_workbook_is_refused_or_read_but_never_falls_over(damage):
    source = bytearray(book(表=[["姓名", "电话"], ["张伟", 13812345678]]))
    for share, value in damage:
        source[4 + int(share * (len(source) - 4))] = value
    try:
        rows(bytes(source))
    except DomainError:
        pass


def test_dates_that_count_from_1904_are_refused():
    honest = book(表=[["x"]])
    part = zipfile.ZipFile(io.BytesIO(honest)).read("xl/workbook.xml").replace(b"<workbookPr ", b'<workbookPr date1904="1" ')
    assert refusal(repacked(honest, {"xl/workbook.xml": part})).code == "dates_1904"


def test_a_missing_file_is_said_so(tmp_path):
    with pytest.raises(DomainError, match="没有.xlsx"):
        list(sheets.read(tmp_path / "没有.xlsx"))
