"""Campaigns and stock for everybody to read; handing out, and what a phone without signal kept, for who keeps a point."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.doors import Door, RoleDoor, checked, told
from accounts.api.parsing import KEY_HEADER, idempotency_key
from accounts.api.resending import Key
from care.api import goods_shapes as shapes
from care.models import Campaign, Good, Issue, Point, Stock
from care.selectors.scope import KEEPERS, campaigns_for, points_for, points_kept
from care.selectors.stock import heaps_for
from care.services import issuing, offline
from care.services.stock import Heap
from common import clock
from common.errors import DomainError, NotThere

TAG = "关爱物资"
KEY = OpenApiParameter(KEY_HEADER, UUID, OpenApiParameter.HEADER, required=True, description="您这边为这一份生成的 UUID，重发时不变")
POINT = OpenApiParameter("point", str, description="只看这个发放点", required=False)
EXAMPLE = {"point": "jiuli", "campaign": "road", "good": "暖心礼包", "plate": "苏C12345", "tail": "5678"}


class Campaigns(Door):
    @told("care_campaigns", TAG, "关爱活动", "谁能领什么、多久一次。公开。", {200: (shapes.CampaignOut(many=True), "新的在前")})
    def get(self, request: Request) -> Response:
        """All of them, the newest first: there are a handful a year."""
        rows = campaigns_for(request.viewer).prefetch_related("offers__good")[:200]
        return Response(shapes.CampaignOut([campaign_row(row) for row in rows], many=True).data)


class Points(Door):
    @told("care_points", TAG, "发放点", "在哪里发、归谁管。公开。", {200: (shapes.PointOut(many=True), "按代号排")})
    def get(self, request: Request) -> Response:
        """Every point in use."""
        mine = set(points_kept(request.viewer).values_list("pk", flat=True))
        rows = points_for(request.viewer)[:500]
        return Response(shapes.PointOut([point_row(row, row.pk in mine) for row in rows], many=True).data)


class Stocks(Door):
    query = frozenset({"point"})

    @told("care_stock", TAG, "还剩多少", "每个点、每个活动、每样东西还有几份。公开。", {200: (shapes.HeapOut(many=True), "按点排")}, parameters=[POINT])
    def get(self, request: Request) -> Response:
        """From the heaps, not from the lines. Raises NotThere for an unknown point."""
        code, point = request.query_params.get("point", ""), None
        if code:
            point = points_for(request.viewer).filter(code=code).first()
            if point is None:
                raise NotThere(_("没有这个发放点"))
        return Response(shapes.HeapOut([heap_row(row) for row in heaps_for(request.viewer, point)[:5000]], many=True).data)


class Give(RoleDoor):
    roles = KEEPERS

    @told(
        "care_issue", TAG, "发一份",
        "给出示领取码的，或者写车牌和手机尾号。这一期领过的是 409（code 是 repeat，detail 说什么时候在哪里领的）；还要发就写 anyway。同一个 Idempotency-Key 只发一份。",
        {200: (shapes.IssuedOut, "发了")}, takes=shapes.ToIn, parameters=[KEY], example=EXAMPLE, key=Key.NO,  # the ledger itself keeps the key, for good
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """Hand one out, once."""
        key = idempotency_key(request)
        said = checked(shapes.ToIn, request)
        heap = _heap(request, said)
        give = issuing.Give(key, heap, **{name: said[name] for name in ("quantity", "plate", "tail", "card", "anyway")})
        row = issuing.issue(give=give, by=request.viewer, now=clock.now())
        return Response(shapes.IssuedOut(issued_row(row, heap)).data)


class Replay(RoleDoor):
    roles = KEEPERS

    @told(
        "care_replay", TAG, "补传没有信号时发的", "手机上存着的每一行，带自己的 client_key 和当时的时间；发几次都只记一行。没有收的留在手机上，words 说为什么。",
        {200: (shapes.SaidsOut, "一行一个答复，顺序不变")}, takes=shapes.ReplayIn, key=Key.NO,
        example={"rows": [EXAMPLE | {"client_key": "5f0c1d7e-9a39-4a51-8d1f-0d6c4b5a1e77", "at": "2026-11-23T14:36:00+08:00"}]},
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """Each row is a transaction of its own."""
        body = checked(shapes.ReplayIn, request)
        rows = [offline.Row(**row) for row in body["rows"]]
        said = offline.take_in(rows=rows, by=request.viewer, now=clock.now(), sent_at=body["sent_at"])
        lines = [{"client_key": one.client_key, "what": one.what, "repeat": one.repeat, "code": one.code, "words": one.words} for one in said]
        return Response(shapes.SaidsOut({"rows": lines}).data)


def _heap(request: Request, said: dict[str, Any]) -> Heap:
    """Raises DomainError at the name that is not known; a point of somebody else is not there."""
    point = points_kept(request.viewer).filter(code=said["point"]).first()
    if point is None:
        raise DomainError(_("没有这个发放点，或者不归您管"), field="point", code="unknown")
    campaign = campaigns_for(request.viewer).filter(code=said["campaign"]).first()
    if campaign is None:
        raise DomainError(_("没有这个活动"), field="campaign", code="unknown")
    good = Good.objects.filter(name=said["good"]).first()
    if good is None:
        raise DomainError(_("没有这样东西"), field="good", code="unknown")
    return Heap(campaign, point, good)


def campaign_row(row: Campaign) -> dict[str, Any]:
    now = clock.now()
    return {
        "code": row.code, "name": row.name, "words": row.words, "starts_at": row.starts_at, "ends_at": row.ends_at, "who": row.who,
        "who_word": row.get_who_display(), "running": row.stopped_at is None and row.starts_at <= now < row.ends_at,
        "offers": [
            {"good": one.good.name, "unit_word": one.good.unit_word, "period": one.period, "period_word": one.get_period_display(), "each": one.each}
            for one in row.offers.all()
        ],
    }  # fmt: skip


def point_row(row: Point, mine: bool) -> dict[str, Any]:
    return {
        "code": row.code, "name": row.name, "kind": row.kind, "kind_word": row.get_kind_display(), "unit": row.unit.name if row.unit else "",
        "place": row.place.name if row.place else "", "mine": mine,
    }  # fmt: skip


def heap_row(row: Stock) -> dict[str, Any]:
    return {"point": row.point.code, "campaign": row.campaign.code, "good": row.good.name, "unit_word": row.good.unit_word, "left": row.left}


def issued_row(row: Issue, heap: Heap) -> dict[str, Any]:
    left = Stock.objects.filter(**heap.where).values_list("left", flat=True).first() or 0
    return {
        "at": row.at, "point": heap.point.code, "good": heap.good.name, "quantity": row.quantity, "repeat": row.repeat_of_id is not None,
        "registered": row.person_id is not None, "left": left,
    }  # fmt: skip
