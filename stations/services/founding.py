"""A new house and what it offers, without code: whoever leads all stations writes them down, each a row with its audit line."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import Place, Unit
from accounts.rules.roles import Role
from accounts.rules.viewer import Viewer
from accounts.services import audit
from common.errors import DomainError, NotThere
from stations.models import Hours, Resource, Service, Station
from stations.rules.hours import Days
from stations.rules.kinds import How, ServiceKind
from stations.rules.near import in_china
from stations.selectors.scope import keeps, leads_all

MOST_RESOURCES = 500


@transaction.atomic
def found(
    *, unit: Unit, slug: str, kind: str, address: str, place: Place, by: Viewer, now: datetime, latitude: float | None = None,
    longitude: float | None = None, **facts,
) -> Station:  # fmt: skip
    """A planned house for a unit of the tree. `facts`: host, phone, area_m2, opens_on, words, grade.

    Raises NotThere, DomainError (the unit has one, a position abroad, no address)."""
    if not may_found(by):
        raise NotThere
    if len(address.strip()) < 3:
        raise DomainError(_("写清楚在哪里，司机要找得到"), field="address", code="required")
    if (latitude is None) != (longitude is None) or (latitude is not None and not in_china(latitude, longitude)):
        raise DomainError(_("位置不在国内，请看看经纬度是不是写反了"), field="latitude", code="far_away")
    try:
        with transaction.atomic():
            row = Station.objects.create(
                unit=unit, slug=slug, kind=kind, address=address.strip(), place=place, latitude=latitude, longitude=longitude, **facts
            )
    except IntegrityError as clash:
        raise DomainError(_("这个单位已经有驿站了，或者网址用名用过了"), field="slug", code="twice") from clash
    audit.write(act="station.found", by=by, about=row, new={"slug": slug, "kind": kind}, now=now)
    return row


@transaction.atomic
def offer(
    *, station: Station, kind: ServiceKind, how: How, by: Viewer, now: datetime, resources: Sequence[tuple[str, int | None]] = (), **terms
) -> Service:
    """One more service. `resources`: (name, length in decimetres or None) of each bed or bay; `terms`: minutes,
    days_ahead, grace, price_fen, price_words, words. Raises NotThere, DomainError."""
    if not keeps(by, station):
        raise NotThere
    if len(resources) > MOST_RESOURCES:
        raise DomainError(_("一项服务最多 %(most)d 个") % {"most": MOST_RESOURCES}, field="resources", code="too_many")
    try:
        with transaction.atomic():
            row = Service.objects.create(station=station, kind=kind, how=how, **terms)
            Resource.objects.bulk_create(Resource(service=row, name=name, length_dm=length) for name, length in resources)
    except IntegrityError as clash:
        raise DomainError(_("这项服务已经有了，或者名称重了"), field="kind", code="twice") from clash
    audit.write(act="service.offer", by=by, about=row, new={"kind": kind, "resources": len(resources)}, now=now)
    return row


@transaction.atomic
def open_from(
    *, station: Station, rows: Sequence[tuple[Days, time, time]], by: Viewer, now: datetime, service: Service | None = None
) -> list[Hours]:
    """The hours of a house, or of one service of it; what stood there before goes. Raises NotThere."""
    if not keeps(by, station) or (service is not None and service.station_id != station.pk):
        raise NotThere
    Hours.objects.filter(station=station, service=service).delete()
    made = Hours.objects.bulk_create(Hours(station=station, service=service, days=days, opens=opens, closes=closes) for days, opens, closes in rows)
    said = [f"{one.days} {one.opens:%H:%M}-{one.closes:%H:%M}" for one in made]
    audit.write(act="station.hours", by=by, about=station, new={"service": service and service.pk, "hours": said}, now=now)
    return made


def may_found(viewer: Viewer) -> bool:
    """Whether he is posted to the group that all stations stand under, also before there is any."""
    groups = set(Unit.objects.filter(code="stations").values_list("pk", flat=True))
    return leads_all(viewer) or bool(viewer.units(Role.STATION) & groups)
