"""冲突待定: what files could not settle, both sides beside each other, two plain ways on."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from accounts.admin.pages import page, render_page
from accounts.rules.roles import Role
from common import clock
from common.errors import DomainError, NotThere
from common.identifiers import small_number
from common.masks import mask_name
from common.words import moment_words
from members.models import Conflict
from members.selectors.conflicts import conflicts_for, open_conflicts
from members.services import conflicts as services

ROLES = frozenset({Role.REGISTRAR})
PAGE = 20


@page("conflicts/", name="members_conflicts", roles=ROLES)
def conflicts(request: HttpRequest) -> HttpResponse:
    """Those that wait, oldest first."""
    viewer, now, wrong = request.viewer, clock.now(), ""
    if request.method == "POST":
        try:
            return _act(request)
        except NotThere:
            raise Http404 from None
        except DomainError as error:
            wrong = error.message
    rows = open_conflicts(viewer).select_related("driver__person", "upload")
    after = small_number(request.GET.get("after", ""))
    found = list((rows.filter(pk__gt=after) if after else rows)[: PAGE + 1])
    total = open_conflicts(viewer).count()
    return render_page(
        request, "members/admin/conflicts.html", title=_("冲突待定"), crumbs=[(_("信息库"), None), (_("冲突待定"), None)],
        lead=_("表上写的和库里不一样，不猜归谁，请人定。等着的 %(total)s 处。") % {"total": total},
        lines=[_line(each, now) for each in found[:PAGE]], after=found[PAGE - 1].pk if len(found) > PAGE else 0,
        wrong=wrong, status=422 if wrong else 200,
    )  # fmt: skip


def _act(request: HttpRequest) -> HttpResponse:
    typed, viewer, now = request.POST, request.viewer, clock.now()
    number = small_number(typed.get("about", "")) or 0
    if typed.get("act") in ("ours", "theirs"):
        conflict = conflicts_for(viewer).filter(pk=number).first()
        if conflict is None:
            raise NotThere
        services.decide(conflict=conflict, theirs=typed["act"] == "theirs", by=viewer, now=now)
        messages.success(request, _("定了，记在这位司机的经过里。"))
    else:
        raise NotThere
    return redirect("admin:members_conflicts")


def _line(row: Conflict, now: Any) -> dict[str, Any]:
    person = row.driver.person
    sides = (row.ours, row.theirs)
    if row.kind == Conflict.Kind.NAME:
        sides = (mask_name(row.ours), mask_name(row.theirs))
        if sides[0] == sides[1]:  # one mask for both would leave nothing to choose between
            sides = (f"{sides[0]}（{len(row.ours)} 个字）", f"{sides[1]}（{len(row.theirs)} 个字）")
    return {
        "pk": row.pk, "kind": row.get_kind_display(), "name": mask_name(person.name), "key": person.key, "ours": sides[0],
        "theirs": sides[1], "where": f"{row.upload.name} · {row.sheet} {row.row}", "at": moment_words(row.found_at, now),
        "take": _("归 %s") % sides[1] if row.kind == Conflict.Kind.TWO_TOWNS else _("改成 %s") % sides[1],
        "leave": _("还是 %s") % sides[0],
    }  # fmt: skip
