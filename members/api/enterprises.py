"""企业: both registers of it, its names side by side; employers that census and union name differently, settled by a person."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import paging
from accounts.api.doors import RoleDoor, checked, told
from accounts.rules.viewer import Viewer
from common import clock
from common.errors import NotThere
from common.masks import mask_name, mask_phone, mask_plate
from members.admin.enterprises import SHOWN, counted
from members.api import inputs
from members.api import union_outputs as outputs
from members.models import EmployerChoice, Enterprise, EnterpriseName
from members.selectors import enterprises as selectors
from members.services import employers
from members.services import enterprises as services

TAG = "企业"
ROLES = frozenset(selectors.READERS)
NOT_THERE = "没有这一家，或者不归您看"
NOBODY = "没有这一位，或者不归您定"
VIEWS = ("union", "named")
LABEL = Enterprise._meta.label_lower
CHOICE = EmployerChoice._meta.label_lower


def sealed_enterprise(viewer: Viewer, sealed: str, field: str = "enterprise") -> Enterprise | None:
    """The enterprise that a list named so; None for "". Raises ValidationError at `field`."""
    if not sealed:
        return None
    found = selectors.enterprises_for(viewer).filter(pk=paging.opened(sealed, LABEL)).first()
    if found is None:
        raise serializers.ValidationError({field: [_("没有这一家，请用企业列表里的 enterprise")]})
    return found


def _enterprise(request: Request, sealed: str) -> Enterprise:
    row = selectors.enterprises_for(request.viewer).select_related("place").filter(pk=paging.opened(sealed, LABEL)).first()
    if row is None:
        raise NotThere(_(NOT_THERE))
    return row


def _row(each: Enterprise, members: int, drivers: int) -> dict[str, Any]:
    return {
        "enterprise": paging.sealed(each.pk, LABEL), "name": each.name, "code": each.code or "", "place": each.place.name if each.place else "",
        "in_union": each.in_union, "members": members, "drivers": drivers,
    }  # fmt: skip


class Enterprises(RoleDoor):
    roles = ROLES
    query = frozenset({*paging.QUERY, "view", "q"})

    @told(
        "enterprises", TAG, "企业", "摸排和工会知道的企业，各有几名会员、几名司机。",
        {200: (paging.envelope(outputs.EnterpriseRowOut), "一页")},
        parameters=[
            OpenApiParameter("view", str, description="union 建了会的，named 两边叫法不同的", enum=list(VIEWS)),
            OpenApiParameter("q", str, description="名称里的两个字，或者统一社会信用代码"), *paging.PARAMETERS,
        ],
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        """One page of enterprises."""
        viewer, view, q = request.viewer, request.query_params.get("view", ""), request.query_params.get("q", "")
        if view and view not in VIEWS:
            raise serializers.ValidationError({"view": [_("只能是：%s") % "、".join(VIEWS)]})
        if q and not 2 <= len(q.strip()) <= 40:
            raise serializers.ValidationError({"q": [_("写 2 到 40 个字")]})
        rows = selectors.found_enterprises(viewer, q) if q else selectors.enterprises_for(viewer)
        if view == "union":
            rows = rows.filter(in_union=True)
        elif view == "named":
            rows = rows.filter(pk__in=selectors.to_name(viewer).order_by().values("pk"))
        found, following = paging.page(request, rows.select_related("place"))
        items = [_row(each, *counts) for each, counts in counted(list(found))]
        return Response({"items": outputs.EnterpriseRowOut(items, many=True).data, "next": following})


def _sheet(request: Request, row: Enterprise) -> Response:
    """One enterprise: people of one's own register, masked; of the other a number."""
    viewer = request.viewer
    tally, covered = selectors.tally(viewer, row), selectors.covered_by(viewer, row)
    words = dict(EnterpriseName.Source.choices)
    people = [
        *((each, each.get_occupation_display()) for each in selectors.union_members_of(viewer, row).select_related("person")[:SHOWN]),
        *((each, each.get_engagement_display()) for each in selectors.drivers_of(viewer, row).select_related("person")[:SHOWN]),
    ]
    answer = _row(row, tally["members"], tally["drivers"]) | {
        "vehicles": tally["vehicles"], "branches": list(covered.names), "by_place": covered.by_place,
        "names": [{"name": each.name, "source": words[each.source], "stands": each.name == row.name} for each in selectors.names_of(viewer, row)],
        "people": [{"name": mask_name(each.person.name), "phone": mask_phone(each.person.phone), "word": word} for each, word in people],
        "plates": [mask_plate(each.plate) for each in selectors.vehicles_of(viewer, row)[:SHOWN]],
    }  # fmt: skip
    return Response(outputs.EnterpriseOut(answer).data)


class OneEnterprise(RoleDoor):
    roles = ROLES

    @told("enterprise", TAG, "一家企业", "各处的叫法、会员、司机、车，归哪个支部。", {200: (outputs.EnterpriseOut, "这一家")})
    def get(self, request: Request, enterprise: str) -> Response:
        """The sheet of one enterprise."""
        return _sheet(request, _enterprise(request, enterprise))


class Name(RoleDoor):
    roles = ROLES

    @told(
        "enterprise_name", TAG, "定下名称", "各处原来的叫法都留着。", {200: (outputs.EnterpriseOut, "定了")}, takes=inputs.EnterpriseNameIn,
        example={"name": "徐州甲运输有限公司"},
    )  # fmt: skip
    def post(self, request: Request, enterprise: str) -> Response:
        """A person says what it is called."""
        row = _enterprise(request, enterprise)
        services.settle_name(enterprise=row, by=request.viewer, now=clock.now(), **checked(inputs.EnterpriseNameIn, request))
        return _sheet(request, _enterprise(request, enterprise))


class Employers(RoleDoor):
    roles = ROLES
    query = frozenset({*paging.QUERY, "census", "union"})

    @told(
        "employers", TAG, "单位对不上的", "同一个人，摸排和工会名册里写的单位不一样，并排放着。", {200: (paging.envelope(outputs.EmployerOut), "一页")},
        parameters=[
            OpenApiParameter("census", str, description="只要摸排写这一家的：employers/pairs/ 里 census 的 enterprise"),
            OpenApiParameter("union", str, description="只要工会写这一家的：employers/pairs/ 里 union 的 enterprise"), *paging.PARAMETERS,
        ],
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        """Those nobody has settled."""
        rows = selectors.employers_differ(request.viewer).select_related("person", "enterprise", "place")
        for name, field in (("census", "enterprise"), ("union", "other")):
            if company := sealed_enterprise(request.viewer, request.query_params.get(name, ""), name):
                rows = rows.filter(**{field: company.pk})
        found, following = paging.page(request, rows)
        theirs = Enterprise.objects.in_bulk({each.other for each in found})
        items = [
            {"driver": each.person.key, "name": mask_name(each.person.name), "phone": mask_phone(each.person.phone), "place": each.place.name,
             "census": each.enterprise.name, "union": theirs[each.other].name}
            for each in found
        ]  # fmt: skip
        return Response({"items": outputs.EmployerOut(items, many=True).data, "next": following})


class SettleEmployer(RoleDoor):
    roles = ROLES

    @told(
        "employer_settle", TAG, "定一位的单位", "按一边定，另一边跟着改；可以撤。定过的是 404。", {200: (outputs.SettledOut, "定了")}, takes=inputs.EmployerIn,
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """Which of the two stands."""
        said = checked(inputs.EmployerIn, request)
        driver = selectors.employers_differ(request.viewer).filter(person__key=said["driver"]).first()
        if driver is None:
            raise NotThere(_(NOBODY))
        made = employers.settle(driver=driver, taken=said["taken"], by=request.viewer, now=clock.now())
        return Response(outputs.SettledOut(_settled(selectors.employer_choices(request.viewer).get(pk=made.pk))).data)


class Settled(RoleDoor):
    roles = ROLES
    query = frozenset(paging.QUERY)

    @told(
        "employers_settled", TAG, "定过的单位", "新的在前，可以撤。", {200: (paging.envelope(outputs.SettledOut), "一页")}, parameters=paging.PARAMETERS,
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        """What stands."""
        found, following = paging.page(request, selectors.employer_choices(request.viewer), newest_first=True)
        return Response({"items": outputs.SettledOut([_settled(each) for each in found], many=True).data, "next": following})


def _settled(each: EmployerChoice) -> dict[str, Any]:
    return {
        "choice": paging.sealed(each.pk, CHOICE), "name": mask_name(each.person.name), "census": each.census.name, "union": each.union.name,
        "taken": each.taken, "taken_word": each.get_taken_display(), "by": each.by.name, "at": each.at,
    }  # fmt: skip


class EmployerBack(RoleDoor):
    roles = ROLES

    @told("employer_back", TAG, "撤掉一次定", "两边还是原来写的；后来又改过的撤不了。", {204: (None, "撤了")}, takes=inputs.EmployerBackIn)
    def post(self, request: Request) -> Response:
        """As it was."""
        said = checked(inputs.EmployerBackIn, request)
        choice = selectors.employer_choices(request.viewer).filter(pk=paging.opened(said["choice"], CHOICE)).first()
        if choice is None:
            raise NotThere(_(NOBODY))
        employers.take_back(choice=choice, by=request.viewer, now=clock.now())
        return Response(status=204)
