"""`/care/card`: what a driver shows to get something: a code to scan, and four digits when he asks for them."""

from __future__ import annotations

import io

import segno
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from care.services import cards
from common import clock
from common.errors import DomainError


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def card(request: HttpRequest) -> HttpResponse:
    """His code, and his digits once he has asked for them; whoever is not signed in is led there first."""
    if request.viewer.person_id is None:
        return redirect(f"{settings.LOGIN_URL}?next={request.path}")
    full = ""
    if request.method == "POST":
        try:
            cards.card_of(by=request.viewer, now=clock.now())
            return redirect("care:card")
        except DomainError as error:
            full = error.message
    return render(request, "care/web/issue_card.html", {"row": cards.standing(by=request.viewer, now=clock.now()), "full": full})


@never_cache
@require_safe
def qr(request: HttpRequest) -> HttpResponse:
    """The same person as a code to scan."""
    if request.viewer.person_id is None:
        return redirect(f"{settings.LOGIN_URL}?next={request.path}")
    out = io.BytesIO()
    segno.make(cards.sealed(by=request.viewer, now=clock.now()), error="l", micro=False).save(out, kind="svg", border=2, omitsize=True, light="white")
    return HttpResponse(out.getvalue(), content_type="image/svg+xml")
