"""How much is free, from the rows of this moment: resources that work, less those that a live booking holds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from accounts.rules.viewer import Viewer
from stations.models import Booking, Resource, Service
from stations.rules.hours import Span
from stations.rules.life import LIVE


@dataclass(frozen=True)
class Free:
    """`free` of `all`; what is out of order is in neither."""

    free: int
    all: int


def _held(starts: datetime, ends: datetime) -> QuerySet[Booking]:
    """Live bookings of the outer resource that overlap the interval."""
    return Booking.objects.filter(resource=OuterRef("pk"), state__in=LIVE, starts_at__lt=ends, ends_at__gt=starts)


def free_resources(viewer: Viewer, service: Service, span: Span, *, length_dm: int | None = None) -> QuerySet[Resource]:
    """Resources of a service that nobody has in this interval. The longest trucks leave the short bays alone."""
    rows = Resource.objects.filter(service=service, out_since=None)
    if length_dm is not None:
        rows = rows.filter(Q(length_dm=None) | Q(length_dm__gte=length_dm))
    return rows.exclude(Exists(_held(span.starts, span.ends))).order_by(F("length_dm").asc(nulls_first=True), "pk")


def free_now(viewer: Viewer, station_ids: Iterable[int], *, now: datetime) -> dict[int, Free]:
    """Service -> how much of it is free at this moment, for services that are booked. One query."""
    rows = Resource.objects.filter(service__station__in=list(station_ids), service__how="book", out_since=None)
    found: dict[int, list[int]] = {}
    for service, taken in rows.annotate(taken=Exists(_held(now, now + timedelta(microseconds=1)))).order_by().values_list("service_id", "taken"):
        counts = found.setdefault(service, [0, 0])
        counts[0] += not taken
        counts[1] += 1
    return {service: Free(*counts) for service, counts in found.items()}


def free_in_slots(viewer: Viewer, service: Service, spans: Sequence[Span]) -> list[Free]:
    """For each slot how much of the service is free. Two queries, however many slots."""
    if not spans:
        return []
    working = set(Resource.objects.filter(service=service, out_since=None).values_list("pk", flat=True))
    live = list(
        Booking.objects.filter(
            resource__in=working, state__in=LIVE, starts_at__lt=max(span.ends for span in spans), ends_at__gt=spans[0].starts
        ).values_list("resource_id", "starts_at", "ends_at")
    )
    return [
        Free(len(working - {pk for pk, starts, ends in live if starts < span.ends and ends > span.starts}), len(working))
        for span in spans
    ]
