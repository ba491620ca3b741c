"""Drawings that stand for photos of the demo's houses, and how drivers of the last weeks found them. Nothing real is shown."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import datetime, timedelta

from PIL import Image, ImageDraw

from accounts.rules.viewer import Viewer
from common import clock
from hongyun.demo import names
from stations.models import Booking, Service, Station
from stations.rules.kinds import ServiceKind
from stations.selectors.free import free_resources
from stations.selectors.hours import offered
from stations.services import bookings, desk, photos

SIZE = (1200, 800)
VISITS = {"tangzhang": (5, 5, 4, 5, 3, 4, 5, 4, 5, 4, 5), "maocun": (4, 5, 4)}  # three are too few for an average


def hang(station: Station, *, by: Viewer, now: datetime) -> None:
    """Pictures through the keeper's own door: checked, drawn small, sealed."""
    shown = (_gate, _room, _yard) if station.slug == "tangzhang" else (_yard,)
    for draw in shown:
        image = Image.new("RGB", SIZE, "#c9d8e4")
        draw(ImageDraw.Draw(image))
        out = io.BytesIO()
        image.save(out, "JPEG", quality=85)
        photos.add(station=station, file=io.BytesIO(out.getvalue()), alt=ALT[draw], by=by, now=now)


def rate(station: Station, *, by: Viewer, now: datetime) -> None:
    """Nights of the last weeks: booked, let in, left, rated, each at its own hour."""
    service = Service.objects.select_related("station").get(station=station, kind=ServiceKind.LODGING)
    for n, value in enumerate(VISITS.get(station.slug, ())):
        day = clock.today(now) - timedelta(days=n + 2)
        span = offered(by, service, day, now=now - timedelta(days=n + 3))[0]
        key = names.key("visit", f"{station.slug}-{n}")
        wish = bookings.Wish(client_key=key, service=service, starts=span.starts, phone=f"1380001{n:04d}", channel=Booking.Channel.DESK)
        resource = free_resources(by, service, span)[0]
        row = bookings.put(wish=wish, span=span, resource=resource, phone=wish.phone, plate="", person=None, by=by, now=span.starts, told=False)
        came = span.starts + timedelta(hours=5)
        bookings.check_in(booking=row, by=by, now=came)
        left = span.ends - timedelta(hours=4)
        bookings.leave(booking=row, by=by, now=left)
        desk.rate(booking=row, value=value, words="", by=by, now=left)


def _gate(pen: ImageDraw.ImageDraw) -> None:
    """The front of the house with its red board, and the road before it."""
    pen.rectangle((0, 560, 1200, 800), fill="#6d6c6a")
    pen.rectangle((180, 220, 1020, 600), fill="#f1ece2", outline="#b9b0a2", width=6)
    pen.polygon([(140, 230), (600, 90), (1060, 230)], fill="#8e3a33")
    pen.rectangle((360, 270, 840, 340), fill="#b3122a")
    pen.rectangle((520, 400, 680, 600), fill="#4a5a66")
    for left in (240, 380, 740, 880):
        pen.rectangle((left, 400, left + 90, 500), fill="#9cc0d8", outline="#ffffff", width=6)
    for mark in range(5):
        pen.rectangle((60 + mark * 250, 690, 180 + mark * 250, 706), fill="#efe9da")


def _room(pen: ImageDraw.ImageDraw) -> None:
    """Two beds at a wall, a window between them."""
    pen.rectangle((0, 0, 1200, 800), fill="#efe7d8")
    pen.rectangle((0, 560, 1200, 800), fill="#b58f66")
    pen.rectangle((480, 120, 720, 360), fill="#a9cfe4", outline="#ffffff", width=14)
    for left in (90, 730):
        pen.rectangle((left, 470, left + 380, 640), fill="#ffffff", outline="#c9c0b0", width=4)
        pen.rectangle((left, 540, left + 380, 660), fill="#5f86a8")
        pen.rounded_rectangle((left + 20, 440, left + 150, 510), 18, fill="#fbfaf6", outline="#cfc7b8", width=4)
    pen.rectangle((560, 470, 640, 660), fill="#8b6a46")


def _yard(pen: ImageDraw.ImageDraw) -> None:
    """A yard with bays for long trucks, three of them taken."""
    pen.rectangle((0, 300, 1200, 800), fill="#7a7975")
    pen.rectangle((0, 230, 1200, 310), fill="#6f8f5d")
    for bay in range(7):
        pen.line((80 + bay * 180, 380, bay * 210 - 60, 800), fill="#f3efe2", width=10)
    for left, colour in ((130, "#b3122a"), (490, "#2f5d8c"), (850, "#d9d4c8")):
        pen.rectangle((left, 380, left + 150, 640), fill=colour, outline="#3b3833", width=5)
        pen.rectangle((left + 15, 560, left + 135, 620), fill="#a9cfe4")
        pen.rectangle((left + 10, 640, left + 140, 670), fill="#2b2a28")


Drawer = Callable[[ImageDraw.ImageDraw], None]
ALT: dict[Drawer, str] = {_gate: "大门朝南，门头是红的", _room: "双人间，窗户中间隔开", _yard: "停车场，长车也停得下"}
