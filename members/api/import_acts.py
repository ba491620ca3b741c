"""导入: hand a workbook in, answer its questions, have another person write it, take it back. Census and union alike."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.doors import RoleDoor, checked, told
from accounts.api.parsing import PicturesParser
from accounts.api.resending import Key
from accounts.api.shapes import Input
from common import clock
from common.errors import NotThere
from members.api import inputs, outputs
from members.api.imports import IMPORTERS, NOT_THERE, TAG
from members.api.outline import upload_row
from members.models import Upload
from members.selectors.uploads import KINDS, uploads_for
from members.services import undo
from members.services import uploads as services


def own_upload(request: Request, key: UUID) -> Upload:
    """An import of the viewer's own kind and unit. Raises NotThere."""
    row = uploads_for(request.viewer).select_related("by", "applied_by").filter(key=key).first()
    if row is None:
        raise NotThere(_(NOT_THERE))
    return row


def _told(request: Request, key: UUID) -> Response:
    return Response(outputs.UploadOut(upload_row(own_upload(request, key))).data)


class HandIn(RoleDoor):
    roles = IMPORTERS
    parser_classes = [PicturesParser]

    @told(
        "upload_hand_in", TAG, "交一份表", "multipart/form-data。先读、先检查，另一个人看过才写入。一个 Idempotency-Key 只收一份。",
        {200: (outputs.UploadOut, "收到了，正在读")}, takes={"multipart/form-data": inputs.FileIn}, key=Key.MUST,
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """Take a workbook in; nothing is written yet."""
        said = checked(inputs.FileIn, request)
        if not any(kind == said["kind"] and request.viewer.has_role(role) for role, kind in KINDS.items()):
            raise NotThere(_(NOT_THERE))
        file = said["file"]
        row = services.take(content=file.read(), name=file.name, kind=said["kind"], by=request.viewer, now=clock.now())
        return _told(request, row.key)


ACTS: dict[str, tuple[Callable[..., Any], type[Input], str, str]] = {
    "answer": (services.answer, inputs.AnswersIn, "答不认识的表头", "答完重新读一遍。"),
    "confirm": (services.confirm, inputs.ConfirmUploadIn, "写入", "交的人不能写，要另一个人；sha256 要和看过的那份一样。"),
    "drop": (services.drop, inputs.NothingIn, "不导了", "还没写入的，信息库没有动。"),
    "undo": (undo.undo, inputs.UndoIn, "撤销", "写入七天以内；后来又改过的不动。"),
}


def _act(name: str) -> type[RoleDoor]:
    """The door of one act on an upload."""
    service, shape, word, about = ACTS[name]

    @told(f"upload_{name}", TAG, word, about, {200: (outputs.UploadOut, "做好了，现在的样子")}, takes=shape)
    def post(self: RoleDoor, request: Request, key: UUID) -> Response:
        row = own_upload(request, key)
        service(upload=row, by=request.viewer, now=clock.now(), **checked(shape, request))
        return _told(request, key)

    return type(f"{name.title()}Upload", (RoleDoor,), {"roles": IMPORTERS, "post": post, "__module__": __name__})


ACT_DOORS = {name: _act(name) for name in ACTS}
