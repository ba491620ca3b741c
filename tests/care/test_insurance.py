"""互助保险: on the list once, paid for once, told before it ends, unless a later one goes on."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest

from accounts.models import Person
from care.models import Fund, Helped, Insured, Payment, Policy
from care.selectors import insurance as looks
from care.services import funds, insurance
from care.wiring import needs
from common.clock import SHANGHAI
from common.errors import DomainError, NotThere
from notices.models import Notice
from tests.care.goods import filled, make_care
from tests.cast import MONDAY, make_cast

pytestmark = pytest.mark.django_db
ENDS = date(2027, 6, 30)
TELL = datetime(2027, 5, 31, 9, 0, tzinfo=SHANGHAI)


@pytest.fixture
def cast():
    return make_cast("union_officer", "cashier", "secretary", "driver", "neighbour")


@pytest.fixture
def policy(cast):
    care = filled(make_care(), 100_000, cast.viewer("cashier"))
    return Policy.objects.create(name="互助险", number="H-1", starts_on=date(2026, 7, 1), ends_on=ENDS, premium_fen=9_900, fund=care.fund)


def insure(policy, cast, *people, by="union_officer", now=MONDAY):
    return insurance.insure(policy=policy, people=people, client_key=uuid4(), by=cast.viewer(by), now=now)


def test_who_is_new_is_paid_for_in_one_line_and_nobody_twice(cast, policy):
    first = insure(policy, cast, cast.driver)
    second = insure(policy, cast, cast.driver, cast.neighbour)
    third = insure(policy, cast, cast.driver, cast.neighbour)
    assert [(one.added, one.known) for one in (first, second, third)] == [(1, 0), (1, 1), (0, 2)] and third.payment is None
    assert Fund.objects.get().left_fen == 100_000 - 2 * 9_900 and Payment.objects.filter(entry="premium").count() == 2
    assert [one.policy for one in looks.own(cast.viewer("driver"))] == [policy]
    assert looks.policies_for(cast.viewer("union_officer")).get().people == 2
    assert not looks.policies_for(cast.viewer("secretary")) and not looks.insured_for(cast.viewer("cashier"))
    assert needs(cast.driver.pk, now=MONDAY) and not needs(cast.cashier.pk, now=MONDAY)


def test_a_list_that_the_fund_cannot_pay_adds_nobody_nor_does_a_strange_hand_nor_an_ended_one(cast, policy):
    many = [Person.objects.create(name=f"司机{n}", joined_at=MONDAY) for n in range(11)]
    with pytest.raises(funds.TooLittle):
        insure(policy, cast, *many)
    with pytest.raises(NotThere):
        insure(policy, cast, cast.driver, by="secretary")
    with pytest.raises(DomainError, match="已经到期"):
        insure(policy, cast, cast.driver, now=MONDAY + timedelta(days=300))
    with pytest.raises(DomainError, match="1 到 1000"):
        insure(policy, cast)
    assert not Insured.objects.exists() and Fund.objects.get().left_fen == 100_000


def test_he_is_told_once_thirty_days_before_it_ends(cast, policy):
    insure(policy, cast, cast.driver)
    assert insurance.sweep(now=TELL - timedelta(seconds=1)) == 0
    assert insurance.sweep(now=TELL) == 1 and insurance.sweep(now=TELL + timedelta(days=1)) == 0
    assert set(Notice.objects.values_list("recipient", "template")) == {(cast.driver.pk, "care.ends_soon")}
    assert looks.expiring(cast.viewer("union_officer"), today=TELL.date()).count() == 1


def test_he_whose_cover_goes_on_is_not_told_nor_he_whose_cover_is_over(cast, policy):
    insure(policy, cast, cast.driver, cast.neighbour)
    following = Policy.objects.create(
        name="互助险", number="H-2", starts_on=ENDS + timedelta(days=1), ends_on=date(2028, 6, 30), premium_fen=100, fund=policy.fund
    )
    insure(following, cast, cast.driver)
    assert insurance.sweep(now=TELL + timedelta(days=60)) == 0 and not Notice.objects.exists()
    assert not Insured.objects.filter(next_at__lte=TELL + timedelta(days=60)).exists()


def test_a_row_that_fails_steps_aside_and_the_others_go_on(cast, policy, monkeypatch):
    insure(policy, cast, cast.driver, cast.neighbour)
    bad = Insured.objects.order_by("pk").first().pk
    look = insurance.look

    def break_one(*, insured_id, now):
        if insured_id == bad:
            raise RuntimeError("poison")
        return look(insured_id=insured_id, now=now)

    monkeypatch.setattr(insurance, "look", break_one)
    assert insurance.sweep(now=TELL) == 1
    assert Insured.objects.get(pk=bad).next_at == TELL + timedelta(hours=1)


def test_a_claim_helped_with_is_written_once_and_sealed(cast, policy):
    insure(policy, cast, cast.driver)
    key = uuid4()
    for _twice in range(2):
        insurance.help_with(insured=Insured.objects.get(), what="住院", got_fen=50_000, client_key=key, by=cast.viewer("union_officer"), now=MONDAY)
    assert Helped.objects.get().got_fen == 50_000
    with pytest.raises(NotThere):
        insurance.help_with(insured=Insured.objects.get(), what="x", got_fen=0, client_key=uuid4(), by=cast.viewer("cashier"), now=MONDAY)
