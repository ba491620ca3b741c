"""The hours of stations and services as the rules read them. The same for everybody."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from accounts.rules.viewer import Viewer
from common import clock
from common.selectors import calendar
from stations.models import Exceptional, Hours, Service
from stations.rules import hours as rules
from stations.rules.slots import slots


def hours_of(viewer: Viewer, station_ids: Iterable[int], *, now: datetime) -> dict[tuple[int, int | None], rules.Hours]:
    """(station, None) or (station, service) -> hours; a service without rows of its own keeps its house's. Two queries
    and the calendar, however many stations."""
    ids, works = list(station_ids), calendar().works
    rows: dict[tuple[int, int | None], list[rules.Row]] = {(station, None): [] for station in ids}
    for one in Hours.objects.filter(station__in=ids).order_by("id"):
        rows.setdefault((one.station_id, one.service_id), []).append(rules.Row(one.days, one.opens, one.closes))
    since = clock.today(now) - timedelta(days=1)
    special: dict[int, list[rules.Exceptional]] = {}
    for one in Exceptional.objects.filter(station__in=ids, day__gte=since).order_by("day"):
        special.setdefault(one.station_id, []).append(rules.Exceptional(one.day, one.opens, one.closes, one.why))
    return {key: rules.Hours(tuple(found), tuple(special.get(key[0], ())), works) for key, found in rows.items()}


def hours_for(viewer: Viewer, service: Service, *, now: datetime) -> rules.Hours:
    """The hours in which this service is had."""
    found = hours_of(viewer, [service.station_id], now=now)
    return found.get((service.station_id, service.pk)) or found[(service.station_id, None)]


def offered(viewer: Viewer, service: Service, day, *, now: datetime) -> list[rules.Span]:
    """The slots of a service that begin on a date and are not over."""
    spans = hours_for(viewer, service, now=now).spans(day)
    return [slot for slot in slots(service.plan, day, spans) if slot.ends > now]
