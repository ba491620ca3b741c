"""通知: closed words and a way to the row; what a person must telephone; what waits for a word."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from accounts.admin.pages import page, render_page
from accounts.rules.roles import Role
from common import clock
from common.errors import NotThere
from common.words import moment_words
from notices.selectors.inbox import notices_for
from notices.selectors.trouble import MAY_CALL, holds_for, troubled_for
from notices.services import holds, inbox

ALL = frozenset(Role)
CALLERS = frozenset(MAY_CALL)


@page("notices/", name="notices", roles=ALL)
def notices(request: HttpRequest) -> HttpResponse:
    """One's own messages of sixty days. Reading them changes nothing; a button marks them as seen."""
    now = clock.now()
    if request.method == "POST":
        inbox.mark_read(by=request.viewer, now=now)
        return redirect("admin:notices")
    rows = notices_for(request.viewer, now=now)
    numbers_only = request.viewer.roles <= {Role.LEADER}  # he hears that something is late; the row is not his to open
    unread = sum(1 for row in rows if not row.read)
    return render_page(
        request,
        "notices/admin/inbox.html",
        title=_("通知"),
        crumbs=[(_("今日"), None), (_("通知"), None)],
        lead=_("%(unread)s 条没看，最近 60 天 %(count)s 条；不写姓名和内容，点开再看") % {"unread": unread, "count": len(rows)},
        rows=[{"told": row, "url": "" if numbers_only else row.url, "when": moment_words(row.at, now)} for row in rows],
        unread=unread,
    )


@page("notices/trouble/", name="notices_trouble", roles=CALLERS)
def trouble(request: HttpRequest) -> HttpResponse:
    """Messages for drivers that did not arrive: the next step is the telephone."""
    now = clock.now()
    rows = troubled_for(request.viewer, now=now)
    return render_page(
        request,
        "notices/admin/trouble.html",
        title=_("没发出去的"),
        crumbs=[(_("诉求"), None), (_("没发出去的"), None)],
        lead=_("%s 条给司机的消息没到或说不准；请打电话告诉他") % len(rows),
        rows=[{"stuck": row, "when": moment_words(row.since, now)} for row in rows],
    )


@page("notices/holds/", name="notices_holds", roles={Role.SYSTEM})
def held(request: HttpRequest) -> HttpResponse:
    """After a storm or a restored backup nothing leaves before somebody says so here."""
    now = clock.now()
    if request.method == "POST":
        pk, what = request.POST.get("hold", ""), request.POST.get("act", "")
        if not pk.isdigit() or what not in ("send", "drop"):
            raise Http404
        try:
            moved = holds.end(pk=int(pk), drop=what == "drop", by=request.viewer, now=now)
        except NotThere:
            raise Http404 from None
        words = _("%s 条不发了，留有记录。") if what == "drop" else _("放行了，%s 条陆续发出。")
        messages.success(request, words % moved)
        return redirect("admin:notices_holds")
    rows = holds_for(request.viewer)
    return render_page(
        request,
        "notices/admin/holds.html",
        title=_("暂停发送"),
        crumbs=[(_("系统"), None), (_("暂停发送"), None)],
        lead=_("一次要发的太多，或者恢复了旧备份，就先停下，等人说发还是不发。"),
        rows=[{"hold": row, "when": moment_words(row.made_at, now)} for row in rows],
    )
