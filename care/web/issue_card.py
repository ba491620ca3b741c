"""`/care/card`: what a driver shows to get something. Four digits and a code to scan; a new one after a quarter of an hour."""

from __future__ import annotations

import io

import segno
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from care.services import cards
from common import clock


@never_cache
@require_safe
def card(request: HttpRequest) -> HttpResponse:
    """His digits; whoever is not signed in is led there first."""
    if request.viewer.person_id is None:
        return redirect(f"{settings.LOGIN_URL}?next={request.path}")
    row = cards.card_of(by=request.viewer, now=clock.now())
    return render(request, "care/web/issue_card.html", {"code": row.code, "ends": row.ends_at})


@never_cache
@require_safe
def qr(request: HttpRequest) -> HttpResponse:
    """The same person as a code to scan."""
    if request.viewer.person_id is None:
        return redirect(f"{settings.LOGIN_URL}?next={request.path}")
    out = io.BytesIO()
    segno.make(cards.sealed(by=request.viewer, now=clock.now()), error="l", micro=False).save(out, kind="svg", border=2, omitsize=True, light="white")
    return HttpResponse(out.getvalue(), content_type="image/svg+xml")
