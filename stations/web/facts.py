"""What a house's page tells besides what is booked: the other services, days that differ, ratings, the way there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common import clock
from stations.models import Service, Station
from stations.rules import maps
from stations.rules.hours import Hours
from stations.rules.kinds import How, ServiceKind
from stations.selectors.ratings import Rated
from stations.web import words

# What a driver looks for first; where he may speak stands last, next to the line that helps.
ORDER = (
    ServiceKind.MEALS, ServiceKind.LAUNDRY, ServiceKind.INSPECTION, ServiceKind.FUEL, ServiceKind.REPAIR, ServiceKind.READING,
    ServiceKind.GYM, ServiceKind.TRAINING, ServiceKind.HEALTH, ServiceKind.MEDIATION, ServiceKind.DESK, ServiceKind.APPEALS,
)  # fmt: skip
APPS = {"amap": gettext_lazy("高德地图"), "baidu": gettext_lazy("百度地图"), "tencent": gettext_lazy("腾讯地图"), "geo": gettext_lazy("手机里别的地图")}
SOON = timedelta(days=7)


@dataclass
class Other:
    """A row of 还有这些: names of services that say the same; `url` where one can go on at once; `paused` in warn."""

    names: list[str]
    said: str
    url: str = ""
    paused: bool = False


def others(services: Sequence[Service], hours: Mapping[tuple[int, int | None], Hours]) -> list[Other]:
    """The services that are not booked here, in a driver's order; neighbours that say the same share a row."""
    found: list[Other] = []
    for one in sorted(services, key=lambda one: ORDER.index(one.kind) if one.kind in ORDER else -1):
        paused = one.state != Service.State.OPEN
        row = Other([words.his_name(one)], _said(one, hours), "" if paused or one.kind != ServiceKind.APPEALS else reverse("appeals:new"), paused)
        if found and row.said == found[-1].said and not (row.paused or row.url or found[-1].url):
            found[-1].names += row.names
        else:
            found.append(row)
    return found


def _said(service: Service, hours: Mapping[tuple[int, int | None], Hours]) -> str:
    """What stands beside it: paused and why; the words of the house; its hours; its price; 到店排队."""
    if service.state != Service.State.OPEN:
        return _("暂停：%(why)s") % {"why": service.paused_why} if service.paused_why else _("暂停")
    own = hours.get((service.station_id, service.pk))
    parts = [service.words] if service.words else []
    if own is not None or not parts:
        parts.append(words.week_words((own or hours[(service.station_id, None)]).rows))
    if service.price_fen:
        parts.append(words.price_words(service))
    if service.how == How.QUEUE:
        parts.append(_("到店排队"))
    return "，".join(part for part in parts if part)


def soon(hours: Hours, *, now: datetime) -> list[str]:
    """Days of this week on which the house keeps other hours: 周五 11月27日 不开：停电检修."""
    today, said = clock.today(now), []
    for one in hours.exceptions:
        if today <= one.day <= today + SOON:
            at = _("不开") if one.opens is None or one.closes is None else f"{one.opens.hour}:{one.opens:%M}–{one.closes.hour}:{one.closes:%M}"
            said.append(_("%(near)s（%(date)s）%(at)s：%(why)s") % {
                "near": words.day_near(one.day, now), "date": f"{one.day.month}月{one.day.day}日", "at": at, "why": one.why,
            })  # fmt: skip
    return said


def rating_words(found: Rated) -> str:
    """平均 4.6 分，5 分最好，23 人评过; too few are no average."""
    if found.average is None:
        return _("还没有足够的评价")
    return _("平均 %(average).1f 分，满分 5 分，%(count)d 人评过") % {"average": found.average, "count": found.count}


def ways(station: Station) -> list[dict[str, str]]:
    """(words, url) of each map app; nothing where the house has no position yet."""
    if station.latitude is None or station.longitude is None:
        return []
    found = maps.ways(station.latitude, station.longitude, name=station.unit.name, address=station.address)
    return [{"words": str(APPS[way.app]), "url": way.url} for way in found]
