"""Houses of the group, for whoever leads them all: a new one, what is said of it, its life from planned to closed."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.doors import checked, told
from accounts.models import Place, Unit
from accounts.services.units import make_station
from common import clock
from common.errors import NotThere
from stations.api import inputs, outline, outputs
from stations.api.desk import DeskDoor, kept
from stations.models import Station
from stations.rules.life import StationMove
from stations.selectors.scope import kept_by
from stations.services import founding, houses, terms

TAG = "所有驿站"


class GroupDoor(DeskDoor):
    def may_enter(self, request: Request) -> None:
        super().may_enter(request)
        if not founding.may_found(request.viewer):
            raise NotThere(_("没有这一页，或者不在您能看的范围里"))


def _told(request: Request, house: Station) -> Response:
    row = kept_by(request.viewer).filter(pk=house.pk).first()
    if row is None:
        raise NotThere
    return Response(outputs.FactsOut(outline.facts(row)).data)


class Found(GroupDoor):
    @told(
        "station_found", TAG, "记一个驿站", "先是计划中；写好开放时间和服务，再开放。一个单位一个，再记是 422。", {200: (outputs.FactsOut, "记下了")},
        takes=inputs.FoundHouseIn, example={"name": "大许红运驿站", "kind": "park", "place": "320312118", "address": "大许镇粮食物流园内"},
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """A planned house."""
        said = checked(inputs.FoundHouseIn, request)
        place = Place.objects.filter(code=said["place"]).first()
        if place is None:
            raise serializers.ValidationError({"place": [_("没有这个镇街，请看 choices")]})
        return _told(request, _make(request, said, place))


@transaction.atomic
def _make(request: Request, said: dict, place: Place) -> Station:
    """For a unit of the tree, or for a new one with the name that was sent. Raises ValidationError, DomainError."""
    now, name = clock.now(), said["name"].strip()
    unit = Unit.objects.filter(code=said["unit"], kind=Unit.Kind.STATION, parent__code="stations").first() if said["unit"] else None
    if said["unit"] and unit is None:
        raise serializers.ValidationError({"unit": [_("没有这个单位，或者它不是驿站")]})
    if unit is None and not 2 <= len(name) <= 60:
        raise serializers.ValidationError({"name": [_("写名称，2 到 60 个字")]})
    unit = unit or make_station(name=name, by=request.viewer, now=now)
    return founding.found(
        unit=unit, slug=unit.code, kind=said["kind"], address=said["address"], place=place, by=request.viewer, now=now,
        latitude=said["latitude"], longitude=said["longitude"],
    )  # fmt: skip


class Facts(GroupDoor):
    @told("station_facts", TAG, "怎么写的", "每一项、现在能做的和 version。", {200: (outputs.FactsOut, "现在的样子")})
    def get(self, request: Request, slug: str) -> Response:
        """What is said of a house."""
        return _told(request, kept(request, slug))


class Describe(GroupDoor):
    @told(
        "station_describe", TAG, "改写", "只改写来的项；version 不对是 409。", {200: (outputs.FactsOut, "改好了")}, takes=inputs.FactsIn,
        example={"version": 0, "phone": "0516-80000000"},
    )  # fmt: skip
    def post(self, request: Request, slug: str) -> Response:
        """Where it lies and what is said of it."""
        house = kept(request, slug)
        terms.describe(station=house, by=request.viewer, now=clock.now(), **checked(inputs.FactsIn, request))
        return _told(request, house)


class Move(GroupDoor):
    @told(
        "station_move", TAG, "开、停、关", "只能照 facts/ 里的 moves；暂停和关掉，订了的都告诉。", {200: (outputs.FactsOut, "做好了")},
        takes=inputs.StationMoveIn, example={"to": "open", "version": 1},
    )  # fmt: skip
    def post(self, request: Request, slug: str) -> Response:
        """Open, pause, resume or close a house."""
        house, said, now = kept(request, slug), checked(inputs.StationMoveIn, request), clock.now()
        if said["until"] is not None and said["until"] <= clock.today(now):
            raise serializers.ValidationError({"until": [_("写今天以后的日子")]})
        said["to"] = StationMove(said["to"])
        houses.move(station=house, by=request.viewer, now=now, **said)
        return _told(request, house)
