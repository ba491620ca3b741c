"""What an act would do to those who have booked, counted before anything is done."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, QuerySet

from accounts.rules.viewer import Viewer
from stations.models import Booking, Resource, Service, StandBy, Station
from stations.rules.hours import Span
from stations.rules.life import LIVE, BookingState
from stations.selectors.free import free_resources


@dataclass(frozen=True)
class Consequence:
    """How many are moved to another place, and how many lose theirs; how many wait for nothing then; how many are in."""

    moved: int
    lost: int
    waiting: int = 0
    inside: int = 0


def of_resource(viewer: Viewer, resource: Resource) -> Consequence:
    """If this bed went out of order: who would get another one of the same service in his slot, and who would not."""
    moved, given = 0, list[tuple[int, Booking]]()
    rows = list(Booking.objects.filter(resource=resource, state=BookingState.BOOKED).select_related("service").order_by("starts_at"))
    for row in rows:
        taken = {pk for pk, other in given if other.starts_at < row.ends_at and other.ends_at > row.starts_at}
        free = free_resources(viewer, row.service, Span(row.starts_at, row.ends_at), length_dm=resource.length_dm)
        other = free.exclude(pk__in=taken).exclude(pk=resource.pk).first()
        if other is not None:
            given.append((other.pk, row))
            moved += 1
    return Consequence(moved, len(rows) - moved)


def of_service(viewer: Viewer, service: Service) -> Consequence:
    """If the service paused: everybody who has booked it loses his place, and nobody needs to wait for it."""
    return _of_all(Booking.objects.filter(service=service), StandBy.objects.filter(service=service))


def of_station(viewer: Viewer, station: Station) -> Consequence:
    """If the house closed, for a time or for good."""
    return _of_all(Booking.objects.filter(station=station), StandBy.objects.filter(service__station=station))


def _of_all(booked: QuerySet[Booking], line: QuerySet[StandBy]) -> Consequence:
    states = booked.filter(state__in=LIVE).order_by().values_list("state").annotate(n=Count("pk"))
    counted = dict(states)
    waiting = line.filter(state=StandBy.State.WAITING).count()
    return Consequence(0, counted.get(BookingState.BOOKED, 0), waiting, counted.get(BookingState.IN_HOUSE, 0))
