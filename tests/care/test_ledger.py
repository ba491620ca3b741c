"""After whatever sequence of acts the ledgers balance: to the piece, to the fen."""

from __future__ import annotations

import random
from collections import Counter
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import Person
from care.models import Fund, Issue, Line, Payment, Policy, Stock
from care.selectors.money import paid_without_line, unbalanced_funds
from care.selectors.stock import lines_for, sums_for, unbalanced
from care.services import applications, funds, insurance, issuing, lists, stock
from common.errors import DomainError, NotThere
from tests.care.goods import asked, filled, make_care, signature, stocked
from tests.cast import MONDAY, make_cast

pytestmark = pytest.mark.django_db
VERBS = ("receive", "buy", "issue", "issue", "issue", "anyway", "hand", "move", "count", "lose", "back", "put_in", "pay", "insure")


class World:
    """Does acts drawn at random and keeps its own books beside, in a dict: what the ledger must agree with."""

    def __init__(self):
        cast = make_cast("union_officer", "second_registrar", "secretary", "cashier", "approver", "driver")
        self.union, self.cashier, self.approver = (cast.viewer(slug) for slug in ("union_officer", "cashier", "approver"))
        self.second = cast.viewer("secretary")
        self.people = [Person.objects.create(name=f"司机{n}", joined_at=MONDAY) for n in range(30)]
        self.care = filled(make_care(period="campaign"), 5_000_000, self.cashier)
        self.policy = Policy.objects.create(
            name="互助险", number="H-1", starts_on=MONDAY.date(), ends_on=MONDAY.date().replace(year=2027), premium_fen=9_900, fund=self.care.fund
        )
        self.heaps, self.fen, self.issues, self.done = Counter(), 5_000_000, [], Counter()

    def run(self, verb: str, here: int, thing: int, n: int, who: int) -> None:
        care = self.care
        heap = care.heap(point=(care.exit, care.centre)[here], good=(care.pack, care.water)[thing])
        try:
            getattr(self, verb)(heap, (here, thing), n, who)
            self.done[verb] += 1
        except DomainError as error:
            assert error.code in ("out_of_stock", "repeat", "quantity", "fund_short", "running", "given_back"), (verb, error.code)
            self.done[error.code] += 1

    def receive(self, heap, key, n, who):
        stock.receive(act=stock.Act(uuid4(), heap, n), by=self.union, now=MONDAY)
        self.heaps[key] += n

    def buy(self, heap, key, n, who):
        stock.receive(act=stock.Act(uuid4(), heap, n), by=self.union, now=MONDAY, cost_fen=n * 1_999)
        self.heaps[key] += n
        self.fen -= n * 1_999

    def issue(self, heap, key, n, who, anyway=""):
        give = issuing.Give(uuid4(), heap, n, person=self.people[who % 30], anyway=anyway)
        self.issues.append((issuing.issue(give=give, by=self.union, now=MONDAY), key))
        self.heaps[key] -= n

    def hand(self, heap, key, n, who):
        to = [(f"苏C{who % 20:02d}{turn % 9:03d}", "5678") for turn in range(n % 9 + 1)]
        handed = lists.hand_out(heap=heap, to=to, client_key=uuid4(), by=self.union, now=MONDAY)
        self.heaps[key] -= handed.given

    def anyway(self, heap, key, n, who):
        self.issue(heap, key, 1, who, anyway="上一份坏了")

    def move(self, heap, key, n, who):
        here, thing = key
        stock.move(act=stock.Act(uuid4(), heap, n), to=(self.care.centre, self.care.exit)[here], by=self.union, now=MONDAY)
        self.heaps[key] -= n
        self.heaps[1 - here, thing] += n

    def count(self, heap, key, n, who):
        if heap.point == self.care.centre:
            with pytest.raises(NotThere):  # the second one does not keep that point
                stock.count(client_key=uuid4(), heap=heap, found=n, by=self.union, second=self.second, now=MONDAY)
            return
        stock.count(client_key=uuid4(), heap=heap, found=n, by=self.union, second=self.second, now=MONDAY)
        self.heaps[key] = n

    def lose(self, heap, key, n, who):
        stock.lose(act=stock.Act(uuid4(), heap, n, "压坏了"), by=self.union, now=MONDAY)
        self.heaps[key] -= n

    def back(self, heap, key, n, who):
        if not self.issues:
            return
        issue, key = self.issues[who % len(self.issues)]
        stock.give_back(issue=issue, client_key=uuid4(), by=self.union, now=MONDAY)
        self.heaps[key] += issue.quantity

    def put_in(self, heap, key, n, who):
        funds.put_in(fund=self.care.fund, fen=n * 777, client_key=uuid4(), by=self.cashier, now=MONDAY, why="拨款")
        self.fen += n * 777

    def pay(self, heap, key, n, who):
        person = self.people[who % 30]
        row = asked(person, _as(person), n * 5_000, account="6222 0000")
        try:
            row = applications.approve(application=row, amount_fen=n * 4_321, fund=self.care.fund, by=self.approver, version=0, now=MONDAY)
        except DomainError:
            applications.refuse(application=row, answer="经费不够", by=self.approver, version=0, now=MONDAY)
            raise
        applications.pay(application=row, how="transfer", client_key=uuid4(), by=self.cashier, version=1, now=MONDAY)
        self.fen -= n * 4_321

    def insure(self, heap, key, n, who):
        listed = insurance.insure(policy=self.policy, people=self.people[: who % 30 + 1], client_key=uuid4(), by=self.union, now=MONDAY)
        self.fen -= listed.added * 9_900

    def check(self) -> None:
        care = self.care
        heaps = {(row.point_id, row.good_id): row.left for row in Stock.objects.all()}
        points, goods = (care.exit.pk, care.centre.pk), (care.pack.pk, care.water.pk)
        assert {(points[here], goods[thing]): left for (here, thing), left in self.heaps.items() if left} == {k: v for k, v in heaps.items() if v}
        assert Fund.objects.get().left_fen == self.fen
        assert unbalanced(self.union) == [] and unbalanced_funds(self.cashier) == [] and not paid_without_line(self.cashier)
        for (_campaign, good), sums in sums_for(self.union).items():
            left = sum(pieces for (_point, one), pieces in heaps.items() if one == good)
            assert sums.received == sums.issued + left + sums.lost
        out = sum(row.quantity for row in Issue.objects.filter(back_at=None))
        assert out == sum(sums.issued for sums in sums_for(self.union).values())


def _as(person):
    from accounts.rules.viewer import Viewer

    return Viewer(person_id=person.pk)


ACT = st.tuples(st.sampled_from(VERBS), st.integers(0, 1), st.integers(0, 1), st.integers(1, 3) | st.integers(1, 40), st.integers(0, 999))


@pytest.fixture(scope="module")
def worlds():
    return {}


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large])
@given(acts=st.lists(ACT, min_size=60, max_size=60))
def test_the_ledgers_balance_after_any_sequence_of_acts(acts):
    with transaction.atomic():
        world = World()
        for act in acts:
            world.run(*act)
        world.check()
        transaction.set_rollback(True)


def _long(acts: int, seed: int) -> World:
    world, dice = World(), random.Random(seed)
    for turn in range(acts):
        world.run(dice.choice(VERBS), dice.randrange(2), dice.randrange(2), dice.choice((1, 1, 2, 3, dice.randint(1, 40))), dice.randrange(1000))
        if turn % 500 == 499:
            world.check()
    return world


def test_the_ledgers_balance_after_eight_hundred_acts_of_every_kind():
    world = _long(800, 20261123)
    assert set(VERBS) <= set(world.done), world.done  # each verb succeeded
    assert {"out_of_stock", "repeat"} <= set(world.done)


@pytest.mark.slow
def test_the_ledgers_balance_after_ten_thousand_acts():
    world = _long(10_000, 7)
    assert sum(world.done.values()) == 10_000


@pytest.fixture
def care(db):
    return make_care()


def test_the_check_finds_a_heap_that_was_changed_behind_the_ledger(care):
    by = make_cast("union_officer").viewer("union_officer")
    stocked(care, 10, by)
    assert unbalanced(by) == []
    Stock.objects.update(left=9)
    assert [(one.point_id, one.by_lines, one.left) for one in unbalanced(by)] == [(care.exit.pk, 10, 9), (None, 10, 9)]


def test_a_difference_is_signed_by_two_and_the_database_knows(care):
    cast = make_cast("union_officer", "secretary", "stranger")
    by, second = cast.viewer("union_officer"), cast.viewer("secretary")
    stocked(care, 10, by)
    with pytest.raises(DomainError, match="两个人签字"):
        stock.count(client_key=uuid4(), heap=care.heap(), found=8, by=by, second=by, now=MONDAY)
    with pytest.raises(NotThere):
        stock.count(client_key=uuid4(), heap=care.heap(), found=8, by=by, second=cast.viewer("stranger"), now=MONDAY)
    key = uuid4()
    for _twice in range(2):
        line = stock.count(client_key=key, heap=care.heap(), found=8, by=by, second=second, now=MONDAY)
    assert (line.change, line.second_by_id, Stock.objects.get().left) == (-2, cast.secretary.pk, 8)
    assert stock.count(client_key=uuid4(), heap=care.heap(), found=8, by=by, second=second, now=MONDAY) is None
    for second_id in (None, cast.union_officer.pk):
        with pytest.raises(IntegrityError), transaction.atomic():
            Line.objects.create(
                client_key=uuid4(), campaign=care.campaign, point=care.exit, good=care.pack, kind="counted", change=-1, at=MONDAY,
                written_at=MONDAY, by=cast.union_officer, second_by_id=second_id,
            )  # fmt: skip


@pytest.mark.parametrize("quantity", [10**9, 0, -1, 1.5, "5", None, True])
def test_stock_of_no_human_size_is_refused_at_its_field(care, quantity):
    by = make_cast("union_officer").viewer("union_officer")
    with pytest.raises(DomainError) as error:
        stock.receive(act=care.act(quantity), by=by, now=MONDAY)
    assert (error.value.field, error.value.code) == ("quantity", "quantity") and not Line.objects.exists() and not Stock.objects.exists()


def test_a_move_is_two_lines_or_none_and_a_tap_sent_twice_moves_once(care):
    by = make_cast("union_officer").viewer("union_officer")
    stocked(care, 10, by)
    act = care.act(4)
    for _twice in range(2):
        stock.move(act=act, to=care.centre, by=by, now=MONDAY)
    assert list(Stock.objects.order_by("id").values_list("left", flat=True)) == [6, 4]
    with pytest.raises(stock.OutOfStock):
        stock.move(act=care.act(7), to=care.centre, by=by, now=MONDAY)
    with pytest.raises(DomainError, match="同一个"):
        stock.move(act=care.act(1), to=care.exit, by=by, now=MONDAY)
    assert list(lines_for(by).values_list("kind", "change").order_by("id")) == [("received", 10), ("moved_out", -4), ("moved_in", 4)]


def test_goods_that_cost_more_than_the_fund_holds_are_not_received(care):
    cast = make_cast("union_officer", "cashier", "secretary")
    by = cast.viewer("union_officer")
    filled(care, 1_000, cast.viewer("cashier"))
    with pytest.raises(funds.TooLittle):
        stock.receive(act=care.act(10), by=by, now=MONDAY, cost_fen=1_001)
    assert not Stock.objects.exists() and Fund.objects.get().left_fen == 1_000
    with pytest.raises(DomainError, match="不能动用经费"):
        stock.receive(act=care.act(10), by=cast.viewer("secretary"), now=MONDAY, cost_fen=1)
    stock.receive(act=care.act(10), by=by, now=MONDAY, cost_fen=1_000)
    assert Fund.objects.get().left_fen == 0 and signature()


def test_the_ledger_of_money_is_written_once_and_a_fund_never_goes_below_zero(care):
    filled(care, 1_000, make_cast("cashier").viewer("cashier"))
    with connection.cursor() as cursor:
        for sql in ("UPDATE care_payment SET change_fen = 5", "DELETE FROM care_payment", "UPDATE care_fund SET left_fen = -1"):
            with pytest.raises(IntegrityError), transaction.atomic():
                cursor.execute(sql)
    assert Payment.objects.get().change_fen == 1_000
