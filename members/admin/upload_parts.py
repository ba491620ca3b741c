"""Parts of the page of an import: steps, bars, the equation of counts, questions, rows in words."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from common.masks import mask_name, mask_phone
from members.models import StagedRow, Upload
from members.rules.census_columns import LABELS

S = Upload.State
STATE_TONES = {
    S.STAGED: "info", S.ASKING: "warn", S.CHECKED: "warn", S.APPLYING: "info", S.APPLIED: "ok", S.UNDONE: "", S.DROPPED: "",
    S.FAILED: "err",
}  # fmt: skip
_AT_STEP = {S.STAGED: 2, S.ASKING: 1, S.CHECKED: 3, S.APPLYING: 4, S.APPLIED: 5, S.UNDONE: 6, S.DROPPED: 3, S.FAILED: 2}
REASONS = {
    "name_missing": _("没写姓名"), "id_length": _("身份证号位数不对"), "id_birthdate": _("身份证号日期不存在"),
    "id_checksum": _("身份证号末位不对"), "phone_invalid": _("手机号不对"), "place_unknown": _("不认识的镇街"),
    "place_ambiguous": _("镇和街道分不清"), "plate_invalid": _("车牌不对"), "duplicate_row": _("前面已经填过"),
    "id_conflict": _("同号不同名"), "enterprise_missing": _("没写企业"), "code_invalid": _("信用代码不对"),
    "code_conflict": _("同一代码两个名称"),
}  # fmt: skip
WARNED = {
    "birth_implausible": _("年龄不合常理"), "gender_differs": _("性别对不上"), "gender_unread": _("性别没读"), "name_odd": _("姓名有符号"),
    "phone_shared": _("同一手机"), "plate_shared": _("同一车牌"), "licence_class_unread": _("车型没读"),
    "certificate_number_damaged": _("从业资格证号没读"), "certificate_expiry_unread": _("有效期没读"),
    "certificate_expiry_implausible": _("有效期不合常理"), "enterprise_code_invalid": _("信用代码没读"),
    "political_status_unknown": _("政治面貌没见过"), "joined_on_unread": _("入党时间没读"), "joined_on_implausible": _("入党时间不合常理"),
    "text_cut": _("太长截短"), "cell_error": _("错误值"), "gone": _("库里已不在册"), "merged": _("已并到另一条"),
    "phone_proved": _("本人登录用的是另一个手机"), "other_name": _("库里是另一个姓名"),
}  # fmt: skip
COLUMN_WORDS = LABELS | {
    "claimed_status": LABELS["political_status"], "claimed_joined_on": LABELS["joined_on"], "engagement": _("身份"), "state": _("状态"),
    "union_since": _("建会日期"), "union_chair": _("工会主席"), "occupation": _("职业"), "ended_on": _("退会"), "place_id": LABELS["place"],
    "plates": LABELS["plate"],
}  # fmt: skip
VALUE_WORDS = {
    "employed": _("企业职工"), "attached": _("挂靠"), "self_employed": _("个体"), "active": _("在册"), "withdrawn": _("导入已撤销"),
    "truck": _("货车司机"), "courier": _("物流快递员"), "ride": _("网约车司机"), "other": _("其他"),
}  # fmt: skip


def steps(row: Upload) -> list[dict[str, Any]]:
    """The six steps, each done, now or to come."""
    words = (_("上传"), _("认表头"), _("逐行检查"), _("预览"), _("另一人确认写入"), _("7 天内可撤销"))
    here = _AT_STEP[row.state]
    return [{"word": word, "number": at + 1, "done": at < here, "now": at == here} for at, word in enumerate(words)]


def progress(row: Upload) -> list[dict[str, Any]]:
    """Three bars: read, checked, written."""
    total, busy = row.rows or row.read, row.state == S.STAGED
    read = {"word": _("读表"), "done": row.read, "total": total or 1, "words": _("%(done)s 行") % {"done": f"{row.read:,}"}, "ok": not busy and bool(row.rows)}
    check = read | {"word": _("逐行检查")}
    to_write = row.counts.get("created", 0) + row.counts.get("updated", 0)
    words = {
        S.APPLYING: _("正在写 %(rows)s 行") % {"rows": f"{to_write:,}"}, S.APPLIED: _("写入了"), S.UNDONE: _("写入后撤销了"), S.DROPPED: _("不导了"),
    }.get(row.state, _("等确认 · %(rows)s 行要写") % {"rows": f"{to_write:,}"})  # fmt: skip
    write = {"word": _("写入"), "done": int(row.state == S.APPLIED), "total": 1, "words": words, "ok": row.state == S.APPLIED}
    if row.state == S.FAILED:
        return []
    return [read, check] if busy else [read, check, write]


def equation(row: Upload) -> list[dict[str, Any]]:
    """Rows = new + changed + the same + not taken."""
    counts = row.counts
    if "rows" not in counts:
        return []
    sheets = _("行，%(sheets)d 张表里读到的") % {"sheets": len(counts.get("sheets", {}))}
    return [
        {"sign": "", "count": counts["rows"], "word": sheets, "show": "", "link": ""},
        {"sign": "=", "count": counts["created"], "word": _("新增"), "show": "create", "link": _("看行")},
        {"sign": "+", "count": counts["updated"], "word": _("更新"), "show": "update", "link": _("看改了什么")},
        {"sign": "+", "count": counts["unchanged"], "word": _("和库里一样，不动"), "show": "", "link": ""},
        {"sign": "+", "count": counts["rejected"], "word": _("不收"), "show": "rejected", "link": _("看原因"), "bad": counts["rejected"]},
    ]  # fmt: skip


def warning_words_of(counts: dict[str, Any]) -> str:
    """Say 同一手机 31 行、同一车牌 22 行."""
    several = sorted(counts.get("warnings", {}).items(), key=lambda pair: -pair[1])
    return "、".join(_("%(what)s %(count)s 行") % {"what": WARNED.get(code, code), "count": f"{count:,}"} for code, count in several[:5])


def reasons_of(counts: dict[str, Any]) -> list[tuple[str, str, int]]:
    """Each reason with its word and how many rows it kept out."""
    return [(code, REASONS.get(code, code), count) for code, count in sorted(counts.get("reasons", {}).items(), key=lambda pair: -pair[1])]


def question_cards(row: Upload) -> list[dict[str, Any]]:
    """Each unknown header with what it might be."""
    if row.state != S.ASKING:
        return []
    cards = []
    for at, question in enumerate(row.questions):
        guess = _guess(question["header"])
        options = [(guess, LABELS[guess], _("按“%s”读") % LABELS[guess])] if guess else []
        options += [("note", LABELS["note"], _("原样放着，不参与统计"))] if guess != "note" else []
        options.append(("", _("不要这一列"), _("库里已有的值不会被清空")))
        sheets = "、".join(question["sheets"][:3]) + (_("等") if len(question["sheets"]) > 3 else "")
        about = _("%(sheets)s，%(of)s 行里 %(filled)s 行有值") % {"sheets": sheets, "of": f"{question['of']:,}", "filled": f"{question['filled']:,}"}
        cards.append({"at": at, "header": question["header"], "about": about if question["of"] else sheets, "options": options})
    return cards


def _guess(header: str) -> str:
    """The field whose word shares most characters with the header; "" when hardly any does."""
    if "挂靠" in header:
        return "enterprise"
    best = max(LABELS, key=lambda name: len(set(LABELS[name]) & set(header)))
    return best if len(set(LABELS[best]) & set(header)) >= 2 else ""


def views(row: Upload) -> list[dict[str, Any]]:
    """Which rows can be looked at, with how many there are and how many of them are kept."""
    counts = row.counts
    if "rows" not in counts:
        return []
    tabs = [
        ("rejected", _("不收的"), counts["rejected"]), ("conflict", _("要人定的"), counts.get("conflicts", 0)),
        ("update", _("更新的"), counts["updated"]), ("create", _("新增的"), counts["created"]), ("warned", _("有提醒的"), counts.get("warned", 0)),
    ]  # fmt: skip
    return [{"key": key, "word": word, "count": count, "kept": counts.get("kept", {}).get(key, 0)} for key, word, count in tabs if count]


def row_lines(rows: Iterable[StagedRow], show: str) -> list[dict[str, Any]]:
    """Rows in words, behind masks."""
    return [_line(row, json.loads(row.values) if row.values else {}, show) for row in rows]


def _line(row: StagedRow, values: dict[str, Any], show: str) -> dict[str, Any]:
    line = {"sheet": row.sheet, "row": row.row}
    if show == "rejected":
        return line | {"column": COLUMN_WORDS.get(row.column, _("整行")), "raw": values.get("raw") or _("空"), "why": values.get("words", "")}
    line |= {"name": mask_name(values.get("name")), "phone": mask_phone(values.get("phone"))}
    said = [one.get("words", "") for one in row.warnings]
    changes = [
        {"column": COLUMN_WORDS.get(name, name), "old": VALUE_WORDS.get(old, old), "new": VALUE_WORDS.get(new, new)}
        for name, old, new in values.get("changes", [])
    ]
    conflicts = [
        _("库里是 %(ours)s，这份表写 %(theirs)s") % (
            {"ours": mask_name(ours), "theirs": mask_name(theirs)} if kind == "name" else {"ours": ours, "theirs": theirs}
        )
        for kind, ours, theirs in values.get("conflicts", [])
    ]  # fmt: skip
    return line | {"changes": changes, "said": said, "conflicts": conflicts}
