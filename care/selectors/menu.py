"""What waits in care's menu, for each role."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from accounts.rules.roles import Role
from accounts.rules.viewer import Viewer
from care.models import Application
from care.selectors import applications, sheets, visits
from care.selectors.scope import KEEPERS
from care.selectors.stock import tallies_for
from common import clock
from members.selectors.exports import to_decide


def rows_that_wait(viewer: Viewer) -> dict[str, QuerySet]:
    """url_name -> rows that wait for this viewer; nothing for who has no page of care."""
    rows: dict[str, QuerySet] = {}
    if viewer.has_role(Role.APPROVER, Role.CASHIER):
        mine = Q(pk__in=applications.decidable(viewer).values("pk")) | Q(pk__in=applications.payable(viewer).values("pk"))
        rows["admin:care_applications"] = Application.objects.filter(mine)
    if viewer.has_role(Role.CASHIER, Role.UNION):
        rows["admin:care_money"] = to_decide(viewer).filter(what=sheets.PAYMENTS)
    if viewer.has_role(Role.UNION, Role.SECRETARY):
        rows["admin:care_visits"] = visits.awaited(viewer, today=clock.today(clock.now()))
    if viewer.has_role(*KEEPERS):
        rows["admin:care_stock"] = tallies_for(viewer)  # counts that wait for a second signature
    return rows
