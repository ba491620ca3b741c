"""Whose hands: points a viewer keeps, people for whom he may ask. Not allowed looks like not there."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from accounts.rules.roles import Role
from accounts.rules.viewer import Viewer
from branches.selectors.scope import members_for
from care.models import Campaign, Point, Visit
from members.selectors.union import union_members_for
from members.selectors.zones import own_seats

KEEPERS = frozenset({Role.UNION, Role.STATION, Role.SECRETARY})  # who keeps which points, `points_kept` decides
LEDGER_READERS = (Role.UNION, Role.CASHIER, Role.APPROVER)  # table «role × data», row n; keepers read their own points


def campaigns_for(viewer: Viewer) -> QuerySet[Campaign]:
    """Every campaign: they are public."""
    return Campaign.objects.all()


def points_for(viewer: Viewer) -> QuerySet[Point]:
    """Every point in use: they are public."""
    return Point.objects.filter(is_active=True).select_related("unit", "place")


def points_kept(viewer: Viewer) -> QuerySet[Point]:
    """Points whose stock this viewer handles: of his unit, for the officer of the union all of them."""
    rows = points_for(viewer)
    if viewer.has_role(Role.UNION):
        return rows
    units = viewer.units(Role.STATION, Role.SECRETARY)
    if not units:
        return rows.none()
    return rows.filter(Q(unit__in=units) | Q(unit__parent__in=viewer.units(Role.STATION)))


def all_points(viewer: Viewer) -> QuerySet[Point]:
    """Those out of use too, for the officer of the union."""
    rows = Point.objects.select_related("unit", "place")
    return rows if viewer.has_role(Role.UNION) else rows.none()


def keeps(viewer: Viewer, point: Point) -> bool:
    return points_kept(viewer).filter(pk=point.pk).exists()


def may_ask_for(viewer: Viewer, person_id: int) -> bool:
    """Himself; a secretary for his members, a contact for his five, the union for its own, whoever visited for whom he saw."""
    if viewer.person_id is None:
        return False
    if viewer.person_id == person_id or members_for(viewer).filter(person=person_id).exists():
        return True
    if own_seats(viewer).filter(driver__person=person_id).exists() or union_members_for(viewer).filter(person=person_id).exists():
        return True
    units = viewer.units(Role.SECRETARY, Role.UNION)
    return Visit.objects.filter(person=person_id, unit__in=units).exclude(went_at=None).exists()


def asking_unit(viewer: Viewer, person_id: int) -> int | None:
    """The unit a nomination comes from; None where he asks for himself, or as a contact."""
    units = sorted(viewer.units(Role.SECRETARY, Role.UNION))
    return units[0] if units and viewer.person_id != person_id else None
