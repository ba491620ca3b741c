"""换届提醒: who holds which office until when; secretaries from the host squads are written down here."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from accounts.admin.pages import page, render_page
from accounts.models import Posting, Unit
from accounts.rules.roles import Role
from accounts.rules.viewer import Viewer
from accounts.selectors.viewer import in_force
from branches.admin import parts
from branches.admin.coverage import short_branch
from branches.admin.mine import staff_or_masked
from branches.models import Officer
from branches.rules import terms
from branches.selectors.figures import figures_for
from branches.selectors.members import groups_for
from branches.selectors.scope import branches_for, is_committee, officers_for
from branches.services import officers, placement
from common import clock
from common.errors import DomainError, NotThere
from common.identifiers import small_number
from common.masks import mask_name


@page("branches/terms/", name="branches_terms", roles={Role.SECRETARY})
def terms_page(request: HttpRequest) -> HttpResponse:
    """Offices by the end of their term; POST writes down a posted secretary, or ends an office."""
    error = None
    if request.method == "POST":
        try:
            messages.success(request, ACTS.get(request.POST.get("act", ""), _nothing)(request))
            return redirect("admin:branches_terms")
        except NotThere as missing:
            raise Http404 from missing
        except DomainError as refused:
            error = refused
    return _show(request, error)


def _show(request: HttpRequest, error: DomainError | None) -> HttpResponse:
    viewer, now = request.viewer, clock.now()
    rows = list(officers_for(viewer).select_related("unit", "person", "group").order_by("term_ends", "pk"))
    near = sum(terms.reminder_due(each.term_ends, clock.today(now)) is not None for each in rows)
    return render_page(
        request,
        "branches/admin/terms.html",
        title=_("换届提醒"),
        crumbs=[(_("支部"), None), (_("换届提醒"), None)],
        lead=_("任期三年，到期前 90 天、30 天各提醒一次；%(near)s / %(all)s 个职务到了提醒的时候，截至 %(at)s") % {
            "near": near, "all": len(rows), "at": f"{clock.local(now):%m-%d %H:%M}",
        },
        rows=[_row(each, request, now=now) for each in rows],
        missing=_missing(request, rows),
        ending=_ending(request, rows, now=now),
        groups=[
            {"pk": each.pk, "name": each.name, "branch": short_branch(each.branch.unit.name), "heads": each.heads,
             "leader": mask_name(each.leader_name) if each.leader_name else ""}
            for each in groups_for(viewer)
        ],
        branches=[(code, short_branch(name)) for code, name in branches_for(viewer).order_by("unit__code").values_list("unit__code", "unit__name")],
        posted=_posted(request, rows, now=now),
        posts=[(Officer.Post.SECRETARY.value, Officer.Post.SECRETARY.label), (Officer.Post.DEPUTY.value, Officer.Post.DEPUTY.label)],
        today=clock.today(now).isoformat(),
        typed=request.POST if error else {},
        error=error.message if error else "",
        status=422 if error else 200,
    )  # fmt: skip


def _row(each: Officer, request: HttpRequest, *, now) -> dict:
    return {
        "pk": each.pk, "unit": short_branch(each.unit.name), "post": each.get_post_display(), "group": each.group.name if each.group else "",
        "name": staff_or_masked(each), "since": each.since, "ends": each.term_ends, "badge": parts.term_badge(each, now=now),
        "told": each.warned_at, "own": each.person_id == request.viewer.person_id,
    }  # fmt: skip


def _missing(request: HttpRequest, rows: list[Officer]) -> list[dict]:
    """Branches without a secretary written down, and committees that are not three to five."""
    found = []
    led = {each.unit_id for each in rows if each.post == Officer.Post.SECRETARY}
    for figures in figures_for(request.viewer):
        words = [] if figures.branch.unit_id in led else [_("还没有记书记")]
        words += [each.words for each in figures.warnings if each.code == "committee"]
        if words:
            found.append({"branch": short_branch(figures.branch.unit.name), "words": "；".join(words)})
    return found


def _ending(request: HttpRequest, rows: list[Officer], *, now) -> dict | None:
    """The office whose end is about to be written down, asked for by `?end=`; never one's own."""
    number = small_number(request.POST.get("officer", "") or request.GET.get("end", ""))
    return next((_row(each, request, now=now) for each in rows if each.pk == number and each.person_id != request.viewer.person_id), None)


def _posted(request: HttpRequest, rows: list[Officer], *, now) -> list[tuple[str, str]]:
    return [(str(each.pk), f"{each.unit.name} · {each.person.name}") for each in postings_of(request.viewer, rows, now=now)]


def postings_of(viewer: Viewer, rows: Iterable[Officer], *, now: datetime) -> list[Posting]:
    """Secretaries by their posting who stand not among `rows`; never the viewer himself."""
    known = {(each.unit_id, each.person_id) for each in rows}
    units = set(branches_for(viewer).values_list("unit_id", flat=True))
    if is_committee(viewer):
        units |= set(Unit.objects.filter(kind=Unit.Kind.COMMITTEE).values_list("pk", flat=True))
    held = Posting.objects.filter(in_force(now), unit_id__in=units, role=Role.SECRETARY, substitute_for=None)
    return [
        each for each in held.select_related("unit", "person").order_by("unit__code", "pk")
        if (each.unit_id, each.person_id) not in known and each.person_id != viewer.person_id
    ]  # fmt: skip


def _elect(request: HttpRequest) -> str:
    """A secretary or deputy by posting; members are written down on their own page."""
    now = clock.now()
    number = small_number(request.POST.get("posting", ""))
    held = Posting.objects.filter(in_force(now), pk=number, role=Role.SECRETARY).select_related("unit", "person").first() if number is not None else None
    if held is None:
        raise DomainError(_("请选一个人"), field="posting")
    since = parts.must_day(request.POST.get("since", ""), "since")
    made = officers.elect(unit=held.unit, person=held.person, post=request.POST.get("post", ""), since=since, by=request.viewer, now=now)
    return _("记下了，任期到 %s。") % made.term_ends.isoformat()


def _end(request: HttpRequest) -> str:
    number = small_number(request.POST.get("officer", ""))
    row = officers_for(request.viewer).filter(pk=number).first() if number is not None else None
    if row is None:
        raise NotThere
    officers.end(officer=row, by=request.viewer, now=clock.now(), reason=request.POST.get("reason", "")[:200])
    return _("记下了：他卸任了。")


def _make_group(request: HttpRequest) -> str:
    branch = parts.branch_or_404(request, request.POST.get("branch", ""))
    group = placement.make_group(branch=branch, name=request.POST.get("name", ""), by=request.viewer, now=clock.now())
    return _("%s设好了。到党员那一页编进去，再记小组长。") % group.name


def _end_group(request: HttpRequest) -> str:
    number = small_number(request.POST.get("group", ""))
    group = groups_for(request.viewer).filter(pk=number).first() if number is not None else None
    if group is None:
        raise NotThere
    placement.end_group(group=group, by=request.viewer, now=clock.now())
    return _("%s撤了，组里的人还在支部。") % group.name


def _nothing(request: HttpRequest) -> str:
    raise NotThere


ACTS = {"elect": _elect, "end": _end, "group": _make_group, "end_group": _end_group}
