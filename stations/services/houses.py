"""Open, pause and close a house, a service, a bed: whoever holds a live booking or stands in line is moved or told first."""

from __future__ import annotations

from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.rules.viewer import Viewer
from accounts.services import audit
from common.errors import DomainError, NotThere, Stale
from common.queue import kick
from stations.models import Booking, Resource, Service, StandBy, Station
from stations.rules.hours import Span
from stations.rules.life import STATION_MOVES, BookingState, StationMove
from stations.selectors.consequences import Consequence
from stations.selectors.free import free_resources
from stations.selectors.scope import keeps, kept_by, leads_all
from stations.services import bookings, notify, waiting


@transaction.atomic
def move(*, station: Station, to: StationMove, by: Viewer, now: datetime, why: str = "", until: date | None = None, version: int) -> Station:
    """Open, pause, resume or close a house. Its bookings and its lines end with a word to each; who is in is told.

    Raises NotThere (not his to lead), DomainError (not from this state, no reason, no position), Stale."""
    if not leads_all(by):
        raise NotThere
    row = Station.objects.select_for_update().filter(pk=station.pk).first()
    if row is None:
        raise NotThere
    if row.version != version:
        raise Stale(_("您看的时候别人先改了这个驿站；请看一遍再来"))
    legal = STATION_MOVES[to]
    if row.state not in legal.frm:
        raise DomainError(_("这个驿站现在是“%(state)s”，不能这样改") % {"state": row.get_state_display()}, code="illegal")
    if legal.told and len(why.strip()) < 2:
        raise DomainError(_("写一句为什么，订了的司机会看到"), field="why", code="required")
    if to == StationMove.OPEN and (row.latitude is None or not row.hours.exists()):
        raise DomainError(_("开放以前先填好位置和开放时间"), field="state", code="not_ready")
    if legal.told:
        _end(Booking.objects.filter(station=row), StandBy.objects.filter(service__station=row), by=by, now=now, why=why)
    old, row.state, row.version = row.state, legal.to, row.version + 1
    row.paused_why, row.paused_until = (why.strip()[:120], until) if to == StationMove.PAUSE else ("", None)
    row.save(update_fields=["state", "version", "paused_why", "paused_until"])
    audit.write(act=f"station.{to}", by=by, about=row, old={"state": old}, new={"state": row.state}, reason=why, now=now)
    return row


@transaction.atomic
def pause_service(*, service: Service, by: Viewer, now: datetime, why: str) -> Service:
    """The service stops; its bookings and its line end with a word to each; who is in is told. Raises NotThere, DomainError."""
    row = _service(service, by)
    if len(why.strip()) < 2:
        raise DomainError(_("写一句为什么，订了的司机会看到"), field="why", code="required")
    row.state, row.paused_why = Service.State.PAUSED, why.strip()[:120]
    row.save(update_fields=["state", "paused_why"])
    _end(Booking.objects.filter(service=row), StandBy.objects.filter(service=row), by=by, now=now, why=why)
    audit.write(act="service.pause", by=by, about=row, new={"state": row.state}, reason=why, now=now)
    return row


@transaction.atomic
def resume_service(*, service: Service, by: Viewer, now: datetime) -> Service:
    """The service goes on. Raises NotThere."""
    row = _service(service, by)
    row.state, row.paused_why = Service.State.OPEN, ""
    row.save(update_fields=["state", "paused_why"])
    audit.write(act="service.resume", by=by, about=row, new={"state": row.state}, now=now)
    kick("stations.move_up", row.pk)
    return row


@transaction.atomic
def take_out(*, resource: Resource, by: Viewer, now: datetime, why: str) -> Consequence:
    """A bed breaks: who has booked it gets another one of the slot, or is told that there is none.

    Raises NotThere, DomainError (no reason, somebody is in it)."""
    row = _resource(resource, by)
    if len(why.strip()) < 2:
        raise DomainError(_("写一句哪里坏了"), field="why", code="required")
    if Booking.objects.filter(resource=row, state=BookingState.IN_HOUSE).exists():
        raise DomainError(_("现在有人在用，等他走了再停"), code="in_use")
    row.out_since, row.out_why = now, why.strip()[:120]
    row.save(update_fields=["out_since", "out_why"])
    moved = lost = 0
    for booking in Booking.objects.select_for_update().filter(resource=row, state=BookingState.BOOKED).order_by("starts_at"):
        if _elsewhere(booking, by=by, now=now):
            moved += 1
        else:
            bookings.take_away(booking=booking, by=by, now=now, why=why)
            lost += 1
    audit.write(act="resource.out", by=by, about=row, new={"moved": moved, "lost": lost}, reason=why, now=now)
    return Consequence(moved, lost)


@transaction.atomic
def bring_back(*, resource: Resource, by: Viewer, now: datetime) -> Resource:
    """It is mended; who waits moves up. Raises NotThere."""
    row = _resource(resource, by)
    row.out_since, row.out_why = None, ""
    row.save(update_fields=["out_since", "out_why"])
    audit.write(act="resource.back", by=by, about=row, now=now)
    kick("stations.move_up", row.service_id)
    return row


def _elsewhere(booking: Booking, *, by: Viewer, now: datetime) -> bool:
    """Another resource of the same service in the same slot; the driver's code and time stay."""
    span = Span(booking.starts_at, booking.ends_at)
    for other in free_resources(by, booking.service, span, length_dm=booking.resource.length_dm)[:3]:
        try:
            with transaction.atomic():
                Booking.objects.filter(pk=booking.pk).update(resource=other)
        except IntegrityError:
            continue
        audit.write(act="booking.moved", by=by, about=booking, old={"resource": booking.resource_id}, new={"resource": other.pk}, now=now)
        return True
    return False


def _end(booked: QuerySet[Booking], line: QuerySet[StandBy], *, by: Viewer, now: datetime, why: str) -> None:
    """Who has not come loses his place, who waits need not any more, who is in keeps it and asks at the desk."""
    for booking in booked.filter(state=BookingState.BOOKED).select_for_update().order_by("pk"):
        bookings.take_away(booking=booking, by=by, now=now, why=why)
    waiting.end(line, by=by, now=now, why=why)
    for booking in booked.filter(state=BookingState.IN_HOUSE).select_related("person").order_by("pk"):
        notify.driver(booking, notify.CLOSING, now=now, round=f"{now:%m%d%H%M}")


def _service(service: Service, by: Viewer) -> Service:
    row = Service.objects.select_for_update(of=("self",)).select_related("station").filter(pk=service.pk).first()
    if row is None or not keeps(by, row.station):
        raise NotThere
    return row


def _resource(resource: Resource, by: Viewer) -> Resource:
    mine = Resource.objects.filter(service__station__in=kept_by(by))
    row = mine.select_for_update(of=("self",)).select_related("service").filter(pk=resource.pk).first()
    if row is None:
        raise NotThere
    return row
