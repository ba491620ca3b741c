"""`/care/issue/`: whoever works at an exit hands out, with his phone in one hand. Works without a script, and without signal.

With a script each hand-out is written into the phone first and sent from there (static/care/issue.js); a worker that is
limited to these addresses keeps the page (static/care/issue-worker.js). Here is the way of the plain form.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.contrib import messages
from django.contrib.staticfiles import finders
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from care.models import Issue, Offer, Point
from care.selectors.scope import KEEPERS, points_kept
from care.selectors.stock import heaps_for, just_given, offers_now
from care.services import issuing
from care.services.stock import Heap
from common import clock
from common.errors import DomainError, NotThere
from common.identifiers import small_number
from common.masks import mask_name, mask_plate
from common.reading import read_key
from common.words import moment_words

FIELDS = {"what": 12, "quantity": 6, "card": 300, "plate": 16, "tail": 8, "anyway": 120, "client_key": 36}
KEPT_FILES = ("site/site.css", "site/site.js", "site/icons.svg", "site/mark.svg", "care/issue.css", "care/issue.js")


def keepers_only(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """For who keeps points; whoever is not signed in (any more) is led to the sign-in and back."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect(f"{reverse('accounts:staff')}?next={request.path}")
        if not (request.viewer.second_factor and request.viewer.has_role(*KEEPERS)):
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


@never_cache
@require_safe
@keepers_only
def index(request: HttpRequest) -> HttpResponse:
    """The one point of who keeps one; whoever keeps several chooses."""
    points = list(points_kept(request.viewer))
    if len(points) == 1:
        return redirect("care:issue-point", code=points[0].code)
    return render(request, "care/web/issue_points.html", {"points": points})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@keepers_only
def point(request: HttpRequest, code: str) -> HttpResponse:
    """Hand out at this point. A second time in a period is asked about first."""
    row = points_kept(request.viewer).filter(code=code).first()
    if row is None:
        raise Http404
    now, typed, error = clock.now(), {}, None
    if request.method == "POST":
        typed = {name: request.POST.get(name, "").strip()[:most] for name, most in FIELDS.items()}
        try:
            made = issuing.issue(give=_give(request, row, typed, now), by=request.viewer, now=now)
            messages.success(request, _("发了：%(what)s，%(who)s") % {"what": made.good.name, "who": who_words(made)})
            return redirect("care:issue-point", code=code)
        except NotThere as missing:
            raise Http404 from missing
        except DomainError as refused:
            error = refused
    return render(request, "care/web/issue.html", _context(request, row, typed, error, now), status=422 if error else 200)


def _give(request: HttpRequest, row: Point, typed: dict[str, str], now: datetime) -> issuing.Give:
    """Raises DomainError at the field that cannot be read."""
    wanted = small_number(typed["what"])
    offer = next((one for one in offers_now(request.viewer, now=now) if one.pk == wanted), None)
    if offer is None:
        raise DomainError(_("选发什么；没有的，活动已经结束或者停了"), field="what", code="required")
    quantity = small_number(typed["quantity"] or "1")
    if quantity is None:
        raise DomainError(_("几份，写一个整数"), field="quantity", code="quantity")
    return issuing.Give(
        read_key(typed["client_key"]), Heap(offer.campaign, row, offer.good), quantity, plate=typed["plate"], tail=typed["tail"], card=typed["card"],
        anyway=typed["anyway"],
    )  # fmt: skip


def _context(request: HttpRequest, row: Point, typed: dict[str, str], error: DomainError | None, now: datetime) -> dict[str, Any]:
    field = error.field if error and error.field in FIELDS else "plate"
    left = {(one.campaign_id, one.good_id): one.left for one in heaps_for(request.viewer, row)}
    offers = [_option(one, left.get((one.campaign_id, one.good_id), 0)) for one in offers_now(request.viewer, now=now)]
    picked = typed.get("what") or next((str(one["pk"]) for one in offers if one["left"]), str(offers[0]["pk"]) if offers else "")
    return {
        "point": row, "offers": offers, "picked": picked, "several": any(one["each"] > 1 for one in offers), "typed": typed, "at": now,
        "wrong": {field: error.message} if error else {}, "errors": [(field, error.message)] if error else [],
        "repeat": bool(error and error.code == "repeat") or bool(typed.get("anyway")), "client_key": typed.get("client_key") or uuid4(),
        "given": [given_row(one, now) for one in just_given(request.viewer, row)], "holder": request.user.key,
        "csrf_cookie": settings.CSRF_COOKIE_NAME, "many_points": points_kept(request.viewer)[1:2],
    }  # fmt: skip


def _option(one: Offer, left: int) -> dict[str, Any]:
    return {
        "pk": one.pk, "campaign": one.campaign.code, "campaign_name": one.campaign.name, "good": one.good.name, "unit": one.good.unit_word, "left": left,
        "each": one.each, "period": one.get_period_display(),
    }  # fmt: skip


def who_words(row: Issue) -> str:
    """The plate behind its mask, or the name behind its."""
    return mask_plate(row.plate) if row.plate else mask_name(row.person.name) if row.person else ""


def given_row(row: Issue, now: datetime) -> dict[str, Any]:
    """One of the last hand-outs, as the page and the staff's list show it."""
    return {
        "pk": row.pk, "at": moment_words(row.at, now), "what": f"{row.good.name} {row.quantity} {row.good.unit_word}", "who": who_words(row),
        "repeat": row.repeat_of_id is not None, "why": row.why, "back": row.back_at is not None,
    }  # fmt: skip


@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """The worker that keeps these pages and their files on the phone. It stands below their address, which limits it to them."""
    path = finders.find("care/issue-worker.js")
    with open(path, encoding="utf-8") as source:
        text = source.read()
    head = f"var FILES = {json.dumps([static(name) for name in KEPT_FILES])};\n"
    return HttpResponse(head + text, content_type="text/javascript; charset=utf-8", headers={"Cache-Control": "no-cache"})
