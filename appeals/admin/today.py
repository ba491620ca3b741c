"""我今天要办的: due first, in words; each group says how many and what happens by when."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.admin import menu
from accounts.admin.pages import register_home, render_page
from accounts.rules.roles import HANDLING, Role
from accounts.rules.viewer import Viewer
from appeals.admin.counts import counts_of
from appeals.admin.rows import call_back_rows, decision_rows, row_of
from appeals.models import Appeal
from appeals.rules.life import State
from appeals.rules.moves import Move
from appeals.selectors import staff
from common import clock
from common.selectors import calendar
from common.words import WEEKDAYS
from common.workdays import Calendar

EACH = 40  # rows a group shows; the rest is behind its link


@register_home
def today(request: HttpRequest) -> HttpResponse:
    """The landing page of everybody who works on appeals; others see what they may open."""
    viewer, now = request.viewer, clock.now()
    mine = request.GET.get("mine") == "1"
    groups = groups_for(viewer, now=now, calendar_=calendar(), mine=mine)
    total = sum(group["count"] for group in groups)
    local = clock.local(now)
    said = {"month": local.month, "day": local.day, "week": WEEKDAYS[local.weekday()], "time": f"{local:%H:%M}", "total": total}
    lead = _("%(month)s 月 %(day)s 日 星期%(week)s %(time)s · 共 %(total)s 件，先到期的在前") % said
    works = viewer.has_role(*HANDLING, Role.DESK, Role.DUTY, Role.SUPERVISOR)
    return render_page(
        request,
        "appeals/admin/today.html",
        title=_("我今天要办的"),
        crumbs=[(_("今日"), None), (_("我今天要办的"), None)],
        lead=lead if works or total else _("%(month)s 月 %(day)s 日 星期%(week)s %(time)s") % said,
        groups=groups,
        mine=mine,
        coming=coming_days(viewer, now=now) if works else [],
        month=month_card(viewer, now=now) if viewer.has_role(*HANDLING) else None,
        notes=notes_for(viewer, request),
        empty_note=_("有新的事转到您这里，就出现在这一页。") if works else _("这一页只列要办、要批的事。您能打开："),
        doors=[] if works else doors_for(request),
        waits=waits_for(request),
        list_url=reverse("admin:appeals_list") if works else "",
        register_url=reverse("admin:appeals_register") if viewer.has_role(Role.CLERK, Role.STATION) else "",
    )


def waits_for(request: HttpRequest) -> list[menu.Entry]:
    """What waits for this person in other rooms: the entries of the menu that carry a number for him to work off."""
    own = {str(menu.GROUP_WORDS[menu.TODAY]), str(menu.GROUP_WORDS[menu.APPEALS])}
    groups = [group for group in menu.menu_for(request) if str(group["word"]) not in own]
    return [entry for group in groups for entry in group["entries"] if entry.pill and entry.count]


def doors_for(request: HttpRequest) -> list[menu.Entry]:
    """What somebody without work of his own may open instead: the first three of his menu."""
    entries = [entry for group in menu.menu_for(request) for entry in group["entries"]]
    return [entry for entry in entries if not entry.on and entry.url != reverse("admin:notices")][:3]


SAME_ROWS = frozenset({"desk", "decide", "call_back"})  # groups whose page holds exactly these rows
GROUPS: dict[str, tuple[str, str, str, str]] = {
    "desk": ("等分拨", "拿不准的，2 小时内分出去", "admin:appeals_desk", ""),
    "unmanned": ("要换经办人", "经办的人不在这个岗了，或者要回避；请另定一个人", "", ""),
    "due": ("今天到期", "本单位正在办的；没到下班也算，已超期的也在", "admin:appeals_list", "?view=today"),
    "routed": ("待受理", "转来后 1 个工作日内受理", "admin:appeals_list", "?state=routed"),
    "decide": ("需要我批", "批准的那一刻才算答复", "admin:appeals_decide", ""),
    "waiting": ("待补充", "等司机，钟停着", "admin:appeals_list", "?view=waiting"),
    "call_back": ("等回访", "最多打三次，换着时段打", "admin:appeals_call_backs", ""),
    "late": ("各单位已超期", "先问单位，再看要不要督办", "admin:appeals_list", "?view=overdue"),
}


def groups_for(viewer: Viewer, *, now: datetime, calendar_: Calendar, mine: bool) -> list[dict]:
    """Groups in the order of the day; an empty one is absent. The first row of all carries the red button."""
    groups: list[dict] = []
    for name, condition in staff.day_groups(viewer, now=now).items():
        if mine and name in ("due", "routed", "waiting"):
            condition &= Q(handler_id=viewer.person_id)
        rows = list(staff.listed(viewer, condition)[: EACH + 1])
        if not rows:
            continue
        word, note, url_name, query = GROUPS[name]
        late = sum(1 for row in rows if row.next_due and row.next_due < now and row.state != State.WAITING_DRIVER)
        if name == "decide":
            lines = decision_rows(rows[:EACH], viewer, now=now, calendar_=calendar_, first_is_main=not groups)
        elif name == "call_back":
            lines = call_back_rows(rows[:EACH], viewer, now=now, calendar_=calendar_, first_is_main=not groups)
        else:
            lines = [
                row_of(row, viewer, now=now, calendar_=calendar_, main=not groups and index == 0)
                for index, row in enumerate(rows[:EACH])
            ]
        if name == "unmanned":
            lines = [replace(line, act=_("换经办人"), act_url=_reassign(row), move="") for line, row in zip(lines, rows, strict=False)]
        said = _("看这 %s 件") % len(rows) if name in SAME_ROWS and len(rows) <= EACH else _("到列表里看")
        link = {"word": said, "url": reverse(url_name) + query} if url_name else None
        groups.append({"word": _(word), "count": len(rows), "note": _note(len(rows), late, _(note) if note else ""), "link": link, "rows": lines})
    return groups


def _reassign(row: Appeal) -> str:
    return f"{reverse('admin:appeals_act', args=[row.key])}?move={Move.ASSIGN_HANDLER.value}&back=today"


def _note(count: int, late: int, note: str) -> str:
    said = [_("%s 件以上") % EACH if count > EACH else _("%s 件") % count]
    if late:
        said.append(_("其中 %s 件已超期") % late)
    if note:
        said.append(note)
    return "，".join(said)


def coming_days(viewer: Viewer, *, now: datetime) -> list[dict]:
    """The next four days with how many are due on each."""
    first = clock.today(now)
    days = [first + timedelta(days=step) for step in range(1, 5)]
    found = staff.coming(viewer, days)
    most = max(*found.values(), 1)
    return [
        {
            "word": _("明天 周%s") % WEEKDAYS[day.weekday()] if step == 0 else f"周{WEEKDAYS[day.weekday()]} {day.day} 日",
            "count": found[day],
            "most": most,
            "url": f"{reverse('admin:appeals_list')}?due={day.isoformat()}",
        }
        for step, day in enumerate(days)
    ]


def month_card(viewer: Viewer, *, now: datetime) -> dict:
    """My month: numerator and denominator, never a bare percentage."""
    facts, local = staff.month_of(viewer, now=now), clock.local(now)
    answered, rated = facts["answered"], facts["rated"]
    silent = answered - rated
    return {
        "word": _("我的 %s 月") % local.month,
        "as_of": _("1 日至今天 %s") % f"{local:%H:%M}",
        "figures": [
            {
                "value": f"{facts['in_time']} / {answered}" if answered else _("还没有"),
                "unit": _("件按首次承诺答复") if answered else _("答复过的"),
                "note": _("分母是我本月答复的件数，延期和停钟都不改首次承诺"),
            },
            {
                "value": f"{facts['satisfied']} / {rated}" if rated else _("还没有"),
                "unit": _("件司机评满意") if rated else _("司机评过的"),
                "note": _("另有 %s 件没评，不算满意") % silent if silent else _("评了的都在这里") if rated else _("司机评了就算进来"),
            },
        ],
    }


def notes_for(viewer: Viewer, request: HttpRequest) -> list[dict]:
    """Who is substituted by the viewer, and what that does not allow."""
    notes = []
    if any(held.substitute_for for held in viewer.held):
        words = _("您正在代别人的班。您自己起草的，不能自己批。")
        notes.append({"tone": "", "icon": "info", "words": words})
    late = counts_of(request).overdue
    if late and viewer.has_role(Role.SUPERVISOR, Role.DUTY, Role.DESK):
        notes.append({"tone": "warn", "icon": "alert", "words": _("您能看到的单位里有 %s 件已超期。") % late})
    return notes
