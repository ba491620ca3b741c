"""Care for people in the demo: funds, two lists of the mutual insurance, money in every state, visits; all through services."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from accounts.models import Person, Unit
from accounts.rules.viewer import Viewer
from appeals.services import receipts as appeal_numbers
from appeals.services import routing
from care.models import Application, Fund, Insured, Visit
from care.rules.money import MOST_FEN
from care.selectors import people
from care.services import applications, funds, insurance, policies, receipts, visits
from hongyun.demo import names, pictures
from hongyun.demo.people import Cast
from hongyun.demo.stage import Stage
from members.models import UnionMember

LISTS = ((300, 140, 225), (100, 340, 24))  # how many, opened so many days ago, ends in so many days
PREMIUM = 5_000
PAID, SUMS = 45, (60_000, 80_000, 100_000, 100_000, 120_000)  # 41,400 yuan, and what the demo's driver got
WHY = (
    "跑长途时腰椎受伤住院，手术花了两万多，三个月出不了车",
    "妻子查出大病在市里化疗，家里只有我一个人挣钱",
    "车在外省出了事故，人没事，修车停了两个月，贷款还不上",
    "父亲中风卧床，要人照顾，这半年只能跑短途",
    "孩子考上大学，学费和生活费一时凑不齐",
    "家里老房子漏雨塌了一间，修房子借了钱",
    "夜里卸货摔断了腿，货主不认，医药费自己垫的",
    "母亲去世，办后事把积蓄用完了",
)
NO = "材料上的日期和说的对不上，请带住院票据到大厅，我们帮您重新填"
NEEDS = (
    "园区门口晚上没有灯，停车卸货看不清，上个月有师傅崴了脚，希望能装几盏路灯",
    "给外地一个货主拉了三趟煤，运费拖了四个月不给，打电话总说下个月",
)


@dataclass
class Care:
    """The stage with those who act on it, and the two funds."""

    stage: Stage
    warm: Fund
    cover: Fund

    @property
    def union(self) -> Viewer:
        return self.stage.staff("union1")


def load(cast: Cast, *, now) -> None:
    """Make it as it stands at `now`."""
    stage = Stage(cast, now)
    care = Care(stage, _fund(stage, "送温暖专项", 80_000_00, 60_000_00), _fund(stage, "互助保险补助", 50_000_00, 30_000_00))
    _insure(care)
    others = iter(cast.drivers[60:])
    _running(care, others)
    _driver(care, cast.drivers[0])
    for n in range(PAID):
        row = _asked(care, next(others), SUMS[n % len(SUMS)], 180 - 3 * n, n)
        _pay(care, _approve(care, row, 176 - 3 * n), 173 - 3 * n)
    if UnionMember.objects.exists():
        _visits(care)


def _fund(stage: Stage, name: str, budget: int, fen: int) -> Fund:
    fund = funds.set_up(name=name, budget_fen=min(budget, MOST_FEN), by=stage.staff("union1"), now=stage.ago(350))
    for part, days in enumerate((345, 160)):
        key = names.key("put in", name, part)
        funds.put_in(fund=fund, fen=fen // 2, client_key=key, by=stage.staff("cashier"), now=stage.ago(days), why="区总工会拨款")
    return fund


def _insure(care: Care) -> None:
    """Four hundred of the union's drivers; those of the second list were told that it ends."""
    stage, cast = care.stage, care.stage.cast
    trucks = UnionMember.objects.filter(occupation="truck", ended_on=None).exclude(person=cast.drivers[0])
    found = list(Person.objects.filter(pk__in=trucks.values("person")).order_by("pk")[: sum(each[0] for each in LISTS) - 1])
    everybody = [cast.drivers[0], *(found or cast.drivers[1:])]
    first = 0
    for n, (many, ago, left) in enumerate(LISTS):
        starts = stage.today - timedelta(days=ago)
        policy = policies.found(
            name=f"货车司机互助保障（{starts.year} 年第 {n + 1} 期）", number=f"HZ-{starts.year}-{n + 1:02d}", starts_on=starts,
            ends_on=stage.today + timedelta(days=left), premium_fen=PREMIUM, fund=care.cover, by=care.union, now=stage.ago(ago),
        )  # fmt: skip
        key = names.key("insure", n)
        insurance.insure(policy=policy, people=everybody[first : first + many], client_key=key, by=care.union, now=stage.ago(ago))
        first += many
    for n, row in enumerate(Insured.objects.order_by("pk")[3:40:12]):
        what = ("送货途中追尾，小腿骨折住院", "卸货时砸伤手指", "急性阑尾炎手术")[n % 3]
        insurance.help_with(insured=row, what=what, got_fen=120_000 + 35_000 * n, client_key=names.key("helped", n), by=care.union, now=stage.ago(60 - 9 * n))
    for late in (6, 3):
        insurance.sweep(now=stage.ago(late, 9))


def _asked(care: Care, person: Person, fen: int, ago: int, n: int, kind: str = "hardship", **more) -> Application:
    values = {"client_key": names.key("ask", person.key, kind, ago), "kind": kind, "person": person, "amount_fen": fen, "reason": WHY[n % len(WHY)]}
    by = more.pop("by", None) or care.stage.viewer(person)
    return applications.propose(ask=applications.Ask(**values | {"agreed": True} | more), by=by, now=care.stage.ago(ago))


def _approve(care: Care, row: Application, ago: int, fen: int | None = None) -> Application:
    by = care.stage.staff("approver")
    return applications.approve(application=row, amount_fen=fen or row.asked_fen, fund=care.warm, by=by, version=row.version, now=care.stage.ago(ago, 15))


def _pay(care: Care, row: Application, ago: int) -> None:
    """He signs by his name on his phone, the cashier writes it down."""
    now, key = care.stage.ago(ago, 16), names.key("pay", row.client_key)
    receipts.sign(application=row, by=care.stage.viewer(row.person), now=now, typed=row.person.name)
    applications.pay(application=row, how="cash", client_key=key, by=care.stage.staff("cashier"), version=row.version, now=now)


def _driver(care: Care, driver: Person) -> None:
    """The demo's driver got something in summer; one of his waits for an answer, one for his signature."""
    _pay(care, _approve(care, _asked(care, driver, 50_000, 130, 0, kind="solatium"), 127), 124)
    _approve(care, _asked(care, driver, 80_000, 9, 6, kind="solatium"), 2)
    _asked(care, driver, 200_000, 4, 1)


def _running(care: Care, others: Iterator[Person]) -> None:
    """What waits for the approver (one late) and for the cashier, what was refused and taken back."""
    photos = [pictures.draw(kind, "care") for kind in ("slip", "chat")]
    for n, ago in enumerate((20, 6, 3, 1)):
        _asked(care, next(others), SUMS[n], ago, n + 2, papers=photos if n == 1 else ())
    _approve(care, _asked(care, next(others), 150_000, 8, 3, account="工商银行铜山支行 6222 0200 0000 1234"), 1, 120_000)
    _approve(care, _asked(care, next(others), 100_000, 7, 7), 3)
    row = _asked(care, next(others), 300_000, 40, 4)
    applications.refuse(application=row, answer=NO, by=care.stage.staff("approver"), version=row.version, now=care.stage.ago(36))
    row = _asked(care, next(others), 60_000, 12, 5)
    applications.withdraw(application=row, by=care.stage.viewer(row.person), now=care.stage.ago(11))


def _visits(care: Care) -> None:
    """Some went and came back with needs, one promised to come again, some are planned; the union nominates whom it saw."""
    stage, by = care.stage, care.union
    seen = list(Person.objects.filter(pk__in=people.askable(by).values("pk"), insured__isnull=False).order_by("pk")[20:48:4])
    for n, person in enumerate(seen[:5]):
        _went(care, person, n)
    for n, ahead in enumerate((-2, 3)):
        day: date = stage.today + timedelta(days=ahead)
        _plan(care, seen[5 + n], day, f"soon {n}", "入冬前看看")
    _asked(care, seen[0], 200_000, 5, 1, kind="solatium", by=by)


def _plan(care: Care, person: Person, day: date, *key: str) -> Visit:
    unit, why = Unit.objects.get(code="union"), key[-1]
    made = min(care.stage.now, care.stage.ago(max((care.stage.today - day).days, 0) + 2))
    return visits.plan(client_key=_key("visit", *key), person=person, unit=unit, planned_on=day, by=care.union, now=made, why=why)


def _went(care: Care, person: Person, n: int) -> None:
    stage, ago = care.stage, (40, 26, 15, 8, 0)[n]
    visit = _plan(care, person, stage.today - timedelta(days=ago), f"went {n}", ("家里有病人", "住院回来", "孩子上学", "独自在家", "受伤在家")[n])
    at = stage.ago(ago, 10) if ago else stage.now - timedelta(hours=2)
    needs = [visits.Heard(_key("need", str(m)), text) for m, text in enumerate(NEEDS)] if ago == 0 else []
    told = visits.Told(
        went_at=at, went=[stage.cast.staff["union1"]], heard=("精神不错，就是腿还没好利索", "药费报了一半，剩下的发愁", "孩子住校，周末回来")[n % 3],
        gave=("米面油一份", "慰问品一份、书包一个", "暖心礼包一份")[n % 3], follow_up_on=stage.today + timedelta(days=30) if ago == 8 else None, needs=needs,
    )  # fmt: skip
    with appeal_numbers.numbers_from(iter([names.number("visit", m) for m in range(9)]).__next__):
        made = visits.record(visit=visit, told=told, by=care.union, now=stage.now if ago == 0 else stage.ago(ago, 14))
    for appeal in made:
        routing.route(appeal_id=appeal.pk, now=stage.now)


def _key(*parts: str) -> UUID:
    return names.key("care", *parts)
