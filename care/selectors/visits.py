"""Visits of a unit, for those who work there: numbers of record of what was heard, never the text of an appeal."""

from __future__ import annotations

from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.rules.roles import Role
from accounts.rules.viewer import Viewer
from care.models import Need, Visit


def visits_for(viewer: Viewer) -> QuerySet[Visit]:
    """Of his branch, or of the union."""
    rows = Visit.objects.filter(unit__in=viewer.units(Role.SECRETARY, Role.UNION))
    return rows.select_related("unit", "person").prefetch_related("visitors__person")


def to_follow_up(viewer: Viewer, *, today: date) -> QuerySet[Visit]:
    """Where somebody promised to come again and the day has come."""
    again = Visit.objects.filter(person=OuterRef("person"), unit=OuterRef("unit"), went_at__gt=OuterRef("went_at"))
    return visits_for(viewer).filter(~Exists(again), follow_up_on__lte=today).exclude(went_at=None)


def awaited(viewer: Viewer, *, today: date) -> QuerySet[Visit]:
    """Planned for today or before and not told yet, or promised again and the day has come."""
    rows = visits_for(viewer).order_by()
    return rows.filter(Q(went_at=None, planned_on__lte=today) | Q(pk__in=to_follow_up(viewer, today=today).order_by().values("pk")))


def numbers_of(viewer: Viewer, visit: Visit) -> list[str]:
    """Numbers of record of the needs heard; [] for a visit that is not his unit's."""
    needs = Need.objects.filter(visit=visit, visit__in=visits_for(viewer))
    return list(needs.order_by("id").values_list("appeal__number", flat=True))
