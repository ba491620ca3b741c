"""What the desk of a house needs to see today. Only of houses that the viewer keeps."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from django.db.models import Count, QuerySet

from accounts.rules.viewer import Viewer
from common import clock
from common.clock import SHANGHAI
from stations.models import Arrival, Booking, Resource, Service, StandBy, Station
from stations.rules.life import BookingState
from stations.rules.typed import code_or_key
from stations.selectors.scope import house_bookings, kept_by

TAKEN_BACK_WITHIN = timedelta(minutes=10)


def kept_house(viewer: Viewer, slug: str) -> Station | None:
    """The house at whose desk he works; None for any other."""
    return kept_by(viewer).filter(slug=slug).first()


def expected(viewer: Viewer, station: Station, *, now: datetime) -> QuerySet[Booking]:
    """Who has booked a time that begins today or runs already, and is not here yet; the first to come first."""
    return expected_of_all(viewer, now=now).filter(station=station).select_related("person").order_by("starts_at", "pk")


def expected_of_all(viewer: Viewer, *, now: datetime) -> QuerySet[Booking]:
    """As `expected`, of all houses that he keeps."""
    before = _begins(clock.today(now) + timedelta(days=1))
    return house_bookings(viewer).filter(state=BookingState.BOOKED, starts_at__lt=before)


def inside(viewer: Viewer, station: Station) -> QuerySet[Booking]:
    """Who is in the house; whose time ends first comes first."""
    rows = house_bookings(viewer).filter(station=station, state=BookingState.IN_HOUSE)
    return rows.select_related("person").order_by("ends_at", "pk")


def at_desk(viewer: Viewer, station: Station, text: str) -> Booking | None:
    """The booking of this house whose code was typed, or whose ticket was scanned: a live one by code, any by ticket."""
    found = code_or_key(text)
    if found is None:
        return None
    rows = house_bookings(viewer).filter(station=station).select_related("person")
    if isinstance(found, str):
        return rows.filter(code=found, state__in=(BookingState.BOOKED, BookingState.IN_HOUSE)).first()
    return rows.filter(key=found).first()


def arrivals_by_service(viewer: Viewer, station: Station, *, now: datetime) -> dict[int | None, tuple[int, int]]:
    """Service -> (with a booking, as they were), of today. None: came for no one service."""
    since = _begins(clock.today(now))
    rows = Arrival.objects.filter(station__in=kept_by(viewer), at__gte=since).filter(station=station).order_by()
    counted = rows.values_list("service").annotate(all=Count("pk"), booked=Count("booking"))
    return {service: (booked, every - booked) for service, every, booked in counted}


def own_taps(viewer: Viewer, station: Station, *, now: datetime) -> QuerySet[Arrival]:
    """Walk-ins that he tapped himself in the last ten minutes: those he may take back."""
    rows = Arrival.objects.filter(station__in=kept_by(viewer), by_id=viewer.person_id, booking=None, at__gt=now - TAKEN_BACK_WITHIN)
    return rows.filter(station=station).select_related("service").order_by("-at", "-pk")


def line_of(viewer: Viewer, station: Station, *, now: datetime) -> QuerySet[StandBy]:
    """Who waits for something of this house, the first in the line first."""
    rows = StandBy.objects.filter(service__station__in=kept_by(viewer), state=StandBy.State.WAITING, ends_at__gt=now)
    return rows.filter(service__station=station).select_related("service", "person").order_by("starts_at", "pk")


def services_of(viewer: Viewer, station: Station) -> Sequence[Service]:
    """What the house offers, each with its beds, bays and showers at hand."""
    rows = Service.objects.filter(station__in=kept_by(viewer)).filter(station=station)
    return list(rows.select_related("station").prefetch_related("resources").order_by("pk"))


def resource_of(viewer: Viewer, station: Station, number: int | None) -> Resource | None:
    """One bed or bay of the house; None for one of another house."""
    rows = Resource.objects.filter(service__station__in=kept_by(viewer), service__station=station)
    return rows.select_related("service__station").filter(pk=number).first() if number is not None else None


def _begins(day: date) -> datetime:
    return datetime.combine(day, time.min, SHANGHAI)
