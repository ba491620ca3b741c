"""我的支部: the members, who votes, what is due, terms and transfers; the rooms above add their cards."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.admin.pages import page, render_page
from accounts.rules.roles import Role
from accounts.rules.viewer import Viewer
from branches import registry
from branches.admin import parts
from branches.models import Branch, Membership, Officer
from branches.rules import contact, kinds, probation, quorum, size
from branches.rules.kinds import Tally
from branches.selectors import members
from branches.selectors.page import MenuCounts, branches_with_counts, places_of
from common import clock
from common.masks import mask_name

SHOWN, DUE_SHOWN = 7, 5


@page("branches/mine/", name="branches_mine", roles={Role.SECRETARY})
def mine(request: HttpRequest) -> HttpResponse:
    """The branch of a secretary; whoever leads several is led to their list."""
    found = branches_with_counts(request.viewer)
    if len(found) != 1:
        return redirect("admin:branches_overview")
    return show(request, found[0], own=True)


@page("branches/branch/<slug:branch>/", name="branches_one", roles={Role.SECRETARY})
def one(request: HttpRequest, branch: str) -> HttpResponse:
    """One branch of those that the viewer leads."""
    found = branches_with_counts(request.viewer, branch)
    if not found:
        raise Http404
    return show(request, found[0], own=False)


def show(request: HttpRequest, branch: Branch, *, own: bool) -> HttpResponse:
    viewer, now = request.viewer, clock.now()
    request.branch_counts = MenuCounts(branch.menu_members, branch.menu_waiting)
    everybody = list(members.of_branch(viewer, members.listed(viewer), branch))
    officers = list(members.officers_of(viewer, branch))
    tally = kinds.tally(each.kind for each in everybody)
    committee = size.committee_size(each.post for each in officers)
    name = branch.unit.name
    return render_page(
        request,
        "branches/admin/branch.html",
        title=name,
        crumbs=[(_("支部"), None if own else reverse("admin:branches_overview")), (_("我的支部") if own else name, None)],
        host=branch.unit.parent.name if branch.unit.parent else "",
        lead=lead_of(viewer, branch, now=now),
        tally=tally,
        committee=committee,
        warnings=size.warnings(tally, committee=committee),
        kinds=parts.kinds_words(tally),
        bar=parts.kinds_bar(tally),
        branch=branch,
        votes_note=votes_note(tally),
        list_url=f"{reverse('admin:branches_members')}?branch={branch.unit.code}",
        sheets=registry.sheets(),
        tiles=registry.cards_at("tile", viewer=viewer, subject=branch, now=now),
        cards=registry.cards_at("main", viewer=viewer, subject=branch, now=now),
        rail=registry.cards_at("rail", viewer=viewer, subject=branch, now=now),
        total=len(everybody),
        lines=lines_of(branch, everybody, officers, now=now),
        officers=[officer_line(each, now=now) for each in officers],
        **rows_of(viewer, branch, everybody, officers, now=now),
    )


def lead_of(viewer: Viewer, branch: Branch, *, now: datetime) -> str:
    """管茅村镇、利国镇；行业党委下 10 个支部之一；截至 11-23 14:30."""
    return _("管%(places)s；行业党委下 %(count)s 个支部之一；截至 %(at)s") % {
        "places": "、".join(places_of(viewer, branch)) or _("的镇街还没有定"),
        "count": branch.branch_count,
        "at": f"{clock.local(now):%m-%d %H:%M}",
    }


def votes_note(tally: Tally) -> str:
    """Who has none, and how many are more than half."""
    if not tally.votes:
        return _("还没有正式党员，开不了支部大会")
    return _("流动、预备、离退休关系没有；过半是 %s 名") % quorum.needed(tally.votes)


def rows_of(viewer: Viewer, branch: Branch, everybody: list[Membership], officers: Sequence[Officer], *, now: datetime) -> dict:
    """The first few members: officers first, then those with a vote."""
    offices: dict[int, list[Officer]] = {}
    for each in officers:
        offices.setdefault(each.person_id, []).append(each)
    shown = sorted(everybody, key=lambda each: (each.person_id not in offices, not kinds.has_vote(each.kind)))[:SHOWN]
    ids = [each.person_id for each in shown]
    return {
        "rows": [parts.row_of(each, offices.get(each.person_id, ()), now=now) for each in shown],
        "columns": registry.columns_of(viewer=viewer, person_ids=ids, now=now, branch=branch),
    }


def lines_of(branch: Branch, everybody: list[Membership], officers: Sequence[Officer], *, now: datetime) -> list[dict]:
    """What is due: decisions on becoming full, members out of contact, the secretary's term, transfers."""
    today = clock.today(now)
    near = [each for each in everybody if each.kind == "probationary" and probation.is_near(each.decide_on, today)]
    silent = [each for each in everybody if contact.is_out(each.heard_on, today)]
    lines = [
        {"word": _("转正"), "text": mask_name(each.person.name), "url": _member(each), "badge": parts.decision_badge(each.decide_on, now=now)}
        for each in sorted(near, key=lambda each: each.decide_on)[:DUE_SHOWN]
    ]  # fmt: skip
    for each in sorted(silent, key=lambda each: each.heard_on)[:DUE_SHOWN]:
        text = _("%(name)s，最近联系 %(day)s") % {"name": mask_name(each.person.name), "day": parts.short_day(each.heard_on, now)}
        lines.append({"word": _("失联"), "text": text, "url": _member(each), "badge": parts.reminders(each, (), now=now)[-1]})
    for each in [each for each in officers if each.post == "secretary"][:1]:
        text = _("%s 到期换届") % each.term_ends.isoformat()
        lines.append({"word": _("书记任期"), "text": text, "url": reverse("admin:branches_terms"), "badge": parts.term_badge(each, now=now)})
    if branch.waiting_here:
        badge = parts.Badge(_("等您定"), "warn", "clock")
        url = reverse("admin:branches_transfers")
        lines.append({"word": _("转支部"), "text": _("%s 人") % branch.waiting_here, "url": url, "badge": badge})
    return lines


def officer_line(each: Officer, *, now: datetime) -> dict:
    return {
        "post": each.get_post_display(), "group": each.group.name if each.group else "", "name": staff_or_masked(each),
        "ends": each.term_ends, "badge": parts.term_badge(each, now=now),
    }  # fmt: skip


def staff_or_masked(officer: Officer) -> str:
    """Staff go by their name, members by their mask."""
    return officer.person.name if officer.person.login else mask_name(officer.person.name)


def _member(membership: Membership) -> str:
    return reverse("admin:branches_member", args=[membership.person.key])
