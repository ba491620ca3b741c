"""The staff's half of the API: the list, one appeal, and one door for every move of the table."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Unit
from accounts.rules.viewer import Viewer
from appeals.api import examples, inputs, outputs, paging
from appeals.api.auth import NOT_THERE, handled_appeal
from appeals.api.doors import StaffDoor, answers, checked
from appeals.api.driver import named
from appeals.api.sheet import draft_as, row_of, sheet_of
from appeals.models import Appeal, CallBack
from appeals.rules.life import KIND_WORDS, STATE_WORDS, URGENCY_WORDS
from appeals.rules.moves import MOVES, Move
from appeals.rules.routing_names import CATEGORIES
from appeals.selectors import staff as selectors
from appeals.services.acts import STAFF_MOVES, perform
from appeals.services.answers import PARTS, save_draft
from appeals.services.requests import DECLINE_GROUNDS, GROUNDS
from common import clock
from common.errors import NotThere
from common.stored_files import open_served

TAG = ["办理"]
AUTH = [{"cookieAuth": []}]
CATEGORY_WORDS = {code: names[1] for code, names in CATEGORIES.items()}
ORDERS = {"newest": "新的在前", "due": "先到期的在前（只有还在走时限的）"}
CLOSED: dict[str, dict[str, Any]] = {
    "view": dict.fromkeys(selectors.VIEWS, ""),
    "state": STATE_WORDS,
    "kind": KIND_WORDS,
    "urgency": URGENCY_WORDS,
    "category": CATEGORY_WORDS,
    "ordering": ORDERS,
}


def _parameter(name: str, words: str) -> OpenApiParameter:
    return OpenApiParameter(name, str, description=words, enum=[str(key) for key in CLOSED[name]])


FILTERS = [
    _parameter("view", "现成的一组：没办完、我的、今天到期、本周、超期、停钟、已答复、已结束"),
    _parameter("state", "状态"),
    _parameter("kind", "类型"),
    _parameter("urgency", "紧急程度"),
    _parameter("category", "分类"),
    OpenApiParameter("unit", str, description="主办单位的代码"),
    _parameter("ordering", "次序，默认新的在前"),
]


def closed_filters(request: Request) -> dict[str, str]:
    """The filters asked for, each one of its closed words. Raises ValidationError at the filter."""
    found = {name: value for name, value in request.query_params.items() if name in CLOSED or name == "unit"}
    wrong = {
        name: [_("只能是：%s") % "、".join(map(str, CLOSED[name]))]
        for name, value in found.items()
        if name in CLOSED and value not in {str(key) for key in CLOSED[name]}
    }
    if wrong:
        raise serializers.ValidationError(wrong)
    return found


def filtered(rows: QuerySet[Appeal], viewer: Viewer, wanted: dict[str, str]) -> QuerySet[Appeal]:
    """`rows` narrowed by closed filters."""
    if view := wanted.get("view"):
        rows = rows.filter(selectors.view_q(view, viewer, now=clock.now()))
    exact = {name: wanted[name] for name in ("state", "kind", "urgency", "category") if name in wanted}
    if "unit" in wanted:
        exact["lead_unit__code"] = wanted["unit"]
    return rows.filter(**exact)


class Handle(StaffDoor):
    query = frozenset({*CLOSED, "unit", "page_size", "cursor"})

    @extend_schema(
        operation_id="handle", tags=TAG, summary="我能办的诉求",
        description="您按职责能看到的；不归您看的和没有的一个样。", parameters=[*FILTERS, *paging.PARAMETERS], auth=AUTH,
        responses=answers({200: (paging.envelope(outputs.RowOut), "一页")}, 400, 404),
    )
    def get(self, request: Request) -> Response:
        """One page of what this officer may know of, newest or due first."""
        wanted = closed_filters(request)
        rows = filtered(selectors.rows_for(request.viewer), request.viewer, wanted)
        if wanted.get("ordering") == "due":
            found, following = paging.page(request, rows.filter(next_due__isnull=False), by="next_due", newest_first=False)
        else:
            found, following = paging.page(request, rows, by="received_at", newest_first=True)
        now = clock.now()
        return Response({"items": outputs.RowOut([row_of(row, now=now) for row in found], many=True).data, "next": following})


class Sheet(StaffDoor):
    @extend_schema(
        operation_id="handle_one", tags=TAG, summary="一件诉求",
        description="全部：原话、时限、经过、申请、答复稿，和您现在能做的每一步。", auth=AUTH,
        responses=answers({200: (outputs.SheetOut, "这一件")}, 400, 404),
    )
    def get(self, request: Request, number: str) -> Response:
        """The whole sheet."""
        appeal = handled_appeal(request.viewer, number)
        return Response(outputs.SheetOut(sheet_of(appeal, request.viewer, now=clock.now())).data)


class PhotoOfAppeal(StaffDoor):
    @extend_schema(
        operation_id="handle_photo", tags=TAG, summary="一张照片", auth=AUTH,
        description="重新画过的 JPEG，没有位置信息；封存的原件不从这里出。",
        responses={
            (200, "image/jpeg"): OpenApiResponse(OpenApiTypes.BINARY, description="照片"), **answers({}, 400, 404),
        },
    )
    def get(self, request: Request, number: str, key: UUID) -> HttpResponse:
        """The clean copy; the sealed original never leaves by this door."""
        photo = handled_appeal(request.viewer, number).photos.filter(key=key).first()
        if photo is None:
            raise NotThere(NOT_THERE)
        try:
            picture = open_served(photo.served, root=settings.DATA_DIR)
        except FileNotFoundError:
            raise NotThere(NOT_THERE) from None
        return HttpResponse(picture, content_type="image/jpeg", headers={"Content-Disposition": "inline"})


class HandleChoices(StaffDoor):
    @extend_schema(
        operation_id="handle_choices", tags=TAG, summary="办理用的代码",
        description="单位、分类和理由的代码。名单人人一样。", auth=AUTH,
        responses=answers({200: (outputs.HandleChoicesOut, "人人一样")}, 400, 404),
    )
    def get(self, request: Request) -> Response:
        """Codes of units, categories and grounds; never narrowed by an appeal, a shorter list would tell who is accused."""
        units = Unit.objects.filter(takes_appeals=True, is_active=True).order_by("code")
        told = {
            "units": [{"code": unit.code, "name": unit.name} for unit in units],
            "categories": named(CATEGORY_WORDS),
            "kinds": named(KIND_WORDS),
            "urgencies": named(URGENCY_WORDS),
            "hand_back_grounds": named(GROUNDS),
            "decline_grounds": named(DECLINE_GROUNDS),
            "heard": named(dict(CallBack.Heard.choices)),
        }
        return Response(outputs.HandleChoicesOut(told).data)


class Draft(StaffDoor):
    @extend_schema(
        operation_id="handle_draft", tags=TAG, summary="存答复稿",
        description="只存不送。draft_version 不是最新的，说明别人也存了一稿：409，两稿都在。", request=inputs.DraftIn, auth=AUTH,
        responses=answers({200: (outputs.DraftOut, "存好了")}, 400, 403, 404, 409, 413, 415, 422, 429),
    )
    def put(self, request: Request, number: str) -> Response:
        """Keep the answer in the making; 409 when somebody else saved meanwhile."""
        appeal = handled_appeal(request.viewer, number)
        said = checked(inputs.DraftIn, request)
        parts = {part: said[part] for part in PARTS}
        answer = save_draft(
            appeal=appeal, parts=parts, by=request.viewer, draft_version=said["draft_version"], now=clock.now()
        )
        return Response(outputs.DraftOut(draft_as(answer)).data)


class MoveDoor(StaffDoor):
    """One move of the table by staff."""

    move: Move
    shape: type[inputs.Input]

    def make(self, request: Request, number: str) -> Response:
        now = clock.now()
        appeal = handled_appeal(request.viewer, number)
        said = checked(self.shape, request)
        version = said.pop("version")
        perform(self.move, appeal=appeal, by=request.viewer, now=now, version=version, data=said)
        try:
            appeal = handled_appeal(request.viewer, number)
        except NotThere:
            return Response(status=204)  # stepped back, or handed on: it is not his any more
        return Response(outputs.SheetOut(sheet_of(appeal, request.viewer, now=now)).data)


def _move(move: Move) -> type[MoveDoor]:
    """The door of one move, made from its row."""
    legal, shape = MOVES[move], inputs.input_of(move)
    sample = examples.MOVES.get(move.value)

    @extend_schema(
        operation_id=f"handle_{move.value}", tags=TAG, summary=legal.word.rstrip("…"), request=shape, auth=AUTH,
        description=_about(move),
        examples=[OpenApiExample(legal.word.rstrip("…"), request_only=True, value=sample)] if sample else [],
        responses=answers(
            {200: (outputs.SheetOut, "做好了，这一件现在的样子"), 204: (None, "做好了；这一件从此不在您这里")},
            400, 403, 404, 409, 413, 415, 422, 429,
        ),
    )  # fmt: skip
    def post(self: MoveDoor, request: Request, number: str) -> Response:
        return self.make(request, number)

    name = f"{''.join(part.title() for part in move.value.split('_'))}Door"
    return type(name, (MoveDoor,), {"move": move, "shape": shape, "post": post, "__module__": __name__})


def _about(move: Move) -> str:
    """From which states, and to which, in the words of the screens."""
    legal = MOVES[move]
    froms = "、".join(word for state, word in STATE_WORDS.items() if state in legal.frm)
    after = f"，之后是“{STATE_WORDS[legal.to]}”" if legal.to else "，状态不变"
    return f"第 {legal.number} 步。从“{froms}”{after}。" if legal.number != "–" else f"从“{froms}”{after}。"


MOVE_DOORS: dict[Move, type[MoveDoor]] = {move: _move(move) for move in STAFF_MOVES}
