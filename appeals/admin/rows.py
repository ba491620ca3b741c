"""One appeal as a line of two rows: what it is, who, by when, and the next act."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.rules.roles import HANDLING, Role
from accounts.rules.viewer import Viewer
from appeals.admin import parts
from appeals.models import Answer, Appeal, CallBack, Request
from appeals.rules.clock_kinds import ClockKind
from appeals.rules.due_words import remaining_words
from appeals.rules.life import State
from appeals.rules.routing_names import category_name
from common.words import moment_words, short_words
from common.workdays import Calendar

ASKED = {
    "hand_back": ("要退回", "undo"), "extension": ("要延期", "clock"), "decline": ("不受理", "x"), "recusal": ("要回避", "shield"),
}  # fmt: skip


@dataclass(frozen=True)
class Row:
    """One line of the list."""

    badge: parts.Badge
    urgent: parts.Badge | None
    title: str
    second: str
    url: str
    chip: parts.Chip
    chip_second: str
    act: str
    act_url: str
    main: bool = False
    move: str = ""  # posted at once: an act that can be undone by nobody's harm
    version: int = 0


def row_of(appeal: Appeal, viewer: Viewer, *, now: datetime, calendar_: Calendar, main: bool) -> Row:
    """One appeal as a line: what, who, by when, and the next act."""
    url = reverse("admin:appeals_one", args=[appeal.key])
    promise, moved = parts.promise_words(appeal, calendar_)
    if appeal.next_due_clock not in ("C4", "C7", "") and appeal.due:
        second_due = _("答复应于 %s") % short_words(appeal.due, now=now)
    else:
        second_due = _("首次承诺 %(day)s%(moved)s") % {"day": promise, "moved": f"，{moved}" if moved else ""} if promise else ""
    act, act_url, move = _act(appeal, viewer, url)
    pieces = [parts.kind_word(appeal.kind), category_name(appeal.category) if appeal.category else "",
              parts.driver_words(appeal, viewer), appeal.place.name if appeal.place else "", _("尾号 %s") % parts.tail(appeal.number)]  # fmt: skip
    return Row(
        badge=parts.state_badge(appeal.state),
        urgent=parts.is_urgent(appeal),
        title=parts.title_of(appeal),
        second=" · ".join(filter(None, pieces)),
        url=url,
        chip=parts.due_chip(appeal, now=now, calendar=calendar_),
        chip_second=second_due,
        act=act,
        act_url=act_url,
        main=main,
        move=move,
        version=appeal.version,
    )


def _act(appeal: Appeal, viewer: Viewer, url: str) -> tuple[str, str, str]:
    own = appeal.lead_unit_id in viewer.units(*HANDLING)
    if appeal.state == State.SUBMITTED and viewer.has_role(Role.DESK, Role.DUTY):
        return _("分拨"), f"{reverse('admin:appeals_desk')}?one={appeal.key}", ""
    if appeal.state == State.ROUTED and own:
        return _("受理"), reverse("admin:appeals_act", args=[appeal.key]), "accept"
    if appeal.state == State.IN_HAND and own:
        if appeal.next_due_clock == "C3":
            return _("发进展"), f"{url}?sheet=2#reply", ""
        return _("办理"), f"{url}#reply", ""
    if appeal.state == State.WAITING_DRIVER:
        return _("看对话"), url, ""
    if appeal.state in (State.ANSWERED, State.WITHDRAWN) and viewer.has_role(Role.CALL_BACK):
        return _("打电话"), url, ""
    return _("打开"), url, ""


def decision_rows(
    rows: list[Appeal], viewer: Viewer, *, now: datetime, calendar_: Calendar, first_is_main: bool
) -> list[Row]:
    """Lines of what waits for a yes or no: the draft or the request in place of the state."""
    pks = [row.pk for row in rows]
    waiting = Answer.objects.filter(appeal__in=pks, state__in=[Answer.State.SUBMITTED, Answer.State.HEAD_APPROVED])
    drafts = {(each.appeal_id, each.round): each for each in waiting.select_related("drafted_by")}
    asked: dict[int, list[Request]] = {}
    for each in Request.objects.filter(appeal__in=pks, decision=Request.Decision.PENDING).select_related("asked_by"):
        asked.setdefault(each.appeal_id, []).append(each)
    lines = []
    for index, row in enumerate(rows):
        plain = row_of(row, viewer, now=now, calendar_=calendar_, main=first_is_main and index == 0)
        lines.append(_asked(plain, row, drafts.get((row.pk, row.round)), asked.get(row.pk, []), now=now))
    return lines


def _asked(row: Row, appeal: Appeal, draft: Answer | None, requests: list[Request], *, now: datetime) -> Row:
    row = replace(row, act_url=row.url, move="")
    if requests:
        first = requests[0]
        days = _(" %s 个工作日") % first.asked_days if first.asked_days else ""
        second = _("%(who)s 申请%(what)s%(days)s：%(why)s") % {
            "who": first.asked_by.name, "what": first.get_kind_display(), "days": days, "why": first.reason[:60],
        }  # fmt: skip
        badge = parts.Badge(_(ASKED[first.kind][0]), "warn", ASKED[first.kind][1])
        when = _("%s 前要定") % short_words(first.decide_by, now=now)
        return replace(row, badge=badge, second=second, act=_("看并定"), chip_second=when)
    if draft:
        when = moment_words(draft.submitted_at, now) if draft.submitted_at else ""
        second = _("%(who)s %(when)s 送审 · %(rest)s") % {"who": draft.drafted_by.name, "when": when, "rest": row.second}
        return replace(row, badge=parts.Badge(_("答复稿"), "info", "doc"), second=second, act=_("看并批"))
    return row


def call_back_rows(rows: list[Appeal], viewer: Viewer, *, now: datetime, calendar_: Calendar, first_is_main: bool) -> list[Row]:
    """Lines of whom to ring: the clock is the call's, and how often it rang for nothing stands below it."""
    tried: dict[int, int] = {}
    for pk in CallBack.objects.filter(appeal__in=[row.pk for row in rows]).values_list("appeal_id", flat=True):
        tried[pk] = tried.get(pk, 0) + 1
    lines = []
    for index, row in enumerate(rows):
        plain = row_of(row, viewer, now=now, calendar_=calendar_, main=first_is_main and index == 0)
        words = _("打过 %s 次没通") % tried[row.pk] if tried.get(row.pk) else _("还没打过")
        chip = _call_chip(row, plain, now=now, calendar_=calendar_)
        lines.append(replace(plain, act=_("打电话"), chip=chip, chip_second=words))
    return lines


def _call_chip(row: Appeal, plain: Row, *, now: datetime, calendar_: Calendar) -> parts.Chip:
    if row.next_due_clock != ClockKind.CALL_BACK or not row.next_due:
        return plain.chip
    said = remaining_words(now, row.next_due, calendar_)
    tone = {"amber": "today", "red": "over"}.get(said.tone, "")
    return parts.Chip(_("回访%s") % said.words, said.moment, tone, "alert" if tone == "over" else "clock")
