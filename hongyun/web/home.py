"""The pages that join rooms for whoever holds the phone: home, and the page one leaves to."""

from __future__ import annotations

import calendar
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from appeals.rules.clock_kinds import ClockKind
from appeals.selectors.clocks import clock_rules
from appeals.web import mine
from common import clock
from hongyun.web.news import news_for
from hongyun.web.tabs import TABS
from hongyun.web.work import work_of
from members.web.contact import cards_for


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """One red thing: say what happened. Then: how far it is, by when what comes, whom to call."""
    now = clock.now()
    context = {
        "start_url": mine.start_url(request),
        "draft_at": mine.draft_at(request, now=now),
        "promise": _promise(now),
        "news": news_for(request, now=now, most=3),
        "zone": cards_for(request.viewer, now=now),
        "work": work_of(request.viewer),
        "tabs": TABS,
    }
    return render(request, "site/home.html", context)


def _promise(now) -> list[dict[str, Any]]:
    """The limits of today's rules, in words."""
    rules = clock_rules(now)
    rows = (
        (ClockKind.HAND_OVER, _("转给办事的科室")),
        (ClockKind.PROGRESS, _("告诉您办到哪一步")),
        (ClockKind.ANSWER, _("给您答复")),
    )
    return [
        {"day": _("%(length)s内") % {"length": rules[kind].spec(urgent=False).words}, "at": "", "what": what}
        for kind, what in rows
        if kind in rules
    ]


@require_safe
def weather(request: HttpRequest) -> HttpResponse:
    """Where 快速离开 leads unless the installation names another page: a calendar that says nothing of us."""
    today = clock.today(clock.now())
    weeks = calendar.Calendar(firstweekday=0).monthdayscalendar(today.year, today.month)
    context = {"year": today.year, "month": today.month, "today": today.day, "weeks": weeks, "weekday": "一二三四五六日"[today.weekday()]}
    return render(request, "site/calendar.html", context)
