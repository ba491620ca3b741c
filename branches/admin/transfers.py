"""转支部: what waits for the viewer's signature, and what is under way. Two secretaries, two persons."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.admin.pages import page, render_page
from accounts.rules.roles import Role
from branches.admin import parts
from branches.models import Transfer
from branches.selectors.due import waiting_for_me
from branches.selectors.scope import branches_for, transfers_for
from branches.services import transfers
from common import clock
from common.errors import DomainError, NotThere
from common.identifiers import small_number
from common.masks import mask_name
from common.words import short_words


@page("branches/transfers/", name="branches_transfers", roles={Role.SECRETARY})
def transfers_page(request: HttpRequest) -> HttpResponse:
    """The list; POST gives, takes or refuses one."""
    error = ""
    if request.method == "POST":
        try:
            messages.success(request, _act(request))
            return redirect("admin:branches_transfers")
        except NotThere as missing:
            raise Http404 from missing
        except DomainError as refused:
            error = refused.message
    viewer, now = request.viewer, clock.now()
    mine = set(branches_for(viewer).values_list("pk", flat=True))
    waiting = set(waiting_for_me(viewer).values_list("pk", flat=True))
    rows = transfers_for(viewer).select_related(
        "placement__membership__person", "placement__branch__unit", "to_branch__unit", "asked_by", "given_by", "taken_by"
    )
    lines = [_line(each, mine, each.pk in waiting, viewer.person_id, now=now) for each in rows.order_by("asked_at", "pk")]
    return render_page(
        request,
        "branches/admin/transfers.html",
        title=_("转支部"),
        crumbs=[(_("支部"), None), (_("转支部"), None)],
        lead=_("在办 %(n)s 件，%(mine)s 件等您；两边都同意才转，要两个人") % {"n": len(lines), "mine": len(waiting)},
        lines=sorted(lines, key=lambda each: not each["waits"]),
        error=error,
        status=422 if error else 200,
    )


def _line(row: Transfer, mine: set[int], waits: bool, person_id: int | None, *, now) -> dict:
    person = row.placement.membership.person
    return {
        "pk": row.pk,
        "name": mask_name(person.name),
        "url": reverse("admin:branches_member", args=[person.key]) if row.placement.branch_id in mine else "",
        "from": row.placement.branch.unit.name,
        "to": row.to_branch.unit.name,
        "reason": row.reason,
        "asked": f"{_staff(row.asked_by)} · {short_words(row.asked_at, now=now)}",
        "given": parts.Badge(_("转出同意"), "ok", "check") if row.given_by_id else parts.Badge(_("等转出"), "warn", "clock"),
        "taken": parts.Badge(_("转入同意"), "ok", "check") if row.taken_by_id else parts.Badge(_("等转入"), "warn", "clock"),
        "waits": waits,
        "may_give": waits and row.given_by_id is None and row.placement.branch_id in mine,
        "may_take": waits and row.taken_by_id is None and row.to_branch_id in mine,
        "may_refuse": person.pk != person_id,
    }


def _staff(person) -> str:
    return person.name if person.login else mask_name(person.name)


def _act(request: HttpRequest) -> str:
    number = small_number(request.POST.get("transfer", ""))
    row = transfers_for(request.viewer).filter(pk=number).first() if number is not None else None
    if row is None:
        raise NotThere
    base = {"transfer": row, "by": request.viewer, "now": clock.now()}
    act = request.POST.get("act", "")
    if act == "refuse":
        transfers.refuse(why=request.POST.get("why", "")[:200], **base)
        return _("没同意，理由两边都看得到。他还在原来的支部。")
    if act not in ("give", "take"):
        raise NotThere
    done = transfers.give(**base) if act == "give" else transfers.take(**base)
    return _("两边都同意了，他转过去了。") if done.done_at else _("同意了，还等另一边。")
