"""What a driver reads of his applications: one line, the road, by when."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from care.models import Application, Receipt
from care.rules.applications import State, due_on
from care.rules.money import yuan_words
from common import clock
from common.words import day_words
from common.workdays import Calendar


def yuan(fen: int | None) -> str:
    """Say "800 元", "800.50 元"."""
    said = yuan_words(fen or 0)
    return _("%(yuan)s 元") % {"yuan": said.removesuffix(".00")}


def due_of(row: Application, calendar: Calendar) -> date | None:
    """By when the next step is promised; None where none is."""
    return due_on(row.state, clock.today(row.asked_at), clock.today(row.decided_at) if row.decided_at else None, calendar)


def taken_back(row: Application) -> bool:
    """Whether he took his consent back before anybody decided."""
    return row.state == State.PROPOSED and row.consent is not None and row.consent.withdrawn_at is not None


def line_of(row: Application, calendar: Calendar) -> str:
    """How far it is, in one short line."""
    due = due_of(row, calendar)
    if taken_back(row):
        return _("您收回了同意，不办了")
    if row.state == State.PROPOSED and due:
        return _("等审批，%(day)s 前答复") % {"day": day_words(due)}
    if row.state == State.APPROVED and due:
        return _("批了 %(yuan)s，%(day)s 前发") % {"yuan": yuan(row.approved_fen), "day": day_words(due)}
    if row.state == State.PAID:
        return _("发了 %(yuan)s") % {"yuan": yuan(row.approved_fen)}
    return str(row.get_state_display())


def steps_of(row: Application, receipt: Receipt | None, calendar: Calendar) -> list[dict[str, Any]]:
    """Steps for site/parts/timeline.html, newest first; what lies ahead on top."""
    asked = {"what": _("申请交上来了"), "at": day_words(clock.today(row.asked_at))}
    due, done = due_of(row, calendar), day_words(clock.today(row.decided_at)) if row.decided_at else ""
    if taken_back(row) or row.state == State.WITHDRAWN:
        return [_now(_("不办了"), ""), _past(asked)]
    if row.state == State.PROPOSED:
        answer = {"kind": "ahead", "what": _("告诉您批没批"), "at": _("%(day)s 前") % {"day": day_words(due)} if due else ""}
        return [{"kind": "ahead later", "what": _("批了，五个工作日里发"), "at": ""}, answer, _now(_("正在审批"), ""), _past(asked)]
    if row.state == State.REFUSED:
        return [_now(_("没有批"), done, said=row.answer), _past(asked)]
    approved = {"what": _("批了 %(yuan)s") % {"yuan": yuan(row.approved_fen)}, "at": done}
    signed = [_past({"what": _("您签了收条"), "at": day_words(clock.today(receipt.at))})] if receipt else []
    if row.state == State.PAID:
        paid = day_words(clock.today(row.paid_at)) if row.paid_at else ""
        return [_now(_("发给您了"), paid), *signed, _past(approved), _past(asked)]
    ahead = {"kind": "ahead", "what": _("发给您"), "at": _("%(day)s 前") % {"day": day_words(due)} if due else ""}
    return [ahead, *(signed or []), _now(str(approved["what"]), done), _past(asked)]


def _now(what: str, at: str, said: str = "") -> dict[str, Any]:
    return {"kind": "now", "what": what, "at": at, "said": said, "strong": True}


def _past(step: dict[str, Any]) -> dict[str, Any]:
    return {"kind": "past"} | step
