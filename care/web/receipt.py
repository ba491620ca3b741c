"""收条: the cash is in his hand, and he signs on his own phone, drawn or by his typed name; taken back until it is written down."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from care.models import Receipt
from care.rules.applications import State
from care.services import receipts, signatures
from care.web import words
from care.web.mine import own_or_404
from common import clock, limits
from common.errors import DomainError, NotThere

OFTEN = ((20, timedelta(minutes=10)),)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign(request: HttpRequest, key: UUID) -> HttpResponse:
    """The receipt of one application, for him alone whom it is for."""
    row, now = own_or_404(request, key), clock.now()
    if row.person_id != request.viewer.person_id or row.state != State.APPROVED:
        raise Http404
    wrong: dict[str, str] = {}
    if request.method == "POST":
        try:
            _act(request, row, now=now)
            return redirect("care:asked", key=key)
        except NotThere:
            raise Http404 from None
        except DomainError as refused:
            wrong[refused.field or "signature"] = refused.message
    context = {
        "row": row, "yuan": words.yuan(row.approved_fen), "what": row.get_kind_display(), "name": row.person.name, "wrong": wrong,
        "errors": list(wrong.items()), "typed": request.POST.get("typed", "")[:80], "signed": Receipt.objects.filter(application=row).first(),
    }  # fmt: skip
    return render(request, "care/web/receipt.html", context, status=422 if wrong else 200)


def _act(request: HttpRequest, row, *, now) -> None:
    limits.hit("care.sign", f"person:{request.viewer.person_id}", now=now, limits=OFTEN)
    if request.POST.get("act") == "take_back":
        receipts.take_back(application=row, by=request.viewer, now=now)
        return
    drawn = signatures.drawn_of(request.POST.get("drawn", ""))
    typed = "" if drawn else request.POST.get("typed", "")[:80]
    receipts.sign(application=row, by=request.viewer, now=now, drawn=drawn, typed=typed)
