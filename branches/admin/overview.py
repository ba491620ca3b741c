"""支部一览: each branch with its members, votes, committee and warnings; who waits to be placed; a new branch, a new host."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.admin.pages import page, render_page
from accounts.models import Unit
from accounts.rules.roles import Role
from branches.admin import parts
from branches.rules.kinds import Tally
from branches.selectors import members
from branches.selectors.coverage import hosts_for
from branches.selectors.figures import district_total, figures_for
from branches.selectors.proposals import proposals_for
from branches.selectors.scope import is_committee, unplaced_for
from branches.services import coverage
from common import clock
from common.errors import DomainError, NotThere

WAITING = 20


@page("branches/overview/", name="branches_overview", roles={Role.SECRETARY})
def overview(request: HttpRequest) -> HttpResponse:
    """The branches of this viewer; POST founds one or moves a host, for the committee's secretary."""
    error = None
    if request.method == "POST":
        try:
            messages.success(request, ACTS.get(request.POST.get("act", ""), _nothing)(request))
            return redirect("admin:branches_overview")
        except NotThere as missing:
            raise Http404 from missing
        except DomainError as refused:
            error = refused
    return _show(request, error)


def _show(request: HttpRequest, error: DomainError | None) -> HttpResponse:
    viewer, now = request.viewer, clock.now()
    figures = figures_for(viewer)
    whole = sum((each.tally for each in figures), Tally())
    committee = is_committee(viewer)
    return render_page(
        request,
        "branches/admin/overview.html",
        title=_("支部一览"),
        crumbs=[(_("支部"), None), (_("支部一览"), None)],
        lead=_("%(n)s 个支部，%(count)s；全区已入列 %(all)s 名；截至 %(at)s") % {
            "n": len(figures), "count": parts.verified_words(whole.total + unplaced_for(viewer).count(), whole.total),
            "all": district_total(viewer), "at": f"{clock.local(now):%m-%d %H:%M}",
        },
        rows=[_row(each) for each in figures],
        whole=whole,
        waiting=_waiting(request),
        committee=committee,
        hosts=[(unit.code, unit.name) for unit in hosts_for(viewer)],
        branches=[(each.branch.unit.code, each.branch.unit.name) for each in figures],
        typed=request.POST if error else {},
        error=error.message if error else "",
        status=422 if error else 200,
    )  # fmt: skip


def _row(figures) -> dict:
    unit = figures.branch.unit
    return {
        "code": unit.code, "name": unit.name, "host": unit.parent.name if unit.parent else "—", "tally": figures.tally,
        "quorum": figures.quorum if figures.tally.votes else None, "committee": figures.committee, "warnings": figures.warnings,
    }  # fmt: skip


def _waiting(request: HttpRequest) -> dict:
    """Verified members whom nobody has placed, each with the best branch and why."""
    rows = list(members.listed(request.viewer).filter(pk__in=unplaced_for(request.viewer).values("pk"))[: WAITING + 1])
    found, now = proposals_for(request.viewer, rows[:WAITING], most=1), clock.now()
    names = {each.branch.pk: each.branch.unit.name for each in figures_for(request.viewer)} if rows else {}
    lines = []
    for one in rows[:WAITING]:
        best = found[one.pk][0] if found[one.pk] else None
        lines.append({
            **parts.row_of(one, (), now=now), "own": one.verified_by_id == request.viewer.person_id,
            "best": names.get(best.branch, "") if best else "", "why": "；".join(best.reasons) if best else "",
            "url": reverse("admin:branches_act", args=[one.person.key, "place"]),
        })  # fmt: skip
    return {"lines": lines, "more": len(rows) > WAITING}


def _found(request: HttpRequest) -> str:
    branch = coverage.found(
        name=request.POST.get("name", "")[:60], host=_host(request), by=request.viewer, now=clock.now()
    )
    return _("%s设好了。给它定管哪些镇街、企业、行业，再请安全管理员给书记授权。") % branch.unit.name


def _move(request: HttpRequest) -> str:
    branch, host = parts.branch_or_404(request, request.POST.get("branch", "")), _host(request)
    coverage.move_host(branch=branch, host=host, by=request.viewer, now=clock.now())
    return _("%(branch)s改为依托%(host)s。覆盖没有动，要改到“覆盖”里改。") % {"branch": branch.unit.name, "host": host.name}


def _host(request: HttpRequest) -> Unit:
    host = Unit.objects.filter(code=request.POST.get("host", "")).first()
    if host is None:
        if not is_committee(request.viewer):
            raise NotThere
        raise DomainError(_("请选依托哪个中队"), field="host")
    return host


def _nothing(request: HttpRequest) -> str:
    raise NotThere


ACTS = {"found": _found, "move": _move}
