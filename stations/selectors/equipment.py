"""Equipment of a house for who keeps it: what is due first, what is broken, what was seen."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Prefetch, QuerySet

from accounts.rules.viewer import Viewer
from common import clock
from stations.models import Equipment, EquipmentCheck, Repair, Resource, Station
from stations.selectors.scope import kept_by


def equipment_of(viewer: Viewer, station: Station) -> QuerySet[Equipment]:
    """Things in use in a house that he keeps, the first to be looked at first; `broken`: the open repair, if there is one."""
    rows = Equipment.objects.filter(station__in=kept_by(viewer)).filter(station=station, gone_at=None)
    opened = Repair.objects.filter(closed_at=None)
    return rows.select_related("resource__service").prefetch_related(Prefetch("repairs", opened, to_attr="broken")).order_by("next_on", "pk")


def thing_of(viewer: Viewer, station: Station, number: int | None) -> Equipment | None:
    """One of them by its id; None for any other."""
    return equipment_of(viewer, station).filter(pk=number).first() if number is not None else None


def due(viewer: Viewer, station: Station, *, now: datetime) -> QuerySet[Equipment]:
    """What is to be looked at today or was to be before today."""
    return equipment_of(viewer, station).filter(next_on__lte=clock.today(now))


def checks_of(viewer: Viewer, thing: Equipment) -> QuerySet[EquipmentCheck]:
    """Looks at one thing, the last first."""
    return EquipmentCheck.objects.filter(equipment=thing, equipment__station__in=kept_by(viewer)).select_related("by")


def repairs_of(viewer: Viewer, thing: Equipment) -> QuerySet[Repair]:
    """Repairs of one thing, the last first."""
    return Repair.objects.filter(equipment=thing, equipment__station__in=kept_by(viewer)).select_related("opened_by", "closed_by")


def linkable(viewer: Viewer, station: Station) -> QuerySet[Resource]:
    """Beds, showers and bays that a thing of the house may stand for."""
    rows = Resource.objects.filter(service__station__in=kept_by(viewer), service__station=station)
    return rows.select_related("service").order_by("service", "pk")
