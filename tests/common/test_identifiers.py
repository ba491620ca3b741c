"""People write numbers in many ways; each right one has one form, each wrong one says what to mend."""

from datetime import date

import pytest
from django.utils import translation

from common import identifiers as ids
from common.errors import DomainError

RIGHT = [
    (ids.check_phone, "13812345678", "13812345678"),
    (ids.check_phone, " 138 1234 5678 ", "13812345678"),
    (ids.check_phone, "138-1234-5678", "13812345678"),
    (ids.check_phone, "１３８１２３４５６７８", "13812345678"),
    (ids.check_phone, "+8613812345678", "13812345678"),
    (ids.check_phone, "+86 138 1234 5678", "13812345678"),
    (ids.check_phone, "8613812345678", "13812345678"),
    (ids.check_phone, "008613812345678", "13812345678"),
    (ids.check_phone, "\u202a13812345678\u202c", "13812345678"),
    (ids.check_phone, "19912345678", "19912345678"),
    (ids.check_resident_id, "11010519491231002X", "11010519491231002X"),
    (ids.check_resident_id, "11010519491231002x", "11010519491231002X"),
    (ids.check_resident_id, "110105 19491231 002x", "11010519491231002X"),
    (ids.check_resident_id, "４４０５２４１８８００１０１００１４", None),
    (ids.check_uscc, "91350100M000100Y43", "91350100M000100Y43"),
    (ids.check_uscc, "91350100m000100y43", "91350100M000100Y43"),
    (ids.check_uscc, "9135 0100 M000 100Y 43", "91350100M000100Y43"),
    (ids.check_plate, "苏C12345", "苏C12345"),
    (ids.check_plate, "苏C·12345", "苏C12345"),
    (ids.check_plate, "苏c.1234a", "苏C1234A"),
    (ids.check_plate, "苏 Ｃ－１２３４５", "苏C12345"),
    (ids.check_plate, "苏CD12345", "苏CD12345"),
    (ids.check_plate, "苏C·12345D", "苏C12345D"),
    (ids.check_plate, "苏C1234挂", "苏C1234挂"),
]

WRONG = [
    (ids.check_phone, "", "请填手机号"),
    (ids.check_phone, None, "请填手机号"),
    (ids.check_phone, "   ", "请填手机号"),
    (ids.check_phone, "1381234567", "手机号是 11 位，您填了 10 位"),
    (ids.check_phone, "138123456789", "手机号是 11 位，您填了 12 位"),
    (ids.check_phone, "12812345678", "13 到 19 开头"),
    (ids.check_phone, "86123456789", "13 到 19 开头"),
    (ids.check_phone, "0516-83625550", "固定电话"),
    (ids.check_phone, "1381234567a", "只能是数字"),
    (ids.check_phone, "१३८१२३४५६७८", "只能是数字"),
    (ids.check_phone, "+1 202 555 0123", "只能是数字"),
    (ids.check_resident_id, "", "请填身份证号"),
    (ids.check_resident_id, "1101051949123100", "身份证号是 18 位，您填了 16 位"),
    (ids.check_resident_id, "110105491231002", "旧身份证号"),
    (ids.check_resident_id, "110105194912310021", "最后一位对不上"),
    (ids.check_resident_id, "11010519490230002X", "出生日期不存在"),
    (ids.check_resident_id, "110105194913310026", "出生日期不存在"),
    (ids.check_resident_id, "99010519491231002X", "地区不存在"),
    (ids.check_resident_id, "1101051949123X002X", "前 17 位是数字"),
    (ids.check_uscc, "", "请填统一社会信用代码"),
    (ids.check_uscc, "91350100M000100Y4", "18 位，您填了 17 位"),
    (ids.check_uscc, "91350100M000100Y44", "最后一位对不上"),
    (ids.check_uscc, "9135O100M000100Y43", "没有 I、O、S、V、Z"),
    (ids.check_uscc, "91350A00M000100Y43", "第 3 到 8 位是数字"),
    (ids.check_plate, "", "请填车牌号"),
    (ids.check_plate, "C12345", "省份简称"),
    (ids.check_plate, "苏112345", "第二位是字母"),
    (ids.check_plate, "苏", "第二位是字母"),
    (ids.check_plate, "苏C1234", "您填了 4 位"),
    (ids.check_plate, "苏C12I45", "没有 I 和 O"),
    (ids.check_plate, "苏C123456", "新能源"),
    (ids.check_plate, "<script>", "省份简称"),
]


@pytest.mark.parametrize(("check", "text", "canonical"), [row for row in RIGHT if row[2]])
def test_right_ones_get_one_form(check, text, canonical):
    assert check(text) == canonical
    assert check(canonical) == canonical


@pytest.mark.parametrize(("check", "text", "words"), WRONG)
def test_wrong_ones_say_what_to_mend_at_the_field(check, text, words):
    with translation.override("zh-hans"), pytest.raises(DomainError) as caught:
        check(text, field="here")
    assert words in caught.value.message
    assert caught.value.field == "here"


def test_somebody_born_before_1900_is_a_slip_of_the_pen():
    assert not ids.is_resident_id("440524188001010014")


def test_nobody_is_born_after_today():
    right = "11010519491231002X"
    assert ids.check_resident_id(right, today=date(1949, 12, 31)) == right
    with pytest.raises(DomainError, match="出生日期"):
        ids.check_resident_id(right, today=date(1949, 12, 30))


def test_every_change_of_one_digit_in_an_id_is_noticed():
    right = "11010519491231002X"
    for at in range(17):
        for digit in "0123456789":
            changed = right[:at] + digit + right[at + 1 :]
            assert ids.is_resident_id(changed) == (changed == right)


def test_the_yes_or_no_forms_agree():
    assert ids.is_phone("138 1234 5678") and not ids.is_phone("1381234567")
    assert ids.is_uscc("91350100M000100Y43") and not ids.is_uscc("91350100M000100Y44")
    assert ids.is_plate("苏C·12345") and not ids.is_plate("苏C")


def test_other_forms():
    assert ids.phone_e164("138 1234 5678") == "+8613812345678"
    assert ids.birth_date("11010519491231002X") == date(1949, 12, 31)
    assert ids.shown_plate("苏C12345") == "苏C·12345"
