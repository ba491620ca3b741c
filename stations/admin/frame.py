"""The frame of a house's pages: crumbs, and the tabs that lead from one to the next with what waits behind each."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from accounts.admin.pages import render_page
from common import clock
from stations.models import Station
from stations.selectors import boxes, equipment, shifts

TABS = (
    ("stations_today", lazy("今天")), ("stations_shift", lazy("交接班")), ("stations_write", lazy("替司机写")), ("stations_boxes", lazy("意见箱")),
    ("stations_things", lazy("设备")), ("stations_home", lazy("司机之家自查")), ("stations_services", lazy("服务和床位")),
)  # fmt: skip


def house_page(request: HttpRequest, template: str, house: Station, *, here: str, title: str, crumb: str = "", **context) -> HttpResponse:
    """A page of one house. `here`: the name of its tab; `crumb`: the word of a page below that tab."""
    address = {name: reverse(f"admin:{name}", args=[house.slug]) for name, _word in TABS}
    counts = _counts(request, house)
    tabs = [{"word": word, "url": address[name], "on": name == here, "n": counts.get(name, 0)} for name, word in TABS]
    crumbs = [(_("驿站"), None), (house.unit.name, None if here == "stations_today" else address["stations_today"])]
    if here != "stations_today":
        crumbs.append((str(dict(TABS)[here]), address[here] if crumb else None))
    if crumb:
        crumbs.append((crumb, None))
    return render_page(request, template, title=title, crumbs=crumbs, house=house, tabs=tabs, **context)


def _counts(request: HttpRequest, house: Station) -> dict[str, int]:
    """What waits behind a tab: a signature for him, letters and second signatures, things that are due."""
    viewer, now = request.viewer, clock.now()
    waiting = shifts.pending(viewer, house)
    return {
        "stations_shift": int(waiting is not None and waiting.taker_id == viewer.person_id),
        "stations_boxes": boxes.untyped(viewer, house) + boxes.openings_of(viewer, house).filter(witness=None).count(),
        "stations_things": equipment.due(viewer, house, now=now).count(),
    }  # fmt: skip
