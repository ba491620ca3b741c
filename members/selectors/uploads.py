"""Imports and their rows, for whoever may run them."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q, QuerySet

from accounts.models import Person
from accounts.rules.roles import Role
from accounts.rules.viewer import Viewer
from accounts.selectors.units import posted_as, posted_to
from members.models import HeaderWord, StagedRow, Upload

KINDS = {Role.REGISTRAR: Upload.Kind.CENSUS, Role.UNION: Upload.Kind.UNION}


def uploads_for(viewer: Viewer) -> QuerySet[Upload]:
    """Uploads of the viewer's own kind from his own unit, and the operator's."""
    mine = Q(pk=None)
    for role, kind in KINDS.items():
        if viewer.has_role(role):
            mine |= Q(kind=kind) & (Q(unit__in=viewer.units(role)) | Q(by=None))
    return Upload.objects.filter(mine)


def staged_for(viewer: Viewer, upload: Upload) -> QuerySet[StagedRow]:
    """The rows kept of an upload, in the order of the file."""
    return StagedRow.objects.filter(upload=upload, upload__in=uploads_for(viewer)).order_by("id")


def may_confirm(viewer: Viewer, upload: Upload, *, now: datetime) -> list[Person]:
    """Who could write it in: others in the same role at the unit that sees it, but not who handed it in."""
    role = next((role for role, kind in KINDS.items() if kind == upload.kind), None)
    if role is None or not viewer.has_role(role):
        return []
    here = posted_as(role, now=now) if upload.unit_id is None else posted_to(upload.unit_id, role, now=now)
    return [person for person in here if person.pk != upload.by_id]


def headers_for(viewer: Viewer) -> QuerySet[HeaderWord]:
    """Headers that are remembered now, for whoever keeps the register, the latest first."""
    rows = HeaderWord.objects.filter(ended_at=None).order_by("-at", "-id")
    return rows if viewer.has_role(Role.REGISTRAR) else rows.none()
