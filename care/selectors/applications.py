"""Applications by who looks: the approver reads why and never the account, the cashier the account and never why.

What a viewer may not read is not even fetched. Table «role × data», row m."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from accounts.rules.roles import Role
from accounts.rules.viewer import Viewer
from care.models import Application, Evidence
from care.rules.applications import State

SEALED = ("reason", "account")
AGREED = Q(consent=None) | Q(consent__withdrawn_at=None)  # he may take it back; what is proposed is read no more from then on


@dataclass(frozen=True)
class ToApprove:
    """What the approver decides on: everything but the account."""

    key: UUID
    kind: str
    name: str
    asked_fen: int
    reason: str
    papers: int
    asked_by: str
    asked_at: datetime
    version: int


@dataclass(frozen=True)
class ToPay:
    """What the cashier pays by: name, sum, account; not a word of why."""

    key: UUID
    name: str
    approved_fen: int
    account: str
    approved_by: str
    version: int


def own(viewer: Viewer) -> QuerySet[Application]:
    """For himself, or asked by himself; he may read what he wrote, not what another wrote about him."""
    if viewer.person_id is None:
        return Application.objects.none()
    rows = Application.objects.filter(Q(person=viewer.person_id) | Q(asked_by=viewer.person_id)).select_related("person")
    return (rows.filter(asked_at__gte=viewer.hidden_before) if viewer.hidden_before else rows).defer(*SEALED)


def of_units(viewer: Viewer) -> QuerySet[Application]:
    """What his branch or the union nominated: state and sums, neither why nor account."""
    units = viewer.units(Role.SECRETARY, Role.UNION)
    return Application.objects.filter(unit__in=units).select_related("person", "asked_by").defer(*SEALED)


def decidable(viewer: Viewer) -> QuerySet[Application]:
    """Those that wait for this approver: never his own, nor one he asked for."""
    if not viewer.has_role(Role.APPROVER):
        return Application.objects.none()
    rows = Application.objects.filter(AGREED, state=State.PROPOSED).exclude(asked_by=viewer.person_id).exclude(person=viewer.person_id)
    return rows.select_related("person", "asked_by").defer("account").order_by("id")


def payable(viewer: Viewer) -> QuerySet[Application]:
    """Those that wait for this cashier: never his own, nor one he asked for or approved."""
    if not viewer.has_role(Role.CASHIER):
        return Application.objects.none()
    rows = Application.objects.filter(state=State.APPROVED)
    for side in ("asked_by", "person", "approved_by"):
        rows = rows.exclude(**{side: viewer.person_id})
    return rows.select_related("person", "approved_by").defer("reason").order_by("id")


def decided(viewer: Viewer) -> QuerySet[Application]:
    """What this approver has decided or this cashier has paid; neither why nor account is shown again."""
    mine = Q(pk=None)
    if viewer.has_role(Role.APPROVER):
        mine |= Q(approved_by=viewer.person_id)
    if viewer.has_role(Role.CASHIER):
        mine |= Q(paid_by=viewer.person_id)
    return Application.objects.filter(mine).select_related("person", "asked_by").defer(*SEALED).order_by("-decided_at", "-id")


def earlier(viewer: Viewer, row: Application) -> QuerySet[Application]:
    """What was asked for the same person before, for the approver who decides on `row`: kinds, sums, states, no word of why."""
    if not decidable(viewer).filter(pk=row.pk).exists():
        return Application.objects.none()
    rows = Application.objects.filter(person=row.person_id).exclude(pk=row.pk).exclude(state=State.WITHDRAWN)
    return rows.select_related("person").defer(*SEALED).order_by("-id")[:10]


def known_to(viewer: Viewer) -> QuerySet[Application]:
    """All that his pages name: those that wait for him, those he dealt with, those his unit nominated."""
    rows = Application.objects.filter(
        Q(pk__in=decidable(viewer).values("pk")) | Q(pk__in=payable(viewer).values("pk")) | Q(pk__in=decided(viewer).values("pk"))
        | Q(pk__in=of_units(viewer).values("pk"))
    )  # fmt: skip
    return rows.select_related("person", "asked_by", "approved_by", "paid_by", "unit", "fund", "consent").defer(*SEALED)


def to_approve(viewer: Viewer) -> Iterator[ToApprove]:
    """As cards. Whoever shows them writes one audit line for each."""
    for row in decidable(viewer).prefetch_related("evidence"):
        yield ToApprove(
            row.key, row.kind, row.person.name, row.asked_fen, row.reason, len(row.evidence.all()), row.asked_by.name, row.asked_at, row.version
        )


def to_pay(viewer: Viewer) -> Iterator[ToPay]:
    """As cards. Whoever shows them writes one audit line for each."""
    for row in payable(viewer):
        yield ToPay(row.key, row.person.name, row.approved_fen or 0, row.account, row.approved_by.name, row.version)


def evidence_for(viewer: Viewer, key: UUID) -> QuerySet[Evidence]:
    """Papers of an application, for the approver who decides on it; nobody else opens them."""
    return Evidence.objects.filter(application__in=decidable(viewer), application__key=key)
