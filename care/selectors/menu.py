"""What waits in care's menu, for each role, in one question."""

from __future__ import annotations

from datetime import date

from django.db.models import Q, QuerySet

from accounts.models import Unit
from accounts.rules.roles import Role
from accounts.rules.viewer import Viewer
from care.models import Application
from care.selectors import applications, sheets, visits
from common.counting import counts_beside
from members.selectors.exports import to_decide


def people_counts(viewer: Viewer, *, today: date) -> dict[str, int]:
    """url_name -> rows that wait for this viewer; nothing for who has no page of care."""
    rows: dict[str, QuerySet] = {}
    if viewer.has_role(Role.APPROVER, Role.CASHIER):
        mine = Q(pk__in=applications.decidable(viewer).values("pk")) | Q(pk__in=applications.payable(viewer).values("pk"))
        rows["admin:care_applications"] = Application.objects.filter(mine)
    if viewer.has_role(Role.CASHIER, Role.UNION):
        rows["admin:care_money"] = to_decide(viewer).filter(what=sheets.PAYMENTS)
    if viewer.has_role(Role.UNION, Role.SECRETARY):
        rows["admin:care_visits"] = visits.awaited(viewer, today=today)
    return counts_beside(Unit.objects.filter(pk__in=viewer.units()).order_by("pk"), rows) if rows else {}
