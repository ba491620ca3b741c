"""What a desk does in one tap: somebody came, somebody says how it was."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.rules.viewer import Viewer
from accounts.services import audit
from common.errors import DomainError, NotThere
from stations.models import Arrival, Booking, Service, Station, VisitRating
from stations.rules.life import BookingState
from stations.selectors.scope import keeps

CHANGEABLE = timedelta(days=1)


def walk_in(*, station: Station, service: Service | None, by: Viewer, now: datetime, client_key: UUID) -> Arrival:
    """One driver more who came as he was; once for a tap that is sent twice. Raises NotThere."""
    if not keeps(by, station) or (service is not None and service.station_id != station.pk):
        raise NotThere
    try:
        with transaction.atomic():
            row = Arrival.objects.create(station=station, service=service, client_key=client_key, at=now, by_id=by.person_id)
            audit.write(act="arrival.walk_in", by=by, about=row, new={"service": service and service.pk}, now=now)
            return row
    except IntegrityError:
        return Arrival.objects.get(client_key=client_key)


@transaction.atomic
def take_back(*, arrival: Arrival, by: Viewer, now: datetime) -> None:
    """A tap too much, taken back within ten minutes by whoever made it. Raises NotThere."""
    row = Arrival.objects.select_for_update().filter(pk=arrival.pk, booking=None, by_id=by.person_id, at__gt=now - timedelta(minutes=10)).first()
    if row is None:
        raise NotThere
    audit.write(act="arrival.taken_back", by=by, about=row, old={"service": row.service_id}, now=now)
    row.delete()


@transaction.atomic
def rate(*, booking: Booking, value: int, words: str, by: Viewer, now: datetime) -> VisitRating:
    """How it was, in five words, by who was there; changeable for a day. Raises DomainError."""
    row = Booking.objects.select_for_update().get(pk=booking.pk)
    if row.state not in (BookingState.IN_HOUSE, BookingState.DONE):
        raise DomainError(_("用过以后再评价"), code="too_early")
    if value not in (1, 2, 3, 4, 5):
        raise DomainError(_("请选一个评价"), field="value", code="required")
    if len(words) > 300:
        raise DomainError(_("最多写 300 个字"), field="words", code="too_long")
    known = VisitRating.objects.filter(booking=row).first()
    if known is not None and known.at < now - CHANGEABLE:
        raise DomainError(_("评价过了一天就不能改了"), code="too_late")
    rating, _made = VisitRating.objects.update_or_create(booking=row, defaults={"value": value, "words": words.strip(), "at": now if known is None else known.at})
    audit.write(act="booking.rated", by=by, actor_word="driver", about=row, old={"value": known and known.value}, new={"value": value}, now=now)
    return rating
