"""The pages that join rooms for whoever holds the phone: home, 长辈版, and the page one leaves to."""

from __future__ import annotations

import calendar
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.web.entry import safe_next
from appeals.rules.clock_kinds import ClockKind
from appeals.selectors.clocks import clock_rules
from appeals.web import mine
from common import clock

YEAR = 365 * 24 * 3600
TABS = (
    ("home", "/", "home", "首页"),
    ("track", "/appeals/track", "search", "查进度"),
    ("mine", "/appeals/mine", "list", "我的诉求"),
)


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """One red thing: say what happened. Then: how far it is, by when what comes, whom to call."""
    now = clock.now()
    context = {
        "start_url": mine.start_url(request),
        "draft_at": mine.draft_at(request, now=now),
        "promise": _promise(now),
        "tabs": [{"key": key, "url": url, "icon": icon, "words": words} for key, url, icon, words in TABS],
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


@require_POST
def look(request: HttpRequest) -> HttpResponse:
    """长辈版 on or off, for a year, by a cookie."""
    response = HttpResponseRedirect(safe_next(request, "/"))
    if request.POST.get("care") == "1":
        response.set_cookie("care", "1", max_age=YEAR, samesite="Lax", httponly=True, secure=request.is_secure())
    else:
        response.delete_cookie("care")
    return response


@require_safe
def weather(request: HttpRequest) -> HttpResponse:
    """Where 快速离开 leads unless the installation names another page: a calendar that says nothing of us."""
    today = clock.today(clock.now())
    weeks = calendar.Calendar(firstweekday=0).monthdayscalendar(today.year, today.month)
    context = {"year": today.year, "month": today.month, "today": today.day, "weeks": weeks, "weekday": "一二三四五六日"[today.weekday()]}
    return render(request, "site/calendar.html", context)
