"""`/stations/<house>`: open now, free now, and booked in three taps. Links choose, so no script is needed."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from common import clock, stored_files
from stations.models import Service, Station
from stations.rules.kinds import How, ServiceKind
from stations.rules.life import StationState
from stations.selectors.free import Free, free_now
from stations.selectors.homes import public_home
from stations.selectors.hours import hours_of
from stations.selectors.photos import photo_by_key, photos_of
from stations.selectors.ratings import rated
from stations.selectors.scope import stations_for
from stations.selectors.shifts import on_duty
from stations.web import facts, words
from stations.web.choice import choice

FIRST = (ServiceKind.LODGING, ServiceKind.PARKING, ServiceKind.SHOWER)
# Public pages of the stations may be kept by the phone that saw them, and are asked for anew while there is a line: going
# back without a signal shows the last numbers, with the time they are from.
kept = cache_control(private=True, max_age=0)


def house_of(request: HttpRequest, slug: str) -> Station:
    """The house of an address. Raises Http404."""
    found = stations_for(request.viewer).filter(slug=slug).first()
    if found is None:
        raise Http404
    return found


@kept
@require_safe
def house(request: HttpRequest, slug: str) -> HttpResponse:
    """One house as it is now."""
    return render(request, "stations/web/house.html", page_of(request, house_of(request, slug), now=clock.now()))


@require_safe
def photo(request: HttpRequest, key: UUID) -> HttpResponse:
    """One picture of a house; its address never shows another one."""
    row = photo_by_key(request.viewer, key)
    if row is None:
        raise Http404
    try:
        data = stored_files.open_served(row.served, root=settings.DATA_DIR)
    except FileNotFoundError as gone:
        raise Http404 from gone
    return HttpResponse(data, content_type="image/jpeg", headers={"Cache-Control": "public, max-age=31536000, immutable"})


def page_of(request: HttpRequest, station: Station, *, now: datetime, typed: dict | None = None, wrong: dict | None = None) -> dict[str, Any]:
    """Everything the page shows; `typed` and `wrong` when a booking was refused."""
    viewer, typed = request.viewer, typed or {}
    services = list(station.services.all())
    hours = hours_of(viewer, [station.pk], now=now)
    own = hours[(station.pk, None)]
    tone, said = words.open_words(station, own, now=now)
    booked = _booked(station, services)
    free = free_now(viewer, [station.pk], now=now) if booked else {}
    wanted = typed.get("service") or request.GET.get("service", "")
    chosen = next((one for one in booked if str(one.pk) == wanted), booked[0] if booked else None)
    chosen_hours = hours.get((station.pk, chosen.pk)) or own if chosen else own
    return {
        "station": station, "tone": tone, "open": said, "until": words.until_words(own, now=now) if tone == "ok" else "",
        "tiles": [{"words": words.free_name(one), "of": free.get(one.pk, Free(0, 0))} for one in booked[:3]],
        "as_of": clock.local(now), "duty": on_duty(viewer, [station.pk], now=now).get(station.pk, ""), "booked": [{"service": one, "words": words.short_name(one)} for one in booked], "chosen": chosen,
        "others": facts.others([one for one in services if one not in booked], hours), "soon": facts.soon(own, now=now),
        "ways": facts.ways(station), "photos": list(photos_of(viewer, station)),
        "rated": facts.rating_words(rated(viewer, station, now=now)) if station.state in (StationState.OPEN, StationState.PAUSED) else "",
        "home": public_home(viewer, station, now=now), "typed": typed, "wrong": wrong or {}, "errors": list((wrong or {}).items()),
        "client_key": typed.get("client_key") or uuid4(), "signed_in": viewer.person_id is not None,
    } | (choice(request, chosen, chosen_hours, now=now, starts=typed.get("starts")) if chosen else {})  # fmt: skip


def _booked(station: Station, services: list[Service]) -> list[Service]:
    """What can be booked here today, what drivers want most first."""
    if station.state != StationState.OPEN:
        return []
    found = [one for one in services if one.how == How.BOOK and one.state == Service.State.OPEN]
    return sorted(found, key=lambda one: FIRST.index(one.kind) if one.kind in FIRST else len(FIRST))

