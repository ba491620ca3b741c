"""The driver's half of the API: file, photos, track, mine, and what he may do with his own appeal."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.middleware.csrf import get_token
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import exceptions
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.parsing import KEY_HEADER, PicturesParser, idempotency_key
from accounts.models import Place
from accounts.selectors.units import nameable_units
from accounts.web.entry import address_of
from appeals.api import auth, examples, inputs, outputs, paging
from appeals.api.doors import Door, answers, checked
from appeals.api.outline import brief_of, clocks_of, dates_of, outline_of
from appeals.models import Appeal
from appeals.rules.life import ABOUT_WORDS, RATING_WORDS, FiledBy
from appeals.rules.moves import Move
from appeals.selectors.scope import own_appeals
from appeals.services import filing, photos, receipts
from appeals.services.acts import perform
from appeals.web import browser
from common import clock

TAG = ["司机"]
KEY = OpenApiParameter(
    KEY_HEADER, UUID, OpenApiParameter.HEADER, required=True,
    description=_("您这边为这一件生成的 UUID。重发用同一个：给同一个编号和查询码"),
)  # fmt: skip


class Appeals(Door):
    limits = None  # filing has limits of its own, under which a resend still gets its number

    @extend_schema(
        operation_id="file", tags=TAG, summary="提交一件诉求",
        description="不用登录。同一个 Idempotency-Key 只收一件，发多少次都是同一个编号；内容不一样是 409。"
        "联系人替司机交（on_behalf_of）要登录；司机没同意、不是您的五位，都是 404。", parameters=[KEY], request=inputs.FilingIn,
        responses=answers(
            {201: (outputs.ReceiptOut, "收到了"), 200: (outputs.ReceiptOut, "早就收到了：同一个编号和查询码")},
            400, 403, 404, 409, 413, 415, 422, 429, examples=examples.RECEIPT,
        ),
        examples=examples.FILING,
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """One key, one appeal: 201 the first time, 200 with the same number and code ever after."""
        now = clock.now()
        what = filing_of(request)
        by = auth.driver(request, now=now)
        appeal, made = filing.file_once(filing=what, by=by, caller=address_of(request._request), now=now)
        receipt = receipts.receipt_of(appeal)
        told = {
            "number": receipt.number,
            "code": "" if what.on_behalf_of else receipt.code,  # it would open the answer and the rating
            "received_at": appeal.received_at,
            "dates": dates_of(clocks_of(appeal)),
        }
        return Response(outputs.ReceiptOut(told).data, status=201 if made else 200)


def filing_of(request: Request) -> filing.Filing:
    """The body and the key as the service files them."""
    key = idempotency_key(request)
    said = checked(inputs.FilingIn, request)
    units = tuple(said.pop("units", ()))
    return filing.Filing(client_key=key, channel=FiledBy.API, accused=units, **said)


class Track(Door):
    limits = None  # number, caller and everybody are counted by the look-up itself

    @extend_schema(
        operation_id="track", tags=TAG, summary="查进度",
        description="编号和查询码。对了，这个会话半小时里可以催、补、评；不用 cookie 的，每次在 code 里带查询码。", request=inputs.TrackIn, examples=examples.TRACK,
        responses=answers({200: (outputs.TrackOut, "这一件")}, 400, 403, 413, 415, 422, 429, examples=examples.FOLLOWED),
    )
    def post(self, request: Request) -> Response:
        """Open one appeal to this session for half an hour, and tell how far it is."""
        now = clock.now()
        said = checked(inputs.TrackIn, request)
        number, code = said["number"], said["code"]
        appeal = receipts.look_up(number=number, code=code, caller=address_of(request._request), now=now)
        browser.grant(request._request, appeal, now=now)
        get_token(request._request)  # whoever goes on with the session needs it
        viewer = auth.driver(request, now=now)
        return _followed(appeal, replace(viewer, granted=viewer.granted | {appeal.pk}), now=now)


def _followed(appeal: Appeal, viewer, *, now) -> Response:
    return Response(outputs.TrackOut(outline_of(appeal, viewer, now=now)).data)


class Mine(Door):
    query = frozenset({"page_size", "cursor"})

    @extend_schema(
        operation_id="mine", tags=TAG, summary="我的诉求",
        description="登录的司机自己的，新的在前；内容不在列表里。", parameters=paging.PARAMETERS, auth=[{"cookieAuth": []}],
        responses=answers({200: (paging.envelope(outputs.BriefOut), "新的在前")}, 400, 401),
    )
    def get(self, request: Request) -> Response:
        """The signed-in driver's own appeals."""
        if not request.user.is_authenticated:
            raise exceptions.NotAuthenticated(_("请先登录，或者用编号和查询码查进度"))
        viewer = auth.driver(request, now=clock.now())
        rows = own_appeals(viewer).select_related("lead_unit")
        found, following = paging.page(request, rows, by="received_at", newest_first=True)
        return Response({"items": outputs.BriefOut([brief_of(row) for row in found], many=True).data, "next": following})


class Act(Door):
    """One act of the driver on his own appeal, by session or by code."""

    move: Move
    shape: type[inputs.Input] = inputs.CodeIn

    def act(self, request: Request, number: str) -> Response:
        now = clock.now()
        said = checked(self.shape, request)
        appeal, viewer = auth.own_appeal(request, number, said.pop("code", ""), now=now)
        perform(self.move, appeal=appeal, by=viewer, now=now, data=said)
        appeal = Appeal.objects.select_related("lead_unit").get(pk=appeal.pk)
        return _followed(appeal, viewer, now=now)


def _act(move: Move, name: str, summary: str, description: str, shape: type[inputs.Input], samples: list) -> type[Act]:
    """The door of one act, with its place in the document."""

    @extend_schema(
        operation_id=name, tags=TAG, summary=summary, description=description, request=shape, examples=samples,
        responses=answers(
            {200: (outputs.TrackOut, "做好了，这一件现在的样子")}, 400, 403, 404, 409, 413, 415, 422, 429,
            examples=examples.FOLLOWED,
        ),
    )  # fmt: skip
    def post(self: Act, request: Request, number: str) -> Response:
        return self.act(request, number)

    return type(f"{name.title()}Door", (Act,), {"move": move, "shape": shape, "post": post, "__module__": __name__})


_CODE = "查过进度的会话不用带 code；别的每次带。"
ACT_DOORS: dict[str, Any] = {
    row[1]: _act(*row)
    for row in (
        (Move.NUDGE, "nudge", "催一下", f"一天一次，经办人和他的负责人都会知道。{_CODE}", inputs.CodeIn, examples.CODE),
        (Move.ADD_MATERIAL, "material", "补充材料", f"想起什么随时补充，不重新起算时限。{_CODE}", inputs.WordsIn, examples.WORDS),
        (Move.DRIVER_REPLY, "reply", "回话", f"单位问了才能回；回了以后钟接着走。{_CODE}", inputs.WordsIn, examples.WORDS),
        (Move.ADD_ACCUSED, "accuse", "补说是哪个单位",
         f"加上以后，这个单位马上看不到这一件，也不能办；要去掉，只有纪检的人能做。单位的代码见 choices。{_CODE}", inputs.UnitOfDriverIn,
         examples.ACCUSE),
        (Move.WITHDRAW, "withdraw", "撤回", f"没答复以前随时可以。{_CODE}", inputs.CodeIn, examples.CODE),
        (Move.RATE, "rate", "评价", f"每一轮一个评价，回访以前可以改。差、很差或没解决，会换一个人重新办。{_CODE}", inputs.RateIn,
         examples.RATE),
        (Move.REOPEN, "reopen", "要求重新办", f"答复后 15 个工作日、办结后 60 天以内。{_CODE}", inputs.ReasonOfDriverIn, examples.REOPEN),
    )
}  # fmt: skip


class Photos(Door):
    parser_classes = [PicturesParser]
    limits = ((60, timedelta(minutes=10)),)

    @extend_schema(
        operation_id="photos", tags=TAG, summary="放照片",
        description="提交以后放照片，一次最多 9 张。有一张不行就一张不存，errors 里写着是哪一张。位置信息会去掉。", request={"multipart/form-data": inputs.PhotosIn},
        responses=answers(
            {201: (outputs.PhotosOut, "存好了"), 200: (outputs.PhotosOut, "这些照片早就有了")},
            400, 403, 404, 409, 413, 415, 422, 429,
        ),
    )  # fmt: skip
    def post(self, request: Request, number: str) -> Response:
        """All pictures or none."""
        now = clock.now()
        said = checked(inputs.PhotosIn, request)
        appeal, viewer = auth.own_appeal(request, number, said.get("code", ""), now=now)
        added = photos.add(appeal=appeal, files=said["photos"], by=viewer, words=said.get("words", ""), now=now)
        told = {"kept": added.kept, "known": added.known}
        return Response(outputs.PhotosOut(told).data, status=201 if added.kept else 200)


class Choices(Door):
    @extend_schema(
        operation_id="choices", tags=TAG, summary="可选的镇街、单位和词",
        description="填表要用的代码。",
        responses=answers({200: (outputs.ChoicesOut, "人人一样")}, 400),
    )
    def get(self, request: Request) -> Response:
        """Codes that the form takes; the same for everybody."""
        told = {
            "places": [{"code": place.code, "name": place.name} for place in Place.objects.all()],
            "units": [{"code": unit.code, "name": unit.name} for unit in nameable_units()],
            "about": named(ABOUT_WORDS),
            "ratings": named(RATING_WORDS),
        }
        return Response(outputs.ChoicesOut(told).data)


def named(words) -> list[dict[str, str]]:
    """Codes and their words, as NamedOut."""
    return [{"code": str(code), "name": str(name)} for code, name in words.items()]
