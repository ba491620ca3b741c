"""The ticket in the hand: the code, the way there, cancel, how it was; one's own bookings; a place in the line."""

from __future__ import annotations

import io
from urllib.parse import urlencode
from uuid import UUID

import segno
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from common import clock
from common.errors import DomainError
from common.identifiers import small_number
from stations.models import Booking, Service, StandBy
from stations.rules.hours import Span
from stations.rules.kinds import ServiceKind
from stations.rules.life import BookingMove, BookingState, StationState, booking_moves
from stations.selectors.scope import by_key, own_bookings, waiting_by_key
from stations.services import bookings, desk, waiting
from stations.web import facts, words

FIVE = ((5, _("很好")), (4, _("好")), (3, _("一般")), (2, _("不好")), (1, _("很不好")))
MOST = 50


@never_cache
@require_safe
def ticket(request: HttpRequest, key: UUID) -> HttpResponse:
    """What he shows at the desk."""
    return _show(request, _mine(request, key))


def _show(request: HttpRequest, row: Booking, *, wrong: str = "", typed: dict | None = None) -> HttpResponse:
    """The ticket; `wrong` says why a rating was not taken, and what was `typed` stays."""
    now, span, rating = clock.now(), Span(row.starts_at, row.ends_at), getattr(row, "rating", None)
    typed = typed or {"score": rating and rating.value, "words": rating.words if rating else ""}
    return render(request, "stations/web/ticket.html", {
        "row": row, "when": words.slot_words(row.service, span, now), "what": words.short_name(row.service), "live": row.state == BookingState.BOOKED,
        "keep": words.keep_words(row.service, span, row.made_at), "price": words.price_words(row.service), "may_cancel": BookingMove.CANCEL in booking_moves(row.state),
        "rating": rating, "may_rate": row.state in (BookingState.IN_HOUSE, BookingState.DONE), "five": FIVE, "typed": typed,
        "errors": [("score", wrong)] if wrong else [], "ways": facts.ways(row.station), "stopped": _stopped(row), "near_url": _near(row),
        "taken": row.state == BookingState.CANCELLED and bool(row.ended_why),
    }, status=422 if wrong else 200)  # fmt: skip


def _stopped(row: Booking) -> str:
    """Why the house or the service he is in stops, or ""."""
    if row.state != BookingState.IN_HOUSE:
        return ""
    if row.station.state != StationState.OPEN:
        return row.station.paused_why or str(row.station.get_state_display())
    return row.service.paused_why if row.service.state != Service.State.OPEN else ""


def _near(row: Booking | StandBy) -> str:
    """The list, nearest to the house that failed him first, with what has a bed where it was a bed."""
    house, bed = row.service.station, row.service.kind == ServiceKind.LODGING
    at = f"{house.latitude:.2f},{house.longitude:.2f}" if house.latitude is not None and house.longitude is not None else ""
    asked = {name: value for name, value in (("at", at), ("only", "bed" if bed else "open")) if value}
    return f"{reverse('stations:index')}?{urlencode(asked)}"


@never_cache
@require_safe
def qr(request: HttpRequest, key: UUID) -> HttpResponse:
    """The ticket's own address, for the desk to scan."""
    row = _mine(request, key)
    out = io.BytesIO()
    address = f"{settings.SITE_URL}{reverse('stations:ticket', args=[row.key])}"
    segno.make(address, error="l", micro=False).save(out, kind="svg", border=0, omitsize=True)
    return HttpResponse(out.getvalue(), content_type="image/svg+xml")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def cancel(request: HttpRequest, key: UUID) -> HttpResponse:
    """Give it back: the second of two steps."""
    row = _mine(request, key)
    if BookingMove.CANCEL not in booking_moves(row.state):
        return redirect("stations:ticket", key=row.key)
    if request.method == "POST":
        bookings.cancel(booking=row, by=request.viewer, now=clock.now())
        return redirect("stations:ticket", key=row.key)
    when = words.slot_words(row.service, Span(row.starts_at, row.ends_at), clock.now())
    return render(request, "stations/web/cancel.html", {"row": row, "when": when, "what": words.short_name(row.service)})


@never_cache
@require_http_methods(["POST"])
def rate(request: HttpRequest, key: UUID) -> HttpResponse:
    """How it was, in five words."""
    row, value = _mine(request, key), small_number(request.POST.get("score", ""))
    try:
        desk.rate(booking=row, value=value or 0, words=request.POST.get("words", "")[:400], by=request.viewer, now=clock.now())
    except DomainError as error:
        return _show(request, row, wrong=error.message, typed={"score": value, "words": request.POST.get("words", "")[:400]})
    return redirect("stations:ticket", key=row.key)


@never_cache
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """His own, made with his account, newest first."""
    viewer, now = request.viewer, clock.now()
    if viewer.person_id is None:
        return render(request, "stations/web/mine_in.html", {"next": reverse("stations:mine")})
    rows = own_bookings(viewer).order_by("-starts_at", "-pk")[:MOST]
    lines = [{"row": one, "when": words.slot_words(one.service, Span(one.starts_at, one.ends_at), now), "what": words.short_name(one.service)} for one in rows]
    line = StandBy.objects.filter(person_id=viewer.person_id, state=StandBy.State.WAITING).select_related("service__station__unit")
    return render(request, "stations/web/mine.html", {"lines": lines, "waiting": line})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def line(request: HttpRequest, key: UUID) -> HttpResponse:
    """His place in the line; what came of it; he may stop waiting."""
    row = waiting_by_key(request.viewer, key)
    if row is None:
        raise Http404
    if row.booking is not None:
        return redirect("stations:ticket", key=row.booking.key)
    if request.method == "POST" and row.state == StandBy.State.WAITING:
        waiting.leave(waiting=row, by=request.viewer, now=clock.now())
        return redirect("stations:line", key=row.key)
    context = {
        "row": row, "place": waiting.place_of(row) if row.state == StandBy.State.WAITING else 0, "near_url": _near(row), "what": words.short_name(row.service),
        "when": words.slot_words(row.service, Span(row.starts_at, row.ends_at), clock.now()),
    }  # fmt: skip
    return render(request, "stations/web/line.html", context)


def _mine(request: HttpRequest, key: UUID) -> Booking:
    row = by_key(request.viewer, key)
    if row is None:
        raise Http404
    return row
