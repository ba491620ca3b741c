"""Who is insured until when: the union sees its lists, everybody his own."""

from __future__ import annotations

from datetime import date, timedelta

from django.db.models import Count, QuerySet

from accounts.rules.roles import Role
from accounts.rules.viewer import Viewer
from care.models import Insured, Policy


def policies_for(viewer: Viewer) -> QuerySet[Policy]:
    """All lists with how many stand on each, for the union; the cashier sees them for their premiums."""
    if not viewer.has_role(Role.UNION, Role.CASHIER):
        return Policy.objects.none()
    return Policy.objects.select_related("fund").annotate(people=Count("insured"))


def insured_for(viewer: Viewer) -> QuerySet[Insured]:
    if not viewer.has_role(Role.UNION):
        return Insured.objects.none()
    return Insured.objects.select_related("policy", "person")


def expiring(viewer: Viewer, *, today: date, days: int = 30) -> QuerySet[Insured]:
    """Whose cover ends within so many days, the next to end first, for the union."""
    rows = insured_for(viewer).filter(policy__ends_on__gte=today, policy__ends_on__lte=today + timedelta(days=days))
    return rows.order_by("policy__ends_on", "id")


def own(viewer: Viewer) -> QuerySet[Insured]:
    if viewer.person_id is None:
        return Insured.objects.none()
    rows = Insured.objects.filter(person=viewer.person_id).select_related("policy")
    return rows.filter(added_at__gte=viewer.hidden_before) if viewer.hidden_before else rows
