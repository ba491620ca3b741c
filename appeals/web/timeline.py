"""The road of an appeal as its driver reads it: ahead, now, behind; newest first. Words come from MOVES."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from appeals.models import Appeal, Clock, Event
from appeals.rules.life import State
from appeals.rules.moves import MOVES, Move
from common import clock
from common.words import day_words

HEADINGS = {
    State.SUBMITTED: gettext_lazy("已收到"),
    State.ROUTED: gettext_lazy("已转给科室"),
    State.IN_HAND: gettext_lazy("正在办"),
    State.WAITING_DRIVER: gettext_lazy("想问您一件事"),
    State.ANSWERED: gettext_lazy("有答复了"),
    State.CLOSED: gettext_lazy("办结了"),
    State.DECLINED: gettext_lazy("这件事不归我们办"),
    State.WITHDRAWN: gettext_lazy("已撤回"),
    State.MERGED: gettext_lazy("并到一件一起办了"),
}
NOW_WORDS = {
    State.SUBMITTED: gettext_lazy("正在转给办事的科室"),
    State.ROUTED: gettext_lazy("等{unit}接下"),
    State.IN_HAND: gettext_lazy("{unit}在办"),
    State.WAITING_DRIVER: gettext_lazy("等您回话"),
    State.ANSWERED: gettext_lazy("等您评价"),
}
# What tells him something stands out in bold.
TELLING = frozenset({
    Move.PROGRESS, Move.ASK_DRIVER, Move.GRANT_EXTENSION, Move.APPROVE, Move.REOPEN, Move.REOPEN_CLOSED,
    Move.DECLINE, Move.GRANT_HAND_BACK, Move.CLOSE, Move.WITHDRAW,
})  # fmt: skip
_DATE = re.compile(r"(\d{1,2})\s?月\s?(\d{1,2})\s?日")


def whole_dates(text: str) -> str:
    """Keep 11月30日 on one line: word joiners between its signs."""
    return _DATE.sub("\\1\u2060月\u2060\\2\u2060日", text)


def moment_words(moment: datetime) -> str:
    """ "11月27日 周五 10:12"."""
    at = clock.local(moment)
    return f"{day_words(at)} {at.hour}:{at:%M}"


def steps(appeal: Appeal, events: Iterable[Event], clocks: dict[str, Clock], *, now: datetime) -> list[dict[str, Any]]:
    """All stations, newest first: {kind, what, at, said, strong, move}."""
    found = [*_ahead(appeal, clocks), *_present(appeal, clocks, now=now)]
    return found + [past(event) for event in events]


def past(event: Event) -> dict[str, Any]:
    """One thing that happened, by the table's own words; a unit, never a person."""
    shows = MOVES[Move(event.move)].shows if event.move in set(Move) else ""
    data = event.data or {}
    unit = event.unit.name if event.unit_id else _("办事的科室")
    what = shows.format(
        unit=unit, value=data.get("word", ""), round=data.get("round", event.round), days=data.get("days", "")
    )
    said = event.words.strip()
    if event.move == Move.GRANT_EXTENSION:  # the promise that stays is read under the reason
        what, _comma, promise = what.partition("，")
        said = "\n".join(part for part in (said, promise and f"{promise}。") if part)
    elif event.move == Move.DECLINE:  # whom to ask instead stands at the head of the page
        what, said = what.partition("，")[0], ""
    return {
        "kind": "past",
        "what": what or said,
        "at": moment_words(event.at),
        "said": whole_dates(said) if what else "",
        "strong": event.move in TELLING,
        "move": event.move,
        "round": event.round,
    }


def _ahead(appeal: Appeal, clocks: dict[str, Clock]) -> list[dict[str, Any]]:
    if appeal.state == State.ANSWERED:
        return [_step("ahead later", _("办结"))]
    if not appeal.is_open:
        return []
    rows = [_step("ahead later", _("您来评价")), _step("ahead", _("给您答复"), _due(appeal.due, appeal.provisional))]
    progress = clocks.get("C3")
    if progress and progress.running:
        rows.append(_step("ahead", _("告诉您办到哪一步"), _due(progress.due, progress.provisional)))
    return rows


def _present(appeal: Appeal, clocks: dict[str, Clock], *, now: datetime) -> list[dict[str, Any]]:
    words = NOW_WORDS.get(State(appeal.state))
    if words is None:
        return []
    unit = appeal.lead_unit.name if appeal.lead_unit_id else ""
    at = _("今天 %(day)s") % {"day": day_words(now)}
    due = {State.SUBMITTED: "C1", State.ROUTED: "C2"}.get(State(appeal.state))
    if due in clocks and clocks[due].running and clocks[due].due > now:
        at = _due(clocks[due].due)
    return [_step("now", str(words).format(unit=unit), at)]


def _due(moment: datetime | None, provisional: bool = False) -> str:
    if moment is None:
        return ""
    return _("%(moment)s 前") % {"moment": moment_words(moment)} + (_("（暂定）") if provisional else "")


def _step(kind: str, what: str, at: str = "") -> dict[str, Any]:
    return {"kind": kind, "what": what, "at": at, "said": "", "strong": False, "move": ""}


def short(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """长辈版: four stations: the next, now, the last that told him something, the first; without the words."""
    ahead = [row for row in rows if row["kind"] == "ahead"][:1]
    present = [row for row in rows if row["kind"] == "now"]
    behind = [row for row in rows if row["kind"] == "past"]
    telling = [row for row in behind[:-1] if row["strong"]][:1] or behind[:-1][:1]
    picked = ahead + present + telling + behind[-1:]
    return [{**row, "said": "", "at": row["at"].rsplit(" ", 1)[0] if row["kind"] == "past" else row["at"]} for row in picked]
