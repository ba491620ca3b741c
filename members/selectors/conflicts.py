"""Conflicts between a file and the register, which wait for a person."""

from __future__ import annotations

from django.db.models import QuerySet

from accounts.rules.roles import Role
from accounts.rules.viewer import Viewer
from members.models import Conflict


def conflicts_for(viewer: Viewer) -> QuerySet[Conflict]:
    """The keeper of the register sees them all; nobody else any."""
    return Conflict.objects.all() if viewer.has_role(Role.REGISTRAR) else Conflict.objects.none()


def open_conflicts(viewer: Viewer) -> QuerySet[Conflict]:
    """Those nobody has decided, oldest first."""
    return conflicts_for(viewer).filter(taken=None).order_by("id")
