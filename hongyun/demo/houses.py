"""1+N of the demo: the centre, a 司机之家 that is open, one that is built, one that is planned; who has which bed tonight."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from uuid import uuid5

from accounts.models import Person, Unit
from accounts.rules.viewer import Viewer
from accounts.selectors.viewer import viewer_for
from common import clock
from hongyun.demo import house_pictures, names
from hongyun.demo.people import Cast
from stations.models import Booking, Service, Station
from stations.rules.hours import Days
from stations.rules.kinds import How, ServiceKind
from stations.rules.life import StationMove
from stations.selectors.hours import offered
from stations.services import bookings, desk, founding, houses

ALL_DAY = ((Days.ALL, time(0), time(0)),)
# slug, unit, kind, grade, address, host, latitude, longitude, square metres, words
HOUSES = (
    ("tangzhang", "station-01", "centre", "B", "棠张镇府前路 1 号旁", "", 34.0983, 117.3402, 2_200, "住一晚、洗个澡、把事说清楚，都在这里。"),
    ("maocun", "station-03", "home", "basic", "104 国道茅村段 15 公里处", "茅村检测站", 34.3729, 117.2577, 600, "停得下长车，晚上有人看。"),
    ("liguo", "station-02", "park", "", "利国镇钢材物流园内", "利国物流园", 34.5431, 117.3339, 900, "在利国物流园里，明年春天开。"),
    ("liuxin", "station-04", "inspection", "", "柳新镇超限检测站旁", "柳新检测站", 34.3871, 117.1183, 450, "在柳新检测站旁边，还在定地方。"),
)  # fmt: skip
BEDS, SHOWERS = [(f"{n} 号床", None) for n in range(1, 21)], [(f"{n} 号", None) for n in range(1, 9)]
BAYS = [(f"{n} 号车位", 185 if n > 12 else 120) for n in range(1, 47)]


def load(cast: Cast, *, now: datetime) -> None:
    """The houses through their own services, and the bookings of these days."""
    by = viewer_for(cast.staff["stations"], now=now, second_factor=True)
    for slug, unit, kind, grade, address, host, latitude, longitude, area, words in HOUSES:
        row = Unit.objects.select_related("place").get(code=unit)
        station = founding.found(
            unit=row, slug=slug, kind=kind, grade=grade, address=address, host=host, place=row.place, latitude=latitude,
            longitude=longitude, area_m2=area, words=words, by=by, now=now,
            opens_on=date(clock.today(now).year + 1, 4, 1) if slug == "liguo" else None,
        )  # fmt: skip
        _furnish(station, by, now)
    _tonight(cast, now=now)


def _furnish(station: Station, by: Viewer, now: datetime) -> None:
    if station.slug == "liuxin":
        return
    if station.slug == "liguo":
        houses.move(station=station, to=StationMove.BUILD, by=by, now=now, version=0)
        return
    founding.open_from(station=station, rows=ALL_DAY, by=by, now=now)
    big = station.slug == "tangzhang"
    offer = {"station": station, "by": by, "now": now}
    founding.offer(kind=ServiceKind.LODGING, how=How.BOOK, minutes=0, grace=480, price_fen=2_000, price_words="一晚", resources=BEDS if big else BEDS[:6], **offer)
    founding.offer(kind=ServiceKind.PARKING, how=How.BOOK, minutes=0, grace=600, resources=BAYS if big else BAYS[8:30], **offer)
    founding.offer(kind=ServiceKind.SHOWER, how=How.BOOK, minutes=60, grace=20, resources=SHOWERS if big else SHOWERS[:2], **offer)
    _more(offer, big)
    houses.move(station=station, to=StationMove.OPEN, by=by, now=now, version=0)
    house_pictures.hang(station, by=by, now=now)
    house_pictures.rate(station, by=by, now=now)


def _more(offer: dict, big: bool) -> None:
    """What is simply there, each with its hours."""
    rows = [
        (ServiceKind.APPEALS, "有人帮您写", None), (ServiceKind.MEALS, "", ((Days.ALL, time(6, 30), time(21)),)), (ServiceKind.LAUNDRY, "全天，自助", None),
        (ServiceKind.DESK, "", ((Days.WORKDAY, time(8, 30), time(17, 30)),)),
    ]  # fmt: skip
    if big:
        rows += [
            (ServiceKind.INSPECTION, "", ((Days.WORKDAY, time(8, 30), time(17)), (Days.SAT, time(8, 30), time(12)))),
            (ServiceKind.READING, "", ((Days.ALL, time(8), time(22)),)), (ServiceKind.GYM, "", ((Days.ALL, time(8), time(22)),)),
            (ServiceKind.TRAINING, "看门口的课表", None), (ServiceKind.FUEL, "充电桩 8 个，全天", None),
            (ServiceKind.MEDIATION, "周二、周四上午有律师", None), (ServiceKind.HEALTH, "量血压，每天", None),
            (ServiceKind.REPAIR, "补胎、换油", ((Days.ALL, time(7), time(20)),)),
        ]  # fmt: skip
    for kind, words, hours in rows:
        how = How.QUEUE if kind in (ServiceKind.INSPECTION, ServiceKind.REPAIR) else How.WALK_IN
        service = founding.offer(kind=kind, how=how, words=words, **offer)
        if hours:
            founding.open_from(rows=hours, service=service, **offer)


def _tonight(cast: Cast, *, now: datetime) -> None:
    """Beds and bays of these nights; some of the drivers have come and are in."""
    keeper = viewer_for(cast.staff["station-1"], now=now, second_factor=True)
    drivers = cast.drivers[20:60]
    for service, many, days in _plan():
        for ahead in days:
            for n in range(many - 4 * ahead):
                _book(service, drivers[(n + 7 * ahead + service.pk) % len(drivers)], n, ahead, keeper, now)


def _plan() -> list[tuple[Service, int, range]]:
    house = Station.objects.get(slug="tangzhang")
    found = {one.kind: one for one in Service.objects.select_related("station").filter(station=house)}
    return [(found[ServiceKind.LODGING], 12, range(2)), (found[ServiceKind.PARKING], 24, range(2))]


def _book(service: Service, driver: Person, n: int, ahead: int, keeper: Viewer, now: datetime) -> None:
    day = clock.today(now) + timedelta(days=ahead)
    slots = offered(keeper, service, day, now=now)
    if not slots:
        return
    key = names.key("booking", f"{service.kind}-{ahead}-{n}")
    wish = bookings.Wish(client_key=key, service=service, starts=slots[0].starts, phone=f"1380000{n + 40 * ahead:04d}", channel=Booking.Channel.DESK)
    span, phone, plate, person = bookings.checked(wish, by=keeper, now=now)
    resource = bookings.free_resources(keeper, service, span)[0]
    row = bookings.put(wish=wish, span=span, resource=resource, phone=phone, plate=plate, person=person, by=keeper, now=now, told=False)
    if n % 2 == 0 and slots[0].starts <= now:
        bookings.check_in(booking=row, by=keeper, now=now, client_key=uuid5(key, "came"))
    if n % 3 == 0 and service.kind == ServiceKind.LODGING:
        desk.walk_in(station=service.station, service=None, by=keeper, now=now, client_key=uuid5(key, "walked in"))
