"""The census in words for the people of a town hall: why a row was not taken, and what to look at again."""

from __future__ import annotations

from collections.abc import Mapping

# In this order; the first that holds is the reason. With the field it is about.
REASONS = {
    "name_missing": ("name", "没有填姓名"),
    "id_length": ("id_number", "身份证号要 18 位，前 17 位是数字，最后一位是数字或 X"),
    "id_birthdate": ("id_number", "身份证号里的出生日期不存在，请核对第 7 到 14 位"),
    "id_checksum": ("id_number", "身份证号最后一位对不上，请对照证件核对"),
    "phone_invalid": ("phone", "手机号不对，要填 1 开头的 11 位手机号，不能有字母"),
    "place_unknown": ("place", "不认识这个镇（街道），请写全称，例如 棠张镇"),
    "place_ambiguous": ("place", "镇和街道同名，请写明是哪一个"),
    "plate_invalid": ("plate", "车牌号不对，请写全，例如 苏C12345"),
    "duplicate_row": ("id_number", "这个人前面已经填过"),
    "id_conflict": ("id_number", "这个身份证号前面已经用在另一个姓名上，请核对是谁的"),
    # of the union's list of enterprises alone
    "enterprise_missing": ("enterprise", "没有填企业名称"),
    "code_invalid": ("enterprise_code", "统一社会信用代码不对，请对照营业执照核对"),
    "code_conflict": ("enterprise_code", "这个信用代码前面已经用在另一家企业上，请核对是谁的"),
}
DAMAGED = "身份证号是按数字存的，后几位已经变了。请把这一列设成“文本”，照证件重新填写"

WARNINGS = {
    "birth_implausible": ("id_number", "按身份证号算，年龄是 %(age)s 岁，请核对"),
    "gender_differs": ("gender", "填的性别与身份证号对不上，请核对"),
    "gender_unread": ("gender", "性别请填 男 或 女，这一格没有读"),
    "name_odd": ("name", "姓名里有数字或符号，请核对"),
    "phone_shared": ("phone", "手机号与%(where)s 相同，请核对"),
    "plate_shared": ("plate", "车牌号与%(where)s 相同，请核对"),
    "licence_class_unread": ("licence_class", "不认识这个准驾车型，这一格没有读"),
    "certificate_number_damaged": ("certificate_number", "从业资格证号是按数字存的，后几位已经变了，这一格没有读"),
    "certificate_expiry_unread": ("certificate_expiry", "看不出是哪一天，请写成 2026-05-18，这一格没有读"),
    "certificate_expiry_implausible": ("certificate_expiry", "从业资格证有效期六年，%(day)s 不合常理，请核对"),
    "enterprise_code_invalid": ("enterprise_code", "统一社会信用代码不对，这一格没有读"),
    "political_status_unknown": ("political_status", "不认识这种政治面貌，照原样记下了"),
    "joined_on_unread": ("joined_on", "看不出是哪一天，请写成 2011-12-14，这一格没有读"),
    "joined_on_implausible": ("joined_on", "入党时间 %(day)s 不合常理，请核对"),
    "place_unread": ("place", "不认识这个镇（街道），请写全称，例如 棠张镇，这一格没有读"),
    "occupation_unknown": ("occupation", "不认识这个职业，记为其他"),
    "enterprise_not_listed": ("enterprise_code", "企业名册里没有这个信用代码，请核对"),
    "enterprise_differs": ("enterprise", "单位名称与企业名册里同一信用代码的不一样，请核对"),
    "day_unread": ("", "%(label)s看不出是哪一天，请写成 2022-05-18，这一格没有读"),
    "day_implausible": ("", "%(label)s %(day)s 不合常理，请核对"),
    "text_cut": ("", "%(label)s太长，只记了前 %(most)s 个字"),
    "cell_error": ("", "%(label)s这一格是错误值，没有读"),
}


def reason_words(reason: str, details: Mapping[str, str] | None = None) -> str:
    """Why a row was not taken, and how to mend it."""
    details = details or {}
    if details.get("damaged"):
        return DAMAGED
    words = REASONS[reason][1]
    if reason == "place_ambiguous" and details.get("choices"):
        return f"{words}：{details['choices']}"
    if reason in ("duplicate_row", "id_conflict", "code_conflict") and details.get("where"):
        return f"{words}（{details['where']}）"
    return words


def reason_field(reason: str) -> str:
    """The field that a reason is about."""
    return REASONS[reason][0]


def warning_words(code: str, details: Mapping[str, str] | None = None) -> str:
    """What to look at again in a row that was taken."""
    return WARNINGS[code][1] % {"age": "", "where": "", "day": "", "label": "", "most": "", **(details or {})}
