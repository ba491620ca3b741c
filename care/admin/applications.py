"""慰问和帮扶: what waits for me, what my unit nominated; one page that has everything to decide or to pay."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.admin.pages import page, render_page
from accounts.rules.roles import Role
from accounts.rules.viewer import Viewer
from care.admin import applications_parts as parts
from care.models import Application, Payment, Receipt
from care.selectors import applications as selectors
from care.services import applications as services
from care.services import reading, signatures
from common import clock
from common.errors import DomainError, NotThere
from common.identifiers import small_number
from common.masks import mask_name, mask_phone
from common.reading import read_key
from common.selectors import calendar

ROLES = frozenset({Role.APPROVER, Role.CASHIER, Role.UNION, Role.SECRETARY})
NOMINATORS = frozenset({Role.UNION, Role.SECRETARY})
CRUMB = (_("关爱"), None)
SHOWN = 50
VIEWS = {"decide": _("等我审批"), "pay": _("等我发放"), "ours": _("我们提名的"), "done": _("我办过的")}


@page("care/applications/", name="care_applications", roles=ROLES)
def listed(request: HttpRequest) -> HttpResponse:
    """The list, by what waits for him; the oldest first where something waits."""
    viewer, now = request.viewer, clock.now()
    views = views_of(viewer)
    view = request.GET.get("view") or next(iter(views))
    if view not in views:
        raise BadRequest("unknown view")
    before = small_number(request.GET.get("after", "0") or "0")
    if before is None:
        raise BadRequest("no such page")
    rows, days = list(_paged(views[view], view, before)), calendar()
    counts = {name: each[: SHOWN + 1].count() for name, each in views.items() if name in ("decide", "pay")}
    return render_page(
        request, "care/admin/applications.html", title=_("慰问和帮扶"), crumbs=[CRUMB, (_("慰问和帮扶"), None)],
        lead=_("提出、审批、发放是三个人；原因只有审批的人看得到，账户只有出纳看得到。"), view=view,
        tabs=[{"word": VIEWS[name], "url": f"?view={name}", "on": name == view, "count": counts.get(name)} for name in views],
        rows=[_row(row, days, now) for row in rows[:SHOWN]], after=f"?view={view}&after={rows[SHOWN - 1].pk}" if len(rows) > SHOWN else "",
        paged=bool(before), first_url=f"?view={view}", nominates=viewer.has_role(*NOMINATORS),
    )  # fmt: skip


def views_of(viewer: Viewer) -> dict[str, QuerySet[Application]]:
    """Tabs in the order of work; only those that his roles have."""
    found: dict[str, QuerySet[Application]] = {}
    if viewer.has_role(Role.APPROVER):
        found["decide"] = selectors.decidable(viewer).defer(*selectors.SEALED)
    if viewer.has_role(Role.CASHIER):
        found["pay"] = selectors.payable(viewer).defer(*selectors.SEALED)
    if viewer.has_role(*NOMINATORS):
        found["ours"] = selectors.of_units(viewer)
    if viewer.has_role(Role.APPROVER, Role.CASHIER):
        found["done"] = selectors.decided(viewer)
    return found


def _paged(rows: QuerySet[Application], view: str, mark: int) -> QuerySet[Application]:
    if view in ("decide", "pay"):
        rows = rows.filter(pk__gt=mark) if mark else rows
        return rows.order_by("pk")[: SHOWN + 1]
    return (rows.filter(pk__lt=mark) if mark else rows).order_by("-pk")[: SHOWN + 1]


def _row(row: Application, days, now: datetime) -> dict[str, Any]:
    return {
        "url": reverse("admin:care_application", args=[row.key]), "name": mask_name(row.person.name), "kind": row.get_kind_display(),
        "yuan": parts.yuan(row.asked_fen), "got": parts.yuan(row.approved_fen) if row.approved_fen else "", "asked": parts.day_of(row.asked_at, now),
        "badge": parts.badge_of(row), "due": parts.due_of(row, days, now),
    }  # fmt: skip


@page("care/applications/<uuid:key>/", name="care_application", roles=ROLES)
def one(request: HttpRequest, key: UUID) -> HttpResponse:
    """Decide, pay, or read how far it is, by what the viewer may do with this very one."""
    viewer, now = request.viewer, clock.now()
    row = selectors.known_to(viewer).filter(key=key).first()
    if row is None:
        raise Http404
    wrong: dict[str, str] = {}
    if request.method == "POST":
        try:
            messages.success(request, _act(request, row, now=now))
            return redirect("admin:care_applications")
        except NotThere:
            raise Http404 from None
        except DomainError as refused:
            wrong[refused.field or "form"] = refused.message
    opened = reading.why(key=key, by=viewer, now=now)
    paying = None if opened else reading.account(key=key, by=viewer, now=now)
    role = "decide" if opened else "pay" if paying else "read"
    name = row.person.name if role != "read" else mask_name(row.person.name)
    receipt = Receipt.objects.filter(application=row).first()
    return render_page(
        request, "care/admin/application.html", title=_("%(kind)s：%(name)s") % {"kind": row.get_kind_display(), "name": name},
        crumbs=[CRUMB, (_("慰问和帮扶"), reverse("admin:care_applications")), (name, None)], status=422 if wrong else 200,
        row=row, role=role, name=name, phone=mask_phone(row.person.phone), badge=parts.badge_of(row), due=parts.due_of(row, calendar(), now),
        asked=parts.yuan(row.asked_fen), approved=parts.yuan(row.approved_fen) if row.approved_fen else "", asked_on=parts.day_of(row.asked_at, now),
        decided_on=parts.day_of(row.decided_at, now), paid_on=parts.day_of(row.paid_at, now), himself=row.asked_by_id == row.person_id,
        reason=opened.reason if opened else "", papers=_papers(row) if opened else [], account=paying.account if paying else "",
        earlier=[_row(each, calendar(), now) for each in selectors.earlier(viewer, row)] if opened else [],
        funds=parts.funds_to_choose(request) if opened else [], receipt=receipt, signed_on=parts.day_of(receipt.at, now) if receipt else "",
        wrong=wrong, errors=list(wrong.items()), typed=request.POST, client_key=request.POST.get("client_key") or uuid4(),
        hows=Payment.How.choices,
    )  # fmt: skip


def _papers(row: Application) -> list[str]:
    return [reverse("admin:care_paper", args=[row.key, number]) for number in range(1, row.evidence.count() + 1)]


def _act(request: HttpRequest, row: Application, *, now: datetime) -> str:
    typed, by = request.POST, request.viewer
    version = small_number(typed.get("version", "") or "x")
    shared = {"application": row, "by": by, "version": -1 if version is None else version, "now": now}
    match typed.get("act", ""):
        case "approve":
            fund = parts.fund_of(request)
            if fund is None:
                raise DomainError(_("选从哪笔经费出"), field="fund", code="required")
            granted = services.approve(amount_fen=parts.typed_fen(typed.get("amount", ""), "amount"), fund=fund, **shared)
            return _("批了 %(yuan)s 元，转给出纳发放。") % {"yuan": parts.yuan(granted.approved_fen)}
        case "refuse":
            services.refuse(answer=typed.get("answer", ""), **shared)
            return _("没有批，原因他看得到。")
        case "pay":
            drawn = signatures.drawn_of(typed.get("drawn", ""))
            photo = request.FILES.get("sheet")
            signature = drawn or (photo.read(10 * 1024 * 1024 + 1) if photo else None)
            services.pay(how=typed.get("how", ""), client_key=read_key(typed.get("client_key", "")), signature=signature, **shared)
            return _("记下了，账上少了这一笔。")
    raise NotThere


@page("care/applications/<uuid:key>/papers/<int:number>/", name="care_paper", roles=frozenset({Role.APPROVER}))
def paper(request: HttpRequest, key: UUID, number: int) -> HttpResponse:
    """One photo, for the approver who decides; each look is written down."""
    try:
        data = reading.paper(key=key, number=number, by=request.viewer, now=clock.now())
    except NotThere:
        raise Http404 from None
    return HttpResponse(data, content_type="image/jpeg", headers={"Cache-Control": "no-store"})
