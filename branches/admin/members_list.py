"""党员: the list, masked; search by two characters of a name, a plate or the last four of a phone."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.admin.pages import Found, page, register_finder, render_page
from accounts.rules.roles import Role
from accounts.rules.viewer import Viewer
from branches import registry
from branches.admin import parts
from branches.models import Membership
from branches.selectors import due, members
from branches.selectors.page import with_total
from branches.selectors.scope import branches_for, unplaced_for
from common import clock
from common.identifiers import small_number
from common.masks import mask_name

EACH, FOUND = 50, 8
VIEWS = ("", "votes", "none", "decide", "silent", "unplaced")


@page("branches/members/", name="branches_members", roles={Role.SECRETARY})
def listing(request: HttpRequest) -> HttpResponse:
    """GET filters stay in the address; what is searched for comes by POST, so that no name stands in a log."""
    viewer, now = request.viewer, clock.now()
    view = request.GET.get("view", "")
    view = view if view in VIEWS else ""
    q = request.POST.get("q", "").strip()[:20] if request.method == "POST" else ""
    branches = list(branches_for(viewer).select_related("unit").order_by("unit__code"))
    branch = next((each for each in branches if each.unit.code == request.GET.get("branch", "")), None)
    rows = _view(request, view, now)
    if branch is not None:
        rows = members.of_branch(viewer, rows, branch)
    kind = request.GET.get("kind", "")
    if kind in Membership.Kind.values:
        rows = rows.filter(kind=kind)
    if q:
        rows = members.searched(viewer, rows, q)
    start = (max(small_number(request.GET.get("page", "")) or 1, 1) - 1) * EACH
    found = list(with_total(viewer, rows)[start : start + EACH])
    total = found[0].total if found else 0
    offices = members.offices_of(viewer, [each.person_id for each in found])
    kept = {key: value for key, value in (("view", view), ("branch", branch.unit.code if branch else ""), ("kind", kind)) if value}
    return render_page(
        request,
        "branches/admin/members.html",
        title=_("党员"),
        crumbs=[(_("支部"), None), (_("党员"), None)],
        lead=_("%(count)s；姓名只露姓；截至 %(at)s") % {
            "count": parts.verified_words(total, found[0].placed_total if found else 0), "at": f"{clock.local(now):%m-%d %H:%M}",
        },
        rows=[parts.row_of(each, offices.get(each.person_id, ()), now=now) for each in found],
        sheets=registry.sheets(),
        columns=registry.columns_of(viewer=viewer, person_ids=[each.person_id for each in found], now=now),
        tabs=_tabs(view, kept),
        branches=[(each.unit.code, each.unit.name, each == branch) for each in branches] if len(branches) > 1 else [],
        kinds=[(value, word, value == kind) for value, word in Membership.Kind.choices],
        view=view, q=q, short=bool(q) and len(q) < members.MIN_SEARCH,
        filtered=bool(q or kind or branch or view), clear_url=reverse("admin:branches_members"),
        pager=_pager(total, start, kept) if not q else None,
        several=len(branches) > 1 and branch is None,
    )  # fmt: skip


def _view(request: HttpRequest, view: str, now):
    viewer = request.viewer
    if view == "decide":
        return due.decisions_near(viewer, now=now)
    if view == "silent":
        return due.out_of_contact(viewer, now=now)
    rows = members.listed(viewer)
    if view == "unplaced":
        return rows.filter(pk__in=unplaced_for(viewer).values("pk"))
    return members.with_vote(viewer, rows, view == "votes") if view in ("votes", "none") else rows


def _tabs(view: str, kept: dict[str, str]) -> list[dict]:
    words = {"": _("全部"), "votes": _("有表决权"), "none": _("没有表决权"), "decide": _("快转正"), "silent": _("失联"), "unplaced": _("待入列")}
    rest = {key: value for key, value in kept.items() if key != "view"}
    return [{"word": word, "on": name == view, "url": f"?{urlencode({**rest, 'view': name} if name else rest)}"} for name, word in words.items()]


def _pager(total: int, start: int, kept: dict[str, str]) -> dict:
    number = start // EACH + 1
    last = min(start + EACH, total)
    return {
        "words": _("第 %(a)s–%(b)s 人，共 %(n)s 人") % {"a": start + 1 if total else 0, "b": last, "n": total},
        "before": f"?{urlencode({**kept, 'page': number - 1})}" if start else "",
        "after": f"?{urlencode({**kept, 'page': number + 1})}" if last < total else "",
    }


def find_members(viewer: Viewer, text: str) -> list[Found]:
    """Members for the search box of the top bar: of the viewer's branches alone, behind their masks."""
    if not viewer.has_role(Role.SECRETARY):
        return []
    rows = members.searched(viewer, members.listed(viewer), text)[:FOUND]
    return [
        Found(
            mask_name(each.person.name), _("党员 · %s") % (each.placed_name or _("待入列")),
            reverse("admin:branches_member", args=[each.person.key]),
        )
        for each in rows
    ]  # fmt: skip


register_finder(find_members)
