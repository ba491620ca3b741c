"""通知: one's own messages in closed words, and what a person must telephone about."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from accounts.admin.pages import page, render_page
from accounts.rules.roles import Role
from common import clock
from common.words import moment_words
from notices.selectors.inbox import Told, notices_for, unread_for
from notices.selectors.trouble import MAY_CALL, troubled_for
from notices.services import inbox

ALL = frozenset(Role)
CALLERS = frozenset(MAY_CALL)
SHOWN = 50


@page("notices/", name="notices", roles=ALL)
def notices(request: HttpRequest) -> HttpResponse:
    """One's own messages of sixty days, unopened ones above. Looking changes nothing; buttons mark them."""
    now = clock.now()
    rows = notices_for(request.viewer, now=now, limit=SHOWN, unread_first=True)
    # A leader hears that something is late; the row is not his to open.
    told = [replace(row, url="", label="") for row in rows] if request.viewer.roles <= {Role.LEADER} else rows
    if request.method == "POST":
        return _opened(request, told, now=now)
    unread = unread_for(request.viewer, now=now)
    return render_page(
        request,
        "notices/admin/inbox.html",
        title=_("通知"),
        crumbs=[(_("今日"), None), (_("通知"), None)],
        lead=_lead(unread, len(rows)),
        rows=[{"told": row, "when": moment_words(row.at, now)} for row in told],
        unread=unread,
        more=len(rows) == SHOWN,
    )


def _lead(unread: int, count: int) -> str:
    if not count:
        return _("只留最近 60 天的。")
    return _("%(unread)s 条没看，最近 60 天 %(count)s 条；不写姓名和内容，点开再看") % {"unread": unread, "count": count}


def _opened(request: HttpRequest, told: list[Told], *, now: datetime) -> HttpResponse:
    """Mark one message as seen and lead to its row; without a number, mark all of them."""
    one = request.POST.get("notice", "")
    if not one:
        inbox.mark_read(by=request.viewer, now=now)
        return redirect("admin:notices")
    row = next((row for row in told if str(row.pk) == one), None)
    if row is None:
        raise Http404
    inbox.mark_read(by=request.viewer, now=now, pks=[row.pk])
    return redirect(row.url or "admin:notices")


@page("notices/trouble/", name="notices_trouble", roles=CALLERS)
def trouble(request: HttpRequest) -> HttpResponse:
    """Messages for drivers that did not arrive: the next step is the telephone."""
    now = clock.now()
    rows = troubled_for(request.viewer, now=now, limit=SHOWN)
    return render_page(
        request,
        "notices/admin/trouble.html",
        title=_("没发出去的"),
        crumbs=[(_("诉求"), None), (_("没发出去的"), None)],
        lead=_("%s 条给司机的消息没到或说不准；请打电话告诉他") % len(rows) if rows else _("只列最近 14 天的。"),
        rows=[{"stuck": row, "when": moment_words(row.since, now)} for row in rows],
        more=len(rows) == SHOWN,
    )
