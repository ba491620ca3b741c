"""What a driver received: packs, insurance, money. His own alone; nothing from before a long silence of his phone."""

from __future__ import annotations

from django.db.models import QuerySet

from accounts.rules.viewer import Viewer
from care.models import Application, Helped, Issue
from care.rules.applications import State
from care.selectors.applications import SEALED


def packs(viewer: Viewer) -> QuerySet[Issue]:
    """What was handed to him and not given back, newest first."""
    rows = Issue.objects.filter(person=viewer.person_id or 0, back_at=None).select_related("campaign", "good", "line__point")
    return (rows.filter(at__gte=viewer.hidden_before) if viewer.hidden_before else rows).order_by("-at", "-id")


def money(viewer: Viewer) -> QuerySet[Application]:
    """Money that was paid to him, newest first."""
    rows = Application.objects.filter(person=viewer.person_id or 0, state=State.PAID).defer(*SEALED)
    return (rows.filter(asked_at__gte=viewer.hidden_before) if viewer.hidden_before else rows).order_by("-paid_at", "-id")


def claims(viewer: Viewer) -> QuerySet[Helped]:
    """Claims that the union helped him with, newest first."""
    rows = Helped.objects.filter(insured__person=viewer.person_id or 0).select_related("insured__policy")
    return (rows.filter(at__gte=viewer.hidden_before) if viewer.hidden_before else rows).order_by("-at", "-id")
