"""单位对不上 by what census and union wrote: each two enterprises once, settled with one word, taken back with one."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import paging
from accounts.api.doors import RoleDoor, checked, told
from common import clock
from common.errors import NotThere
from members.api import inputs
from members.api import union_outputs as outputs
from members.api.enterprises import CHOICE, LABEL, NOBODY, ROLES, TAG, sealed_enterprise
from members.models import Enterprise
from members.selectors import enterprises as selectors
from members.services import employers

AT = "members.employerpairs"  # the cursor names a place in the list: pairs have no rows of their own


class Pairs(RoleDoor):
    roles = ROLES
    query = frozenset(paging.QUERY)

    @told(
        "employer_pairs", TAG, "叫法对不上的企业", "摸排写的和工会写的，每两家一条，涉及司机多的在前。定过几条以后从头再取。",
        {200: (paging.envelope(outputs.EmployerPairOut), "一页")}, parameters=paging.PARAMETERS,
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        """Each two enterprises that nobody has settled."""
        size, raw = paging.page_size(request), request.query_params.get("cursor", "")
        start = paging.opened(raw, AT) if raw else 0
        if start is None:
            raise serializers.ValidationError({"cursor": [_("cursor 不对，请用上一页 next 里的地址")]})
        pairs = selectors.employer_pairs(request.viewer)
        shown = pairs[start : start + size]
        names = Enterprise.objects.in_bulk({pk for each in shown for pk in (each.enterprise_id, each.other)})
        items = [{"census": _side(names[each.enterprise_id]), "union": _side(names[each.other]), "drivers": each.drivers} for each in shown]
        more = {**request.query_params.dict(), "cursor": paging.sealed(start + size, AT)}
        following = f"{request.path}?{urlencode(more)}" if len(pairs) > start + size else ""
        return Response({"items": outputs.EmployerPairOut(items, many=True).data, "next": following})


def _side(each: Enterprise) -> dict[str, Any]:
    return {"enterprise": paging.sealed(each.pk, LABEL), "name": each.name, "code": each.code or ""}


class SettlePair(RoleDoor):
    roles = ROLES

    @told(
        "employer_pair_settle", TAG, "定一对企业", "这两家之间对不上的司机一次都按一边定，自己的除外；每人还能单独撤。别人刚定过的是 409。",
        {200: (outputs.PairSettledOut, "定了")}, takes=inputs.EmployerPairIn,
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """One word for every driver between the two."""
        said = checked(inputs.EmployerPairIn, request)
        census, union = (sealed_enterprise(request.viewer, said[name], name) for name in ("census", "union"))
        done = employers.settle_pair(census=census, union=union, taken=said["taken"], by=request.viewer, now=clock.now())
        return Response(outputs.PairSettledOut({"drivers": done}).data)


class Decisions(RoleDoor):
    roles = ROLES

    @told("employer_decisions", TAG, "定过的，按次", "一次定下来的一条，涉及几名司机；新的在前，最近 20 次。", {200: (outputs.DecisionsOut, "最近 20 次")})
    def get(self, request: Request) -> Response:
        """What stands, by decision."""
        items = [
            {"choice": paging.sealed(each.pk, CHOICE), "census": each.census.name, "union": each.union.name, "taken": each.taken,
             "taken_word": each.get_taken_display(), "by": each.by.name, "at": each.at, "drivers": drivers}
            for each, drivers in selectors.employer_decisions(request.viewer)
        ]  # fmt: skip
        return Response(outputs.DecisionsOut({"items": items}).data)


class PairBack(RoleDoor):
    roles = ROLES

    @told(
        "employer_pair_back", TAG, "撤一次定", "那一次定的都撤；后来又改过的不动，数目告诉您。", {200: (outputs.PairBackOut, "撤了")}, takes=inputs.EmployerBackIn,
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """As it was, for all that were settled together."""
        said = checked(inputs.EmployerBackIn, request)
        choice = selectors.employer_choices(request.viewer).filter(pk=paging.opened(said["choice"], CHOICE)).first()
        if choice is None:
            raise NotThere(_(NOBODY))
        back, left = employers.take_back_pair(choice=choice, by=request.viewer, now=clock.now())
        return Response(outputs.PairBackOut({"back": back, "left": left}).data)
