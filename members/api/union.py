"""工会名册, and truck drivers of the union whom the register does not hold: a work list, never drivers by themselves."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet
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
from common.masks import mask_name, mask_phone
from members.api import inputs
from members.api import union_outputs as outputs
from members.api.enterprises import sealed_enterprise
from members.models import Driver, HandOver, UnionMember
from members.selectors import union as selectors
from members.services import joining as services

TAG = "工会"
OFFICER = frozenset({Role.UNION})
BOTH = frozenset(selectors.MISSING_READERS)
NOT_THERE = "没有这一位，或者不在您能看的范围里"
NEW = "new"
STATES = (NEW, *HandOver.What.values)


def _chosen(request: Request, name: str, allowed: list[str] | tuple[str, ...]) -> str:
    """The value of a closed filter, "" for none. Raises ValidationError at the filter."""
    value = request.query_params.get(name, "")
    if value and value not in allowed:
        raise serializers.ValidationError({name: [_("只能是：%s") % "、".join(allowed)]})
    return value


def _page(request: Request, rows: QuerySet[UnionMember]) -> Response:
    is_driver = Exists(Driver.objects.filter(person=OuterRef("person_id"), state=Driver.State.ACTIVE, merged_into=None))
    lines = rows.annotate(is_driver=is_driver).select_related("person", "enterprise").defer("person__id_number")
    return paging.answer(request, lines, outputs.UnionMemberOut, _member)


def _member(each: Any) -> dict[str, Any]:
    return {
        "key": each.person.key, "name": mask_name(each.person.name), "phone": mask_phone(each.person.phone),
        "enterprise": each.enterprise.name if each.enterprise else "",
        "occupation": each.occupation, "occupation_word": each.get_occupation_display(), "joined_on": each.joined_on, "is_driver": each.is_driver,
    }  # fmt: skip


class Members(RoleDoor):
    roles = OFFICER
    query = frozenset({*paging.QUERY, "occupation", "enterprise"})

    @told(
        "union_members", TAG, "工会名册", "快递员、网约车司机不是货车司机，不算进信息库。姓名、手机号遮着。",
        {200: (paging.envelope(outputs.UnionMemberOut), "一页")},
        parameters=[
            OpenApiParameter("occupation", str, description="职业", enum=list(UnionMember.Occupation.values)),
            OpenApiParameter("enterprise", str, description="哪一家：企业列表里的 enterprise"), *paging.PARAMETERS,
        ],
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        """One page of the members who have not left."""
        rows = selectors.union_members_for(request.viewer)
        if occupation := _chosen(request, "occupation", UnionMember.Occupation.values):
            rows = rows.filter(occupation=occupation)
        if company := sealed_enterprise(request.viewer, request.query_params.get("enterprise", "")):
            rows = rows.filter(enterprise=company)
        return _page(request, rows)


class Search(RoleDoor):
    roles = OFFICER
    query = frozenset(paging.QUERY)

    @told(
        "union_search", TAG, "找会员", "写在正文里，名字不进地址。下一页再 POST 同一个正文到 next。",
        {200: (paging.envelope(outputs.UnionMemberOut), "一页")}, takes=inputs.SearchIn, parameters=paging.PARAMETERS, key=Key.NO, example={"text": "钱师"},
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """Members found by two characters of the name, or the last four of the phone."""
        return _page(request, selectors.found_members(request.viewer, checked(inputs.SearchIn, request)["text"]))


class Leave(RoleDoor):
    roles = OFFICER

    @told(
        "union_leave", TAG, "退会", "哪天退的、为什么；以后可以再入会。", {200: (outputs.LeftOut, "记下了")}, takes=inputs.LeaveIn,
        example={"on": "2026-11-20", "reason": "本人来说不开车了"},
    )  # fmt: skip
    def post(self, request: Request, key: UUID) -> Response:
        """He leaves the union."""
        row = selectors.union_members_for(request.viewer).filter(person__key=key).first()
        if row is None:
            raise NotThere(_(NOT_THERE))
        said, now = checked(inputs.LeaveIn, request), clock.now()
        row = services.leave(member=row, on=said["on"] or clock.today(now), reason=said["reason"], by=request.viewer, now=now)
        return Response(outputs.LeftOut({"ended_on": row.ended_on}).data)


class LeftOut(RoleDoor):
    roles = OFFICER
    query = frozenset(paging.QUERY)

    @told(
        "union_left_out", TAG, "名册里少了的", "以前的名册里有，最近一份整份的名册里没有：退会用 leave，还是会员用 stays。",
        {200: (paging.envelope(outputs.LeftOutOut), "一页")}, parameters=paging.PARAMETERS,
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        """One page of members whom the last register does not carry any more."""
        register = selectors.last_register(request.viewer)
        rows = selectors.left_out_for(request.viewer).select_related("person", "enterprise", "last_upload")
        rows = rows.defer("person__id_number", "last_upload__counts")
        return paging.answer(request, rows, outputs.LeftOutOut, lambda each: _left_out(each, register))


def _left_out(each: Any, register: Any) -> dict[str, Any]:
    return {
        "key": each.person.key, "name": mask_name(each.person.name), "phone": mask_phone(each.person.phone),
        "enterprise": each.enterprise.name if each.enterprise else "", "occupation": each.occupation,
        "occupation_word": each.get_occupation_display(), "joined_on": each.joined_on,
        "named_at": each.last_upload.applied_at, "not_named_at": register.applied_at if register else None,
    }  # fmt: skip


class Stays(RoleDoor):
    roles = OFFICER

    @told(
        "union_stays", TAG, "还是会员", "最近一份名册里没有他，是漏了。下一份再没有他，会再问一次。", {200: (outputs.StaysOut, "记下了")},
        takes=inputs.StaysIn, example={"why": "问过单位，名册漏了一行"},
    )  # fmt: skip
    def post(self, request: Request, key: UUID) -> Response:
        """The register forgot him."""
        row = selectors.left_out_for(request.viewer).filter(person__key=key).first()
        if row is None:
            raise NotThere(_(NOT_THERE))
        said = services.stays(member=row, why=checked(inputs.StaysIn, request)["why"], by=request.viewer, now=clock.now())
        return Response(outputs.StaysOut({"at": said.at}).data)


class Missing(RoleDoor):
    roles = BOTH
    query = frozenset({*paging.QUERY, "state"})

    @told(
        "union_missing", TAG, "不在信息库的", "工会里的货车司机，信息库没有。管库的只看转给他的；登记了才是司机。",
        {200: (paging.envelope(outputs.MissingOut), "一页")},
        parameters=[OpenApiParameter("state", str, description="new 还没动，handed 转了，asked 问过了", enum=list(STATES)), *paging.PARAMETERS],
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        """One page of the work list."""
        viewer, state = request.viewer, _chosen(request, "state", STATES)
        rows = selectors.missing_for(viewer)
        if state == NEW:
            rows = rows.filter(~Exists(HandOver.objects.filter(person=OuterRef("person_id"))))
        rows = selectors.with_last_word(viewer, rows)
        if state and state != NEW:
            rows = rows.filter(what=state)
        return paging.answer(request, rows.select_related("person", "enterprise").defer("person__id_number"), outputs.MissingOut, _lacking)


def _lacking(each: Any) -> dict[str, Any]:
    return {
        "key": each.person.key, "name": mask_name(each.person.name), "phone": mask_phone(each.person.phone),
        "enterprise": each.enterprise.name if each.enterprise else "", "held_as": dict(Driver.State.choices).get(each.held_as or "", ""),
        "what": each.what or "", "what_word": dict(HandOver.What.choices).get(each.what or "", ""), "told_at": each.told_at, "note": each.told or "",
    }  # fmt: skip


class MissingNote(RoleDoor):
    roles = BOTH

    @told(
        "union_missing_note", TAG, "转给信息库，或者记问过了", "工会的人能转，两边都能记问到了什么。", {200: (outputs.MissingOut, "记下了")},
        takes=inputs.MissingIn, example={"what": "asked", "note": "本人说年底才回来"},
    )  # fmt: skip
    def post(self, request: Request, key: UUID) -> Response:
        """What was done about one of them."""
        rows = selectors.with_last_word(request.viewer, selectors.missing_for(request.viewer)).select_related("person", "enterprise")
        row = rows.filter(person__key=key).first()
        if row is None:
            raise NotThere(_(NOT_THERE))
        services.hand_over(member=row, by=request.viewer, now=clock.now(), **checked(inputs.MissingIn, request))
        return Response(outputs.MissingOut(_lacking(rows.get(pk=row.pk))).data)


class HandOverAll(RoleDoor):
    roles = OFFICER

    @told(
        "union_hand_over", TAG, "都转给信息库", "还没转过的全部转给管库的人，或者只转一家的。再发一次不会转两回。", {200: (outputs.HandedOut, "转了")},
        takes=inputs.HandOverIn, example={},
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """Hand over everybody who was not handed yet."""
        said = checked(inputs.HandOverIn, request)
        company = sealed_enterprise(request.viewer, said["enterprise"])
        done = services.hand_over_all(by=request.viewer, now=clock.now(), enterprise=company)
        return Response(outputs.HandedOut({"done": done}).data)
