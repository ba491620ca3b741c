"""What the staff pages say of an appeal: its badge, its due chip, its second line. No queries here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from accounts.rules.roles import BUREAU_WIDE, HANDLING, Role
from accounts.rules.viewer import Viewer
from appeals.models import Appeal
from appeals.rules.clock_kinds import ClockKind
from appeals.rules.due_words import PROVISIONAL, clock_prefix, moved_words, remaining_words
from appeals.rules.life import KIND_WORDS, STATE_WORDS, Kind, State, Urgency
from appeals.selectors.staff import ELSEWHERE
from common.masks import mask_name, mask_plate
from common.words import short_day_words, short_words
from common.workdays import Calendar

TONES = {
    State.SUBMITTED: ("", "inbox"),
    State.ROUTED: ("warn", "inbox"),
    State.IN_HAND: ("info", "pencil"),
    State.WAITING_DRIVER: ("", "pause"),
    State.ANSWERED: ("ok", "send"),
    State.CLOSED: ("ok", "check-circle"),
    State.DECLINED: ("", "x"),
    State.WITHDRAWN: ("", "undo"),
    State.MERGED: ("", "merge"),
}
_CHIP_TONES = {"ink": "", "amber": "today", "red": "over", "muted": ""}


@dataclass(frozen=True)
class Badge:
    """A word on a tint. `tone`: info, ok, warn, err or "" (neutral); `icon` may be ""."""

    word: str
    tone: str = ""
    icon: str = ""


@dataclass(frozen=True)
class Chip:
    """How long is left, in words, then the moment. `tone`: today, over, kept or ""."""

    words: str
    moment: str
    tone: str = ""
    icon: str = "clock"


def state_badge(state: str) -> Badge:
    """The badge of one of the nine states."""
    tone, icon = TONES[State(state)]
    return Badge(STATE_WORDS[State(state)], tone, icon)


def kind_word(kind: str) -> str:
    """咨询, 投诉, 建议, 求助; "" while nobody has said."""
    return KIND_WORDS[Kind(kind)] if kind else ""


def due_chip(appeal: Appeal, *, now: datetime, calendar: Calendar, short: bool = False) -> Chip:
    """The chip of the nearest clock somebody must act on; names the clock when it is not the answer's."""
    if appeal.answered_at and appeal.state in (State.ANSWERED, State.CLOSED):
        late = bool(appeal.first_due and appeal.answered_at > appeal.first_due)
        word = "过期才答复" if late else "按期答复"
        return Chip(word, short_words(appeal.answered_at, now=now), "over" if late else "kept", "alert" if late else "check-circle")
    if appeal.state == State.WAITING_DRIVER and appeal.due:
        return Chip("停钟中" if short else "答复停钟中", f"最多到 {short_day_words(appeal.due, now=now)}", "", "pause")
    due = appeal.next_due or appeal.due
    if due is None:
        return Chip("没有时限", "", "", "clock")
    said = remaining_words(now, due, calendar)
    kind = appeal.next_due_clock or ClockKind.ANSWER
    prefix = clock_prefix(kind) if short else (clock_prefix(kind) or "答复")
    words = f"{prefix} {said.short or said.words}".strip() if short else f"{prefix}{said.words}"
    icon = {"red": "alert"}.get(said.tone, "clock")
    if appeal.provisional:
        return Chip(words, f"{said.moment}（{PROVISIONAL}）", _CHIP_TONES[said.tone], "calendar")
    return Chip(words, said.moment, _CHIP_TONES[said.tone], icon)


def promise_words(appeal: Appeal, calendar: Calendar) -> tuple[str, str]:
    """("11-20 周五", "顺延 1 日"): the first promise and what became of it."""
    if appeal.first_due is None:
        return "", ""
    moved = moved_words(appeal.first_due, appeal.due, calendar) if appeal.due else ""
    return short_day_words(appeal.first_due), moved


def driver_words(appeal: Appeal, viewer: Viewer) -> str:
    """李* 苏C***71: who he is, as far as a list may tell this viewer."""
    if not shows_driver(viewer, appeal):
        return ""
    return " ".join(filter(None, (mask_name(appeal.caller_name), mask_plate(appeal.plate)))) or "没留称呼"


def shows_driver(viewer: Viewer, appeal: Appeal) -> bool:
    """Whether this viewer may see, masked, who complained: another department only with the driver's word."""
    if appeal.tell_unit or viewer.has_role(*BUREAU_WIDE):
        return True
    elsewhere = appeal.lead_unit is not None and appeal.lead_unit.kind in ELSEWHERE
    return not elsewhere and not viewer.roles <= {Role.LIAISON}


def tail(number: str) -> str:
    """The last eight digits of a number in two groups: 尾号 9035 2716."""
    return f"{number[-8:-4]} {number[-4:]}"


def grouped(number: str) -> str:
    """6207 4418 9035 2716."""
    return " ".join(number[at : at + 4] for at in range(0, len(number), 4))


def title_of(appeal: Appeal) -> str:
    """The first clause of what he wrote; never the whole text in a list."""
    return appeal.title or "（只有照片）"


def is_urgent(appeal: Appeal) -> Badge | None:
    """The badge that stands before the title of a pressing or urgent appeal."""
    if appeal.urgency == Urgency.URGENT:
        return Badge("特急", "err", "alert")
    if appeal.urgency == Urgency.PRESSING:
        return Badge("紧急", "err", "alert")
    return None


def split_marks(text: str, marks: list[tuple[int, int]]) -> list[tuple[str, bool]]:
    """The text in pieces, each with whether it is marked; overlapping marks become one."""
    pieces: list[tuple[str, bool]] = []
    at = 0
    for start, end in sorted(marks):
        start = max(start, at)
        if end <= start or start >= len(text):
            continue
        if start > at:
            pieces.append((text[at:start], False))
        pieces.append((text[start:end], True))
        at = end
    if at < len(text):
        pieces.append((text[at:], False))
    return pieces


def marks_of(text: str, words: list[str]) -> list[tuple[int, int]]:
    """Where `words` stand in `text`, for the same marks in reason and story."""
    found = []
    for word in words:
        at = text.find(word)
        while word and at >= 0:
            found.append((at, at + len(word)))
            at = text.find(word, at + len(word))
    return found


def sees_inside(viewer: Viewer) -> bool:
    """Whether notes, drafts and requests are for this viewer: a call-back clerk hears answer and driver only."""
    return viewer.has_role(*HANDLING, Role.DESK, Role.DUTY, Role.SUPERVISOR, Role.DISCIPLINE)
