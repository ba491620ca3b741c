"""司机: the register by filter or search, one driver, what happened in his life, what is corrected."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import paging
from accounts.api.doors import RoleDoor, checked, told
from accounts.api.resending import Key
from accounts.rules.roles import Role
from common import clock
from common.errors import NotThere
from members.api import inputs, outputs
from members.api.outline import driver_row, driver_sheet, with_lines
from members.models import Driver
from members.selectors import register
from members.services import drivers as services

TAG = "信息库"
ROLES = frozenset(register.READERS)
KEEPERS = frozenset({Role.REGISTRAR})
NOT_THERE = "没有这一位，或者不在您能看的范围里"
FILTERS = [
    OpenApiParameter("place", str, description="镇街的代码，见 choices"),
    OpenApiParameter("engagement", str, description="身份", enum=list(Driver.Engagement.values)),
    OpenApiParameter("trade", str, description=f"运输行业：{'、'.join(register.TRADES)}，或者库里写着的另一种"),
    OpenApiParameter("state", str, description="状态，默认在册", enum=list(Driver.State.values)),
]
WRONG = {
    "place": "没有这个镇街，请看 choices",
    "trade": "库里没有这个行业",
    **{name: f"只能是：{'、'.join(sorted(kind.values))}" for name, kind in (("engagement", Driver.Engagement), ("state", Driver.State))},
}


def driver_of(request: Request, key: UUID) -> Driver:
    """One driver this viewer may know of. Raises NotThere."""
    row = with_lines(register.drivers_for(request.viewer)).defer(None).filter(person__key=key).first()
    if row is None:
        raise NotThere(_(NOT_THERE))
    return row


def _narrowed(request: Request) -> QuerySet[Driver]:
    """The viewer's drivers by closed filters. Raises ValidationError at the filter."""
    asked = request.query_params
    wrong = register.wrong_filters(request.viewer, asked)
    if wrong:
        raise serializers.ValidationError({name: [_(WRONG[name])] for name in wrong})
    return register.narrowed(request.viewer, asked)


def _page(request: Request, rows: QuerySet[Driver]) -> Response:
    return paging.answer(request, with_lines(rows), outputs.DriverRowOut, driver_row)


class Drivers(RoleDoor):
    roles = ROLES
    query = frozenset({*paging.QUERY, "place", "engagement", "trade", "state"})

    @told(
        "drivers", TAG, "司机", "管库的看全区；支部书记看自己的党员和他们联系的司机。姓名、手机号、车牌都遮着。",
        {200: (paging.envelope(outputs.DriverRowOut), "一页")}, parameters=[*FILTERS, *paging.PARAMETERS],
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        """One page of the viewer's drivers."""
        return _page(request, _narrowed(request))


class Search(RoleDoor):
    roles = ROLES
    query = frozenset(paging.QUERY)

    @told(
        "drivers_search", TAG, "找司机", "写在正文里，名字和车牌不进地址。下一页再 POST 同一个正文到 next。",
        {200: (paging.envelope(outputs.DriverRowOut), "一页")}, takes=inputs.SearchIn, parameters=paging.PARAMETERS, key=Key.NO,
        example={"text": "大路"},
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """Drivers found by two characters, a plate, or the last four of a phone; within what the viewer may know of."""
        said = checked(inputs.SearchIn, request)
        rows = register.drivers_for(request.viewer)
        return _page(request, register.found(request.viewer, rows, said["text"]))


class OneDriver(RoleDoor):
    roles = ROLES

    @told("driver", TAG, "一位司机", "知道什么、改过什么。看全号只能在后台写理由。", {200: (outputs.DriverOut, "这一位")})
    def get(self, request: Request, key: UUID) -> Response:
        """The sheet of one driver."""
        return Response(outputs.DriverOut(driver_sheet(driver_of(request, key), request.viewer)).data)


class State(RoleDoor):
    roles = KEEPERS

    @told(
        "driver_state", TAG, "他不开了、迁走了、回来了", "管库的人记。离开的那一刻，他的联系人和提议一起停。",
        {200: (outputs.DriverOut, "记下了")}, takes=inputs.StateIn, example={"state": "moved", "on": "2026-11-20", "reason": "本人来电说迁去睢宁"},
    )  # fmt: skip
    def post(self, request: Request, key: UUID) -> Response:
        """What happened in his life."""
        now, row = clock.now(), driver_of(request, key)
        said = checked(inputs.StateIn, request)
        on = said["on"] or clock.today(now)
        services.set_state(driver=row, state=said["state"], on=on, by=request.viewer, reason=said["reason"], now=now)
        return Response(outputs.DriverOut(driver_sheet(driver_of(request, key), request.viewer)).data)


class Correct(RoleDoor):
    roles = KEEPERS

    @told(
        "driver_correct", TAG, "改正", "只改写了的那几项；原来写的留在经过里。", {200: (outputs.DriverOut, "改好了")}, takes=inputs.CorrectIn,
        example={"trade": "冷链", "reason": "本人来电"},
    )  # fmt: skip
    def post(self, request: Request, key: UUID) -> Response:
        """Correct what is known of him."""
        row = driver_of(request, key)
        said = checked(inputs.CorrectIn, request)
        if called := said.get("enterprise"):
            said["enterprise"] = register.employer_called(request.viewer, called)
            if said["enterprise"] is None:
                raise serializers.ValidationError({"enterprise": [_("没有找到这一家，写全名或者统一社会信用代码")]})
        services.correct(driver=row, by=request.viewer, now=clock.now(), **said)
        return Response(outputs.DriverOut(driver_sheet(driver_of(request, key), request.viewer)).data)
