"""Packs and water of the demo: two campaigns, four exits, the open stations; more than two thousand went out, and it balances."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count, islice

from accounts.models import Person, Unit
from accounts.rules.viewer import Viewer
from care.models import Campaign, Good, Issue, Point
from care.services import campaigns, counting, funds, issuing, lists, offline, stock
from common.clock import SHANGHAI
from hongyun.demo import names
from hongyun.demo.people import Cast
from hongyun.demo.stage import Stage, secretary_login
from members.models import Driver

# code, name, kind, unit, place, share of the packs in a hundred
POINTS = (
    ("daxu", "大许出口", "exit", "branch-03", "大许镇", 26), ("liguo", "利国出口", "exit", "branch-05", "利国镇", 22),
    ("tangzhang", "棠张出口", "exit", "branch-01", "棠张镇", 20), ("zhengji", "郑集出口", "exit", "branch-07", "郑集镇", 14),
    ("centre", "红运之家党群服务中心", "station", "station-01", "棠张镇", 11), ("maocun", "茅村红运驿站", "station", "station-03", "茅村镇", 7),
)  # fmt: skip
PACKS, COOL, WATER = 2_100, 320, 640
DAYS = 12  # on which packs were handed out at the exits
PROVINCES = ("鲁H", "豫N", "皖L", "冀D", "苏C", "苏N", "浙B", "晋E", "鲁Q", "皖F")


@dataclass
class Goods:
    """The stage, the two campaigns and what they give, the points by code."""

    stage: Stage
    road: Campaign
    cool: Campaign
    pack: Good
    bag: Good
    water: Good
    points: dict[str, Point]

    @property
    def union(self) -> Viewer:
        return self.stage.staff("union1")

    def keeper(self, code: str) -> Viewer:
        """Who hands out there: the secretary of the branch, at stations the union for them."""
        unit = next(row[3] for row in POINTS if row[0] == code)
        return self.stage.staff(secretary_login(unit)) if unit.startswith("branch") else self.union

    def heap(self, good: Good, point: str = "store", campaign: Campaign | None = None) -> stock.Heap:
        return stock.Heap(campaign or self.road, self.points[point], good)


def load(cast: Cast, *, now: datetime) -> None:
    """Make it as it stands at `now`."""
    goods = _set_up(Stage(cast, now))
    strangers, people = _strangers(), _registered()
    _hand_out(goods, goods.road, goods.pack, PACKS, 165, strangers, people, days=DAYS, over=159)
    summer = (goods.stage.today - _first_of_july(goods.stage)).days + 8
    _hand_out(goods, goods.cool, goods.bag, COOL, summer, strangers, people, days=4, over=min(40, summer - 4))
    _hand_out(goods, goods.cool, goods.water, WATER, summer - 1, strangers, people, days=5, over=min(40, summer - 5))
    _today(goods, strangers)


def _first_of_july(stage: Stage):
    day = stage.today.replace(month=7, day=1)
    return day if day <= stage.today - timedelta(days=10) else day.replace(year=day.year - 1)


def _set_up(stage: Stage) -> Goods:
    union, began = stage.staff("union1"), stage.ago(175)
    july = datetime.combine(_first_of_july(stage), datetime.min.time(), SHANGHAI)
    fund = funds.set_up(name="司机关爱物资", budget_fen=120_000_00, by=union, now=stage.ago(350))
    funds.put_in(fund=fund, fen=110_000_00, client_key=names.key("put in", "goods"), by=stage.staff("cashier"), now=stage.ago(348), why="区总工会和企业捐助")
    road = campaigns.Said(
        name="战“疫”同行、一路有爱", words="来徐的货车司机，下高速领一份暖心礼包。", starts_at=began, ends_at=stage.ago(0, 0) + timedelta(days=66), fund=fund.code
    )
    cool = campaigns.Said(
        name="迎七一·送清凉", words="天热路远，领一箱水、一份清凉包。", starts_at=july - timedelta(days=12), ends_at=july + timedelta(days=46), fund=fund.code
    )
    made = [campaigns.start(said=said, code=code, by=union, now=min(began, said.starts_at)) for said, code in ((road, "road"), (cool, "cool"))]
    things = [campaigns.make_good(name=name, unit_word=unit, by=union, now=began) for name, unit in (("暖心礼包", "份"), ("清凉包", "份"), ("矿泉水", "箱"))]
    for campaign, good, period, each in ((0, 0, "week", 1), (1, 1, "campaign", 1), (1, 2, "week", 2)):
        campaigns.offer(campaign=made[campaign], good=things[good], period=period, each=each, by=union, now=began)
    points = {"store": campaigns.open_point(said=campaigns.Where("工会仓库", "store"), code="store", by=union, now=began)}
    units = {unit.code: unit for unit in Unit.objects.filter(code__in=[row[3] for row in POINTS]).select_related("place")}
    for code, name, kind, unit, _place, _share in POINTS:
        said = campaigns.Where(name, kind, units[unit], units[unit].place)
        points[code] = campaigns.open_point(said=said, code=code, by=union, now=began)
    return Goods(stage, made[0], made[1], *things, points)


def _strangers() -> Iterator[tuple[str, str]]:
    """Plates of other places with the last four of a phone, never twice the same."""
    for n in count():
        yield f"{PROVINCES[n % 10]}{10_007 + 37 * n % 89_989:05d}", f"{(n * 7_919 + 13) % 10_000:04d}"


def _registered() -> Iterator[Person]:
    rows = Driver.objects.order_by("-pk").values_list("person", flat=True)[:700]
    found = Person.objects.in_bulk(list(rows))
    return iter(found[pk] for pk in rows)


def _hand_out(
    goods: Goods, campaign: Campaign, good: Good, many: int, ago: int, strangers: Iterator, people: Iterator, *, days: int,
    over: int,
) -> None:  # fmt: skip
    """Bought, moved out to the points, handed out there by list on `days` days spread `over` so many; one in five is of the register."""
    stage, union = goods.stage, goods.union
    bought = many + many // 10
    each = {"暖心礼包": 32_00, "清凉包": 25_00, "矿泉水": 22_00}[good.name]
    store = goods.heap(good, campaign=campaign)
    stock.receive(act=stock.Act(names.key("bought", good.name), store, bought, "政府采购"), by=union, now=stage.ago(ago + 2), cost_fen=bought * each)
    for code, *_more, share in POINTS:
        here = bought * share // 100
        move = stock.Act(names.key("moved", good.name, code), store, here, "送到点上")
        stock.move(act=move, to=goods.points[code], by=union, now=stage.ago(ago + 1))
        left = many * share // 100 + (many * 26 // 2600 if code == "daxu" else 0)
        for day in range(days):
            part = left // (days - day)
            left -= part
            to = [next(people, None) or next(strangers) if n % 5 == 0 else next(strangers) for n in range(part)]
            if to:
                when = stage.ago(max(2, ago - day * max(1, over // days)), 9 + day % 8, 5 * day)
                key = names.key("list", good.name, code, day)
                lists.hand_out(heap=goods.heap(good, code, campaign), to=to, client_key=key, by=goods.keeper(code), now=when)


def _today(goods: Goods, strangers: Iterator[tuple[str, str]]) -> None:
    """One by one at one exit: two a second time, two that came back, what broke, what was counted, six from a dead spot."""
    stage, code = goods.stage, "daxu"
    by, heap, now = goods.keeper(code), goods.heap(goods.pack, code), goods.stage.now
    for n, (plate, tail) in enumerate(islice(strangers, 9)):
        at = stage.ago(0, 0) + (now - stage.ago(0, 0)) * (n + 1) / 12
        give = issuing.Give(names.key("one", n), heap, plate=plate, tail=tail)
        row = issuing.issue(give=give, by=by, now=at)
        if n in (2, 5):
            again = issuing.Give(names.key("again", n), heap, plate=plate, tail=tail, anyway=("第一份被雨淋湿了", "车上还有一位押车的师傅")[n == 5])
            issuing.issue(give=again, by=by, now=min(at + timedelta(minutes=4), now))
        if n == 7:
            stock.give_back(issue=row, client_key=names.key("back", n), by=by, now=min(at + timedelta(minutes=9), now), why="他说车上有了")
    rows = [
        offline.Row(names.key("dead spot", n), now - timedelta(hours=20, minutes=n), code, "road", "暖心礼包", plate=plate, tail=tail)
        for n, (plate, tail) in enumerate(islice(strangers, 6))
    ]  # fmt: skip
    offline.take_in(rows=rows, by=by, now=now - timedelta(hours=18))
    stock.lose(act=stock.Act(names.key("lost"), goods.heap(goods.pack, "liguo"), 4, "下雨，纸箱泡坏了"), by=goods.keeper("liguo"), now=stage.ago(33))
    tally = counting.counted(
        client_key=names.key("count", 1), heap=goods.heap(goods.pack, "tangzhang"), found=_left(goods, "tangzhang") - 2, by=goods.keeper("tangzhang"),
        now=stage.ago(20), why="月底盘点",
    )  # fmt: skip
    counting.sign(tally=tally, by=goods.union, now=stage.ago(20, 15))
    counting.counted(client_key=names.key("count", 2), heap=heap, found=_left(goods, code) - 1, by=goods.union, now=stage.ago(1), why="抽查")


def _left(goods: Goods, code: str) -> int:
    from care.models import Stock

    return Stock.objects.values_list("left", flat=True).get(**goods.heap(goods.pack, code).where)


def issued() -> int:
    """Packs that went out and did not come back."""
    return Issue.objects.filter(good__name="暖心礼包", back_at=None).count()
