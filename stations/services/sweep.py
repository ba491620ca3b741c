"""What time does to bookings: reminded an hour before, missed after the grace, done at the end. The moment is on the row."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.db import transaction

from stations.models import Booking
from stations.rules.life import BookingState
from stations.services import bookings, notify

BATCH, STEP_ASIDE = 500, timedelta(hours=1)
log = logging.getLogger(__name__)


def sweep(*, now: datetime) -> int:
    """Look at every booking whose moment has come. A row that fails steps aside for an hour."""
    due = Booking.objects.filter(next_at__lte=now).order_by("next_at", "pk").values_list("pk", flat=True)
    moved = 0
    for pk in list(due[:BATCH]):
        try:
            moved += look(booking_id=pk, now=now)
        except Exception:  # noqa: BLE001 - whatever is wrong with one row must not stop the others
            log.exception("booking %s stepped aside", pk)
            Booking.objects.filter(pk=pk).update(next_at=now + STEP_ASIDE)
    return moved


@transaction.atomic
def look(*, booking_id: int, now: datetime) -> bool:
    """Do what is due for one booking; the facts are read again under its lock. False: nothing was due any more."""
    row = Booking.objects.select_for_update(of=("self",)).select_related("service").filter(pk=booking_id, next_at__lte=now).first()
    if row is None:
        return False
    if row.state == BookingState.IN_HOUSE and row.ends_at <= now:
        bookings.done(booking=row, now=now)
    elif row.state == BookingState.BOOKED:
        kept = bookings.kept_until(row.service, row.starts_at, row.made_at)
        if kept <= now:
            bookings.miss(booking=row, now=now)
            return True
        if row.reminded_at is None and row.starts_at > now:  # slept past the start: no reminder any more
            notify.driver(row, notify.REMINDER, now=now, due=row.starts_at)
            row.reminded_at = now
        row.next_at = kept
        row.save(update_fields=["next_at", "reminded_at"])
    else:
        row.next_at = row.ends_at if row.state == BookingState.IN_HOUSE else None
        row.save(update_fields=["next_at"])
    return True
