"""`/stations/`: what is near, open now, free now. A position is asked for on a tap alone and kept nowhere."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.models import Place
from common import clock
from common.errors import DomainError
from stations.models import Service, Station
from stations.rules.hours import Hours
from stations.rules.kinds import ServiceKind
from stations.rules.life import StationState
from stations.selectors.free import free_now
from stations.selectors.hours import hours_of
from stations.selectors.near import near
from stations.selectors.scope import stations_for
from stations.web import words

LISTED = 30
FIRST = (ServiceKind.LODGING, ServiceKind.PARKING, ServiceKind.SHOWER)
ORDER = {StationState.OPEN: 0, StationState.PAUSED: 1, StationState.BUILDING: 2, StationState.PLANNED: 3}


@dataclass(frozen=True)
class Line:
    """One station of the list."""

    station: Station
    tone: str
    open: str
    km: str
    free: list[str]


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The list: by distance where the driver gave his position, else open ones first; narrowed to a town if asked."""
    now, place = clock.now(), request.GET.get("place", "")[:12]
    found, wrong, km = _found(request, place)
    ids = [one.pk for one in found]
    hours, free = hours_of(request.viewer, ids, now=now), free_now(request.viewer, ids, now=now)
    services: dict[int, list[Service]] = {}
    for service in Service.objects.filter(station__in=ids, kind__in=FIRST, how="book", state="open"):
        services.setdefault(service.station_id, []).append(service)
    lines = [_line(one, hours[(one.pk, None)], services.get(one.pk, []), free, km.get(one.pk), now=now) for one in found]
    context = {
        "lines": lines, "as_of": clock.local(now), "wrong": wrong, "located": bool(km), "place": place,
        "places": Place.objects.filter(pk__in=stations_for(request.viewer).values("place")).order_by("code"),
    }  # fmt: skip
    return render(request, "stations/web/index.html", context)


def _found(request: HttpRequest, place: str) -> tuple[list[Station], str, dict[int, float]]:
    at = request.GET.get("at", "")[:40]
    if at:
        try:
            latitude, _comma, longitude = at.partition(",")
            close = near(request.viewer, float(latitude), float(longitude), most=LISTED)
            return [one.station for one in close], "", {one.station.pk: one.km for one in close}
        except (ValueError, DomainError) as error:
            return _listed(request, place), getattr(error, "message", "") or "位置没看懂，请从镇街里选", {}
    return _listed(request, place), "", {}


def _listed(request: HttpRequest, place: str) -> list[Station]:
    rows = stations_for(request.viewer).exclude(state=StationState.CLOSED)
    if place:
        rows = rows.filter(place__code=place)
    return sorted(rows[: 10 * LISTED], key=lambda one: (ORDER.get(one.state, 9), one.slug))[:LISTED]


def _line(station: Station, hours: Hours, services: list[Service], free: dict, km: float | None, *, now) -> Line:
    tone, said = words.open_words(station, hours, now=now)
    counts = []
    if station.state == StationState.OPEN:
        for service in services:
            of = free.get(service.pk)
            if of is not None:
                counts.append(f"{words.short_name(service)} {of.free}/{of.all}")
    return Line(station, tone, said, f"{km:.0f} 公里" if km is not None and km >= 1 else "1 公里内" if km is not None else "", counts)
