"""认领待核验: verified by one, placed by another. A row is not a member before that."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db.models import Case, Exists, IntegerField, OuterRef, Q, Value, When
from django.db.models.functions import Coalesce
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.admin.pages import page, render_page
from accounts.rules.roles import Role
from accounts.rules.viewer import Viewer
from accounts.services.reveal import SHOWN_SECONDS, StepUpNeeded, reveal
from accounts.web.entry import stepped_up_at
from branches.models import Branch, Membership
from branches.rules.proposals import Proposal
from branches.selectors.figures import tallies
from branches.selectors.proposals import proposals_for
from branches.selectors.scope import branches_for, is_committee
from common import clock, stored_files
from common.counting import count_of
from common.errors import DomainError, NotThere
from common.identifiers import small_number
from common.masks import mask_name, mask_phone
from common.words import moment_words
from members.admin.keyset import page_after
from members.models import Claim, Outreach
from members.rules import claims as rules
from members.selectors.claim_routing import why_here
from members.selectors.claims import claims_for, facts_of, reach
from members.selectors.three_local import local_of
from members.selectors.twice import members_twice
from members.services import claims as services

ROLES = frozenset({Role.SECRETARY})
REASONS = ("核实党员身份", "约上门")
MOST = 50
OLDEST_FIRST = {"at": datetime, "id": int}
SOUGHT_FIRST = {"met": int, "tries": int, **OLDEST_FIRST}  # whom nobody reached, and of them whom we tried least
TABS = (
    ("open", _("待核验"), Q(state="open") & ~Q(source="census")),
    ("verified", _("待入列"), Q(state="verified")),
    ("census", _("组织去找"), Q(state="open", source__in=["census", "town_list"])),
    ("refused", _("没核实上"), Q(state="refused")),
)


@page("claims/", name="members_claims", roles=ROLES)
def claims(request: HttpRequest) -> HttpResponse:
    """What waits for this secretary: who came by himself, who is to be placed, whom to look for."""
    viewer, now = request.viewer, clock.now()
    rows = claims_for(viewer)
    tab = request.GET.get("tab", "open")
    chosen = next((each for each in TABS if each[0] == tab), TABS[0])
    tries = Outreach.objects.filter(claim=OuterRef("pk"))
    met = Case(When(Exists(tries.filter(reached=True)), then=Value(1)), default=Value(0), output_field=IntegerField())
    found = rows.filter(chosen[2]).select_related("person", "place", "branch__unit").annotate(met=met, tries=Coalesce(count_of(tries), 0))
    shown, after = page_after(found, SOUGHT_FIRST if chosen[0] == "census" else OLDEST_FIRST, request.GET.get("after", ""), MOST)
    figure = reach(viewer)
    return render_page(
        request, "members/admin/claims.html", title=_("认领待核验"),
        crumbs=[(_("支部"), None), (_("认领待核验"), None)],
        lead=_("核实之前不算党员、不公开；核实一个人，入列要另一个人。组织去找的找到 %(reached)s / %(of)s 人。")
        % {"reached": figure.reached, "of": figure.of},
        tabs=[{"key": key, "word": word, "count": rows.filter(q).count(), "on": key == chosen[0]} for key, word, q in TABS],
        twice=len(members_twice(viewer)), several=is_committee(viewer), state=chosen[0],
        lines=[_line(claim, now=now) for claim in shown], paged="after" in request.GET, first_url=f"?tab={chosen[0]}",
        after=f"?tab={chosen[0]}&after={after}" if after else "",
    )  # fmt: skip


@page("claims/<uuid:key>/", name="members_claim", roles=ROLES)
def claim(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """One claim: what he said, how often we tried, verify or refuse, then place."""
    row = _found(request, key)
    wrong: dict[str, str] = {}
    if request.method == "POST":
        try:
            return _act(request, row)
        except NotThere:
            raise Http404 from None
        except DomainError as error:
            wrong[error.field or "form"] = error.message
    return _show(request, row, wrong)


@require_GET
def _photo(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    row = _found(request, key)
    if not row.proof:
        raise Http404
    try:
        data = stored_files.open_sealed(row.proof, root=settings.DATA_DIR)
    except FileNotFoundError:
        raise Http404 from None
    return HttpResponse(data, content_type="image/jpeg", headers={"Cache-Control": "no-store"})


page("claims/<uuid:key>/proof.jpg", name="members_claim_proof", roles=ROLES)(_photo)


def _found(request: HttpRequest, key: uuid.UUID) -> Claim:
    row = claims_for(request.viewer).select_related("person", "place", "branch__unit").filter(key=key).first()
    if row is None:
        raise Http404
    return row


def _act(request: HttpRequest, row: Claim) -> HttpResponse:
    viewer, now, typed = request.viewer, clock.now(), request.POST
    match typed.get("act", ""):
        case "verify":
            services.verify(
                claim=row, by=viewer, how=typed.get("how", ""), kind=typed.get("kind", ""), home_branch=typed.get("home_branch", ""),
                joined_on=_date(typed, "joined_on"), decide_on=_date(typed, "decide_on"), note=typed.get("note", ""), now=now,
            )  # fmt: skip
            messages.success(request, _("核实上了。入列要另一个人来定。"))
            local = local_of(viewer, row.person_id, row)
            if local and local.elsewhere and typed.get("kind") == Membership.Kind.FULL:
                messages.warning(request, _("他的组织关系写的是“%s”，不在本地，却核成了正式；入列前请再核一次。") % local.said[0])
        case "refuse":
            services.refuse(claim=row, by=viewer, why=typed.get("why", ""), now=now)
            messages.success(request, _("记下了，司机会看到理由，还能请人再看一次。"))
        case "place":
            chosen = Branch.objects.filter(pk=small_number(typed.get("branch", "")) or 0, ended_on=None).first()
            if chosen is None:
                raise DomainError(_("选一个支部"), field="branch")
            services.place(claim=row, branch=chosen, by=viewer, reason=typed.get("reason", ""), now=now)
            messages.success(request, _("入列了。"))
        case "assign":
            chosen = Branch.objects.filter(pk=small_number(typed.get("branch", "")) or 0, ended_on=None).first()
            if chosen is None:
                raise DomainError(_("选一个支部"), field="branch")
            services.assign(claim=row, branch=chosen, by=viewer, now=now)
            messages.success(request, _("交给%s去核实了。") % chosen.unit.name)
        case "reach":
            services.reach_out(
                claim=row, by=viewer, how=typed.get("how", ""), reached=typed.get("reached") == "1", note=typed.get("note", ""), now=now
            )
            messages.success(request, _("记下了。"))
        case "reveal":
            return _reveal(request, row, now=now)
        case _:
            raise Http404
    return redirect("admin:members_claim", key=row.key)


def _reveal(request: HttpRequest, row: Claim, *, now: datetime) -> HttpResponse:
    try:
        clear = reveal(
            subject=row.person, field="phone", by=request.viewer, reason=request.POST.get("reason", ""), now=now,
            stepped_up_at=stepped_up_at(request),
        )  # fmt: skip
    except StepUpNeeded as needed:
        messages.warning(request, needed.message)
        return redirect("accounts:staff_again")
    return _show(request, row, {}, clear=clear)


def _show(request: HttpRequest, row: Claim, wrong: dict[str, str], *, clear: str = "") -> HttpResponse:
    viewer, now = request.viewer, clock.now()
    facts = facts_of(viewer, row)
    name = mask_name(row.person.name) or _("没写姓名")
    local = local_of(viewer, row.person_id, row)
    return render_page(
        request, "members/admin/claim.html", title=name, status=422 if wrong else 200,
        crumbs=[(_("支部"), None), (_("认领待核验"), reverse("admin:members_claims")), (name, None)],
        claim=row, state=(row.get_state_display(), _tone(row)), facts=_facts(viewer, row, now=now), wrong=wrong,
        local=local.lines if local else [], elsewhere=bool(local and local.elsewhere),
        kind=request.POST.get("kind") or (local.kind(row.kind) if local else row.kind),
        errors=list(wrong.items()), typed=request.POST,
        phone=mask_phone(row.person.phone), clear=clear, seconds=SHOWN_SECONDS, reasons=REASONS,
        may_verify=not (why := rules.may_verify(facts, viewer.person_id)), why_not_verify=why if row.state == "open" else "",
        may_place=not (held := rules.may_place(facts, viewer.person_id)), why_not_place=held if row.state == "verified" else "",
        hows=[(value, word) for value, word in Membership.How.choices if value != "proof" or row.proof],
        kinds=Membership.Kind.choices, refusals=[word for _code, word in rules.REFUSALS],
        tries=[_try(each, now=now) for each in row.outreach.select_related("by").order_by("-at", "-id")],
        branches=_branches(viewer, row) if facts.state == "verified" or is_committee(viewer) else [],
        may_assign=is_committee(viewer) and row.state == "open", following=_following(viewer, row),
    )  # fmt: skip


def _following(viewer: Viewer, row: Claim) -> dict[str, Any] | None:
    """The oldest of the other claims that wait for him, so that an evening's work needs no way back to the list."""
    others = claims_for(viewer).filter(TABS[0][2]).exclude(pk=row.pk).order_by("at", "id")
    first = others.first()
    return {"url": reverse("admin:members_claim", args=[first.key]), "left": others.count()} if first else None


def _branches(viewer: Viewer, row: Claim) -> list[dict[str, Any]]:
    """The branches he may choose, the best proposals first with their reasons; a branch over fifty warns."""
    member = Membership.objects.filter(person_id=row.person_id, ended_on=None).select_related("person__place").first()
    best: list[Proposal] = proposals_for(viewer, [member]).get(member.pk, []) if member else []
    reasons = {each.branch: "；".join(filter(None, (*each.reasons, each.warning))) for each in best}
    size = tallies(viewer)
    lines = [
        {"pk": each.pk, "name": each.unit.name, "size": size[each.pk].total if each.pk in size else 0, "why": reasons.get(each.pk, "")}
        for each in branches_for(viewer).select_related("unit").order_by("unit__code")
    ]
    order = [each.branch for each in best]
    return sorted(lines, key=lambda line: order.index(line["pk"]) if line["pk"] in order else len(order))


def _line(row: Claim, *, now: datetime) -> dict[str, Any]:
    days = (clock.today(now) - clock.today(row.contested_at or row.at)).days
    return {
        "url": reverse("admin:members_claim", args=[row.key]),
        "name": mask_name(row.person.name) or _("没写姓名"),
        "phone": mask_phone(row.person.phone),
        "where": row.place.name if row.place else _("不在本区或没说"),
        "what": _what(row),
        "branch": row.branch.unit.name if row.branch else _("还没有支部管"),
        "waits": _("今天来的") if days == 0 else _("等了 %s 天") % days,
        "late": days > rules.VERIFY_WORKDAYS and row.state == Claim.State.OPEN and row.source == Claim.Source.PHONE,
        "met": row.met,
        "again": bool(row.contested_at),
    }


def _what(row: Claim) -> str:
    if row.source != Claim.Source.PHONE:
        return row.get_source_display()
    return _("凭照片") if row.proof else _("凭电话问原支部") if row.home_phone else _("没附凭据")


def _facts(viewer: Viewer, row: Claim, *, now: datetime) -> list[tuple[str, str]]:
    kind = dict(Membership.Kind.choices).get(row.kind, "")
    rows = [
        (_("从哪来"), row.get_source_display()), (_("什么时候"), moment_words(row.at, now)), (_("自报"), str(kind)),
        (_("组织关系在"), row.relation_place), (_("原支部"), row.home_branch), (_("原支部电话"), row.home_phone),
        (_("自报入党"), f"{row.joined_on.year} 年 {row.joined_on.month} 月" if row.joined_on else ""),
        (_("住在"), row.place.name if row.place else ""), (_("归谁核实"), row.branch.unit.name if row.branch else _("行业党委")),
    ]  # fmt: skip
    unsaid = [str(word) for word, value in rows if not value]
    rows = [each for each in rows if each[1]]
    if why := why_here(viewer, row):
        rows.append((_("为什么归这里"), why))
    if unsaid:
        rows.append((_("没说的"), "、".join(unsaid)))
    if row.contested_at:
        rows.append((_("他说"), row.contest_words))
    if row.refused_why:
        rows.append((_("上次没核实上"), row.refused_why))
    if row.verified_at:
        rows.append((_("核实"), f"{moment_words(row.verified_at, now)} · {dict(Membership.How.choices).get(row.verified_how, '')}"))
    return rows


def _try(row: Outreach, *, now: datetime) -> dict[str, Any]:
    return {"when": moment_words(row.at, now), "by": row.by.name, "how": row.get_how_display(), "reached": row.reached, "note": row.note}


def _tone(row: Claim) -> str:
    return {"open": "warn", "verified": "info", "placed": "ok", "refused": "over"}.get(row.state, "")


def _date(typed, name: str) -> date | None:
    text = typed.get(name, "").strip()
    if not text:
        return None
    try:
        return date.fromisoformat(text if len(text) > 7 else f"{text}-01")
    except ValueError:
        raise DomainError(_("日期写成 2015-07 或 2015-07-01"), field=name) from None
