"""`/stations/<house>/book`: the third tap. What was typed stays when something is wrong; a full slot offers the line."""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts.web.entry import address_of
from common import clock
from common.clock import SHANGHAI
from common.errors import DomainError, TooOften
from common.identifiers import small_number
from common.reading import read_key
from stations.models import Service
from stations.services import bookings, waiting
from stations.web.house import house_of, page_of

FIELDS = {"service": 12, "starts": 40, "phone": 20, "plate": 16, "length": 6, "client_key": 36}


@never_cache
@require_POST
def book(request: HttpRequest, slug: str) -> HttpResponse:
    """Book the slot, or stand in its line (`act=wait`)."""
    now, station = clock.now(), house_of(request, slug)
    typed = {name: request.POST.get(name, "").strip()[:most] for name, most in FIELDS.items()}
    try:
        wish = _wish(station, typed)
        if request.POST.get("act") == "wait":
            row = waiting.join(wish=wish, by=request.viewer, caller=address_of(request), now=now)
            return redirect("stations:line", key=row.key)
        row = bookings.book(wish=wish, by=request.viewer, caller=address_of(request), now=now)
        return redirect("stations:ticket", key=row.key)
    except DomainError as error:
        if error.code == "key_used":  # he came back to a page that had booked already: this is a new form
            typed["client_key"] = str(uuid4())
        wrong = {_field(error): error.message}
        context = page_of(request, station, now=now, typed=typed, wrong=wrong) | {"full": error.code == "full"}
        return render(request, "stations/web/house.html", context, status=429 if isinstance(error, TooOften) else 422)


def _field(error: DomainError) -> str:
    return error.field if error.field in ("phone", "plate", "length") else "when"


def _wish(station, typed: dict[str, str]) -> bookings.Wish:
    """Raises DomainError at the field that cannot be read."""
    pk = small_number(typed["service"])
    service = Service.objects.select_related("station").filter(station=station, pk=pk or 0).first()
    if service is None:
        raise DomainError(_("请先选要什么"), field="when", code="required")
    try:
        starts = datetime.fromisoformat(typed["starts"])
    except ValueError:
        starts = None
    if starts is None or starts.tzinfo is None or not 2000 <= starts.year <= 9998:
        raise DomainError(_("请选一个时间"), field="when", code="required")
    return bookings.Wish(
        client_key=read_key(typed["client_key"]), service=service, starts=starts.astimezone(SHANGHAI), phone=typed["phone"], plate=typed["plate"],
        length_dm=_length(typed["length"]),
    )  # fmt: skip


def _length(text: str) -> int | None:
    """Decimetres of "17.5" metres; None where nothing was typed. Raises DomainError."""
    if not text:
        return None
    try:
        metres = float(text.replace("米", "").strip())
    except ValueError:
        metres = -1.0
    if not 2 <= metres <= 40:
        raise DomainError(_("车长写米数，比如 17.5"), field="length")
    return round(metres * 10)
