"""Conflicts that wait for a person, and enterprises that two sources call differently."""

from __future__ import annotations

from django.db.models import Count, Q, QuerySet

from accounts.rules.roles import Role
from accounts.rules.viewer import Viewer
from members.models import Conflict, Enterprise, EnterpriseName


def conflicts_for(viewer: Viewer) -> QuerySet[Conflict]:
    """The keeper of the register sees them all; nobody else any."""
    return Conflict.objects.all() if viewer.has_role(Role.REGISTRAR) else Conflict.objects.none()


def open_conflicts(viewer: Viewer) -> QuerySet[Conflict]:
    """Those nobody has decided, oldest first."""
    return conflicts_for(viewer).filter(taken=None).order_by("id")


def named_differently(viewer: Viewer) -> QuerySet[Enterprise]:
    """Enterprises with more than one name between census and union, and none that a person has settled."""
    if not viewer.has_role(Role.REGISTRAR, Role.UNION):
        return Enterprise.objects.none()
    names = Count("names__name", distinct=True, filter=~Q(names__source=EnterpriseName.Source.PERSON))
    settled = EnterpriseName.objects.filter(source=EnterpriseName.Source.PERSON).values("enterprise_id")
    return Enterprise.objects.annotate(ways=names).filter(ways__gt=1).exclude(pk__in=settled).order_by("id")
