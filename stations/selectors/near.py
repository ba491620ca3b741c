"""Stations near a position, nearest first: a box that the index reads, then the great circle."""

from __future__ import annotations

import heapq
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.rules.viewer import Viewer
from common.errors import DomainError
from stations.models import PlacePoint, Station
from stations.rules import near as rules
from stations.rules.life import StationState
from stations.selectors.scope import stations_for

ENOUGH = 20


@dataclass(frozen=True)
class Town:
    """Where a town lies, for whoever reads a map without ground."""

    name: str
    latitude: float
    longitude: float


def towns(viewer: Viewer) -> list[Town]:
    """The places of the district whose position is known; public, like the map of it."""
    rows = PlacePoint.objects.order_by("place__code").values_list("place__name", "latitude", "longitude")
    return [Town(*row) for row in rows]


@dataclass(frozen=True)
class Near:
    station: Station
    km: float


def near(viewer: Viewer, latitude: float, longitude: float, *, most: int = ENOUGH) -> list[Near]:
    """At most `most` stations that are not closed, the nearest first. Raises DomainError for a position outside China."""
    if not rules.in_china(latitude, longitude):
        raise DomainError(_("这个位置不在国内，请再定位一次，或者从镇街里选"), field="position", code="far_away")
    found: list[tuple[float, int]] = []
    for km in rules.RINGS_KM:
        found = [pair for pair in _within(stations_for(viewer), latitude, longitude, km) if pair[0] <= km]
        if len(found) >= most:
            break
    nearest = heapq.nsmallest(most, found)
    rows = stations_for(viewer).in_bulk([pk for _km, pk in nearest])
    return [Near(rows[pk], km) for km, pk in nearest if pk in rows]


def _within(rows: QuerySet[Station], latitude: float, longitude: float, km: float) -> list[tuple[float, int]]:
    """(kilometres, station) of what lies in the box: positions alone, for there may be thousands."""
    south, north, west, east = rules.box(latitude, longitude, km)
    rows = rows.exclude(state=StationState.CLOSED).order_by()
    rows = rows.filter(latitude__gte=south, latitude__lte=north, longitude__gte=west, longitude__lte=east)
    positions = rows.values_list("pk", "latitude", "longitude")
    return [(rules.distance_km(latitude, longitude, lat, lon), pk) for pk, lat, lon in positions]
