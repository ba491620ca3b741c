"""Who may see which station and whose booking. Stations are public; a booking is its holder's and its house's."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q, QuerySet

from accounts.rules.roles import Role
from accounts.rules.viewer import Viewer
from stations.models import Booking, StandBy, Station


def stations_for(viewer: Viewer) -> QuerySet[Station]:
    """Every station, the planned ones too: what is planned is shown as planned."""
    return Station.objects.select_related("unit", "place")


def kept_by(viewer: Viewer) -> QuerySet[Station]:
    """Stations at whose desk this viewer works; whoever is posted to the group of all stations keeps all of them."""
    units = viewer.units(Role.STATION)
    if not units:
        return Station.objects.none()
    return stations_for(viewer).filter(Q(unit__in=units) | Q(unit__parent__in=units))


def keeps(viewer: Viewer, station: Station) -> bool:
    return kept_by(viewer).filter(pk=station.pk).exists()


def leads_all(viewer: Viewer) -> bool:
    """Whether he may open and close houses: posted to the group that all stations stand under."""
    units = viewer.units(Role.STATION)
    return bool(units) and Station.objects.filter(unit__parent__in=units).exists()


def house_bookings(viewer: Viewer) -> QuerySet[Booking]:
    """Bookings of the houses at whose desk he works."""
    return Booking.objects.filter(station__in=kept_by(viewer)).select_related("service", "resource", "station__unit")


def own_bookings(viewer: Viewer) -> QuerySet[Booking]:
    """His own, made with his account."""
    if viewer.person_id is None:
        return Booking.objects.none()
    rows = Booking.objects.filter(person_id=viewer.person_id)
    if viewer.hidden_before:  # a number that changed hands: what was before is not this driver's
        rows = rows.filter(made_at__gte=viewer.hidden_before)
    return rows.select_related("service", "resource", "station__unit", "station__place")


def own_lines(viewer: Viewer) -> QuerySet[StandBy]:
    """Where he waits or waited, with his account."""
    if viewer.person_id is None:
        return StandBy.objects.none()
    rows = StandBy.objects.filter(person_id=viewer.person_id)
    if viewer.hidden_before:
        rows = rows.filter(made_at__gte=viewer.hidden_before)
    return rows.select_related("service__station__unit", "booking")


def by_key(viewer: Viewer, key: UUID) -> Booking | None:
    """The booking behind a link that only its holder was given: 122 random bits stand for a ticket in the hand.

    A booking made with an account opens to that account alone."""
    rows = Booking.objects.select_related("service", "resource", "station__unit", "station__place")
    mine = Q(person=None) | Q(person_id=viewer.person_id or 0)
    return rows.filter(mine, key=key).first()


def waiting_by_key(viewer: Viewer, key: UUID) -> StandBy | None:
    """As `by_key`, for a place in the line."""
    mine = Q(person=None) | Q(person_id=viewer.person_id or 0)
    return StandBy.objects.select_related("service__station__unit", "booking").filter(mine, key=key).first()
