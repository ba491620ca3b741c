"""审计记录: who did what, for the auditor alone; no values, and reading it is itself written down."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from accounts.admin.pages import page, render_page
from accounts.models import AuditLine
from accounts.rules.roles import Role
from accounts.rules.viewer import Viewer
from accounts.services import audit
from common import clock
from common.words import short_words

PAGE = 60


def audit_for(viewer: Viewer):
    """Lines of the log: the auditor's; nobody else's."""
    return AuditLine.objects.all() if viewer.has_role(Role.AUDITOR) else AuditLine.objects.none()


@page("audit/", name="audit", roles={Role.AUDITOR})
def audit_page(request: HttpRequest) -> HttpResponse:
    """GET shows nothing and writes nothing. POST reads (sixty lines, newest first) or checks the chain; both leave a line."""
    now, asked = clock.now(), request.POST
    act, before, wanted = asked.get("act", "").strip()[:60], asked.get("before", ""), asked.get("do", "")
    found: list[AuditLine] = []
    broken = None
    if request.method == "POST" and wanted == "verify":
        broken = audit.first_broken()
        audit.write(act="audit.verify", by=request.viewer, new={"whole": not broken}, now=now)
    elif request.method == "POST":
        rows = audit_for(request.viewer).select_related("actor").order_by("-id")
        if act:
            rows = rows.filter(act__startswith=act)
        if before.isdigit():
            rows = rows.filter(id__lt=int(before))
        found = list(rows[: PAGE + 1])
        audit.write(act="audit.read", by=request.viewer, new={"filter": act}, now=now)
    return render_page(
        request,
        "admin/audit.html",
        title=_("审计记录"),
        crumbs=[(_("系统"), None), (_("审计记录"), None)],
        lead=_("一步一行，封成链；改过或少了一行，验链会说出是哪一行。这里没有姓名、电话、正文。"),
        opened=request.method == "POST" and wanted != "verify",
        rows=[_line(row, now) for row in found[:PAGE]],
        act=act,
        before=found[PAGE - 1].pk if len(found) > PAGE else "",
        checked=wanted == "verify",
        broken=broken,
    )


def _line(row: AuditLine, now) -> dict:
    changes = "；".join(f"{key}：{row.old.get(key, '–')} → {value}" for key, value in row.new.items())
    return {
        "pk": row.pk, "seq": row.seq, "when": short_words(row.at, now=now), "who": row.actor.name if row.actor else row.actor_word,
        "act": row.act, "about": f"{row.about_kind} {row.about_pk}".strip(), "changes": changes[:160], "reason": row.reason,
    }  # fmt: skip
