"""Funds, the money ledger, and whether it balances to the fen."""

from __future__ import annotations

from django.db.models import F, QuerySet, Sum
from django.db.models.functions import Coalesce

from accounts.rules.roles import Role
from accounts.rules.viewer import Viewer
from care.models import Application, Fund, Payment
from care.rules.applications import State

MONEY_READERS = (Role.CASHIER, Role.UNION, Role.APPROVER)


def funds_for(viewer: Viewer) -> QuerySet[Fund]:
    return Fund.objects.all() if viewer.has_role(*MONEY_READERS) else Fund.objects.none()


def payments_for(viewer: Viewer) -> QuerySet[Payment]:
    """The money ledger, newest first, for the cashier and the union. It holds no reason and no account."""
    if not viewer.has_role(Role.CASHIER, Role.UNION):
        return Payment.objects.none()
    rows = Payment.objects.select_related("fund", "campaign", "policy", "by", "application__person")
    return rows.defer("application__reason", "application__account")


def unbalanced_funds(viewer: Viewer) -> list[tuple[str, int, int]]:
    """(code, fen by its lines, fen it says it holds) of each fund where the two differ; [] when all balance."""
    rows = funds_for(viewer).annotate(by_lines=Coalesce(Sum("payments__change_fen"), 0)).exclude(by_lines=F("left_fen"))
    return list(rows.values_list("code", "by_lines", "left_fen"))


def paid_without_line(viewer: Viewer) -> QuerySet[Application]:
    """Applications that say they are paid and have no line of that sum; none, always."""
    if not viewer.has_role(*MONEY_READERS):
        return Application.objects.none()
    paid = Application.objects.filter(state=State.PAID).defer("reason", "account")
    return paid.annotate(got=Coalesce(Sum("payments__change_fen"), 0)).exclude(got=-F("approved_fen"))
