"""The desk of a house: who comes today, let in and out, walk-ins; beds out of order, services, hours and special days.

Only the house at whose desk the caller works is there for him."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import paging
from accounts.api.doors import RoleDoor, checked, told
from accounts.api.parsing import idempotency_key
from accounts.api.resending import Key
from accounts.rules.roles import Role
from common import clock
from common.errors import DomainError, NotThere, Stale
from members.api.inputs import NothingIn
from stations.api import inputs, outline, outputs
from stations.api.houses import NOT_THERE
from stations.api.tickets import KEY
from stations.models import Resource, Service, Station
from stations.rules.kinds import How, ServiceKind
from stations.selectors import desk as selectors
from stations.services import bookings, desk, founding, houses, terms

TAG = "驿站值班"
EACH = 60


class DeskDoor(RoleDoor):
    roles = frozenset({Role.STATION})


def kept(request: Request, slug: str) -> Station:
    """Raises NotThere for any house but his own."""
    found = selectors.kept_house(request.viewer, slug)
    if found is None:
        raise NotThere(_(NOT_THERE))
    return found


def kept_service(request: Request, house: Station, kind: str) -> Service:
    found = next((each for each in selectors.services_of(request.viewer, house) if each.kind == kind), None)
    if found is None:
        raise NotThere(_("这个驿站没有这项服务"))
    return found


class Desk(DeskDoor):
    @told("station_desk", TAG, "今天", "等着来的、在店的、排候补的、来了多少；司机都遮着，入住码不在里面。", {200: (outputs.DeskOut, "现在的样子")})
    def get(self, request: Request, slug: str) -> Response:
        """Today at this house."""
        viewer, house, now = request.viewer, kept(request, slug), clock.now()
        lists = {
            "coming": selectors.expected(viewer, house, now=now), "inside": selectors.inside(viewer, house),
            "line": selectors.line_of(viewer, house, now=now),
        }  # fmt: skip
        answer = {name: [outline.desk_row(each, now=now) for each in rows[:EACH]] for name, rows in lists.items()}
        came = outline.came_rows(selectors.arrivals_by_service(viewer, house, now=now), selectors.services_of(viewer, house))
        return Response(outputs.DeskOut(answer | {"as_of": now, "came": came}).data)


class CheckIn(DeskDoor):
    @told(
        "station_check_in", TAG, "到了", "按四位入住码，或者扫到的地址。扫两次还是一次。", {200: (outputs.DeskRowOut, "进来了")}, takes=inputs.EntryCodeIn,
        example={"code": "4821"},
    )  # fmt: skip
    def post(self, request: Request, slug: str) -> Response:
        """Let in whoever stands at the desk."""
        house, code = kept(request, slug), checked(inputs.EntryCodeIn, request)["code"]
        row = selectors.at_desk(request.viewer, house, code)
        if row is None:
            raise DomainError(_("没找到这个码。看看是不是别的驿站的，或者已经取消了"), field="code", code="unknown")
        bookings.check_in(booking=row, by=request.viewer, now=clock.now())
        return _row(request, house, str(row.key))


class LetGo(DeskDoor):
    @told("station_let_go", TAG, "走了", "空出来，有人在排就给他。", {200: (outputs.DeskRowOut, "走了")}, takes=inputs.KeyIn)
    def post(self, request: Request, slug: str) -> Response:
        """He went."""
        house, key = kept(request, slug), str(checked(inputs.KeyIn, request)["key"])
        row = selectors.at_desk(request.viewer, house, key)
        if row is None:
            raise NotThere(_("没有这个预约"))
        bookings.leave(booking=row, by=request.viewer, now=clock.now())
        return _row(request, house, key)


def _row(request: Request, house: Station, key: str) -> Response:
    row = selectors.at_desk(request.viewer, house, key)
    if row is None:
        raise NotThere(_("没有这个预约"))
    return Response(outputs.DeskRowOut(outline.desk_row(row, now=clock.now())).data)


class WalkIn(DeskDoor):
    @told(
        "station_walk_in", TAG, "来了一位没订的", "一次记一位；同一个 Idempotency-Key 只记一次。", {200: (outputs.ArrivalOut, "记下了")},
        takes=inputs.WalkInIn, parameters=[KEY], example={"service": "meals"}, key=Key.NO,  # the row itself keeps the key, for good
    )  # fmt: skip
    def post(self, request: Request, slug: str) -> Response:
        """One driver more."""
        house, key, kind = kept(request, slug), idempotency_key(request), checked(inputs.WalkInIn, request)["service"]
        service = kept_service(request, house, kind) if kind else None
        row = desk.walk_in(station=house, service=service, by=request.viewer, now=clock.now(), client_key=key)
        if (row.station_id, row.service_id) != (house.pk, service and service.pk):
            raise Stale(_("这个 Idempotency-Key 用过了，请换一个"), code="key_used")
        return Response(outputs.ArrivalOut({"arrival": paging.sealed(row.pk, outline.ARRIVAL), "service": kind, "at": row.at}).data)


class TakeBack(DeskDoor):
    @told("station_take_back", TAG, "撤回记错的", "自己十分钟内记的。", {204: (None, "撤回了")}, takes=inputs.ArrivalIn)
    def post(self, request: Request, slug: str) -> Response:
        """A tap too much."""
        house, now = kept(request, slug), clock.now()
        pk = paging.opened(checked(inputs.ArrivalIn, request)["arrival"], outline.ARRIVAL)
        row = selectors.own_taps(request.viewer, house, now=now).filter(pk=pk).first()
        if row is None:
            raise NotThere(_("这一下已经撤回了，或者过了十分钟"))
        desk.take_back(arrival=row, by=request.viewer, now=now)
        return Response(status=204)


def _services(request: Request, house: Station) -> Response:
    rows = selectors.services_of(request.viewer, house)
    items = outline.with_resources(outline.services_told(request.viewer, house, rows, now=clock.now()), rows)
    return Response(outputs.KeptServicesOut({"items": items}).data)


class Services(DeskDoor):
    @told("station_services", TAG, "服务和床位", "每项服务和它的床位、车位，停用的也在。", {200: (outputs.KeptServicesOut, "全部")})
    def get(self, request: Request, slug: str) -> Response:
        """All services with their beds."""
        return _services(request, kept(request, slug))


class Offer(DeskDoor):
    @told(
        "station_offer", TAG, "加一项服务", "一种服务一个驿站一项，再加是 422。", {200: (outputs.KeptServicesOut, "加上了，现在的全部")}, takes=inputs.OfferIn,
        example={"kind": "shower", "how": "book", "count": 6, "minutes": 60},
    )  # fmt: skip
    def post(self, request: Request, slug: str) -> Response:
        """One more service, with so many beds, numbered."""
        house, said = kept(request, slug), checked(inputs.OfferIn, request)
        if said["how"] == How.BOOK and not said["count"]:
            raise serializers.ValidationError({"count": [_("能预约的写有几个，1 到 500")]})
        beds = [(_("%(n)d 号") % {"n": number + 1}, None) for number in range(said["count"])]
        founding.offer(
            station=house, kind=ServiceKind(said["kind"]), how=How(said["how"]), by=request.viewer, now=clock.now(), resources=beds,
            minutes=0 if said["kind"] == ServiceKind.LODGING else said["minutes"],
        )  # fmt: skip
        return _services(request, house)


class Terms(DeskDoor):
    @told(
        "station_terms", TAG, "改价格和时长", "从现在起照新的；已经订的不变。只改写来的项。", {200: (outputs.KeptServicesOut, "改好了，现在的全部")}, takes=inputs.TermsIn,
        example={"price_fen": 2000, "price_words": "一晚"},
    )  # fmt: skip
    def post(self, request: Request, slug: str, kind: str) -> Response:
        """Other terms from now on."""
        house = kept(request, slug)
        service, said = kept_service(request, house, kind), checked(inputs.TermsIn, request)
        terms.change(service=service, by=request.viewer, now=clock.now(), **said)
        return _services(request, house)


def _pause(service: Service, request: Request) -> None:
    houses.pause_service(service=service, by=request.viewer, now=clock.now(), **checked(inputs.WhyIn, request))


def _resume(service: Service, request: Request) -> None:
    checked(NothingIn, request)
    houses.resume_service(service=service, by=request.viewer, now=clock.now())


def _act(name: str, act: Callable[[Service, Request], None], word: str, about: str, shape: Any) -> type[DeskDoor]:
    """The door of one act on a service."""

    @told(f"station_{name}", TAG, word, about, {200: (outputs.KeptServicesOut, "做好了，现在的全部")}, takes=shape)
    def post(self: DeskDoor, request: Request, slug: str, kind: str) -> Response:
        house = kept(request, slug)
        act(kept_service(request, house, kind), request)
        return _services(request, house)

    return type(f"{name.title()}Service", (DeskDoor,), {"post": post, "__module__": __name__})


ACT_DOORS = {
    "pause": _act("pause", _pause, "暂停一项服务", "订了的都告诉。", inputs.WhyIn),
    "resume": _act("resume", _resume, "恢复一项服务", "排候补的接着往上走。", NothingIn),
}


def _resource(request: Request, house: Station, sealed: str) -> Resource:
    row = selectors.resource_of(request.viewer, house, paging.opened(sealed, outline.RESOURCE))
    if row is None:
        raise NotThere(_("这个驿站没有这个床位或车位"))
    return row


class OutOfOrder(DeskDoor):
    @told(
        "station_out", TAG, "停用一个", "订了的换到别的空位，换不了的告诉他。", {200: (outputs.ConsequenceOut, "停用了")}, takes=inputs.OutIn,
    )  # fmt: skip
    def post(self, request: Request, slug: str) -> Response:
        """A bed breaks."""
        house, said = kept(request, slug), checked(inputs.OutIn, request)
        row = _resource(request, house, said["resource"])
        found = houses.take_out(resource=row, by=request.viewer, now=clock.now(), why=said["why"])
        return Response(outputs.ConsequenceOut({"moved": found.moved, "lost": found.lost}).data)


class BackAgain(DeskDoor):
    @told("station_back", TAG, "能用了", "有人在排就给他。", {200: (outputs.ResourceOut, "能用了")}, takes=inputs.ResourceIn)
    def post(self, request: Request, slug: str) -> Response:
        """It is mended."""
        house = kept(request, slug)
        row = houses.bring_back(
            resource=_resource(request, house, checked(inputs.ResourceIn, request)["resource"]), by=request.viewer, now=clock.now()
        )
        return Response(outputs.ResourceOut(outline.resource_row(row)).data)


class OpenHours(DeskDoor):
    @told(
        "station_hours", TAG, "改开放时间", "整个换掉；到时候不开门的预约都告诉。", {200: (outputs.EndedOut, "改好了")}, takes=inputs.HoursIn,
        example={"rows": [{"days": "all", "opens": "06:30", "closes": "21:00"}]},
    )  # fmt: skip
    def post(self, request: Request, slug: str) -> Response:
        """The hours from now on."""
        house, said = kept(request, slug), checked(inputs.HoursIn, request)
        service = kept_service(request, house, said["service"]) if said["service"] else None
        rows = [(each["days"], each["opens"], each["closes"]) for each in said["rows"]]
        ended = terms.keep_hours(station=house, rows=rows, by=request.viewer, now=clock.now(), service=service)
        return Response(outputs.EndedOut({"ended": ended}).data)


class SpecialDay(DeskDoor):
    @told(
        "station_day", TAG, "特别的日子", "这一天另外的时间；两个时间都不写是不开。", {200: (outputs.EndedOut, "记下了")}, takes=inputs.DayIn,
        example={"day": "2027-02-06", "why": "过年"},
    )  # fmt: skip
    def post(self, request: Request, slug: str) -> Response:
        """Other hours on one date, or none."""
        ended = terms.except_day(station=kept(request, slug), by=request.viewer, now=clock.now(), **checked(inputs.DayIn, request))
        return Response(outputs.EndedOut({"ended": ended}).data)


class UsualDay(DeskDoor):
    @told("station_day_usual", TAG, "这一天照常", "没有另外记过的是 404。", {204: (None, "照常了")}, takes=inputs.UsualDayIn)
    def post(self, request: Request, slug: str) -> Response:
        """The date keeps the usual hours again."""
        terms.as_always(station=kept(request, slug), by=request.viewer, now=clock.now(), **checked(inputs.UsualDayIn, request))
        return Response(status=204)
