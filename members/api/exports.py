"""导出: asked with a reason, agreed to by a second person above 200 rows, made by the worker, taken once."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import paging
from accounts.api.doors import ACTS_BAD, AUTH, RoleDoor, answers, checked, told
from accounts.api.resending import Key
from accounts.rules.roles import Role
from common import clock
from common.errors import NotThere
from members.api import inputs, outputs
from members.api.outline import export_row
from members.models import Export
from members.selectors.exports import exports_for, to_decide
from members.selectors.register import FILTERS
from members.services import exports as services

TAG = "导出"
ROLES = frozenset({Role.REGISTRAR, Role.SECRETARY})
NOT_THERE = "没有这一件，或者不归您"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _own(request: Request, key: UUID) -> Export:
    row = exports_for(request.viewer).select_related("asked_by").filter(key=key).first()
    if row is None:
        raise NotThere(_(NOT_THERE))
    return row


class Exports(RoleDoor):
    roles = ROLES
    query = frozenset(paging.QUERY)

    @told(
        "exports", TAG, "我要的导出", "新的在前，做到哪一步。", {200: (paging.envelope(outputs.ExportOut), "一页")}, parameters=paging.PARAMETERS,
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        """One's own, newest first."""
        return paging.answer(request, exports_for(request.viewer).select_related("asked_by"), outputs.ExportOut, export_row, newest_first=True)


class Waiting(RoleDoor):
    roles = ROLES
    query = frozenset(paging.QUERY)

    @told(
        "exports_waiting", TAG, "等我同意的导出", "别人要的、超过 200 行的；自己的要别人来同意。",
        {200: (paging.envelope(outputs.ExportOut), "一页")}, parameters=paging.PARAMETERS,
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        """Those of others on which this viewer may decide."""
        return paging.answer(request, to_decide(request.viewer).select_related("asked_by"), outputs.ExportOut, export_row)


class Ask(RoleDoor):
    roles = ROLES

    @told(
        "export_ask", TAG, "要一份导出", "只有屏幕上看得到的，照样遮着。200 行以内马上做，超过的等另一人同意。一个 Idempotency-Key 只做一份。",
        {200: (outputs.ExportOut, "收到了")}, takes=inputs.ExportIn, key=Key.MUST,
        example={"what": "drivers", "reason": "核对大许镇名单", "place": "320312103", "columns": ["name", "place", "plates"]},
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """Ask for a workbook."""
        said = checked(inputs.ExportIn, request)
        filters = {name: said[name] for name in FILTERS if said.get(name)}
        row = services.ask(
            what=said["what"], columns=said["columns"], filters=filters, reason=said["reason"], by=request.viewer, now=clock.now()
        )
        return Response(outputs.ExportOut(export_row(_own(request, row.key))).data)


class OneExport(RoleDoor):
    roles = ROLES

    @told("export", TAG, "一份导出", "做到哪一步。只有要的人看得到。", {200: (outputs.ExportOut, "这一份")})
    def get(self, request: Request, key: UUID) -> Response:
        """How far it is."""
        return Response(outputs.ExportOut(export_row(_own(request, key))).data)


class Decide(RoleDoor):
    roles = ROLES

    @told(
        "export_decide", TAG, "同意或者不同意", "超过 200 行的，另一人定。", {200: (outputs.ExportOut, "定了")}, takes=inputs.DecideIn,
        example={"agree": True},
    )  # fmt: skip
    def post(self, request: Request, key: UUID) -> Response:
        """The second person's word."""
        row = to_decide(request.viewer).select_related("asked_by").filter(key=key).first()
        if row is None:
            raise NotThere(_(NOT_THERE))
        said = checked(inputs.DecideIn, request)
        services.decide(export=row, agree=said["agree"], by=request.viewer, now=clock.now())
        row.refresh_from_db()
        return Response(outputs.ExportOut(export_row(row)).data)


class File(RoleDoor):
    roles = ROLES

    @extend_schema(
        operation_id="export_file", tags=[TAG], summary="下载", auth=AUTH, request=inputs.NothingIn,
        description="只有要的人，只能一次；所以是 POST。做好 24 小时以后作废。",
        responses={(200, XLSX): OpenApiResponse(OpenApiTypes.BINARY, description="工作簿"), **answers({}, *ACTS_BAD)},
    )
    def post(self, request: Request, key: UUID) -> HttpResponse:
        """The workbook, once."""
        row = _own(request, key)
        checked(inputs.NothingIn, request)
        try:
            data = services.take(export=row, by=request.viewer, now=clock.now())
        except FileNotFoundError:
            raise NotThere(_(NOT_THERE)) from None
        answer = HttpResponse(data, content_type=XLSX, headers={"Cache-Control": "no-store"})
        answer["Content-Disposition"] = f'attachment; filename="{row.what}-{clock.local(clock.now()):%Y%m%d}.xlsx"'
        return answer
