"""A list is opened once, a pasted list means people for certain or says which line does not; a fund keeps to its budget."""

from __future__ import annotations

from datetime import date
from uuid import uuid4

import pytest

from care.models import Fund, Policy
from care.selectors import people
from care.services import funds, insurance, policies
from common.encryption import blind_index
from common.errors import DomainError, NotThere, Stale
from members.models import Enterprise, UnionMember
from tests.care.goods import make_care
from tests.cast import MONDAY, make_cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    cast = make_cast("union_officer", "cashier", "secretary", "driver", "neighbour", "stranger")
    company = Enterprise.objects.create(name="蓝海运输", in_union=True)
    for slug in ("driver", "neighbour"):
        UnionMember.objects.create(person=getattr(cast, slug), occupation="truck", enterprise=company)
    return cast


def found(cast, by="union_officer", **more):
    values = {"name": "互助险", "number": "H-9", "starts_on": date(2026, 12, 1), "ends_on": date(2027, 11, 30), "premium_fen": 9_900}
    fund = Fund.objects.filter(code="warm").first() or make_care().fund
    return policies.found(**{**values, "fund": fund} | more, by=cast.viewer(by), now=MONDAY)


def test_a_list_is_opened_once_by_the_union(cast):
    assert found(cast).pk == found(cast).pk
    with pytest.raises(Stale):
        found(cast, premium_fen=1)
    with pytest.raises(NotThere):
        found(cast, by="cashier")
    assert Policy.objects.count() == 1


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"name": " "}, "name"), ({"number": ""}, "number"), ({"number": "9" * 41}, "number"), ({"starts_on": None}, "starts_on"), ({"ends_on": None}, "ends_on"),
        ({"ends_on": date(2026, 11, 1)}, "ends_on"), ({"ends_on": date(2326, 11, 1)}, "ends_on"), ({"premium_fen": 0}, "premium"), ({"premium_fen": 10**9}, "premium"),
        ({"fund": None}, "fund"),
    ],
)  # fmt: skip
def test_a_list_with_a_fault_is_refused_at_its_field(cast, more, field):
    with pytest.raises(DomainError) as error:
        found(cast, **more)
    assert error.value.field == field and not Policy.objects.exists()


def test_a_pasted_list_means_members_of_the_union_and_says_which_line_means_nobody(cast, django_assert_max_num_queries):
    viewer = cast.viewer("union_officer")
    text = "13800000001\n\n138 0000 0002\n13800000001\n13900000009\n张师傅\n"
    with django_assert_max_num_queries(2):
        roster = people.roster(viewer, text)
    assert [one.pk for one in roster.people] == [cast.driver.pk, cast.neighbour.pk]
    assert [(each.line, each.code) for each in roster.wrong] == [(5, "unknown"), (6, "unreadable")]
    assert not people.roster(cast.viewer("secretary"), text).people
    cast.stranger.phone_index = blind_index("13800000001", "phone")
    cast.stranger.save()
    UnionMember.objects.create(person=cast.stranger, occupation="truck")
    assert [each.code for each in people.roster(viewer, "13800000001").wrong] == ["several"]
    for wrong in ("", "\n".join(["13800000001"] * 1001)):
        with pytest.raises(DomainError, match="一行一个"):
            people.roster(viewer, wrong)


def test_a_whole_enterprise_is_put_on_the_list_once(cast):
    policy, viewer = found(cast), cast.viewer("union_officer")
    fund = Fund.objects.get(code="warm")
    funds.put_in(fund=fund, fen=100_000, client_key=uuid4(), by=cast.viewer("cashier"), now=MONDAY, why="拨款")
    company = Enterprise.objects.get()
    staff = people.staff_to_insure(viewer, policy, company)
    assert insurance.insure(policy=policy, people=list(staff), client_key=uuid4(), by=viewer, now=MONDAY).added == 2
    assert not people.staff_to_insure(viewer, policy, company) and not people.staff_to_insure(cast.viewer("secretary"), policy, company)


def test_whom_he_may_ask_for_is_found_by_name_or_phone_and_nobody_else_is(cast):
    viewer = cast.viewer("union_officer")
    register_tail(cast.driver)
    for typed in ("张师", "13800000001", "0001"):
        assert [one.pk for one in people.found(viewer, typed)] == [cast.driver.pk], typed
    assert not people.found(viewer, "陌生") and not people.found(viewer, "张") and not people.found(cast.viewer("secretary"), "张师")
    assert people.one(viewer, cast.stranger.key) is None and people.one(viewer, cast.neighbour.key) == cast.neighbour


def register_tail(person) -> None:
    from members.models import PhoneTail

    PhoneTail.objects.create(person=person, tail=person.phone[-4:])


def test_a_fund_is_set_up_once_with_its_budget_and_never_gets_more(cast):
    by = cast.viewer("union_officer")
    fund = funds.set_up(name="送温暖", budget_fen=50_000, by=by, now=MONDAY)
    assert funds.set_up(name="送温暖", budget_fen=50_000, by=by, now=MONDAY).pk == fund.pk
    with pytest.raises(Stale):
        funds.set_up(name="送温暖", budget_fen=1, by=by, now=MONDAY)
    with pytest.raises(NotThere):
        funds.set_up(name="另一笔", budget_fen=1, by=cast.viewer("cashier"), now=MONDAY)
    for budget in (0, -1, 10**12, 1.5):
        with pytest.raises(DomainError) as error:
            funds.set_up(name="另一笔", budget_fen=budget, by=by, now=MONDAY)
        assert error.value.field == "budget"
    funds.put_in(fund=fund, fen=40_000, client_key=uuid4(), by=cast.viewer("cashier"), now=MONDAY, why="拨款")
    with pytest.raises(DomainError, match="最多还能拨入 100.00 元"):
        funds.put_in(fund=fund, fen=10_001, client_key=uuid4(), by=cast.viewer("cashier"), now=MONDAY, why="拨款")
    assert Fund.objects.get(pk=fund.pk).left_fen == 40_000
