"""A campaign with packs and water, two exits and money, for tests."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from io import BytesIO
from uuid import uuid4

from PIL import Image, ImageDraw

from accounts.models import Unit
from accounts.rules.viewer import Viewer
from care.models import Application, Campaign, Fund, Good, Issue, Offer, Point
from care.services import applications, funds, issuing, stock
from tests.cast import MONDAY

PLATES = [f"苏C{n:05d}" for n in range(10_000, 10_060)]


@dataclass(frozen=True)
class Care:
    """One campaign (a pack a day), its packs and water, two points, its fund."""

    campaign: Campaign
    pack: Good
    water: Good
    exit: Point
    centre: Point
    fund: Fund

    def heap(self, point: Point | None = None, good: Good | None = None) -> stock.Heap:
        return stock.Heap(self.campaign, point or self.exit, good or self.pack)

    def act(self, quantity: int, why: str = "", **where) -> stock.Act:
        return stock.Act(uuid4(), self.heap(**where), quantity, why)

    def give(self, n: int = 0, *, quantity: int = 1, **more) -> issuing.Give:
        values = {"client_key": uuid4(), "heap": self.heap(), "quantity": quantity, "plate": PLATES[n], "tail": "5678"}
        return issuing.Give(**values | more)


def make_care(now: datetime = MONDAY, *, period: str = "day") -> Care:
    """Runs from a week ago for three weeks; nothing in stock, nothing in the fund."""
    fund = Fund.objects.create(code="warm", name="送温暖经费")
    campaign = Campaign.objects.create(
        code="road", name="一路有爱", starts_at=now - timedelta(days=7), ends_at=now + timedelta(days=14), fund=fund
    )
    pack, water = Good.objects.create(name="暖心礼包"), Good.objects.create(name="矿泉水", unit_word="箱")
    Offer.objects.create(campaign=campaign, good=pack, period=period, each=1)
    Offer.objects.create(campaign=campaign, good=water, period="week", each=3)
    exit_, centre = (
        Point.objects.create(code=code, name=name, unit=Unit.objects.get(code=unit))
        for code, name, unit in (("exit", "铜山出口", "branch-03"), ("centre", "红运之家", "station-01"))
    )
    return Care(campaign, pack, water, exit_, centre, fund)


def stocked(care: Care, quantity: int, by: Viewer, now: datetime = MONDAY) -> Care:
    stock.receive(act=care.act(quantity), by=by, now=now)
    return care


def given(care: Care, by: Viewer, n: int = 0, now: datetime = MONDAY, **more) -> Issue:
    return issuing.issue(give=care.give(n, **more), by=by, now=now)


def filled(care: Care, fen: int, by: Viewer, now: datetime = MONDAY) -> Care:
    funds.put_in(fund=care.fund, fen=fen, client_key=uuid4(), by=by, now=now, why="工会拨款")
    return care


def asked(person, by: Viewer, fen: int = 100_000, now: datetime = MONDAY, **more) -> Application:
    values = {"client_key": uuid4(), "kind": "hardship", "person": person, "amount_fen": fen, "reason": "妻子生病住院，家里困难", "agreed": True}
    return applications.propose(ask=applications.Ask(**values | more), by=by, now=now)


def signature(strokes: bool = True) -> bytes:
    """As a phone draws it: black on white."""
    sheet = Image.new("RGB", (320, 160), "white")
    if strokes:
        ImageDraw.Draw(sheet).line([(20, 120), (90, 30), (160, 120), (300, 40)], fill="black", width=5)
    out = BytesIO()
    sheet.save(out, "PNG")
    return out.getvalue()
