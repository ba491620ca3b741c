"""资金台账: what each fund holds, every line of it, money put in, the payment list as a workbook."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.db.models import Q, Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.admin.pages import page, render_page
from accounts.rules.roles import Role
from care.admin import applications_parts as parts
from care.admin.applications import CRUMB
from care.models import Payment
from care.rules.money import Entry
from care.selectors import money as selectors
from care.selectors import sheets
from care.services import funds
from common import clock
from common.errors import DomainError, NotThere
from common.identifiers import small_number
from common.masks import mask_name
from common.reading import read_key
from common.words import moment_words, short_words
from members.models import Export
from members.rules.exports import KEPT_HOURS, SECOND_PERSON_ABOVE
from members.selectors.exports import exports_for, to_decide
from members.services import exports

ROLES = frozenset({Role.CASHIER, Role.UNION, Role.APPROVER})
SHEET_ROLES = frozenset({Role.CASHIER, Role.UNION})
SHOWN = 30
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TONES = {"asked": "warn", "queued": "info", "ready": "ok", "failed": "err", "refused": "err"}


@page("care/money/", name="care_money", roles=ROLES)
def ledger(request: HttpRequest) -> HttpResponse:
    """The funds, and for the cashier and the union the lines."""
    viewer, now = request.viewer, clock.now()
    wrong: dict[str, str] = {}
    if request.method == "POST":
        try:
            messages.success(request, _act(request, now=now))
            return redirect("admin:care_money")
        except NotThere:
            raise Http404 from None
        except DomainError as refused:
            wrong[refused.field or "form"] = refused.message
    mark = small_number(request.GET.get("after", "0") or "0")
    if mark is None:
        raise BadRequest("no such page")
    lines = selectors.payments_for(viewer).select_related("application__receipt").order_by("-pk")
    rows = list((lines.filter(pk__lt=mark) if mark else lines)[: SHOWN + 1])
    broken = selectors.unbalanced_funds(viewer)
    sheet = viewer.has_role(*SHEET_ROLES)
    return render_page(
        request, "care/admin/money.html", title=_("资金台账"), crumbs=[CRUMB, (_("资金台账"), None)],
        lead=_("拨入减去花掉等于还有，一分不差；记了的不能改，也不能删。截至 %(at)s") % {"at": short_words(now)}, broken=broken,
        funds=_funds(request), rows=[_row(each, now) for each in rows[:SHOWN]], after=f"?after={rows[SHOWN - 1].pk}" if len(rows) > SHOWN else "",
        paged=bool(mark), first_url="?", cashier=viewer.has_role(Role.CASHIER), officer=viewer.has_role(Role.UNION), sheet=sheet,
        choices=parts.funds_to_choose(request), wrong=wrong, errors=list(wrong.items()), typed=request.POST, client_key=request.POST.get("client_key") or uuid4(),
        columns=sheets.COLUMNS, second_above=SECOND_PERSON_ABOVE, hours=KEPT_HOURS, status=422 if wrong else 200,
        mine=[_export(each, now) for each in exports_for(viewer).filter(what=sheets.PAYMENTS)[:5]] if sheet else [],
        waiting=[_export(each, now) for each in to_decide(viewer).filter(what=sheets.PAYMENTS).select_related("asked_by")[:5]] if sheet else [],
    )  # fmt: skip


def _funds(request: HttpRequest) -> list[dict[str, Any]]:
    put, out = Q(payments__entry=Entry.PUT_IN), Q(payments__change_fen__lt=0)
    rows = selectors.funds_for(request.viewer).annotate(came=Sum("payments__change_fen", filter=put), went=Sum("payments__change_fen", filter=out))
    return [
        {"name": row.name, "left": parts.yuan(row.left_fen), "came": parts.yuan(row.came), "went": parts.yuan(-(row.went or 0)),
         "budget": parts.yuan(row.budget_fen) if row.budget_fen else ""}
        for row in rows
    ]  # fmt: skip


def _row(each: Payment, now: datetime) -> dict[str, Any]:
    said = each.why
    if each.application is not None:
        said = _("%(kind)s：%(name)s") % {"kind": each.application.get_kind_display(), "name": mask_name(each.application.person.name)}
    elif each.policy is not None:
        said = each.policy.name
    elif each.campaign is not None:
        said = each.campaign.name
    return {
        "at": short_words(each.at, now=now), "entry": each.get_entry_display(), "fund": each.fund.name, "said": said, "by": each.by.name,
        "yuan": ("+" if each.change_fen > 0 else "") + parts.yuan(each.change_fen), "how": each.get_how_display() if each.entry == Entry.PAID else "",
        "signed": each.signed_word,
    }  # fmt: skip


def _export(each: Export, now: datetime) -> dict[str, Any]:
    return {
        "key": each.key, "rows": each.rows, "reason": each.reason, "when": moment_words(each.asked_at, now), "by": each.asked_by.name,
        "state": each.get_state_display(), "tone": TONES.get(each.state, ""), "ready": each.state == Export.State.READY and each.expires_at > now,
    }  # fmt: skip


def _act(request: HttpRequest, *, now: datetime) -> str:
    typed, by = request.POST, request.viewer
    match typed.get("act", ""):
        case "put_in":
            fund = parts.fund_of(request)
            if fund is None:
                raise DomainError(_("选拨入哪笔经费"), field="fund", code="required")
            key, fen = read_key(typed.get("client_key", "")), parts.typed_fen(typed.get("amount", ""), "amount")
            funds.put_in(fund=fund, fen=fen, client_key=key, by=by, now=now, why=typed.get("why", ""))
            return _("拨入 %(yuan)s 元，记在“%(fund)s”里了。") % {"yuan": parts.yuan(fen), "fund": fund.name}
        case "set_up":
            fund = funds.set_up(name=typed.get("name", ""), budget_fen=parts.typed_fen(typed.get("budget", ""), "budget"), by=by, now=now)
            return _("“%(fund)s”设好了，出纳可以拨入。") % {"fund": fund.name}
        case "ask":
            row = exports.ask(what=sheets.PAYMENTS, columns=typed.getlist("column"), filters={}, reason=typed.get("reason", ""), by=by, now=now)
            return _("%s 行，等另一人同意。") % row.rows if row.state == Export.State.ASKED else _("%s 行，正在做，一会儿就能下载。") % row.rows
        case "agree" | "refuse" as said:
            row = to_decide(by).filter(what=sheets.PAYMENTS, key=read_key(typed.get("key", ""))).first()
            if row is None:
                raise NotThere
            exports.decide(export=row, agree=said == "agree", by=by, now=now)
            return _("同意了，做好以后他来下载。") if said == "agree" else _("没同意，记下了。")
    raise NotThere


@require_POST
def _download(request: HttpRequest, key: UUID) -> HttpResponse:
    """The workbook, once; by POST, so that nothing on the way takes it first."""
    row = exports_for(request.viewer).filter(what=sheets.PAYMENTS, key=key).first()
    try:
        if row is None:
            raise NotThere
        data = exports.take(export=row, by=request.viewer, now=clock.now())
    except (NotThere, FileNotFoundError):
        raise Http404 from None
    answer = HttpResponse(data, content_type=XLSX, headers={"Cache-Control": "no-store"})
    answer["Content-Disposition"] = f'attachment; filename="care-payments-{clock.local(clock.now()):%Y%m%d}.xlsx"'
    return answer


page("care/money/<uuid:key>/file", name="care_money_file", roles=SHEET_ROLES)(_download)
