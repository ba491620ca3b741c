"""One member: kind, where he is placed and was, offices; his number for a minute, with a reason."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.admin.pages import page, render_page
from accounts.rules.roles import Role
from accounts.selectors.people import masked
from accounts.services import reveal as service
from accounts.web.entry import stepped_up_at
from branches import registry
from branches.admin import parts
from branches.admin.member_acts import acts_for
from branches.models import Membership
from branches.rules.kinds import has_vote
from branches.selectors import members
from branches.selectors.proposals import proposals_for
from branches.selectors.scope import branches_for
from common import clock
from common.masks import mask_name
from common.words import short_words

REVEALED = {"name": gettext_lazy("姓名"), "phone": gettext_lazy("手机号")}
REASONS = (
    ("contact", gettext_lazy("要联系他")), ("check", gettext_lazy("核对身份")), ("meeting", gettext_lazy("通知开会")),
)  # fmt: skip


@page("branches/members/<uuid:person>/", name="branches_member", roles={Role.SECRETARY})
def member(request: HttpRequest, person: UUID) -> HttpResponse:
    return show(request, parts.member_or_404(request, person))


@page("branches/members/<uuid:person>/reveal/", name="branches_reveal", roles={Role.SECRETARY})
def reveal(request: HttpRequest, person: UUID) -> HttpResponse:
    """Name or number in clear, once, with a reason; written down, and told to him as role and count."""
    one = parts.member_or_404(request, person)
    here = reverse("admin:branches_member", args=[one.person.key])
    if request.method != "POST":
        return redirect(here)
    field, reason = request.POST.get("field", ""), dict(REASONS).get(request.POST.get("reason", ""))
    if field not in REVEALED or reason is None:
        messages.warning(request, _("请先选一个理由。"))
        return redirect(here)
    try:
        clear = service.reveal(
            subject=one.person, field=field, by=request.viewer, reason=str(reason), now=clock.now(),
            stepped_up_at=stepped_up_at(request),
        )  # fmt: skip
    except service.StepUpNeeded as needed:
        messages.warning(request, needed.message)
        return redirect(f"{reverse('accounts:staff_again')}?{urlencode({'next': here})}")
    return show(request, one, clear={field: clear})


def show(request: HttpRequest, one: Membership, *, clear: dict[str, str] | None = None) -> HttpResponse:
    viewer, now = request.viewer, clock.now()
    shown, person = masked(one.person), one.person
    offices = members.offices_of(viewer, [person.pk]).get(person.pk, [])
    title = shown.name or _("没有姓名")
    placements = list(members.placements_of(viewer, one))
    current = next((each for each in placements if each.until is None), None)
    return render_page(
        request,
        "branches/admin/member.html",
        title=title,
        crumbs=[(_("支部"), None), (_("党员"), reverse("admin:branches_members")), (title, None)],
        lead=_lead(one, current, now),
        one=one,
        kind=parts.kind_badge(one),
        badges=parts.reminders(one, offices, now=now),
        facts=_facts(one, shown, current, now),
        clear=clear or {},
        shown=shown,
        has_phone=bool(person.phone),
        reasons=REASONS,
        placements=[_placement(each) for each in placements],
        offices=[{"post": each.get_post_display(), "unit": each.unit.name, "group": each.group.name if each.group else "",
                  "since": each.since, "ends": each.term_ends, "badge": parts.term_badge(each, now=now)} for each in offices],
        transfer=_transfer(request, one),
        proposals=_proposals(request, one) if current is None else [],
        acts=acts_for(viewer, one, current),
        own=one.person_id == viewer.person_id,
        sheets=registry.sheets(),
        cards=registry.cards_at("member", viewer=viewer, subject=one, now=now),
    )  # fmt: skip


def _lead(one: Membership, current, now: datetime) -> str:
    where = current.branch.unit.name if current else _("核实过了，还没编进支部")
    return f"{where} · {_('有表决权') if has_vote(one.kind) else _('没有表决权')}"


def _facts(one: Membership, shown, current, now: datetime) -> list[tuple[str, str]]:
    verifier = one.verified_by
    found = [
        (_("类别"), one.get_kind_display()),
        (_("镇街"), one.person.place.name if one.person.place else "—"),
        (_("入党"), one.joined_on.isoformat() if one.joined_on else "—"),
        (_("身份证"), shown.id_number or "—"),
        (_("核实"), _("%(who)s，%(how)s，%(when)s") % {
            "who": verifier.name if verifier.login else mask_name(verifier.name),
            "how": one.get_verified_how_display(), "when": short_words(one.verified_at, now=now)}),
        (_("最近联系"), one.last_contact_on.isoformat() if one.last_contact_on else _("还没有记过")),
    ]  # fmt: skip
    if one.home_branch:
        found.insert(1, (_("原支部"), one.home_branch))
    if one.decide_on:
        found.append((_("转正讨论"), one.decide_on.isoformat()))
    if one.full_on:
        found.append((_("转正"), one.full_on.isoformat()))
    if current and current.group:
        found.append((_("小组"), current.group.name))
    return found


def _placement(each) -> dict:
    who = each.placed_by
    return {
        "branch": each.branch.unit.name, "since": each.since, "until": each.until, "reason": each.reason,
        "who": who.name if who.login else mask_name(who.name),
    }  # fmt: skip


def _transfer(request: HttpRequest, one: Membership) -> dict | None:
    row = members.transfer_of(request.viewer, one)
    if row is None:
        return None
    return {
        "to": row.to_branch.unit.name, "reason": row.reason, "given": row.given_by_id is not None,
        "taken": row.taken_by_id is not None, "url": reverse("admin:branches_transfers"),
    }  # fmt: skip


def _proposals(request: HttpRequest, one: Membership) -> list[dict]:
    names = dict(branches_for(request.viewer).values_list("pk", "unit__name"))
    found = proposals_for(request.viewer, [one])[one.pk]
    return [{"name": names[each.branch], "reasons": "；".join(each.reasons), "warning": each.warning} for each in found]
