"""How those who were there found a house: one average and its count, never a single voice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Avg, Count

from accounts.rules.viewer import Viewer
from stations.models import Station, VisitRating

LOOKS_BACK, ENOUGH = timedelta(days=365), 5


@dataclass(frozen=True)
class Rated:
    """`average` of five words, 1 to 5; None while fewer than five have said one. `count`: how many did."""

    average: float | None
    count: int


def rated(viewer: Viewer, station: Station, *, now: datetime) -> Rated:
    """Visits of the last year. Words that drivers wrote are for the house alone and leave no door here."""
    rows = VisitRating.objects.filter(booking__station=station, booking__starts_at__gt=now - LOOKS_BACK, booking__starts_at__lte=now)
    found = rows.aggregate(average=Avg("value"), count=Count("pk"))
    enough = found["count"] >= ENOUGH
    return Rated(float(found["average"]) if enough else None, found["count"])
