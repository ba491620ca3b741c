"""Units and postings as the three administrators see them: who is what, where, since when."""

from __future__ import annotations

from django.db.models import QuerySet

from accounts.models import AuditLine, Posting, Unit
from accounts.rules.roles import Role
from accounts.rules.viewer import Viewer
from accounts.selectors.people import KEEPERS


def postings_for(viewer: Viewer) -> QuerySet[Posting]:
    """All postings, for the three administrators; none for everybody else."""
    rows = Posting.objects.select_related("person", "unit", "substitute_for")
    return rows if viewer.has_role(*KEEPERS) else rows.none()


def units_for(viewer: Viewer) -> QuerySet[Unit]:
    """The tree, for the three administrators."""
    rows = Unit.objects.select_related("parent", "fallback")
    return rows if viewer.has_role(*KEEPERS) else rows.none()


def audit_for(viewer: Viewer) -> QuerySet[AuditLine]:
    """The auditor reads every line; the security administrator those about postings; nobody else any."""
    rows = AuditLine.objects.select_related("actor")
    if viewer.has_role(Role.AUDITOR):
        return rows
    return rows.filter(act__startswith="posting.") if viewer.has_role(Role.SECURITY) else rows.none()
