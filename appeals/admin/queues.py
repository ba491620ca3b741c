"""待我批 and 回访: what waits for a yes or no, and whom to ring."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.admin.pages import page, render_page
from accounts.rules.roles import Role
from appeals.admin.rows import Row, call_back_rows, decision_rows
from appeals.selectors import staff
from common import clock
from common.selectors import calendar

DECIDERS = frozenset({Role.HEAD, Role.DESK, Role.DUTY, Role.SUPERVISOR})
MOST = 60


@page("appeals/decide/", name="appeals_decide", roles=DECIDERS)
def decide(request: HttpRequest) -> HttpResponse:
    """Drafts and requests that wait for this viewer; his own are not among them."""
    viewer, now, days = request.viewer, clock.now(), calendar()
    rows = list(staff.listed(viewer, staff.decide_q(viewer))[:MOST])
    lines = decision_rows(rows, viewer, now=now, calendar_=days, first_is_main=True)
    return _page(
        request, _("待我批"), lines,
        lead=_("%s 件等您定；批准的那一刻才算答复，您自己起草或申请的不在这里") % len(lines),
        empty=(_("没有要您批的"), _("别人送审答复、申请延期或退回，会出现在这里。")),
    )  # fmt: skip


@page("appeals/call-backs/", name="appeals_call_backs", roles={Role.CALL_BACK})
def call_backs(request: HttpRequest) -> HttpResponse:
    """Whom to ring, due first; what is heard is never a rating."""
    viewer, now, days = request.viewer, clock.now(), calendar()
    rows = list(staff.rows_for(viewer).filter(staff.call_back_q(viewer)).order_by("answered_at", "id")[:MOST])
    lines = call_back_rows(rows, viewer, now=now, calendar_=days, first_is_main=True)
    return _page(
        request, _("回访"), lines,
        lead=_("%s 件等回访；听到的记在回访里，不算司机的评价") % len(lines),
        empty=(_("没有要打的电话"), _("答复满意又没抽中的不用打；新的会出现在这里。")),
    )  # fmt: skip


def _page(request: HttpRequest, title: str, rows: list[Row], *, lead: str, empty: tuple[str, str]) -> HttpResponse:
    return render_page(
        request, "appeals/admin/queue.html", title=title, crumbs=[(_("诉求"), None), (title, None)], lead=lead, rows=rows,
        empty_title=empty[0], empty_words=empty[1], list_url=reverse("admin:index"),
    )  # fmt: skip
