"""`/appeals/mine`: what this browser filed within a day, and what belongs to the signed-in driver. By time, never by content."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.rules.viewer import Viewer
from appeals.models import Appeal
from appeals.rules.life import State
from appeals.selectors.behalf import writer_words
from appeals.selectors.scope import own_appeals
from appeals.services import drafts
from appeals.web import browser
from appeals.web.receipt import groups_of
from appeals.web.timeline import HEADINGS, moment_words
from common import clock

MOST = 50
LOOK = {
    State.ANSWERED: ("link", "bell"),
    State.WAITING_DRIVER: ("warn", "bell"),
    State.WITHDRAWN: ("muted", "undo"),
    State.DECLINED: ("muted", "info"),
}


def start_url(request: HttpRequest) -> str:
    """Where 我要反映 leads; after 快速离开 the form opens again only from here."""
    return reverse("appeals:new") + ("?resume=1" if browser.has_left(request) else "")


def draft_at(request: HttpRequest, *, now: datetime) -> str:
    """ "14:32" when something unfinished is kept and he did not just leave in a hurry."""
    if browser.TOKEN not in request.COOKIES or browser.has_left(request):
        return ""
    draft = drafts.current(holder=browser.holder_of(request), now=now)
    at = clock.local(draft.touched_at) if draft else None
    return f"{at.hour}:{at:%M}" if at else ""


@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """The list, newest first."""
    now = clock.now()
    viewer = browser.driver(request, now=now)
    rows = own_appeals(viewer).select_related("filed_by").order_by("-pk")[:MOST]
    context = {
        "items": [_item(row, viewer, now=now) for row in rows],
        "draft_at": draft_at(request, now=now),
        "start_url": start_url(request),
        "signed_in": request.user.is_authenticated,
    }
    return render(request, "appeals/web/mine.html", context)


def _item(appeal: Appeal, viewer: Viewer, *, now: datetime) -> dict[str, Any]:
    kind, icon = LOOK.get(State(appeal.state), ("ok", "done"))
    return {
        "when": _("%(at)s 写的一件") % {"at": near_words(appeal.received_at, now=now)},
        "number": " ".join(groups_of(appeal.number)),
        "writer": writer_words(appeal, viewer),
        "url": reverse("appeals:view", args=[appeal.key]),
        "state": {"kind": kind, "icon": icon, "words": HEADINGS[State(appeal.state)]},
    }


def near_words(moment: datetime, *, now: datetime) -> str:
    """ "今天 14:41", "昨天 9:05", "11月20日 周五 9:05"."""
    at, days = clock.local(moment), (clock.today(now) - clock.today(moment)).days
    near = {0: _("今天"), 1: _("昨天")}.get(days)
    return f"{near} {at.hour}:{at:%M}" if near else moment_words(moment)
