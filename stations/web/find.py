"""`/stations/`: what is near, open now, free now, as a list and on a map. A position is asked for on a tap alone and kept nowhere."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.models import Place
from common import clock
from common.errors import DomainError
from stations.models import Service, Station
from stations.rules import maps
from stations.rules.hours import Hours
from stations.rules.kinds import ServiceKind
from stations.rules.life import StationState
from stations.rules.near import in_china
from stations.selectors.free import free_now
from stations.selectors.hours import hours_of
from stations.selectors.near import near, towns
from stations.selectors.scope import stations_for
from stations.web import words
from stations.web.house import FIRST, kept

LISTED, LOOKED_AT = 30, 120
ORDER = {StationState.OPEN: 0, StationState.PAUSED: 1, StationState.BUILDING: 2, StationState.PLANNED: 3}
AHEAD = (StationState.BUILDING, StationState.PLANNED)  # not there yet: no arrow, no figures


@dataclass(frozen=True)
class Line:
    """One station of the list. `at`: (latitude, longitude) in the coordinates of the map's ground, or None."""

    station: Station
    tone: str
    open: str
    km: str
    free: list[str]
    bed_free: bool
    at: tuple[float, float] | None

    @property
    def there(self) -> bool:
        return self.station.state not in AHEAD


@dataclass(frozen=True)
class Asked:
    """What an address asks for: a position as typed, a town, and only what is open or has a bed free."""

    at: str
    place: str
    only: str

    def query(self, **other: str) -> str:
        """The same address with something else, for the links of the page."""
        values = {"at": self.at, "place": self.place, "only": self.only} | other
        return "?" + urlencode({name: value for name, value in values.items() if value})


def _asked(request: HttpRequest) -> Asked:
    only = request.GET.get("only", "")
    return Asked(request.GET.get("at", "")[:40], request.GET.get("place", "")[:12], only if only in ("open", "bed") else "")


@kept
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The list: by distance where the driver gave his position, else open ones first; narrowed to a town, or to what is
    open or free, if asked."""
    asked = _asked(request)
    context = _context(request, asked)
    return render(request, "stations/web/index.html", context | {
        "choices": [(words_, asked.query(only=only), only == asked.only) for only, words_ in (
            ("", _("都看看")), ("open", _("现在开门")), ("bed", _("现在有空床")))],
        "map_url": reverse("stations:map") + asked.query(), "again_url": asked.query(),
        "places": Place.objects.filter(pk__in=stations_for(request.viewer).values("place")).order_by("code"),
    })  # fmt: skip


@kept
@require_safe
def on_map(request: HttpRequest) -> HttpResponse:
    """The same stations on a map, with the list below it. The one page that may ask another host for pictures, and only
    where the installation names a service of tiles."""
    asked = _asked(request)
    here = _position(asked.at)
    context = _context(request, asked) | {
        "list_url": reverse("stations:index") + asked.query(), "tiles": settings.MAP_TILES, "credit": settings.MAP_TILES_CREDIT,
        "key": (("open", _("开着")), ("shut", _("关着")), ("ahead", _("还没开"))),
        "here": _ground(*here) if here and in_china(*here) else None,
        "towns": [] if settings.MAP_TILES else [(one.name, *_ground(one.latitude, one.longitude)) for one in towns(request.viewer)],
    }  # fmt: skip
    response = render(request, "stations/web/map.html", context)
    if settings.MAP_TILES_HOST:
        response._csp_update = {"img-src": [settings.MAP_TILES_HOST]}
    return response


def _context(request: HttpRequest, asked: Asked) -> dict:
    now = clock.now()
    found, wrong, km = _found(request, asked)
    ids = [one.pk for one in found]
    hours, free = hours_of(request.viewer, ids, now=now), free_now(request.viewer, ids, now=now)
    services: dict[int, list[Service]] = {}
    for service in Service.objects.filter(station__in=ids, kind__in=FIRST, how="book", state="open"):
        services.setdefault(service.station_id, []).append(service)
    lines = [_line(one, hours[(one.pk, None)], services.get(one.pk, []), free, km.get(one.pk), now=now) for one in found]
    if asked.only:
        lines = [one for one in lines if one.tone == "ok" and (asked.only == "open" or one.bed_free)]
    return {"lines": lines[:LISTED], "as_of": clock.local(now), "wrong": wrong, "located": bool(km), "asked": asked}


def _found(request: HttpRequest, asked: Asked) -> tuple[list[Station], str, dict[int, float]]:
    most = LOOKED_AT if asked.only else LISTED
    if not asked.at:
        return _listed(request, asked, most), "", {}
    here = _position(asked.at)
    try:
        if here is None:
            raise DomainError(_("位置没看懂，请再定位一次，或者从镇街里选"), field="position", code="invalid")
        close = near(request.viewer, *here, most=most)
    except DomainError as error:
        return _listed(request, asked, most), error.message, {}
    return [one.station for one in close], "", {one.station.pk: one.km for one in close}


def _position(text: str) -> tuple[float, float] | None:
    """Degrees of "34.10,117.30"; None for what is no pair of numbers."""
    latitude, _comma, longitude = text.partition(",")
    try:
        return float(latitude), float(longitude)
    except ValueError:
        return None


def _listed(request: HttpRequest, asked: Asked, most: int) -> list[Station]:
    rows = stations_for(request.viewer).exclude(state=StationState.CLOSED)
    if asked.place:
        rows = rows.filter(place__code=asked.place)
    return sorted(rows[: 10 * LISTED], key=lambda one: (ORDER.get(one.state, 9), one.kind != Station.Kind.CENTRE, one.slug))[:most]


def _line(station: Station, hours: Hours, services: list[Service], free: dict, km: float | None, *, now) -> Line:
    tone, said = words.open_words(station, hours, now=now)
    counts, bed_free = [], False
    if station.state == StationState.OPEN:
        for service in sorted(services, key=lambda one: FIRST.index(one.kind)):
            of = free.get(service.pk)
            if of is not None:
                counts.append(_("%(what)s %(free)d / %(all)d") % {"what": words.free_name(service), "free": of.free, "all": of.all})
                bed_free = bed_free or (service.kind == ServiceKind.LODGING and of.free > 0)
    far = "" if km is None else _("1 公里内") if km < 1 else _("%(km).0f 公里") % {"km": km}
    at = None if station.latitude is None or station.longitude is None else _ground(station.latitude, station.longitude)
    return Line(station, tone, said, far, counts, bed_free, at)


def _ground(latitude: float, longitude: float) -> tuple[float, float]:
    """A position in the coordinates that the ground of the map is drawn in."""
    return maps.to_gcj02(latitude, longitude) if settings.MAP_TILES_GCJ else (latitude, longitude)
