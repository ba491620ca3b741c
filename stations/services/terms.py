"""On what terms a house and its services are had: prices, lengths, hours, special days, where it lies.

Whoever has booked a time at which the house is not open any more is told in the same transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.rules.viewer import Viewer
from accounts.services import audit
from common import clock
from common.errors import DomainError, NotThere, Stale
from stations.models import Booking, Exceptional, Service, StandBy, Station
from stations.rules.hours import Days
from stations.rules.life import BookingState, StationState
from stations.rules.near import in_china
from stations.selectors.hours import hours_of
from stations.selectors.scope import keeps, leads_all
from stations.services import bookings, founding, waiting

TERMS = ("price_fen", "price_words", "words", "minutes", "days_ahead", "grace")
FACTS = ("address", "host", "phone", "words", "area_m2", "opens_on", "grade", "latitude", "longitude")


@transaction.atomic
def change(*, service: Service, by: Viewer, now: datetime, **terms) -> Service:
    """Prices and lengths from now on; what is booked stays as it was booked. Raises NotThere, DomainError at its field."""
    row = Service.objects.select_for_update(of=("self",)).select_related("station").filter(pk=service.pk).first()
    if row is None or not keeps(by, row.station):
        raise NotThere
    _write(row, TERMS, terms, act="service.terms", by=by, now=now)
    return row


@transaction.atomic
def describe(*, station: Station, by: Viewer, now: datetime, version: int, **facts) -> Station:
    """Where a house lies and what is said of it. Raises NotThere, Stale, DomainError at its field."""
    if not leads_all(by):
        raise NotThere
    row = Station.objects.select_for_update().filter(pk=station.pk).first()
    if row is None:
        raise NotThere
    if row.version != version:
        raise Stale(_("您看的时候别人先改了这个驿站；请看一遍再来"))
    latitude, longitude = facts.get("latitude", row.latitude), facts.get("longitude", row.longitude)
    if len(facts.get("address", row.address).strip()) < 3:
        raise DomainError(_("写清楚在哪里，司机要找得到"), field="address", code="required")
    if (latitude is None) != (longitude is None) or (latitude is not None and not in_china(latitude, longitude)):
        raise DomainError(_("位置不在国内，请看看经纬度是不是写反了"), field="latitude", code="far_away")
    if latitude is None and row.state == StationState.OPEN:
        raise DomainError(_("开着的驿站要有位置，司机才找得到"), field="latitude", code="required")
    row.version += 1
    _write(row, FACTS, facts, act="station.facts", by=by, now=now, also=("version",))
    return row


def _write(row, names: Sequence[str], values: dict, *, act: str, by: Viewer, now: datetime, also: Sequence[str] = ()) -> None:
    """Write these columns of a locked row, with old and new in the audit line."""
    wanted = [name for name in names if name in values]
    old = {name: str(getattr(row, name)) for name in wanted}
    for name in wanted:
        setattr(row, name, values[name])
    try:
        row.clean_fields(exclude=[field.name for field in row._meta.fields if field.name not in wanted])
    except ValidationError as wrong:
        name, words = next(iter(wrong.message_dict.items()))
        raise DomainError(str(words[0]), field=name, code="invalid") from wrong
    row.save(update_fields=[*wanted, *also])
    new = {name: str(getattr(row, name)) for name in wanted}
    audit.write(act=act, by=by, about=row, old=old, new=new, now=now)


@transaction.atomic
def keep_hours(
    *, station: Station, rows: Sequence[tuple[Days, time, time]], by: Viewer, now: datetime, service: Service | None = None
) -> int:
    """The hours from now on. Returns how many bookings ended because the house is shut then. Raises NotThere, DomainError."""
    if not rows and service is None and station.state == StationState.OPEN:
        raise DomainError(_("开着的驿站至少要写一行开放时间"), field="hours", code="required")
    founding.open_from(station=station, rows=rows, by=by, now=now, service=service)
    return _end_outside(station, by=by, now=now, why=_("开放时间改了"))


@transaction.atomic
def except_day(
    *, station: Station, day: date, opens: time | None, closes: time | None, why: str, by: Viewer, now: datetime
) -> int:
    """Other hours on one date, or none (both times empty). Returns how many bookings ended. Raises NotThere, DomainError."""
    if not keeps(by, station):
        raise NotThere
    if day < clock.today(now):
        raise DomainError(_("这一天已经过去了"), field="day", code="past")
    if len(why.strip()) < 2:
        raise DomainError(_("写一句为什么，司机会看到"), field="why", code="required")
    if (opens is None) != (closes is None):
        raise DomainError(_("开门和关门都写，或者都不写（这一天不开）"), field="opens", code="invalid")
    values = {"opens": opens, "closes": closes, "why": why.strip()[:60]}
    Exceptional.objects.update_or_create(station=station, day=day, defaults=values)
    said = f"{opens:%H:%M}-{closes:%H:%M}" if opens and closes else "shut"
    audit.write(act="station.exception", by=by, about=station, new={"day": day.isoformat(), "hours": said}, reason=why, now=now)
    return _end_outside(station, by=by, now=now, why=why)


@transaction.atomic
def as_always(*, station: Station, day: date, by: Viewer, now: datetime) -> None:
    """The date keeps the usual hours again. Raises NotThere."""
    if not keeps(by, station) or not Exceptional.objects.filter(station=station, day=day).delete()[0]:
        raise NotThere
    audit.write(act="station.exception_gone", by=by, about=station, old={"day": day.isoformat()}, now=now)


def _end_outside(station: Station, *, by: Viewer, now: datetime, why: str) -> int:
    """Whoever has booked a beginning at which nobody opens the door any more, or waits for it, is told."""
    found, ended = hours_of(by, [station.pk], now=now), 0
    rows = Booking.objects.select_for_update().filter(station=station, state=BookingState.BOOKED, starts_at__gt=now)
    for row in rows.order_by("pk"):
        hours = found.get((station.pk, row.service_id)) or found[(station.pk, None)]
        if hours.open_at(row.starts_at) is None:
            bookings.take_away(booking=row, by=by, now=now, why=why)
            ended += 1
    line = StandBy.objects.filter(service__station=station, state=StandBy.State.WAITING, starts_at__gt=now)
    shut = [
        pk for pk, service, starts in line.values_list("pk", "service_id", "starts_at")
        if (found.get((station.pk, service)) or found[(station.pk, None)]).open_at(starts) is None
    ]  # fmt: skip
    waiting.end(StandBy.objects.filter(pk__in=shut), by=by, now=now, why=why)
    return ended
