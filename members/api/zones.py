"""责任片区: proposals that wait for a secretary. Each pair is accepted or declined by people."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import paging
from accounts.api.doors import RoleDoor, checked, told
from accounts.rules.roles import Role
from common import clock
from common.errors import NotThere
from members.api import inputs, outputs
from members.api.outline import match_row
from members.models import Match
from members.selectors.zones import proposals_for
from members.services import zones as services

TAG = "片区和联系人"
ROLES = frozenset({Role.SECRETARY})
NOT_THERE = "没有这一条提议，或者不归您定"


def _match(request: Request, contact: UUID, driver: UUID) -> Match:
    row = proposals_for(request.viewer).filter(contact__key=contact, driver__person__key=driver).first()
    if row is None:
        raise NotThere(_(NOT_THERE))
    return row


class Proposals(RoleDoor):
    roles = ROLES
    query = frozenset(paging.QUERY)

    @told(
        "zone_proposals", TAG, "等我定的提议", "哪名党员联系哪名司机、为什么；人来定。", {200: (paging.envelope(outputs.MatchOut), "一页")},
        parameters=paging.PARAMETERS,
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        """Proposals in the viewer's branches."""
        rows = proposals_for(request.viewer).select_related(
            "contact", "driver__person", "driver__place", "driver__living_place", "driver__enterprise"
        )
        return paging.answer(request, rows, outputs.MatchOut, match_row)


class Accept(RoleDoor):
    roles = ROLES

    @told("zone_accept", TAG, "定了", "第六名会被拒绝：一名党员最多五名司机。", {204: (None, "定了")}, takes=inputs.NothingIn)
    def post(self, request: Request, contact: UUID, driver: UUID) -> Response:
        """Give him the seat."""
        match = _match(request, contact, driver)
        checked(inputs.NothingIn, request)
        services.accept(match=match, by=request.viewer, now=clock.now())
        return Response(status=204)


class Decline(RoleDoor):
    roles = ROLES

    @told("zone_decline", TAG, "不要这一条", "这两个人以后不再提在一起。", {204: (None, "去掉了")}, takes=inputs.NothingIn)
    def post(self, request: Request, contact: UUID, driver: UUID) -> Response:
        """Take the proposal away."""
        match = _match(request, contact, driver)
        checked(inputs.NothingIn, request)
        services.decline(matches=[match.pk], by=request.viewer, now=clock.now())
        return Response(status=204)
