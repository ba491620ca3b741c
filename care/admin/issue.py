"""发放记录: who got what at the points he keeps, repeats named; what came back whole is put back."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.admin.pages import page, render_page
from care.admin import goods_parts as parts
from care.admin.campaigns import CRUMB
from care.models import Issue
from care.selectors.stock import issues_for
from care.services import stock
from care.web.issue import who_words
from common import clock
from common.errors import DomainError, NotThere
from common.identifiers import small_number
from common.reading import read_key
from common.words import short_words

SHOWN = 50


@page("care/issued/", name="care_issued", roles=parts.READERS)
def issued_page(request: HttpRequest) -> HttpResponse:
    """Hand-outs, newest first; with `?repeats=1` those that were given a second time."""
    mark, now, repeats = small_number(request.GET.get("after", "0") or "0"), clock.now(), request.GET.get("repeats") == "1"
    if mark is None:
        raise BadRequest("no such page")
    found = issues_for(request.viewer)
    if repeats:
        found = found.filter(repeat_of__isnull=False)
    found = list((found.filter(pk__lt=mark) if mark else found).order_by("-id")[: SHOWN + 1])
    return render_page(
        request, "care/admin/issued.html", title=_("发放记录"), crumbs=[CRUMB, (_("发放记录"), None)], rows=[_row(one, now) for one in found[:SHOWN]],
        repeats=repeats, after=found[SHOWN - 1].pk if len(found) > SHOWN else "", paged=bool(mark), keeper=request.viewer.has_role(*parts.KEEPERS),
        lead=_("姓名和车牌都遮着；再发的写着为什么；截至 %(at)s") % {"at": f"{clock.local(now):%m-%d %H:%M}"},
    )  # fmt: skip


def _row(one: Issue, now) -> dict[str, Any]:
    earlier = one.repeat_of
    said = _("上一份 %(at)s 在%(point)s") % {"at": short_words(earlier.at, now=now), "point": earlier.line.point.name} if earlier else ""
    return {
        "pk": one.pk, "at": short_words(one.at, now=now), "late": one.line.written_at > one.at, "who": who_words(one), "registered": one.person_id is not None,
        "what": f"{one.good.name} {one.quantity} {one.good.unit_word}", "campaign": one.campaign.name, "point": one.line.point.name, "by": one.line.by.name,
        "repeat": said, "why": one.why, "back": short_words(one.back_at, now=now) if one.back_at else "",
    }  # fmt: skip


@page("care/issued/<int:number>/", name="care_give_back", roles=parts.KEEPERS)
def give_back_page(request: HttpRequest, number: int) -> HttpResponse:
    """He brought it back whole: what follows is shown, then it lies there again."""
    row, error, now = issues_for(request.viewer).filter(pk=number).first() if number < 2**62 else None, None, clock.now()
    if row is None:
        raise Http404
    if request.method == "POST":
        try:
            key = read_key(request.POST.get("tap", ""))
            stock.give_back(issue=row, client_key=key, by=request.viewer, now=now, why=request.POST.get("why", ""))
            messages.success(request, _("退回了，%(point)s多了 %(n)d %(unit)s。") % {"point": row.line.point.name, "n": row.quantity, "unit": row.good.unit_word})
            return redirect("admin:care_issued")
        except NotThere as missing:
            raise Http404 from missing
        except DomainError as refused:
            error = refused
    question = _("%(what)s退回了？") % {"what": row.good.name}
    return render_page(
        request, "care/admin/give_back.html", title=question, crumbs=[CRUMB, (_("发放记录"), reverse("admin:care_issued")), (question, None)], row=_row(row, now),
        question=question, error=error, typed=request.POST, tap=request.POST.get("tap") or uuid4(), back=reverse("admin:care_issued"), status=422 if error else 200,
    )  # fmt: skip
