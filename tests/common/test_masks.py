"""What is shown of a person is never enough to find him, in a page or in a log."""

import copy
import json
import pickle
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.masks import PROVINCES, Masked, mask_id, mask_name, mask_phone, mask_plate, scrub


@pytest.mark.parametrize(
    ("mask", "value", "shown"),
    [
        (mask_phone, "13812345678", "138****5678"),
        (mask_phone, "138 1234-5678", "138****5678"),
        (mask_phone, "+8613812345678", "+86138****5678"),
        (mask_phone, "83625550", "836****"),
        (mask_phone, "12345", "****"),
        (mask_phone, "", ""),
        (mask_phone, None, ""),
        (mask_id, "32030219900101802X", "3203**********802X"),
        (mask_id, "320302900101802", "3203*******1802"),
        (mask_id, "320302", "******"),
        (mask_id, "", ""),
        (mask_name, "张三", "张*"),
        (mask_name, " 欧阳修文 ", "欧*"),
        (mask_name, "张", "张*"),
        (mask_name, None, ""),
        (mask_plate, "苏C12345", "苏C***45"),
        (mask_plate, "苏C·D12345", "苏C***45"),
        (mask_plate, "苏C", "***"),
        (mask_plate, "", ""),
    ],
)
def test_each_kind_has_its_mask(mask, value, shown):
    assert mask(value) == shown


def test_a_masked_value_is_clear_only_by_its_name():
    phone = Masked("13812345678", mask_phone)
    assert phone.clear() == "13812345678"
    shown = [str(phone), repr(phone), f"{phone}", f"{phone:>12}", f"{phone!r}", str([phone])]
    assert not any("13812345678" in text for text in shown)
    assert str(phone) == "138****5678"
    assert phone == Masked("13812345678", mask_phone) and phone != "13812345678"
    assert len({phone, copy.deepcopy(phone)}) == 1
    assert not Masked("", mask_phone)
    with pytest.raises(TypeError):
        json.dumps(phone)
    with pytest.raises(TypeError):
        pickle.dumps(phone)
    with pytest.raises(TypeError):
        "".join([phone])


PLATE, PHONE, ID = "苏C12345", "13812345678", "32030219900101802X"


@pytest.mark.parametrize(
    "line",
    [
        PHONE,
        f"tel:{PHONE};",
        "138 1234 5678",
        "138-1234-5678",
        f"+86{PHONE}",
        f"+86 {PHONE}",
        f"0086{PHONE}",
        f"phone={PHONE}&x=1",
        f"phone=%20{PHONE}",
        f"phone=%2B86{PHONE}",
        json.dumps({"手机号": PHONE}),
        json.dumps("号" + PHONE),
        f"电话{PHONE}请回",
        f"('{PHONE}', 3)",
    ],
)
def test_no_phone_survives_in_a_line(line):
    clean = scrub(line)
    assert "1234" not in clean
    assert "138****5678" in clean


@pytest.mark.parametrize(
    "line", [ID, ID.lower(), f"证号{ID}。", "320302 19900101 802x", f"id=%20{ID}", "'320302900101802'"]
)
def test_no_resident_id_survives_in_a_line(line):
    clean = scrub(line)
    assert "900101" not in clean
    assert "3203" in clean


@pytest.mark.parametrize(
    "line",
    [
        PLATE,
        "苏C·12345",
        "苏c 12345",
        "车牌苏CD12345被拍",
        quote(PLATE),
        quote("苏C·12345"),
        json.dumps(PLATE),
        "苏C1234挂",
    ],
)
def test_no_plate_survives_in_a_line(line):
    clean = scrub(line)
    assert "1234" not in clean and "***" in clean


@pytest.mark.parametrize(
    "line",
    [
        "2026-11-23 17:50:00,123 WARNING notices sweep done in 12345 ms",
        "receipt 4821930175526634 stored",
        "GET /appeals/track 200 12345678901",
        "1763891400.123456",
        "job 0b6e2f54-2e3f-4a0e-9a55-1c57e1a0b8cd",
        "苏C 三中队",
        "G3 K712 往徐州方向",
        "",
    ],
)
def test_ordinary_lines_stay_as_they_are(line):
    assert scrub(line) == line


@given(
    st.text(max_size=30).filter(lambda s: not s[-1:].isdigit()),
    st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True),
)
def test_a_phone_after_any_words_is_masked(words, phone):
    assert phone not in scrub(f"{words}{phone} 。")


@given(st.sampled_from(PROVINCES), st.from_regex(r"[A-HJ-NP-Z][0-9]{5}", fullmatch=True))
def test_every_province_plate_is_masked(province, rest):
    assert province + rest not in scrub(f"车 {province}{rest} 停在服务区")
