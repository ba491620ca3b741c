"""导入, what is behind the numbers: rows in words, the workbook with remarks, who may write it in, headers remembered."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote
from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import paging
from accounts.api.doors import ACTS_BAD, AUTH, RoleDoor, answers, checked, told
from common import clock
from common.errors import NotThere
from members.admin.upload_parts import row_lines
from members.api import import_outputs as outputs
from members.api import inputs
from members.api.import_acts import own_upload
from members.api.imports import IMPORTERS, KEEPERS, NOT_THERE, TAG
from members.api.outline import upload_row
from members.api.outputs import UploadOut
from members.models import HeaderWord, StagedRow
from members.rules.census_columns import LABELS
from members.selectors.uploads import headers_for, may_confirm, staged_for
from members.services import remarks
from members.services import uploads as services

SHOWS = ("rejected", "conflict", "update", "create", "warned")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class Rows(RoleDoor):
    roles = IMPORTERS
    query = frozenset({*paging.QUERY, "show"})

    @told(
        "upload_rows", TAG, "逐行", "不收的写着哪一列、原来写的什么、为什么；更新的写着改了什么。姓名、手机号遮着。写入以后不再留着的行不在这里。",
        {200: (paging.envelope(outputs.StagedOut), "一页")},
        parameters=[
            OpenApiParameter("show", str, description="rejected 不收的（默认），conflict 要人定的，update 更新的，create 新增的，warned 有提醒的", enum=list(SHOWS)),
            *paging.PARAMETERS,
        ],
    )  # fmt: skip
    def get(self, request: Request, key: UUID) -> Response:
        """One page of the rows kept of an upload, in the order of the file."""
        show = request.query_params.get("show", "rejected")
        if show not in SHOWS:
            raise serializers.ValidationError({"show": [_("只能是：%s") % "、".join(SHOWS)]})
        rows = staged_for(request.viewer, own_upload(request, key))
        rows = rows.exclude(warnings=[]) if show == "warned" else rows.filter(outcome=show)
        return paging.answer(request, rows, outputs.StagedOut, lambda each: _row(each, show))


def _row(each: StagedRow, show: str) -> dict[str, Any]:
    line = row_lines([each], show)[0]
    said = {"column": "", "raw": "", "why": "", "name": "", "phone": "", "changes": [], "said": [], "conflicts": []} | line
    return said | {"name": said["name"] or "", "phone": said["phone"] or "", "reason": each.reason, "outcome": each.outcome}


class Remarks(RoleDoor):
    roles = IMPORTERS

    @extend_schema(
        operation_id="upload_remarks", tags=[TAG], summary="带核对意见的原表", auth=AUTH, request=inputs.NothingIn,
        description="交的人自己的那份，多一列核对意见，好退给镇街；别人是 404。谁拿的留痕，所以是 POST。",
        responses={(200, XLSX): OpenApiResponse(OpenApiTypes.BINARY, description="工作簿"), **answers({}, *ACTS_BAD)},
    )
    def post(self, request: Request, key: UUID) -> HttpResponse:
        """His own workbook with a column of remarks."""
        row = own_upload(request, key)
        checked(inputs.NothingIn, request)
        name, data = remarks.remarked(upload=row, by=request.viewer, now=clock.now())
        answer = HttpResponse(data, content_type="text/csv" if name.endswith(".csv") else XLSX, headers={"Cache-Control": "no-store"})
        answer["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
        return answer


class Confirmers(RoleDoor):
    roles = IMPORTERS

    @told("upload_confirmers", TAG, "谁能写入", "同一个单位、同一个角色的别人；交的人自己不在里面。", {200: (outputs.ConfirmersOut, "全部")})
    def get(self, request: Request, key: UUID) -> Response:
        """Who could be asked to write it in."""
        found = may_confirm(request.viewer, own_upload(request, key), now=clock.now())
        return Response(outputs.ConfirmersOut({"items": [{"person": each.key, "name": each.name} for each in found]}).data)


class AskSecond(RoleDoor):
    roles = IMPORTERS

    @told("upload_ask", TAG, "请另一个人确认", "他会收到一条，打开导入就看得到。", {200: (UploadOut, "请了")}, takes=inputs.AskSecondIn)
    def post(self, request: Request, key: UUID) -> Response:
        """Ask a second person to look and to write it in."""
        row = own_upload(request, key)
        said, now = checked(inputs.AskSecondIn, request), clock.now()
        whom = next((each for each in may_confirm(request.viewer, row, now=now) if each.key == said["whom"]), None)
        if whom is None:
            raise serializers.ValidationError({"whom": [_("请选另一位能确认的人")]})
        services.ask(upload=row, whom=whom, by=request.viewer, now=now)
        return Response(UploadOut(upload_row(own_upload(request, key))).data)


def _header(each: HeaderWord) -> dict[str, Any]:
    return {
        "header": each.header, "field": each.field, "word": LABELS.get(each.field, each.field) if each.field else _("不读这一列"),
        "by": each.by.name if each.by else "", "at": each.at,
    }  # fmt: skip


def _headers(request: Request) -> Response:
    items = [_header(each) for each in headers_for(request.viewer).select_related("by")]
    return Response(outputs.HeadersOut({"items": items}).data)


class Headers(RoleDoor):
    roles = KEEPERS

    @told("upload_headers", TAG, "记住的表头", "以后的表照这里读。", {200: (outputs.HeadersOut, "全部，新的在前")})
    def get(self, request: Request) -> Response:
        """Those that hold now."""
        return _headers(request)


class ForgetHeader(RoleDoor):
    roles = KEEPERS

    @told(
        "upload_header_forget", TAG, "不再记着一个表头", "下一份表遇到会再问；读过的表不变。没有记着的是 404。", {200: (outputs.HeadersOut, "不记了，现在记着的")},
        takes=inputs.ForgetHeaderIn, example={"header": "挂靠何处"},
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """It holds no longer."""
        said = checked(inputs.ForgetHeaderIn, request)
        row = headers_for(request.viewer).filter(header=said["header"]).first()
        if row is None:
            raise NotThere(_(NOT_THERE))
        services.forget_header(word=row, by=request.viewer, now=clock.now())
        return _headers(request)
