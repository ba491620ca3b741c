"""`/stations/<house>`: open now, free now, and booked in three taps. Links choose, so no script is needed."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from common import clock
from stations.models import Service, Station
from stations.rules.hours import Span
from stations.rules.kinds import How, ServiceKind
from stations.rules.life import StationState
from stations.rules.slots import slots
from stations.selectors.free import Free, free_in_slots, free_now
from stations.selectors.hours import hours_of
from stations.selectors.scope import stations_for
from stations.web import words

DAYS_SHOWN, FIRST = 3, (ServiceKind.LODGING, ServiceKind.PARKING, ServiceKind.SHOWER)


def house_of(request: HttpRequest, slug: str) -> Station:
    """The house of an address. Raises Http404."""
    found = stations_for(request.viewer).filter(slug=slug).first()
    if found is None:
        raise Http404
    return found


@never_cache
@require_safe
def house(request: HttpRequest, slug: str) -> HttpResponse:
    """One house as it is now."""
    return render(request, "stations/web/house.html", page_of(request, house_of(request, slug), now=clock.now()))


def page_of(request: HttpRequest, station: Station, *, now: datetime, typed: dict | None = None, wrong: dict | None = None) -> dict[str, Any]:
    """Everything the page shows; `typed` and `wrong` when a booking was refused."""
    viewer, typed = request.viewer, typed or {}
    services = list(station.services.all())
    hours = hours_of(viewer, [station.pk], now=now)
    own = hours[(station.pk, None)]
    tone, said = words.open_words(station, own, now=now)
    booked = [one for one in services if one.how == How.BOOK and one.state == Service.State.OPEN] if station.state == StationState.OPEN else []
    booked.sort(key=lambda one: FIRST.index(one.kind) if one.kind in FIRST else len(FIRST))
    free = free_now(viewer, [station.pk], now=now) if booked else {}
    wanted = typed.get("service") or request.GET.get("service", "")
    chosen = next((one for one in booked if str(one.pk) == wanted), booked[0] if booked else None)
    choice = _choice(request, chosen, hours.get((station.pk, chosen.pk)) or own, now=now, starts=typed.get("starts")) if chosen else {}
    rest = [one for one in services if one not in booked]
    return {
        "station": station, "tone": tone, "open": said, "until": words.until_words(own, now=now) if tone == "ok" else "",
        "tiles": [{"words": _("空%(what)s") % {"what": _tile(one)}, "of": free.get(one.pk, Free(0, 0))} for one in booked[:3]],
        "as_of": clock.local(now), "booked": [{"service": one, "words": words.short_name(one)} for one in booked], "chosen": chosen,
        "others": [{"words": one.get_kind_display(), "said": _said(one, hours.get((station.pk, one.pk)) or own, now)} for one in rest],
        "map_url": _map(station), "typed": typed, "wrong": wrong or {}, "errors": list((wrong or {}).items()),
        "client_key": typed.get("client_key") or uuid4(), "signed_in": viewer.person_id is not None,
    } | choice  # fmt: skip


def _choice(request: HttpRequest, service: Service, hours, *, now: datetime, starts: str | None) -> dict[str, Any]:
    """The days and slots of the chosen service, how much of each is left, and which is chosen."""
    today, plan = clock.today(now), service.plan
    by_day = []
    for ahead in range(min(DAYS_SHOWN, service.days_ahead + 1)):
        day = today + timedelta(days=ahead)
        found = [slot for slot in slots(plan, day, hours.spans(day)) if slot.ends > now]
        by_day += [(day, slot) for slot in found]
    frees = free_in_slots(request.viewer, service, [slot for _day, slot in by_day])
    options = [_option(service, day, slot, free, now) for (day, slot), free in zip(by_day, frees, strict=True)]
    wanted_day = _day(request.GET.get("day", "")) or _day((starts or "")[:10])
    days = sorted({one["day"] for one in options})
    shown = wanted_day if wanted_day in days else next(iter(days), None)
    options_shown = [one for one in options if one["day"] == shown] if service.minutes else options
    asked = starts or request.GET.get("starts", "")
    picked = next((one for one in options_shown if one["starts"] == asked), None)
    picked = picked or next((one for one in options_shown if one["free"] > 0), options_shown[0] if options_shown else None)
    return {
        "options": options_shown, "picked": picked, "by_night": service.minutes == 0,
        "days": [{"day": day, "words": words.day_near(day, now), "on": day == shown} for day in days] if service.minutes else [],
        "price": words.price_words(service), "keep": words.keep_words(service, picked["span"], now) if picked else "",
        "do": words.do_words(service), "asks_length": service.kind == ServiceKind.PARKING,
    }  # fmt: skip


def _option(service: Service, day: date, slot: Span, free: Free, now: datetime) -> dict[str, Any]:
    return {
        "day": day, "span": slot, "starts": slot.starts.isoformat(), "free": free.free, "left": words.left_words(service, free.free),
        "words": words.night_near(day, now) if service.minutes == 0 else f"{clock.local(slot.starts):%H:%M}",
    }  # fmt: skip


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _tile(service: Service) -> str:
    return {ServiceKind.LODGING: _("床"), ServiceKind.PARKING: _("车位")}.get(ServiceKind(service.kind)) or words.short_name(service)


def _said(service: Service, hours, now: datetime) -> str:
    """What stands beside a service that is not booked: paused and why, 到店排队, its hours and price."""
    if service.state != Service.State.OPEN:
        return _("暂停：%(why)s") % {"why": service.paused_why}
    parts = [service.words or words.today_words(hours, now=now)]
    if service.price_fen:
        parts.append(words.price_words(service))
    if service.how == How.QUEUE:
        parts.append(_("到店排队"))
    return "，".join(parts)


def _map(station: Station) -> str:
    """A link that the phone's own map app opens (RFC 5870)."""
    if station.latitude is None:
        return ""
    return f"geo:{station.latitude:.6f},{station.longitude:.6f}?q={station.latitude:.6f},{station.longitude:.6f}"
