"""认领: the secretary's half. Verified by one, placed by another; a claim is not a member before that."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpResponse
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import paging
from accounts.api.doors import AUTH, READS, RoleDoor, answers, checked, told
from accounts.api.shapes import Input
from accounts.rules.roles import Role
from branches.selectors.scope import is_committee
from common import clock, stored_files
from common.errors import NotThere
from members.admin.twice import WHY, sides
from members.api import inputs, outputs
from members.api.outline import claim_row, claim_sheet
from members.models import Claim
from members.selectors.claims import claims_for
from members.selectors.twice import members_twice
from members.services import claims as services

TAG = "认领和入列"
ROLES = frozenset({Role.SECRETARY})
NOT_THERE = "没有这一份，或者不归您看"


def claim_of(request: Request, key: UUID) -> Claim:
    """One claim this secretary may work on. Raises NotThere."""
    row = claims_for(request.viewer).select_related("person", "place", "branch__unit").filter(key=key).first()
    if row is None:
        raise NotThere(_(NOT_THERE))
    return row


class Claims(RoleDoor):
    roles = ROLES
    query = frozenset({*paging.QUERY, "state", "source"})

    @told(
        "claims", TAG, "认领", "归您核实的和待入列的，先来的在前。核实之前不算党员。",
        {200: (paging.envelope(outputs.ClaimRowOut), "一页")},
        parameters=[
            OpenApiParameter("state", str, description="到哪一步", enum=list(Claim.State.values)),
            OpenApiParameter("source", str, description="从哪来", enum=list(Claim.Source.values)), *paging.PARAMETERS,
        ],
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        """One page of this secretary's claims."""
        closed = {"state": Claim.State.values, "source": Claim.Source.values}
        asked = {name: request.query_params[name] for name in closed if request.query_params.get(name)}
        wrong = {name: [_("只能是：%s") % "、".join(closed[name])] for name, value in asked.items() if value not in closed[name]}
        if wrong:
            raise serializers.ValidationError(wrong)
        rows = claims_for(request.viewer).filter(**asked).select_related("person", "place", "branch__unit")
        return paging.answer(request, rows, outputs.ClaimRowOut, claim_row)


class TwiceMembers(RoleDoor):
    roles = ROLES

    def may_enter(self, request: Request) -> None:
        """The committee alone knows of both. Raises NotThere."""
        super().may_enter(request)
        if not is_committee(request.viewer):
            raise NotThere(_(NOT_THERE))

    @told(
        "members_twice", TAG, "一人两份", "可能是同一个人，却核实了两回。给行业党委：在其中一份上记离开，才能合并。",
        {200: (outputs.TwiceOut(many=True), "每一对")},
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        """Every pair, the membership verified last first."""
        pairs = [{"why": each.why, "why_words": str(WHY[each.why]), "sides": sides(each)} for each in members_twice(request.viewer)]
        return Response(outputs.TwiceOut(pairs, many=True).data)


class OneClaim(RoleDoor):
    roles = ROLES

    @told("claim", TAG, "一份认领", "他说了什么、联系过几次、您能做什么。", {200: (outputs.ClaimOut, "这一份")})
    def get(self, request: Request, key: UUID) -> Response:
        """The sheet of one claim."""
        return Response(outputs.ClaimOut(claim_sheet(claim_of(request, key), request.viewer)).data)


class Proof(RoleDoor):
    roles = ROLES

    @extend_schema(
        operation_id="claim_proof", tags=[TAG], summary="凭据的照片", auth=AUTH, description="他交的照片；没交是 404。",
        responses={(200, "image/jpeg"): OpenApiResponse(OpenApiTypes.BINARY, description="照片"), **answers({}, *READS)},
    )
    def get(self, request: Request, key: UUID) -> HttpResponse:
        """The photo, to whoever may verify him."""
        return photo_of(claim_of(request, key))


def photo_of(row: Claim) -> HttpResponse:
    """The proof of a claim that the caller may know of. Raises NotThere where there is none."""
    try:
        data = stored_files.open_sealed(row.proof, root=settings.DATA_DIR) if row.proof else None
    except FileNotFoundError:
        data = None
    if data is None:
        raise NotThere(_(NOT_THERE))
    return HttpResponse(data, content_type="image/jpeg", headers={"Cache-Control": "no-store"})


ACTS: dict[str, tuple[Any, type[Input], str, str, dict[str, Any]]] = {
    "verify": (
        services.verify, inputs.VerifyIn, "核实上了", "凭照片、凭电话问原支部、凭镇街名单。核实的人不能再入列。",
        {"how": "telephone", "kind": "full", "note": "原支部王书记说在册"},
    ),
    "refuse": (services.refuse, inputs.RefuseIn, "没核实上", "理由司机看得到，他能请别人再看一次。", {"why": "原支部查不到这个人"}),
    "place": (services.place, inputs.PlaceIn, "入列", "另一个人把核实过的党员编进一个支部。", {"branch": "branch-03", "reason": "住在大许镇"}),
    "assign": (services.assign, inputs.BranchIn, "交给支部核实", "党委书记把一份认领交给一个支部。", {"branch": "branch-03"}),
    "reach": (services.reach_out, inputs.ReachIn, "记一次联系", "打电话或者上门，找到没有。", {"how": "call", "reached": True, "note": "约了周三"}),
}  # fmt: skip


def _act(name: str) -> type[RoleDoor]:
    """The door of one act on a claim."""
    service, shape, word, about, example = ACTS[name]

    @told(f"claim_{name}", TAG, word, about, {200: (outputs.ClaimOut, "做好了，这一份现在的样子")}, takes=shape, example=example)
    def post(self: RoleDoor, request: Request, key: UUID) -> Response:
        row = claim_of(request, key)
        said = checked(shape, request)
        service(claim=row, by=request.viewer, now=clock.now(), **said)
        return Response(outputs.ClaimOut(claim_sheet(claim_of(request, key), request.viewer)).data)

    return type(f"{name.title()}Claim", (RoleDoor,), {"roles": ROLES, "post": post, "__module__": __name__})


ACT_DOORS = {name: _act(name) for name in ACTS}
