"""暂停发送: after a storm or a restored backup nothing leaves before somebody says so here."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.admin.pages import page, render_page
from accounts.rules.roles import Role
from common import clock
from common.errors import NotThere
from common.words import moment_words
from notices.models import Hold
from notices.selectors.trouble import holds_for
from notices.services import holds

SEND, DROP = "send", "drop"
TITLES = {
    Hold.Why.STORM: gettext_lazy("一次要发的提醒太多，先停下了"),
    Hold.Why.RESTORE: gettext_lazy("恢复了旧备份，先停下了"),
}


@page("notices/holds/", name="notices_holds", roles={Role.SYSTEM})
def held(request: HttpRequest) -> HttpResponse:
    """What is held back. `?hold=3&act=drop` asks once more; only the post that follows decides."""
    now = clock.now()
    if request.method == "POST":
        return _decide(request, now=now)
    rows = holds_for(request.viewer)
    if "hold" in request.GET:
        return _ask(request, rows, now=now)
    return render_page(
        request,
        "notices/admin/holds.html",
        title=_("暂停发送"),
        crumbs=[(_("系统"), None), (_("暂停发送"), None)],
        lead=_("一次要发的太多，或者恢复了旧备份，就先停下，等人说发还是不发。"),
        rows=[
            {"hold": row, "title": TITLES[row.why], "when": moment_words(row.made_at, now), "count": holds.held_back(row, now=now).count()}
            for row in rows
        ],
    )


def _ask(request: HttpRequest, rows: list[Hold], *, now: datetime) -> HttpResponse:
    hold = next((row for row in rows if str(row.pk) == request.GET["hold"]), None)
    act = request.GET.get("act", "")
    if hold is None or act not in (SEND, DROP):
        raise Http404
    count = holds.held_back(hold, now=now).count()
    question, button = (_("这 %s 条都不发了？"), _("%s 条不发")) if act == DROP else (_("把这 %s 条发出去？"), _("发出 %s 条"))
    if not count:  # whatever was held has been replaced or called off in the meantime
        act, question, button = SEND, _("没有等着的了，恢复照常发？"), _("恢复照常发")
    return render_page(
        request,
        "notices/admin/hold.html",
        title=question % count if count else question,
        crumbs=[(_("系统"), None), (_("暂停发送"), None)],
        hold=hold,
        act=act,
        button=button % count if count else button,
        subject=_("%(why)s；%(when)s 停下。") % {"why": TITLES[hold.why], "when": moment_words(hold.made_at, now)},
        says=consequences(hold.why, act),
    )


def consequences(why: str, act: str) -> list[tuple[str, str]]:
    """(icon, sentence) of what follows."""
    says = []
    if act == DROP:
        says.append(("x", _("这些不再发，也改不回来；记录留着。")))
        if why == Hold.Why.STORM:
            says.append(("clock", _("时限照走，快到期和超期的照样列在各人的今天里。")))
        else:
            says.append(("phone", _("恢复前没发出去的，司机收不到；查进度照样看得到。")))
    else:
        if settings.SMS_PER_SECOND:
            says.append(("send", _("陆续发出，短信每秒最多 %s 条。") % settings.SMS_PER_SECOND))
        if why == Hold.Why.STORM:
            says.append(("people", _("同一个人的几条并成一条；到那时不该再知道的人，不发给他。")))
        else:
            says.append(("alert", _("恢复前可能已经发过，有人会再收到一次。")))
    if why == Hold.Why.STORM:
        says.append(("check", _("司机等的消息和特急的没有停过。")))
    says.append(("doc", _("谁在什么时候定的，写进审计。")))
    return says


def _decide(request: HttpRequest, *, now: datetime) -> HttpResponse:
    pk, act = request.POST.get("hold", ""), request.POST.get("act", "")
    if not pk.isdecimal() or act not in (SEND, DROP):
        raise Http404
    try:
        moved = holds.end(pk=int(pk), drop=act == DROP, by=request.viewer, now=now)
    except NotThere:
        raise Http404 from None
    words = _("%s 条不发了，留有记录。") if act == DROP else _("放行了，%s 条陆续发出。")
    messages.success(request, words % moved)
    return redirect("admin:notices_holds")
