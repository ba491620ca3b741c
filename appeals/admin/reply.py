"""The four sheets of the reply: answer, progress, question, note; drafts that are never lost."""

from __future__ import annotations

import re
from collections.abc import Mapping
from difflib import SequenceMatcher
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.rules.viewer import Viewer
from appeals.admin.acts import ANSWER_PARTS, DRIVER_READS
from appeals.models import Answer, Appeal, ReplyTemplate
from appeals.rules.moves import Move, Offer
from appeals.services import answers
from common import clock
from common.words import moment_words

SHEETS = (
    (2, "progress", Move.PROGRESS, "发进展", "告诉司机办到哪一步了", "words"),
    (3, "ask", Move.ASK_DRIVER, "问司机", "问司机什么", "words"),
    (4, "note", Move.NOTE, "内部备注", "备注", "note"),
)
HELPS = {
    "progress": DRIVER_READS,
    "ask": "问出去钟就停下，几次加起来最多 5 个工作日；司机能在查进度的页面上回。",
    "note": "只有本单位和分拨员看得到。",
}


def templates_for(viewer: Viewer, appeal: Appeal) -> list[ReplyTemplate]:
    """Templates of this category or of none, of the viewer's units or of all."""
    rows = ReplyTemplate.objects.filter(is_active=True, category__in=["", appeal.category])
    return [row for row in rows if row.unit_id is None or row.unit_id in viewer.units()]


def context_of(
    request: HttpRequest, appeal: Appeal, offers: list[Offer], answer: Answer | None, *,
    typed: Mapping[str, str] | None, errors,
) -> dict[str, Any]:  # fmt: skip
    """Sheets that the table allows, the answer's fields, the templates; `typed` wins over what is stored."""
    possible = {offer.move: offer for offer in offers}
    if not possible.keys() & {Move.SUBMIT_ANSWER, Move.PROGRESS, Move.ASK_DRIVER, Move.NOTE}:
        return {}
    bad = {error["field"]: error["words"] for error in errors if error.get("field")}
    moved = (typed or {}).get("move", "")
    place = _open_sheet(request, moved)
    sheets: list[dict[str, Any]] = []
    context: dict[str, Any] = {"draft_url": reverse("admin:appeals_draft", args=[appeal.key])}
    if Move.SUBMIT_ANSWER in possible:
        sheets.append({"place": 1, "kind": "answer", "word": _("写答复"), "on": place == 1})
        context |= answer_context(request, appeal, answer, typed=typed, bad=bad)
    for number, kind, move, word, label, name in SHEETS:
        offer = possible.get(move)
        if offer is None:
            continue
        mine = moved == move.value
        sheets.append(
            {
                "place": number, "kind": kind, "word": _(word), "label": _(label), "name": name, "move": move.value,
                "help": _(HELPS[kind]), "button": _("记下") if kind == "note" else _("发给司机"), "cannot": offer.why_not,
                "text": (typed or {}).get(name, "") if mine else "", "bad": bad.get(name, "") if mine else "",
                "on": place == number,
            }
        )  # fmt: skip
    if not any(sheet["on"] for sheet in sheets):
        sheets[0]["on"] = True
    return context | {"sheets": sheets}


def _open_sheet(request: HttpRequest, moved: str) -> int:
    by_move = {move.value: number for number, _kind, move, *_more in SHEETS}
    if moved in by_move:
        return by_move[moved]
    asked = request.GET.get("sheet", "1")
    return int(asked) if asked in ("1", "2", "3", "4") else 1


def answer_context(
    request: HttpRequest, appeal: Appeal, answer: Answer | None, *, typed: Mapping[str, str] | None, bad: Mapping[str, str]
) -> dict[str, Any]:
    """The three parts with their blanks; a chosen template fills only what is still empty."""
    templates = templates_for(request.viewer, appeal)
    chosen = next((row for row in templates if str(row.pk) == request.GET.get("template")), None)
    texts = {}
    for name, _word, _rows in ANSWER_PARTS:
        stored = getattr(answer, name) if answer else ""
        texts[name] = typed[name] if typed and name in typed else stored or (getattr(chosen, name) if chosen else "")
    saved = ""
    if answer and answer.state == Answer.State.DRAFT:
        saved = _("草稿 %s 已存") % moment_words(answer.saved_at, clock.now())
        if answer.sent_back:
            saved = _("退回修改：%(why)s。%(saved)s") % {"why": answer.sent_back, "saved": saved}
    return {
        "answer": {
            "version": (typed or {}).get("answer_version") or (answer.version if answer else 0),
            "saved": saved,
            "parts": [
                {"name": name, "word": _(word), "rows": rows, "text": texts[name], "bad": bad.get(name, ""),
                 "pieces": pieces_of(texts[name])}
                for name, word, rows in ANSWER_PARTS
            ],
        },
        "blanks": len(answers.blanks(*texts.values())),
        "templates": [(str(row.pk), row.name) for row in templates],
        "chosen_template": request.GET.get("template", ""),
        "greeting": _("师傅您好："),
        "signature": _("%s · 不满意可以直接评“差”") % (appeal.lead_unit.name if appeal.lead_unit else ""),
    }  # fmt: skip


def pieces_of(text: str) -> list[tuple[str, bool]]:
    """The text in pieces, each with whether it is an open blank."""
    pieces: list[tuple[str, bool]] = []
    at = 0
    for hit in re.finditer(answers.BLANK, text):
        if hit.start() > at:
            pieces.append((text[at : hit.start()], False))
        pieces.append((hit[0].strip("【】") or _("没填"), True))
        at = hit.end()
    if at < len(text):
        pieces.append((text[at:], False))
    return pieces


def differences(theirs: str, mine: str) -> tuple[list[tuple[str, bool]], list[tuple[str, bool]]]:
    """Both texts in pieces, each with whether the other lacks it."""
    left: list[tuple[str, bool]] = []
    right: list[tuple[str, bool]] = []
    for tag, a, b, c, d in SequenceMatcher(None, theirs, mine, autojunk=False).get_opcodes():
        if b > a:
            left.append((theirs[a:b], tag != "equal"))
        if d > c:
            right.append((mine[c:d], tag != "equal"))
    return left, right
