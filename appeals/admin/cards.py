"""The cards of the appeal's page: clock, reason of the routing, timeline, open requests."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from appeals.admin import parts
from appeals.models import Appeal, Clock, Event, Pause, RouteDecision
from appeals.rules.clock_kinds import CLOCK_NAMES, ClockKind
from appeals.rules.clocks import Due
from appeals.rules.due_words import card_rows, explain, paused_words, remaining_words, strip
from appeals.rules.moves import MOVES, Move
from appeals.services import deadlines
from common.words import moment_words, short_day_words, short_words
from common.workdays import Calendar

MAX_STEPS, MAX_CELLS = 60, 14
_TONES = {"ink": "", "amber": "today", "red": "over", "muted": ""}
_CELLS = {"received": "", "counted": "counted", "part": "counted", "rest": "", "paused": "paused", "ahead": ""}
_DOTS: dict[str, tuple[str, str]] = {
    Move.FILE: ("", "inbox"), Move.ROUTE: ("info", "route"), Move.ROUTE_BY_HAND: ("info", "route"),
    Move.ASSIGN_FINALLY: ("info", "route"), Move.ACCEPT: ("ok", "check"), Move.PROGRESS: ("info", "chat"),
    Move.NOTE: ("", "pencil"), Move.ASK_DRIVER: ("", "pause"), Move.DRIVER_REPLY: ("ok", "chat"),
    Move.PAUSE_LIMIT: ("warn", "clock"), Move.ADD_MATERIAL: ("ok", "image"), Move.NUDGE: ("warn", "bell"),
    Move.ASK_EXTENSION: ("warn", "clock"), Move.GRANT_EXTENSION: ("warn", "clock"), Move.SUBMIT_ANSWER: ("info", "doc"),
    Move.SEND_BACK_DRAFT: ("warn", "undo"), Move.HEAD_APPROVE: ("info", "check"), Move.APPROVE: ("ok", "send"),
    Move.RATE: ("info", "star"), Move.CALL_BACK: ("info", "phone"), Move.REOPEN: ("warn", "undo"),
    Move.REOPEN_CLOSED: ("warn", "undo"), Move.CLOSE: ("ok", "check-circle"), Move.WITHDRAW: ("", "undo"),
    Move.DECLINE: ("", "x"), Move.ASK_HAND_BACK: ("warn", "undo"), Move.GRANT_HAND_BACK: ("warn", "undo"),
    Move.RECUSE: ("", "shield"), Move.RECLASSIFY: ("", "filter"), Move.ASSIGN_HANDLER: ("", "people"),
}  # fmt: skip
# Whom an appeal is about and who stepped back is the discipline officer's matter; a timeline would tell.
_RECUSAL = ("回避", "被反映")
_HIDDEN = frozenset({Move.ADD_ACCUSED, Move.REMOVE_ACCUSED, Move.KEEP_OUT})


def clock_card(appeal: Appeal, *, now: datetime, calendar: Calendar) -> dict[str, Any] | None:
    """The clock of the answer (or of mending), with its days; the other clocks as lines."""
    clocks = list(Clock.objects.filter(appeal=appeal).select_related("rule").order_by("round", "started_at", "id"))
    wanted = ClockKind.ANSWER if appeal.round == 1 else ClockKind.MEND
    main = next((each for each in reversed(clocks) if each.kind == wanted and each.round == appeal.round), None)
    if main is None:
        return None
    main.appeal = appeal
    due = deadlines.computed(main, calendar)
    words, moment, tone = _clock_words(main, appeal, now=now, calendar=calendar)
    first = appeal.first_due or main.first_due
    return {
        "title": _("%s时限") % CLOCK_NAMES[wanted],
        "rule": _("%(limit)s · 规则第 %(version)s 版") % {"limit": due.spec.words, "version": main.rule.version},
        "words": words,
        "moment": moment,
        "tone": tone,
        "sentence": explain(due),
        "cells": cells_of(due, now=now, first_due=first),
        "rows": card_rows(due, first_due=first),
        "days": days_of(due),
        "others": [_line(each, now=now) for each in clocks if each.pk != main.pk],
    }


def _clock_words(main: Clock, appeal: Appeal, *, now: datetime, calendar: Calendar) -> tuple[str, str, str]:
    if main.met_at:
        late = main.met_at > main.due
        word = _("过期才答复") if late else _("按期答复")
        return word, short_words(main.met_at, now=now), "over" if late else "kept"
    if main.ended_at:
        return _("不再计时"), short_words(main.ended_at, now=now), ""
    held = Pause.objects.filter(appeal=appeal, ended_at=None).first()
    if held:
        said = paused_words(held.limit_at, now=now)
        return said.words, said.moment, ""
    said = remaining_words(now, main.due, calendar)
    when = _("%s 前批准才算") % short_words(main.due, now=now)
    return said.words, when if said.tone != "red" else _("应于 %s") % short_words(main.due, now=now), _TONES[said.tone]


def cells_of(due: Due, *, now: datetime, first_due: datetime) -> list[dict[str, Any]]:
    """The strip; a long one keeps its first days and its last."""
    cells = strip(due, now, first_due=first_due)
    if len(cells) > MAX_CELLS:
        cells = cells[-MAX_CELLS:]
    return [
        {"top": cell.top, "day": cell.day, "mark": cell.mark,
         "css": " ".join(filter(None, (_CELLS[cell.state], "first" if cell.first_promise else "", "now" if cell.today else "")))}
        for cell in cells
    ]  # fmt: skip


def days_of(due: Due) -> list[dict[str, str]]:
    """逐日看: every date with what it counted and why."""
    def what(line) -> str:
        if line.counted:
            return _("第 %s 天") % line.number if line.number else _("计 %s 分钟") % line.minutes
        return _("计一部分") if line.counted is None else _("不计")

    return [{"day": short_day_words(line.date), "what": what(line), "why": line.why} for line in due.lines]


def _line(each: Clock, *, now: datetime) -> dict[str, str]:
    name = CLOCK_NAMES[ClockKind(each.kind)]
    when = short_words(each.due, now=now)
    if each.met_at:
        word = _("按时") if each.met_at <= each.due else _("晚了")
        return {"word": name, "value": _("应于 %(due)s，%(met)s 做到，%(word)s") % {"due": when, "met": short_words(each.met_at, now=now), "word": word}}
    if each.ended_at:
        return {"word": name, "value": _("应于 %s，不再计时") % when}
    return {"word": name, "value": (_("应于 %s，已超期") if each.due < now else _("应于 %s")) % when}


def marks_of_decision(decision: RouteDecision | None, text: str) -> list[tuple[int, int]]:
    """Where the words that decided stand in the driver's text."""
    marks: list[tuple[int, int]] = []
    for reason in decision.reasons if decision else ():
        if not isinstance(reason, dict) or reason.get("step") in ("accusation", "nothing"):
            continue  # an accusation is nobody's business but the recusal's
        spans = reason.get("spans") or []
        marks += [(int(start), int(end)) for start, end in spans] or parts.marks_of(text, list(reason.get("words", ())))
    return marks


def open_words(reason: dict[str, Any]) -> str:
    """The sentence of one step without what it says of recusal: who is accused is not for these pages."""
    if reason.get("step") == "accusation":
        return ""
    clauses = str(reason.get("said", "")).rstrip("。").split("；")
    return "；".join(clause for clause in clauses if clause and not tells_of_recusal(clause))


def tells_of_recusal(words: str) -> bool:
    return any(word in words for word in _RECUSAL)


def why_card(appeal: Appeal, decision: RouteDecision | None) -> dict[str, Any] | None:
    """为什么到…: the sentences of the router with the driver's own words marked. What was ruled out is never said."""
    if decision is None or appeal.lead_unit is None:
        return None
    reasons = [reason for reason in decision.reasons if isinstance(reason, dict)]
    said = dict.fromkeys(filter(None, (open_words(reason) for reason in reasons)))
    words = dict.fromkeys(word for reason in reasons for word in reason.get("words", ()))
    if not said:
        return None
    text = f"{'；'.join(said)}。"
    quoted = [(start + 1, end - 1) for start, end in parts.marks_of(text, [f"“{word}”" for word in words])]
    by_hand = decision.unit_id != appeal.lead_unit_id
    return {
        "title": _("为什么到%s") % appeal.lead_unit.name if not by_hand else _("机器当时怎么看"),
        "version": _("规则 %s") % decision.rules_version[:24] if decision.rules_version else "",
        "pieces": parts.split_marks(text, quoted),
    }


def steps_card(appeal: Appeal, *, now: datetime, only_public: bool) -> dict[str, Any]:
    """The timeline, newest first."""
    events = Event.objects.filter(appeal=appeal).exclude(move__in=_HIDDEN).select_related("actor", "unit")
    if only_public:
        events = events.filter(public=True)
    found = list(events.order_by("-seq")[:MAX_STEPS])
    note = _("第 %(round)s 轮 · %(count)s 条") % {"round": appeal.round, "count": len(found)}
    return {"steps": [step_of(event, now=now) for event in found], "steps_note": note}


def step_of(event: Event, *, now: datetime) -> dict[str, str]:
    """One event: who did what, then its words or reason."""
    tone, icon = _DOTS.get(event.move, ("", "info"))
    word = MOVES[Move(event.move)].word.rstrip("…")
    if event.actor_word == "driver":
        who = _("司机")
    elif event.actor_word == "contact":
        who = _("联系人")  # no name: it would tell of which branch he is
    elif event.actor_word == "system":
        who = "" if word.startswith("系统") else _("系统")
    else:
        who = event.actor.name if event.actor else _("工作人员")
    unit = f"：{event.unit.name}" if event.unit and event.move in (Move.ROUTE, Move.ROUTE_BY_HAND, Move.ASSIGN_FINALLY) else ""
    second = event.words or event.note or event.reason
    if event.move == Move.RECUSE:
        second = ""  # why he stepped back could tell who is complained of
    if event.note and not event.public:
        second = _("内部备注 · %s") % event.note
    return {
        "when": moment_words(event.at, now),
        "iso": event.at.isoformat(timespec="minutes"),
        "tone": tone,
        "icon": icon,
        "words": f"{who} {word}{unit}".strip(),
        "second": second,
    }


def request_cards(appeal: Appeal, *, now: datetime) -> list[dict[str, str]]:
    """Requests that wait for somebody's decision."""
    rows = appeal.requests.filter(decision="pending").select_related("asked_by", "proposed_unit")
    found = []
    for row in rows:
        asked = _("，要 %s 个工作日") % row.asked_days if row.asked_days else ""
        proposed = _("，说应当归%s") % row.proposed_unit.name if row.proposed_unit else ""
        found.append(
            {
                "title": _("%(who)s 申请%(what)s%(asked)s，等人来定") % {"who": row.asked_by.name, "what": row.get_kind_display(), "asked": asked},
                "words": _("%(reason)s%(proposed)s。%(when)s 前要定") % {"reason": row.reason, "proposed": proposed, "when": short_words(row.decide_by, now=now)},
            }
        )
    return found
