"""Rows of stations as data: a house as it is now, a ticket, a place in the line, a row of the desk."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from accounts.api.paging import sealed
from accounts.rules.viewer import Viewer
from common import clock
from common.masks import mask_plate
from stations.admin.parts import who
from stations.models import Arrival, Booking, Resource, Service, StandBy, Station
from stations.models.services import DAYS
from stations.rules.hours import Hours
from stations.rules.kinds import KIND_WORDS, How, ServiceKind
from stations.rules.life import BookingMove, BookingState, StationState, booking_moves, station_moves
from stations.selectors.free import Free, free_now
from stations.selectors.hours import hours_of
from stations.services import waiting
from stations.services.bookings import kept_until
from stations.web import words

RESOURCE, ARRIVAL = Resource._meta.label_lower, Arrival._meta.label_lower
DAY_WORDS = dict(DAYS)


def kind_word(kind: str) -> str:
    return KIND_WORDS[ServiceKind(kind)]


def house_rows(viewer: Viewer, houses: Sequence[Station], *, now: datetime, km: dict[int, float] | None = None) -> list[dict[str, Any]]:
    """HouseRowOut of each, in the order they came: four questions, however many."""
    ids = [one.pk for one in houses]
    hours, free = hours_of(viewer, ids, now=now), free_now(viewer, ids, now=now)
    booked: dict[int, list[Service]] = {}
    for service in Service.objects.filter(station__in=ids, how=How.BOOK, state=Service.State.OPEN).order_by("pk"):
        booked.setdefault(service.station_id, []).append(service)
    return [_house_row(one, hours[(one.pk, None)], booked.get(one.pk, []), free, (km or {}).get(one.pk), now) for one in houses]


def _house_row(one: Station, hours: Hours, services: list[Service], free: dict[int, Free], km: float | None, now: datetime) -> dict[str, Any]:
    is_open = one.state == StationState.OPEN
    return {
        "slug": one.slug, "name": one.unit.name, "kind": one.kind, "kind_word": one.get_kind_display(), "state": one.state,
        "state_word": one.get_state_display(), "open_now": is_open and hours.open_at(now) is not None,
        "opening": words.open_words(one, hours, now=now)[1], "address": one.address, "place": one.place.code, "latitude": one.latitude,
        "longitude": one.longitude, "phone": one.phone, "km": None if km is None else round(km, 1), "as_of": now,
        "free": [_free(each, free) for each in services if each.pk in free] if is_open else [],
    }  # fmt: skip


def _free(service: Service, free: dict[int, Free]) -> dict[str, Any]:
    found = free[service.pk]
    return {"kind": service.kind, "kind_word": kind_word(service.kind), "free": found.free, "all": found.all}


def house_sheet(viewer: Viewer, one: Station, *, now: datetime) -> dict[str, Any]:
    """All of HouseOut."""
    special = one.exceptions.filter(day__gte=clock.today(now)).order_by("day")
    return house_rows(viewer, [one], now=now)[0] | {
        "host": one.host, "words": one.words, "area_m2": one.area_m2, "opens_on": one.opens_on, "paused_until": one.paused_until,
        "hours": [
            {"days": each.days, "days_word": DAY_WORDS[each.days], "opens": each.opens, "closes": each.closes}
            for each in one.hours.filter(service=None)
        ],
        "exceptions": [{"day": each.day, "opens": each.opens, "closes": each.closes, "why": each.why} for each in special],
        "services": services_told(viewer, one, list(one.services.order_by("pk")), now=now),
    }  # fmt: skip


def services_told(viewer: Viewer, house: Station, services: Sequence[Service], *, now: datetime) -> list[dict[str, Any]]:
    """ServiceOut of each."""
    hours, free = hours_of(viewer, [house.pk], now=now), free_now(viewer, [house.pk], now=now)
    own = hours[(house.pk, None)]
    return [_service(each, hours.get((house.pk, each.pk)) or own, free.get(each.pk), now) for each in services]


def _service(one: Service, hours: Hours, free: Free | None, now: datetime) -> dict[str, Any]:
    return {
        "kind": one.kind, "kind_word": kind_word(one.kind), "how": one.how, "how_word": one.get_how_display(), "state": one.state,
        "paused_why": one.paused_why, "price_fen": one.price_fen, "price": words.price_words(one), "words": one.words,
        "today": words.today_words(hours, now=now), "minutes": one.minutes, "days_ahead": one.days_ahead, "grace": one.grace,
        "free": free.free if free else None, "all": free.all if free else None,
    }  # fmt: skip


def with_resources(told: list[dict[str, Any]], services: Sequence[Service]) -> list[dict[str, Any]]:
    """KeptServiceOut: the same, each with its beds and bays."""
    return [each | {"resources": [resource_row(bed) for bed in row.resources.all()]} for each, row in zip(told, services, strict=True)]


def resource_row(bed: Resource) -> dict[str, Any]:
    return {
        "resource": sealed(bed.pk, RESOURCE), "name": bed.name, "length_dm": bed.length_dm, "out_since": bed.out_since, "out_why": bed.out_why,
    }  # fmt: skip


def ticket(row: Booking) -> dict[str, Any]:
    """TicketOut."""
    rating = getattr(row, "rating", None)
    return {
        "key": row.key, "code": row.code, "state": row.state, "state_word": row.get_state_display(), "why": row.ended_why,
        "house": row.station.slug, "house_name": row.station.unit.name, "address": row.station.address, "house_phone": row.station.phone,
        "service": row.kind, "service_word": kind_word(row.kind), "resource": row.resource.name, "plate": mask_plate(row.plate) or "",
        "starts_at": row.starts_at, "ends_at": row.ends_at, "keep_until": kept_until(row.service, row.starts_at, row.made_at),
        "price": words.price_words(row.service), "may_cancel": BookingMove.CANCEL in booking_moves(row.state),
        "may_rate": row.state in (BookingState.IN_HOUSE, BookingState.DONE), "rating": rating.value if rating else None,
    }  # fmt: skip


def line(row: StandBy) -> dict[str, Any]:
    """StandByOut."""
    return {
        "key": row.key, "state": row.state, "state_word": row.get_state_display(), "house": row.service.station.slug,
        "house_name": row.service.station.unit.name, "service": row.service.kind, "service_word": kind_word(row.service.kind),
        "starts_at": row.starts_at, "ends_at": row.ends_at, "ticket": row.booking.key if row.booking else None,
        "place": waiting.place_of(row) if row.state == StandBy.State.WAITING else None,
    }  # fmt: skip


def desk_row(row: Booking | StandBy, *, now: datetime) -> dict[str, Any]:
    """DeskRowOut."""
    booked = isinstance(row, Booking)
    return {
        "key": row.key, "service": row.service.kind, "service_word": kind_word(row.service.kind), "resource": row.resource.name if booked else "",
        "who": who(row), "state": row.state, "starts_at": row.starts_at, "ends_at": row.ends_at,
        "late": booked and row.state == BookingState.BOOKED and row.starts_at < now,
    }  # fmt: skip


def came_rows(came: dict[int | None, tuple[int, int]], services: Sequence[Service]) -> list[dict[str, Any]]:
    """CameOut of each service that somebody came for."""
    kinds = {one.pk: one.kind for one in services}
    return [{"service": kinds.get(pk or 0, ""), "booked": booked, "walked_in": walked} for pk, (booked, walked) in came.items()]


def facts(one: Station) -> dict[str, Any]:
    """FactsOut."""
    names = ("slug", "kind", "state", "version", "address", "host", "phone", "words", "area_m2", "opens_on", "latitude", "longitude")
    return {name: getattr(one, name) for name in names} | {
        "name": one.unit.name, "place": one.place.code, "state_word": one.get_state_display(), "moves": [str(each) for each in station_moves(one.state)],
    }

