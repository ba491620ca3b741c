"""The desks of the demo: the class list of 司机之家, who is on duty, what is to be looked at and what broke, a box."""

from __future__ import annotations

from datetime import datetime, timedelta

from accounts.selectors.viewer import viewer_for
from common import clock
from hongyun.demo.people import Cast
from stations.models import Resource, Station
from stations.rules.homes import ITEMS
from stations.rules.kinds import ServiceKind
from stations.services import boxes, equipment, homes, shifts

# house, who keeps it, what is not there, how many days ago it was looked at
LOOKED = (("tangzhang", "station-1", {"bays-60": "现在 46 个，南院修好再加"}, 12), ("maocun", "station-3", {"bays-30": "22 个", "laundry": "", "repair": "对面有"}, 40))

# name, where, every so many days, next looked at in so many days
THINGS = (
    ("灭火器（一楼）", "前厅和走廊，6 个", 30, -4),
    ("热水锅炉", "后院锅炉房", 7, 2),
    ("烟感报警器", "二楼住宿，20 个", 90, 40),
    ("急救箱", "服务台下面", 30, 11),
)
OPENED_AGO = timedelta(days=6)


def load(cast: Cast, *, now: datetime) -> None:
    """Each through its own service, by whoever keeps the house."""
    for slug, keeper, lacks, days in LOOKED:
        by = viewer_for(cast.staff[keeper], now=now, second_factor=True)
        seen = [homes.Seen(one.code, one.code not in lacks, lacks.get(one.code, "")) for one in ITEMS]
        homes.look(station=Station.objects.get(slug=slug), seen=seen, on=clock.today(now) - timedelta(days=days), by=by, now=now)
    _centre(cast, now=now)


def _centre(cast: Cast, *, now: datetime) -> None:
    """The desk of the centre, as its two keepers left it."""
    keeper, second = (viewer_for(cast.staff[login], now=now, second_factor=True) for login in ("station-1", "station-1b"))
    house, today = Station.objects.get(slug="tangzhang"), clock.today(now)
    box = boxes.hang(station=house, name="餐厅门口", spot="餐厅进门右手边墙上", by=keeper, now=now - OPENED_AGO)
    counted = boxes.Counted(letters=0, others=1, note="一张空白纸")
    opened = boxes.open_box(box=box, counted=counted, opened_at=now - OPENED_AGO, by=keeper, now=now - OPENED_AGO)
    boxes.witness(opening=opened, letters=0, by=second, now=now - OPENED_AGO)
    mine = {"station": house, "by": keeper, "now": now}
    for name, spot, every, ahead in THINGS:
        equipment.add(name=name, spot=spot, every_days=every, next_on=today + timedelta(days=ahead), **mine)
    last = Resource.objects.filter(service__station=house, service__kind=ServiceKind.SHOWER).order_by("pk").last()
    head = equipment.add(name="8 号淋浴的花洒", spot="淋浴间最里面", every_days=30, next_on=today, resource=last, **mine)
    equipment.check(thing=head, on=today, ok=False, words="水温上不来，等师傅来换阀芯", take_out=True, by=keeper, now=now)
    shifts.begin(station=house, by=keeper, now=now - timedelta(hours=2), opening_fen=20_000)
