"""What everybody may ask: which houses there are, what is near, open and free now, and what of a service can be booked."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import paging
from accounts.api.doors import AUTH, Door, answers
from common import clock
from common.errors import NotThere
from stations.api import outline, outputs
from stations.models import Service, Station
from stations.rules.kinds import How, ServiceKind
from stations.rules.life import StationState
from stations.selectors.free import free_in_slots
from stations.selectors.hours import offered
from stations.selectors.near import near
from stations.selectors.scope import stations_for

TAG = "驿站"
NOT_THERE = "没有这个驿站"
LOOKED, TOLD = 60, 20  # houses near by that are looked through, and told
OPTIONAL = [{}, *AUTH]  # with an account or without one
FILTERS = frozenset({"open", "free"})
_FILTERS = [
    OpenApiParameter("open", str, enum=["yes"], description="yes：只要现在开着门的"),
    OpenApiParameter("free", str, description="服务的代码，比如 lodging：只要现在有空的"),
]
AT = OpenApiParameter("at", str, required=True, description="纬度,经度，比如 34.10,117.34；只用来算这一次，不留")


def told(name: str, summary: str, about: str, shape: Any, parameters: list[OpenApiParameter] | None = None) -> Callable[[Callable], Callable]:
    """The place of a reading that everybody may do in the document."""
    return extend_schema(
        operation_id=name, tags=[TAG], summary=summary, description=about, parameters=parameters or [], auth=OPTIONAL,
        responses=answers({200: (shape, "现在的样子")}, 400, 404),
    )  # fmt: skip


def house_of(request: Request, slug: str) -> Station:
    """Raises NotThere."""
    found = stations_for(request.viewer).filter(slug=slug).first()
    if found is None:
        raise NotThere(_(NOT_THERE))
    return found


def service_of(house: Station, kind: str, *, field: str = "service") -> Service:
    """One service of the house by its kind. Raises ValidationError at `field`."""
    found = Service.objects.select_related("station").filter(station=house, kind=kind).first() if kind in set(ServiceKind) else None
    if found is None:
        raise serializers.ValidationError({field: [_("这个驿站没有这项服务")]})
    return found


def _wanted(request: Request) -> tuple[bool, str]:
    """(open now, free now of this kind). Raises ValidationError at the parameter."""
    is_open, free = request.query_params.get("open", ""), request.query_params.get("free", "")
    if is_open not in ("", "yes"):
        raise serializers.ValidationError({"open": [_("写 yes，或者不写")]})
    if free and free not in set(ServiceKind):
        raise serializers.ValidationError({"free": [_("没有这项服务，可以用的有：%s") % "、".join(ServiceKind)]})
    return is_open == "yes", free


def _fits(row: dict[str, Any], is_open: bool, free: str) -> bool:
    return (not is_open or row["open_now"]) and (not free or any(each["kind"] == free and each["free"] for each in row["free"]))


class Houses(Door):
    query = frozenset({"place"}) | FILTERS | paging.QUERY

    @told(
        "stations", "驿站", "服务中心和所有驿站，计划中的也在；关了的不在。按 open 或 free 挑过以后，一页里可能少几个。",
        paging.envelope(outputs.HouseRowOut),
        [OpenApiParameter("place", str, description="镇街的代码，见 choices"), *_FILTERS, *paging.PARAMETERS],
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        """A page of houses."""
        is_open, free = _wanted(request)
        rows = stations_for(request.viewer).exclude(state=StationState.CLOSED)
        if request.query_params.get("place"):
            rows = rows.filter(place__code=request.query_params["place"])
        found, following = paging.page(request, rows)
        items = [row for row in outline.house_rows(request.viewer, found, now=clock.now()) if _fits(row, is_open, free)]
        return Response({"items": outputs.HouseRowOut(items, many=True).data, "next": following})


class NearBy(Door):
    query = frozenset({"at"}) | FILTERS

    @told("stations_near", "附近的驿站", "近的在前，最多 20 个；在最近的 60 个里挑。位置不留下来。", outputs.NearOut, [AT, *_FILTERS])
    def get(self, request: Request) -> Response:
        """The nearest houses first."""
        is_open, free = _wanted(request)
        latitude, longitude = _position(request.query_params.get("at", ""))
        found = near(request.viewer, latitude, longitude, most=LOOKED if is_open or free else TOLD)
        km = {one.station.pk: one.km for one in found}
        rows = outline.house_rows(request.viewer, [one.station for one in found], now=clock.now(), km=km)
        items = [row for row in rows if _fits(row, is_open, free)][:TOLD]
        return Response(outputs.NearOut({"items": items}).data)


def _position(text: str) -> tuple[float, float]:
    """Raises ValidationError at `at`; a position abroad is refused by the selector."""
    latitude, comma, longitude = text[:60].partition(",")
    try:
        if not comma:
            raise ValueError
        return float(latitude), float(longitude)
    except ValueError:
        raise serializers.ValidationError({"at": [_("写成 纬度,经度，比如 34.10,117.34")]}) from None


class House(Door):
    @told("station", "一个驿站", "营业时间、服务、价格和现在空几个。", outputs.HouseOut)
    def get(self, request: Request, slug: str) -> Response:
        """One house as it is now."""
        return Response(outputs.HouseOut(outline.house_sheet(request.viewer, house_of(request, slug), now=clock.now())).data)


class Slots(Door):
    query = frozenset({"service", "day"})

    @told(
        "station_slots", "能订的时间", "一项服务一天里开始的、还没过去的时间，和每个空几个。", outputs.SlotsOut,
        [OpenApiParameter("service", str, required=True, description="服务的代码"), OpenApiParameter("day", date, description="不写就是今天")],
    )  # fmt: skip
    def get(self, request: Request, slug: str) -> Response:
        """Slots of a day with what is left of each."""
        now, house = clock.now(), house_of(request, slug)
        service = service_of(house, request.query_params.get("service", ""))
        day = _day(request.query_params.get("day", "")) or clock.today(now)
        bookable = house.state == StationState.OPEN and service.state == Service.State.OPEN and service.how == How.BOOK
        ahead = (day - clock.today(now)).days
        spans = offered(request.viewer, service, day, now=now) if bookable and -1 <= ahead <= service.days_ahead else []
        frees = free_in_slots(request.viewer, service, spans)
        items = [
            {"starts_at": span.starts, "ends_at": span.ends, "free": free.free, "all": free.all} for span, free in zip(spans, frees, strict=True)
        ]  # fmt: skip
        return Response(outputs.SlotsOut({"service": service.kind, "day": day, "items": items, "as_of": now}).data)


def _day(text: str) -> date | None:
    """Raises ValidationError at `day`."""
    if not text:
        return None
    try:
        return date.fromisoformat(text[:20])
    except ValueError:
        raise serializers.ValidationError({"day": [_("日期写成 2026-11-25")]}) from None
