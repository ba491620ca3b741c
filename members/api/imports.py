"""导入和冲突: how far a workbook is, and what it could not settle."""

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
from members.api.outline import conflict_row, upload_row
from members.models import Conflict
from members.selectors.conflicts import conflicts_for, open_conflicts
from members.selectors.uploads import KINDS, uploads_for
from members.services import conflicts as services

TAG = "导入"
IMPORTERS = frozenset(KINDS)
KEEPERS = frozenset({Role.REGISTRAR})
NOT_THERE = "没有这一件，或者不归您看"
LABEL = Conflict._meta.label_lower


class Uploads(RoleDoor):
    roles = IMPORTERS
    query = frozenset(paging.QUERY)

    @told(
        "uploads", TAG, "导入", "读到哪、写了没有，新的在前。交表见 uploads/hand-in/。",
        {200: (paging.envelope(outputs.UploadOut), "一页")}, parameters=paging.PARAMETERS,
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        """Imports of the viewer's own kind and unit."""
        return paging.answer(request, uploads_for(request.viewer).select_related("by", "applied_by"), outputs.UploadOut, upload_row, newest_first=True)


class OneUpload(RoleDoor):
    roles = IMPORTERS

    @told("upload", TAG, "一次导入", "进度和数目；逐行的结果见 rows/。", {200: (outputs.UploadOut, "这一次")})
    def get(self, request: Request, key: UUID) -> Response:
        """How far it is."""
        row = uploads_for(request.viewer).select_related("by", "applied_by").filter(key=key).first()
        if row is None:
            raise NotThere(_(NOT_THERE))
        return Response(outputs.UploadOut(upload_row(row)).data)


class Conflicts(RoleDoor):
    roles = KEEPERS
    query = frozenset(paging.QUERY)

    @told(
        "conflicts", TAG, "冲突待定", "表上写的和库里不一样，请人定。", {200: (paging.envelope(outputs.ConflictOut), "一页")},
        parameters=paging.PARAMETERS,
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        """Those nobody has decided, oldest first."""
        rows = open_conflicts(request.viewer).select_related("driver__person", "upload")
        found, following = paging.page(request, rows)
        items = [conflict_row(each, paging.sealed(each.pk, LABEL)) for each in found]
        return Response({"items": outputs.ConflictOut(items, many=True).data, "next": following})


class DecideConflict(RoleDoor):
    roles = KEEPERS

    @told(
        "conflict_decide", TAG, "定一处冲突", "用表上的，或者库里的不动。定过的是 409。", {204: (None, "定了")}, takes=inputs.ConflictIn,
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """Take theirs or leave ours."""
        said = checked(inputs.ConflictIn, request)
        row = conflicts_for(request.viewer).filter(pk=paging.opened(said["conflict"], LABEL)).first()
        if row is None:
            raise NotThere(_(NOT_THERE))
        services.decide(conflict=row, theirs=said["theirs"], by=request.viewer, now=clock.now())
        return Response(status=204)
