"""入会: a driver asks on his phone with his consent, the officer of the union decides with a reason he reads."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import paging
from accounts.api.doors import RoleDoor, SignedInDoor, checked, told
from accounts.rules.roles import Role
from common import clock
from common.errors import NotThere
from common.masks import mask_name, mask_phone
from members.api import inputs
from members.api import union_outputs as outputs
from members.api.enterprises import sealed_enterprise
from members.models import JoinRequest
from members.selectors.union import join_requests_for, own_join, own_union_member
from members.services import joining as services
from members.web.join import asked_of

TAG, MINE = "工会", "加入工会"
ROLES = frozenset({Role.UNION})
NOT_THERE = "没有这一份，或者不归您办"


def _request(request: Request, key: UUID) -> JoinRequest:
    row = join_requests_for(request.viewer).select_related("person", "enterprise").filter(key=key).first()
    if row is None:
        raise NotThere(_(NOT_THERE))
    return row


def _row(each: JoinRequest) -> dict[str, Any]:
    return {
        "key": each.key, "name": mask_name(each.person.name), "phone": mask_phone(each.person.phone), "occupation": each.occupation,
        "occupation_word": each.get_occupation_display(), "enterprise": each.enterprise.name if each.enterprise else "",
        "employer_words": each.employer_words, "asked_at": each.asked_at,
    }  # fmt: skip


class Joins(RoleDoor):
    roles = ROLES
    query = frozenset(paging.QUERY)

    @told(
        "joins", TAG, "入会申请", "等着办的，先来的在前；本人收回了就不在这里。", {200: (paging.envelope(outputs.JoinRowOut), "一页")},
        parameters=paging.PARAMETERS,
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        """Those that wait."""
        return paging.answer(request, join_requests_for(request.viewer).select_related("person", "enterprise"), outputs.JoinRowOut, _row)


class Accept(RoleDoor):
    roles = ROLES

    @told(
        "join_accept", TAG, "办好了", "他从这一天起是会员；信息库里的司机不会因此多一个。", {204: (None, "办好了，他的手机上看得到")},
        takes=inputs.AcceptJoinIn, example={"joined_on": "2026-11-25"},
    )  # fmt: skip
    def post(self, request: Request, key: UUID) -> Response:
        """Take him in."""
        row = _request(request, key)
        said = checked(inputs.AcceptJoinIn, request)
        company = sealed_enterprise(request.viewer, said["enterprise"])
        services.accept(request=row, enterprise=company, joined_on=said["joined_on"], by=request.viewer, now=clock.now())
        return Response(status=204)


class Refuse(RoleDoor):
    roles = ROLES

    @told(
        "join_refuse", TAG, "没有办成", "理由他看得到，他能再申请。", {204: (None, "记下了")}, takes=inputs.RefuseJoinIn, example={"why": "单位还没有建会"},
    )  # fmt: skip
    def post(self, request: Request, key: UUID) -> Response:
        """Not taken in, and why."""
        row = _request(request, key)
        services.refuse(request=row, by=request.viewer, now=clock.now(), **checked(inputs.RefuseJoinIn, request))
        return Response(status=204)


def _mine(request: Request) -> Response:
    """The request and the membership of whoever asks (JoinMineOut)."""
    member, row = own_union_member(request.viewer), own_join(request.viewer)
    company = member.enterprise if member else row.enterprise if row else None
    answer = {
        "member": member is not None, "since": member.joined_on if member else None,
        "employer": company.name if company else row.employer_words if row and not member else "",
        "state": row.state if row else "", "state_word": row.get_state_display() if row else "", "asked_at": row.asked_at if row else None,
        "why": row.why if row and row.state == JoinRequest.State.REFUSED else "",
    }  # fmt: skip
    return Response(outputs.JoinMineOut(answer).data)


class JoinMine(SignedInDoor):
    @told("join_mine", MINE, "办到哪一步", "只有本人看得到。", {200: (outputs.JoinMineOut, "现在的样子")})
    def get(self, request: Request) -> Response:
        """How far it is."""
        return _mine(request)


class JoinAsk(SignedInDoor):
    @told(
        "join_ask", MINE, "加入工会", "您同意了，工会才收到。发两次还是一份。", {200: (outputs.JoinMineOut, "收到了")}, takes=inputs.JoinIn,
        example={"name": "张师傅", "occupation": "truck", "employer": "徐州甲运输有限公司", "agree": True},
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """One person, one request under way; sent again it is the same one."""
        said = checked(inputs.JoinIn, request)
        services.ask(person=request.user, asked=asked_of(said), by=request.viewer, now=clock.now())
        return _mine(request)


class JoinWithdraw(SignedInDoor):
    def may_enter(self, request: Request) -> None:
        super().may_enter(request)
        row = own_join(request.viewer)
        if row is None or row.state != JoinRequest.State.OPEN:
            raise NotThere(_(NOT_THERE))

    @told("join_withdraw", MINE, "收回", "办好以前随时可以；同意也一起收回。", {200: (outputs.JoinMineOut, "收回了")}, takes=inputs.NothingIn)
    def post(self, request: Request) -> Response:
        """Take it back."""
        checked(inputs.NothingIn, request)
        services.withdraw(by=request.viewer, now=clock.now())
        return _mine(request)
