"""The desks of the demo: what was ticked of the class list of 司机之家."""

from __future__ import annotations

from datetime import datetime, timedelta

from accounts.selectors.viewer import viewer_for
from common import clock
from hongyun.demo.people import Cast
from stations.models import Station
from stations.rules.homes import ITEMS
from stations.services import homes

# house, who keeps it, what is not there, how many days ago it was looked at
LOOKED = (("tangzhang", "station-1", {"bays-60": "现在 46 个，南院修好再加"}, 12), ("maocun", "station-3", {"bays-30": "22 个", "laundry": "", "repair": "对面有"}, 40))


def load(cast: Cast, *, now: datetime) -> None:
    """Each through its own service, by whoever keeps the house."""
    for slug, keeper, lacks, days in LOOKED:
        by = viewer_for(cast.staff[keeper], now=now, second_factor=True)
        seen = [homes.Seen(one.code, one.code not in lacks, lacks.get(one.code, "")) for one in ITEMS]
        homes.look(station=Station.objects.get(slug=slug), seen=seen, on=clock.today(now) - timedelta(days=days), by=by, now=now)
