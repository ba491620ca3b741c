"""互助保险: lists by period, who stands on them, who must be told, claims helped with."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.admin.pages import page, render_page
from accounts.rules.roles import Role
from care.admin import applications_parts as parts
from care.admin.applications import CRUMB
from care.models import Insured, Policy
from care.selectors import insurance as selectors
from care.selectors import people
from care.services import insurance, policies
from common import clock
from common.errors import DomainError, NotThere
from common.identifiers import small_number
from common.masks import mask_name, mask_phone
from common.reading import read_key
from members.models import Enterprise

OFFICER = frozenset({Role.UNION})
SHOWN = 50
WRONG_WORDS = {"unreadable": _("看不懂，要手机号或身份证号"), "unknown": _("名册里没有"), "several": _("对上了不止一人，用身份证号")}


@page("care/insurance/", name="care_policies", roles=OFFICER)
def listed(request: HttpRequest) -> HttpResponse:
    """All lists, and a new one."""
    viewer, now = request.viewer, clock.now()
    wrong: dict[str, str] = {}
    if request.method == "POST":
        try:
            row = _found(request, now=now)
            messages.success(request, _("“%(name)s”开好了，往里加人。") % {"name": row.name})
            return redirect("admin:care_policy", pk=row.pk)
        except NotThere:
            raise Http404 from None
        except DomainError as refused:
            wrong[refused.field or "form"] = refused.message
    rows = [_policy(row, now) for row in selectors.policies_for(viewer)]
    return render_page(
        request, "care/admin/policies.html", title=_("互助保险"), crumbs=[CRUMB, (_("互助保险"), None)],
        lead=_("一份名单管一个保险期。到期前三十天，自动告诉还没续的人。"), rows=rows, funds=parts.funds_to_choose(request), wrong=wrong,
        errors=list(wrong.items()), typed=request.POST, ending=selectors.expiring(viewer, today=clock.today(now)).count(), status=422 if wrong else 200,
    )  # fmt: skip


def _policy(row: Policy, now: datetime) -> dict[str, Any]:
    left = (row.ends_on - clock.today(now)).days
    tone = "" if left < 0 else "warn" if left <= 30 else "ok"
    return {
        "url": reverse("admin:care_policy", args=[row.pk]), "name": row.name, "number": row.number, "from": row.starts_on, "to": row.ends_on,
        "people": row.people, "premium": parts.yuan(row.premium_fen), "sum": parts.yuan(row.premium_fen * row.people), "fund": row.fund.name,
        "badge": (_("到期了") if left < 0 else _("还有 %(n)d 天到期") % {"n": left} if left <= 30 else _("在保"), tone, "clock" if tone == "warn" else "check" if tone else ""),
    }  # fmt: skip


def _found(request: HttpRequest, *, now: datetime) -> Policy:
    typed = request.POST
    return policies.found(
        name=typed.get("name", ""), number=typed.get("number", ""), starts_on=parts.typed_day(typed.get("starts_on", ""), "starts_on"),
        ends_on=parts.typed_day(typed.get("ends_on", ""), "ends_on"), premium_fen=parts.typed_fen(typed.get("premium", ""), "premium"),
        fund=parts.fund_of(request), by=request.viewer, now=now,
    )  # fmt: skip


@page("care/insurance/<int:pk>/", name="care_policy", roles=OFFICER)
def one(request: HttpRequest, pk: int) -> HttpResponse:
    """One list: its people, and more of them from a pasted list or a whole enterprise."""
    viewer, now = request.viewer, clock.now()
    row = selectors.policies_for(viewer).filter(pk=pk).first() if pk < 2**31 else None
    if row is None:
        raise Http404
    wrong: dict[str, str] = {}
    bad: list[dict[str, Any]] = []
    if request.method == "POST":
        try:
            done, bad = _add(request, row, now=now)
            messages.success(request, done)
            if not bad:
                return redirect("admin:care_policy", pk=pk)
            row.refresh_from_db()
            row.people = row.insured.count()
        except NotThere:
            raise Http404 from None
        except DomainError as refused:
            wrong[refused.field or "form"] = refused.message
    mark = small_number(request.GET.get("after", "0") or "0")
    if mark is None:
        raise BadRequest("no such page")
    rows = selectors.insured_for(viewer).filter(policy=row, pk__gt=mark).select_related("person").order_by("pk")
    found = list(rows.defer("person__id_number")[: SHOWN + 1])
    return render_page(
        request, "care/admin/policy.html", title=row.name, crumbs=[CRUMB, (_("互助保险"), reverse("admin:care_policies")), (row.name, None)],
        policy=_policy(row, now), rows=[_insured(each, now) for each in found[:SHOWN]], after=f"?after={found[SHOWN - 1].pk}" if len(found) > SHOWN else "",
        paged=bool(mark), first_url="?", bad=bad, wrong=wrong, errors=list(wrong.items()), typed={} if not (wrong or bad) else request.POST,
        left_text="\n".join(each["typed"] for each in bad), client_key=uuid4(), open=row.ends_on >= clock.today(now), left=parts.yuan(row.fund.left_fen),
        names=Enterprise.objects.filter(in_union=True).order_by("name").values_list("name", flat=True)[:300], status=422 if wrong else 200,
    )  # fmt: skip


def _insured(each: Insured, now: datetime) -> dict[str, Any]:
    return {
        "url": reverse("admin:care_insured", args=[each.policy_id, each.person.key]), "name": mask_name(each.person.name),
        "phone": mask_phone(each.person.phone), "added": parts.day_of(each.added_at, now), "told": parts.day_of(each.notified_at, now),
    }  # fmt: skip


def _add(request: HttpRequest, policy: Policy, *, now: datetime) -> tuple[str, list[dict[str, Any]]]:
    """What was done, and the lines that mean nobody: the others are added, those stay in the form."""
    typed, by, bad = request.POST, request.viewer, []
    if typed.get("act") == "enterprise":
        found = list(Enterprise.objects.filter(name=typed.get("enterprise", "").strip()[:80], in_union=True)[:2])
        if len(found) != 1:
            raise DomainError(_("从名单里选一家建了会的企业"), field="enterprise", code="required")
        wanted = list(people.staff_to_insure(by, policy, found[0]))
        if not wanted:
            raise DomainError(_("这家企业的货车司机都在名单上了"), field="enterprise", code="nobody")
    elif typed.get("act") == "list":
        roster = people.roster(by, typed.get("people", "")[:40_000])
        wanted = roster.people
        bad = [{"line": each.line, "typed": each.typed, "why": WRONG_WORDS[each.code]} for each in roster.wrong]
        if not wanted:
            raise DomainError(_("一个人也没对上：%(first)s") % {"first": bad[0]["why"]}, field="people", code="nobody")
    else:
        raise NotThere
    done = insurance.insure(policy=policy, people=wanted, client_key=read_key(typed.get("client_key", "")), by=by, now=now)
    if not done.added:
        return _("这 %(n)d 人本来就在名单上，没有再交保费。") % {"n": done.known}, bad
    said = {"n": done.added, "yuan": parts.yuan(policy.premium_fen * done.added), "known": done.known}
    return (_("加了 %(n)d 人，保费 %(yuan)s 元；%(known)d 人本来就在。") if done.known else _("加了 %(n)d 人，保费 %(yuan)s 元。")) % said, bad


@page("care/insurance/<int:pk>/<uuid:key>/", name="care_insured", roles=OFFICER)
def insured(request: HttpRequest, pk: int, key: UUID) -> HttpResponse:
    """One on the list: claims that the union helped with."""
    viewer, now = request.viewer, clock.now()
    row = selectors.insured_for(viewer).filter(policy=pk, person__key=key).first() if pk < 2**31 else None
    if row is None:
        raise Http404
    wrong: dict[str, str] = {}
    if request.method == "POST":
        try:
            typed = request.POST
            fen = parts.typed_fen(typed.get("got", "") or "0", "got")
            made = read_key(typed.get("client_key", ""))
            insurance.help_with(insured=row, what=typed.get("what", ""), got_fen=fen, client_key=made, by=viewer, now=now)
            messages.success(request, _("记下了，他的手机上看得到。"))
            return redirect("admin:care_insured", pk=pk, key=key)
        except NotThere:
            raise Http404 from None
        except DomainError as refused:
            wrong[refused.field or "form"] = refused.message
    name = mask_name(row.person.name)
    return render_page(
        request, "care/admin/insured.html", title=name, status=422 if wrong else 200,
        crumbs=[CRUMB, (_("互助保险"), reverse("admin:care_policies")), (row.policy.name, reverse("admin:care_policy", args=[pk])), (name, None)],
        row=_insured(row, now), policy=row.policy, wrong=wrong, errors=list(wrong.items()), typed=request.POST, client_key=request.POST.get("client_key") or uuid4(),
        helped=[{"what": each.what, "got": parts.yuan(each.got_fen), "at": parts.day_of(each.at, now)} for each in row.helped.all()],
    )  # fmt: skip
