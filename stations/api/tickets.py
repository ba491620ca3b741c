"""Booked, with an account or without one; the ticket and the place in the line by their keys; given back, rated, one's own."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import doors, paging
from accounts.api.doors import Door, SignedInDoor, answers, checked
from accounts.api.parsing import KEY_HEADER, idempotency_key
from accounts.web.entry import address_of
from common import clock
from common.clock import SHANGHAI
from common.errors import NotThere, Stale
from members.api.inputs import NothingIn
from stations.api import inputs, outline, outputs
from stations.api.houses import OPTIONAL, house_of, service_of
from stations.models import Booking, StandBy
from stations.selectors.scope import by_key, own_bookings, own_lines, waiting_by_key
from stations.services import bookings, desk, waiting

TAG = "我的预约"
NOT_THERE = "没有这个预约，或者不是您的"
BOOKING = {"service": "lodging", "starts_at": "2026-11-25T14:00:00+08:00", "phone": "13812345678", "plate": "苏C12345"}
KEY = OpenApiParameter(
    KEY_HEADER, UUID, OpenApiParameter.HEADER, required=True,
    description="您这边为这一次生成的 UUID。重发用同一个：只订一个，给同一张；换了内容是 409",
)  # fmt: skip
LINES = 50


def told(
    name: str, summary: str, about: str, shape: Any, *, takes: Any = None, key: bool = False, example: dict | None = None
) -> Callable[[Callable], Callable]:
    """The place of one operation of a driver in the document; `key`: it creates, once a key."""
    good = {201: (shape, "做好了"), 200: (shape, "早就做好了，同一张")} if key else {200: (shape, "现在的样子")}
    more: dict[str, Any] = {"request": takes} if takes is not None else {}
    if example is not None:
        more["examples"] = [OpenApiExample(summary, request_only=True, value=example)]
    bad = (400, 404) if takes is None else (400, 403, 404, 409, 413, 415, 422, 429)
    return extend_schema(
        operation_id=name, tags=[TAG], summary=summary, description=about, parameters=[KEY] if key else [], responses=answers(good, *bad), auth=OPTIONAL, **more
    )


def _wish(request: Request, slug: str) -> bookings.Wish:
    """The body and the key as the services book them. Raises ValidationError, NotThere."""
    house, key = house_of(request, slug), idempotency_key(request)
    said = checked(inputs.BookIn, request)
    return bookings.Wish(
        client_key=key, service=service_of(house, said["service"]), starts=said["starts_at"].astimezone(SHANGHAI), phone=said["phone"],
        plate=said["plate"], length_dm=None if said["length_m"] is None else round(said["length_m"] * 10), channel=Booking.Channel.API,
    )  # fmt: skip


class Book(Door):
    limits = None  # booking counts its callers itself; a resend still gets its ticket

    @told(
        "station_book", "订一个", "不用登录；没登录要写手机号。订满了是 409，code 是 full，可以排候补。同一个手机号最多有三个没用的。",
        outputs.TicketOut, takes=inputs.BookIn, key=True, example=BOOKING,
    )  # fmt: skip
    def post(self, request: Request, slug: str) -> Response:
        """One key, one booking: 201 the first time, 200 with the same ticket ever after."""
        now, wish = clock.now(), _wish(request, slug)
        made = bookings.book(wish=wish, by=request.viewer, caller=address_of(request._request), now=now)
        row = by_key(request.viewer, made.key)
        if row is None:  # somebody else's key: he learns nothing of what it made
            raise Stale(_("这个 Idempotency-Key 用过了，请换一个"), code="key_used")
        return Response(outputs.TicketOut(outline.ticket(row)).data, status=201 if row.made_at == now else 200)


class Wait(Door):
    limits = None

    @told(
        "station_wait", "排候补", "订满的时间可以排；有人退，排在前面的自动订上，告诉他。还有空的是 422，直接订。",
        outputs.StandByOut, takes=inputs.BookIn, key=True, example=BOOKING,
    )  # fmt: skip
    def post(self, request: Request, slug: str) -> Response:
        """One key, one place in the line."""
        now, wish = clock.now(), _wish(request, slug)
        made = waiting.join(wish=wish, by=request.viewer, caller=address_of(request._request), now=now)
        row = waiting_by_key(request.viewer, made.key)
        if row is None:
            raise Stale(_("这个 Idempotency-Key 用过了，请换一个"), code="key_used")
        return Response(outputs.StandByOut(outline.line(row)).data, status=201 if row.made_at == now else 200)


def _ticket(request: Request, key: UUID) -> Booking:
    row = by_key(request.viewer, key)
    if row is None:
        raise NotThere(_(NOT_THERE))
    return row


def _told(request: Request, key: UUID) -> Response:
    return Response(outputs.TicketOut(outline.ticket(_ticket(request, key))).data)


class Ticket(Door):
    @told("station_ticket", "一张预约", "拿着 key 就能看；登录订的只有本人。", outputs.TicketOut)
    def get(self, request: Request, key: UUID) -> Response:
        """The ticket in the hand."""
        return _told(request, key)


class Cancel(Door):
    @told("station_cancel", "取消", "还没到店随时可以；空出来的给排着的人。", outputs.TicketOut, takes=NothingIn)
    def post(self, request: Request, key: UUID) -> Response:
        """Give it back."""
        row = _ticket(request, key)
        checked(NothingIn, request)
        bookings.cancel(booking=row, by=request.viewer, now=clock.now())
        return _told(request, key)


class Rate(Door):
    limits = ((30, timedelta(minutes=10)), *doors.ACTS[1:])

    @told("station_rate", "评价", "到店以后评一次，一天里能改。", outputs.TicketOut, takes=inputs.RatingIn, example={"value": 5, "words": "水热，床干净"})
    def post(self, request: Request, key: UUID) -> Response:
        """How it was."""
        row, said = _ticket(request, key), checked(inputs.RatingIn, request)
        desk.rate(booking=row, value=said["value"], words=said["words"], by=request.viewer, now=clock.now())
        return _told(request, key)


def _line(request: Request, key: UUID) -> StandBy:
    row = waiting_by_key(request.viewer, key)
    if row is None:
        raise NotThere(_(NOT_THERE))
    return row


class Line(Door):
    @told("station_line", "候补排到第几", "拿着 key 就能看；登录排的只有本人。排到了有 ticket。", outputs.StandByOut)
    def get(self, request: Request, key: UUID) -> Response:
        """His place in the line."""
        return Response(outputs.StandByOut(outline.line(_line(request, key))).data)


class Leave(Door):
    @told("station_line_leave", "不排了", "已经排到的去取消那张预约。", outputs.StandByOut, takes=NothingIn)
    def post(self, request: Request, key: UUID) -> Response:
        """He waits no longer."""
        row = _line(request, key)
        checked(NothingIn, request)
        waiting.leave(waiting=row, by=request.viewer, now=clock.now())
        return Response(outputs.StandByOut(outline.line(_line(request, key))).data)


class Mine(SignedInDoor):
    query = frozenset(paging.QUERY)

    @doors.told(
        "stations_mine", TAG, "我的预约", "登录订的，新的在前。", {200: (paging.envelope(outputs.TicketOut), "一页")}, parameters=paging.PARAMETERS
    )
    def get(self, request: Request) -> Response:
        """His own, newest first."""
        rows = own_bookings(request.viewer).select_related("rating")
        return paging.answer(request, rows, outputs.TicketOut, outline.ticket, newest_first=True)


class MyLines(SignedInDoor):
    @doors.told("stations_my_lines", TAG, "我排着的", "登录排的、还在排的。", {200: (outputs.StandBysOut, "最多 50 个")})
    def get(self, request: Request) -> Response:
        """Where he waits."""
        rows = own_lines(request.viewer).filter(state=StandBy.State.WAITING)[:LINES]
        return Response(outputs.StandBysOut({"items": [outline.line(each) for each in rows]}).data)
