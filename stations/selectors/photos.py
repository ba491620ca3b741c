"""Pictures of the houses: public, like the houses."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from django.db.models import QuerySet

from accounts.rules.viewer import NOBODY, Viewer
from stations.models import HousePhoto, Station
from stations.selectors.scope import kept_by, stations_for


def photos_of(viewer: Viewer, station: Station) -> QuerySet[HousePhoto]:
    """The pictures of a house that he may see, in their order."""
    return HousePhoto.objects.filter(station=station, station__in=stations_for(viewer))


def photo_by_key(viewer: Viewer, key: UUID) -> HousePhoto | None:
    return HousePhoto.objects.filter(key=key, station__in=stations_for(viewer)).first()


def kept_photo(viewer: Viewer, station: Station, number: int | None) -> HousePhoto | None:
    """One picture of a house that he keeps; None for any other."""
    rows = HousePhoto.objects.filter(station=station, station__in=kept_by(viewer))
    return rows.filter(pk=number).first() if number is not None else None


def stored_names(viewer: Viewer = NOBODY) -> Iterator[str]:
    """Files that rows of this room name, so that no sweep takes them for orphans."""
    for served, sealed in HousePhoto.objects.values_list("served", "sealed"):
        yield from (served, sealed)
