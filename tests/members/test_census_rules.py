"""A row of the census is taken, or not taken for the first of ten reasons. Nothing is guessed."""

from __future__ import annotations

import csv
import json
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from django.conf import settings
from hypothesis import example, given
from hypothesis import strategies as st

from common import sheets
from common.errors import DomainError
from members.rules import census_words
from members.rules.census_checks import (
    CLAIMED,
    Census,
    Checked,
    Places,
    Seen,
    Where,
    check_row,
    person_name,
    read_phone,
    read_plates,
)
from tests.common.books import book

DATA = Path(settings.BASE_DIR) / "members" / "data"
TODAY = date(2026, 11, 25)
GOOD = {"name": "张伟", "id_number": "11010519491231002X", "phone": "13812345678", "place": "棠张镇"}
SECOND_ID = "320312198704181014"
HEADER = ["序号", "姓名", "身份证号", "联系电话", "镇(街道)", "车牌号"]


def places() -> list[tuple[str, str]]:
    with (Path(settings.BASE_DIR) / "accounts" / "data" / "places.csv").open(encoding="utf-8") as lines:
        return [(row["code"], row["name"]) for row in csv.DictReader(lines)]


PLACES = Places(places())


def row(seen: Seen | None = None, at: int = 4, **cells) -> Checked:
    return check_row({**GOOD, **cells}, at=Where("棠张镇", at), places=PLACES, seen=seen or Seen(), today=TODAY)


def census(source: bytes, name: str = "表.xlsx", **options) -> tuple[Census, list[Checked]]:
    reader = Census(places=places(), today=TODAY, **options)
    return reader, list(reader.check(sheets.read(source, name)))


def warned(checked: Checked) -> list[str]:
    return [one.code for one in checked.warnings]


# -- the files that the towns handed in ------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["census-sample", "census-22700"])
def test_exactly_the_rows_of_the_truth_are_rejected_with_exactly_their_reasons(name):
    truth = json.loads((DATA / f"{name}.truth.json").read_text(encoding="utf-8"))
    found = list(Census(places=places(), today=TODAY).check(sheets.read(DATA / f"{name}.xlsx")))
    rejected = [{"sheet": one.sheet, "row": one.row, "reason": one.reason} for one in found if one.reason]
    taken = [one.values for one in found if not one.reason]
    assert rejected == truth["rejected"]
    assert (len(found), len(taken)) == (truth["rows"], truth["accepted"])
    assert Counter(one["place"] for one in taken) == truth["by_place"]
    assert sum(one.get("political_status") in CLAIMED for one in taken) == truth["claimed_members"]


def test_everything_that_a_town_wrote_of_a_good_row_is_read():
    found = list(Census(places=places(), today=TODAY).check(sheets.read(DATA / "census-sample.xlsx")))
    every = [one.values for one in found if not one.reason]
    assert not [one for one in found if set(warned(one)) - {"plate_shared", "phone_shared"}]
    counted = Counter(field for values in every for field in values)
    assert counted["certificate_expiry"] == counted["licence_class"] == counted["gender"] == counted["business_place"] == 480
    assert all(isinstance(values["certificate_expiry"], date) for values in every)
    assert all(values["phone"].isdigit() and len(values["phone"]) == 11 and " " not in values["name"] for values in every)


# -- ten reasons -----------------------------------------------------------------------------------------------

REASONS = [
    ("name_missing", {"name": ""}),
    ("name_missing", {"name": "　 \n"}),
    ("name_missing", {"name": "——"}),
    ("id_length", {"id_number": ""}),
    ("id_length", {"id_number": "1101051949123100"}),
    ("id_length", {"id_number": "110105194912310020X"}),
    ("id_length", {"id_number": "110105491231002"}),
    ("id_length", {"id_number": "1101051949123I002X"}),
    ("id_length", {"id_number": "11O10519491231002X"}),
    ("id_length", {"id_number": "11010519491231002Х"}),  # a Cyrillic letter
    ("id_length", {"id_number": 320312198704181000.0}),
    ("id_length", {"id_number": "3.20312E+17"}),
    ("id_length", {"id_number": date(1949, 12, 31)}),
    ("id_length", {"id_number": True}),
    ("id_birthdate", {"id_number": "11010519490230002X"}),
    ("id_birthdate", {"id_number": "110105194913310026"}),
    ("id_birthdate", {"id_number": "110105000012310026"}),
    ("id_checksum", {"id_number": "110105194912310021"}),
    ("phone_invalid", {"phone": ""}),
    ("phone_invalid", {"phone": "1380000000O"}),
    ("phone_invalid", {"phone": "l3812345678"}),
    ("phone_invalid", {"phone": "12345678901"}),
    ("phone_invalid", {"phone": "1314789065"}),
    ("phone_invalid", {"phone": "0516-83408128"}),
    ("phone_invalid", {"phone": "13812345678/13912345678"}),
    ("phone_invalid", {"phone": 13812345678.5}),
    ("phone_invalid", {"phone": True}),
    ("place_unknown", {"place": ""}),
    ("place_unknown", {"place": "铜山镇"}),
    ("place_unknown", {"place": "棠张"}),
    ("place_unknown", {"place": "铜山"}),
    ("place_ambiguous", {"place": "张集"}),
    ("place_ambiguous", {"place": " 利 国 "}),
    ("plate_invalid", {"plate": "C12345"}),
    ("plate_invalid", {"plate": "苏I12345"}),
    ("plate_invalid", {"plate": "苏C12O45"}),
    ("plate_invalid", {"plate": "苏C1234"}),
    ("plate_invalid", {"plate": "苏C12345、C12346"}),
    ("plate_invalid", {"plate": 12345.0}),
]  # fmt: skip


@pytest.mark.parametrize(("reason", "cells"), REASONS)
def test_a_wrong_cell_has_its_own_reason(reason, cells):
    checked = row(**cells)
    assert checked.reason == reason and checked.values == {}
    assert checked.column == next(iter(cells)) and checked.words


def test_the_same_person_twice_is_a_duplicate_and_another_name_is_a_conflict():
    seen = Seen()
    assert row(seen).reason == ""
    again, other = row(seen, at=9, name="张 伟", phone="13912345678"), row(seen, at=10, name="李强")
    assert (again.reason, other.reason) == ("duplicate_row", "id_conflict")
    assert "“棠张镇”第 4 行" in again.words and "第 4 行" in other.words
    assert row(seen, at=11, name="李强").reason == "id_conflict"  # the first one stands


def test_a_row_that_was_not_taken_stands_in_nobodys_way():
    seen = Seen()
    assert row(seen, phone="1").reason == "phone_invalid"
    assert row(seen, at=5, name="李强").reason == ""


def test_of_several_faults_the_first_is_told():
    order = [
        {"name": ""}, {"id_number": "1"}, {"phone": "1"}, {"place": "铜山镇"}, {"plate": "C1"},
    ]  # fmt: skip
    expected = ["name_missing", "id_length", "phone_invalid", "place_unknown", "plate_invalid"]
    for start, reason in enumerate(expected):
        cells = {key: value for fault in order[start:] for key, value in fault.items()}
        assert row(**cells).reason == reason
    seen = Seen()
    row(seen)
    assert row(seen, plate="C1").reason == "plate_invalid"
    assert list(census_words.REASONS)[:10] == [
        "name_missing", "id_length", "id_birthdate", "id_checksum", "phone_invalid", "place_unknown", "place_ambiguous",
        "plate_invalid", "duplicate_row", "id_conflict",
    ]  # fmt: skip


def test_a_number_that_was_stored_as_a_number_is_damaged_even_where_it_looks_right():
    checked = row(id_number=float(SECOND_ID))
    assert checked.reason == "id_length" and "按数字存" in checked.words


# -- what is taken ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "cell", "value"),
    [
        ("name", " 张　伟 ", "张伟"),
        ("name", "'张伟", "张伟"),
        ("name", "阿卜杜拉•买买提", "阿卜杜拉·买买提"),
        ("name", "Li Wei", "Li Wei"),
        ("id_number", " 11010519491231002x ", GOOD["id_number"]),
        ("id_number", "１１０１０５１９４９１２３１００２Ｘ", GOOD["id_number"]),
        ("id_number", "'110105 19491231 002X\n", GOOD["id_number"]),
        ("phone", 13812345678.0, "13812345678"),
        ("phone", "'13812345678", "13812345678"),
        ("phone", "138 1234 5678\n", "13812345678"),
        ("phone", "１３８１２３４５６７８", "13812345678"),
        ("phone", "+86 13812345678", "13812345678"),
        ("place", " 棠张镇\n", "320312111"),
        ("place", "利国街道", "320312006"),
        ("place", "320312116", "320312116"),
        ("plate", "苏c·1234a", ("苏C1234A",)),
        ("plate", "苏C-V6TC9", ("苏CV6TC9",)),
        ("plate", "苏C12750F", ("苏C12750F",)),
        ("plate", "苏CD12345", ("苏CD12345",)),
        ("plate", "苏C1234挂", ("苏C1234挂",)),
        ("plate", "苏C12345、苏C1234挂", ("苏C12345", "苏C1234挂")),
        ("plate", "苏C12345\n苏C12345", ("苏C12345",)),
        ("plate", "", None),
        ("plate", "无", None),
        ("gender", "女性", "女"),
        ("licence_class", "a1、a2", "A1A2"),
        ("certificate_number", " 32031219820825021x ", "32031219820825021X"),
        ("certificate_expiry", "2027年6月7日", date(2027, 6, 7)),
        ("certificate_expiry", 46550.0, date(2027, 6, 12)),
        ("enterprise", "徐州蓝海运输（集团）有限公司 ", "徐州蓝海运输(集团)有限公司"),
        ("enterprise_code", "91350100m000100y43", "91350100M000100Y43"),
        ("political_status", "中国共产党党员", "中共党员"),
        ("political_status", "中共党员 ", "中共党员"),
        ("political_status", "中共预备党员", "预备党员"),
        ("note", "无", None),
        ("trade", "-", None),
    ],
)
def test_a_cell_is_read_as_it_is_meant(field, cell, value):
    checked = row(**{field: cell})
    assert checked.reason == ""
    assert checked.values.get("plates" if field == "plate" else field) == value


@pytest.mark.parametrize(
    ("code", "cells"),
    [
        ("birth_implausible", {"id_number": "320312201502281011"}),
        ("name_odd", {"name": "张伟2"}),
        ("gender_differs", {"gender": "男"}),
        ("gender_unread", {"gender": "1"}),
        ("licence_class_unread", {"licence_class": "大车"}),
        ("certificate_number_damaged", {"certificate_number": 320312198208250200.0}),
        ("certificate_expiry_unread", {"certificate_expiry": "2027年"}),
        ("certificate_expiry_implausible", {"certificate_expiry": "2062-01-01"}),
        ("enterprise_code_invalid", {"enterprise_code": "91350100M000100Y44"}),
        ("political_status_unknown", {"political_status": "积极分子"}),
        ("joined_on_unread", {"joined_on": "1985年7月"}),
        ("joined_on_implausible", {"joined_on": "1950-07-01"}),
        ("joined_on_implausible", {"joined_on": "2027-07-01"}),
        ("text_cut", {"trade": "煤" * 21}),
        ("cell_error", {"trade": sheets.CellError("#N/A")}),
    ],
)
def test_what_is_doubtful_is_taken_with_a_warning(code, cells):
    if "id_number" in cells:
        cells["id_number"] = _with_check(cells["id_number"])
    checked = row(**{"id_number": _with_check("320312197007011028"), **cells})
    assert checked.reason == "" and checked.values
    assert warned(checked) == [code]
    assert not {"1985年7月", "大车", "91350100M000100Y44"} & set(map(str, checked.values.values()))


def test_shared_phones_and_plates_are_taken_with_a_warning():
    seen = Seen()
    first, second = row(seen, plate="苏C12345"), row(seen, at=7, id_number=_with_check(SECOND_ID), name="李强", plate="苏C12345")
    assert (first.reason, second.reason) == ("", "")
    assert [one for one in warned(second) if "shared" in one] == ["phone_shared", "plate_shared"]
    assert "第 4 行" in second.warnings[0].words


def test_warnings_show_nobodys_number():
    checked = row(gender="1", certificate_number=320312198208250200.0, joined_on="x", enterprise_code="13812345678")
    said = " ".join(one.words for one in checked.warnings)
    assert GOOD["id_number"] not in said and "13812345678" not in said


def test_what_a_row_does_not_say_is_not_among_its_values():
    assert set(row(trade="", enterprise=" ", joined_on="").values) == {"name", "id_number", "phone", "place"}


def _with_check(number: str) -> str:
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return number[:17] + "10X98765432"[sum(int(n) * w for n, w in zip(number[:17], weights, strict=True)) % 11]


CELLS = st.one_of(st.text(), st.floats(), st.booleans(), st.dates(), st.datetimes(), st.times(), st.just(sheets.CellError("#REF!")))


@given(st.dictionaries(st.sampled_from(list(census_words.REASONS) + list(GOOD) + ["plate", "joined_on", "gender", "note"]), CELLS))
def test_no_cell_is_too_odd_to_be_judged(cells):
    checked = row(**cells)
    assert bool(checked.reason) != bool(checked.values)


@given(st.text("0123456789Xx", min_size=0, max_size=20))
def test_an_id_is_taken_only_with_its_own_last_character(number):
    checked = row(id_number=number)
    right = len(number) == 18 and number[:17].isdigit() and checked.reason not in ("id_length", "id_birthdate")
    assert (checked.reason == "") == (right and _with_check(number) == number.upper())


@given(st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True), st.sampled_from([" ", "-", "　", "\n", "\u200b"]))
def test_a_phone_is_the_same_however_it_is_spaced(phone, sign):
    assert {read_phone(form) for form in (phone, float(phone), f"{phone[:3]}{sign}{phone[3:]}{sign}", f"'{phone}")} == {phone}


@given(st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", min_size=5, max_size=6))
def test_a_plate_has_no_i_and_no_o(serial):
    plates = read_plates(f"苏C{serial}")
    assert plates in (None, (f"苏C{serial}",))
    assert plates is None or not {"I", "O"} & set(serial)


@given(st.text())
@example("' 张伟")
def test_a_name_is_the_same_read_twice(text):
    assert person_name(person_name(text)) == person_name(text)


# -- whole sheets ----------------------------------------------------------------------------------------------


def person(name: str, number: str, phone: object = "13812345678", place: str = "棠张镇", plate: str = "") -> list:
    return [1, name, _with_check(number), phone, place, plate]


def test_titles_totals_notes_and_empty_rows_are_no_drivers():
    source = book(棠张镇=[
        ["铜山区货车司机摸排登记表"], ["填报单位:棠张镇"], HEADER, person("张伟", SECOND_ID), [], [2, "", "", "", "", ""],
        HEADER, person("李强", "320312198704181030"), ["合计", "", "2人"], ["填表说明:请按文本格式填写"], ["填报人：王五", "", "", "联系电话：13812345678"],
    ])  # fmt: skip
    reader, found = census(source)
    assert [(one.row, one.reason) for one in found] == [(4, ""), (8, "")]
    assert reader.sheets[0].rows == 2 and reader.sheets[0].header_row == 3


def test_rows_are_numbered_as_the_town_sees_them_behind_an_empty_beginning():
    reader, found = census(book(甲=[[], [], ["", *HEADER], ["", *person("", SECOND_ID)]]))
    assert [(one.row, one.reason) for one in found] == [(4, "name_missing")]


def test_the_name_of_the_sheet_decides_no_place_and_another_place_is_no_fault():
    _reader, found = census(book(张集镇=[HEADER, person("张伟", SECOND_ID, place="张集"), person("李强", "320312198704181030", place="利国镇")]))
    assert [(one.reason, one.values.get("place")) for one in found] == [("place_ambiguous", None), ("", "320312116")]


def test_columns_for_roles_are_reported_and_never_read():
    source = book(甲=[[*HEADER, "role", "is_verified"], [*person("张伟", SECOND_ID), "secretary", "1"]])
    reader, [found] = census(source)
    assert reader.sheets[0].unknown == {"role": 1, "is_verified": 1}
    assert set(found.values) == {"name", "id_number", "phone", "place"}


def test_a_remembered_header_is_read_and_a_wrong_word_for_it_is_refused():
    source = book(甲=[["序号", "师傅", *HEADER[2:]], person("张伟", SECOND_ID)])
    with pytest.raises(DomainError, match="姓名"):
        census(source)
    assert census(source, extra={"师傅": "name"})[1][0].values["name"] == "张伟"
    with pytest.raises(DomainError, match="is_staff"):
        census(source, extra={"师傅": "is_staff"})


def test_a_formula_where_it_matters_stops_the_file_and_names_the_cell():
    source = book(棠张镇=[HEADER, person("张伟", SECOND_ID), [2, "李强", '="x"&"y"', "13812345678", "棠张镇"]])
    with pytest.raises(DomainError, match=r"“棠张镇”的 C3（身份证号）是公式") as caught:
        census(source)
    assert caught.value.code == "formula"


def test_a_formula_in_a_number_column_or_a_total_does_no_harm():
    _reader, found = census(book(甲=[HEADER, ["=ROW()-1", *person("张伟", SECOND_ID)[1:]], ["合计", "=COUNTA(B2:B2)"]]))
    assert [one.reason for one in found] == [""]


def test_a_hidden_sheet_is_named_and_not_read():
    reader, found = census(book(甲=[HEADER, person("张伟", SECOND_ID)], 旧=[HEADER, person("李强", "320312198704181030")], hidden=["旧"]))
    assert len(found) == 1
    assert [(one.name, one.why) for one in reader.sheets] == [("甲", ""), ("旧", "hidden")]


def test_a_sheet_without_a_table_is_named_and_a_file_without_one_is_refused():
    reader, _found = census(book(说明=[["请按文本格式填写"]], 空=[], 甲=[HEADER, person("张伟", SECOND_ID)]))
    assert [one.why for one in reader.sheets] == ["no_table", "empty", ""]
    with pytest.raises(DomainError, match="姓名、身份证号、手机号、镇"):
        census(book(说明=[["请按文本格式填写"]]))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_csv_is_checked_like_a_workbook(encoding):
    lines = ["标题,,,,", ",".join(HEADER), f"1,张伟,{_with_check(SECOND_ID)},138 1234 5678,棠张镇,苏C·12345", "2,李强,1,1,1,"]
    _reader, found = census("\r\n".join(lines).encode(encoding), "棠张镇.csv")
    assert [(one.sheet, one.row, one.reason) for one in found] == [("棠张镇", 3, ""), ("棠张镇", 4, "id_length")]


def test_duplicates_are_found_across_sheets():
    _reader, found = census(book(甲=[HEADER, person("张伟", SECOND_ID)], 乙=[HEADER, person("张伟", SECOND_ID), person("李强", SECOND_ID)]))
    assert [one.reason for one in found] == ["", "duplicate_row", "id_conflict"]
