"""A claim falls to a branch by the driver's enterprise, his place and his trade; the verifier reads by which."""

import pytest
from django.urls import reverse

from accounts.models import AuditLine, Person, Place
from accounts.rules.viewer import Viewer
from branches.models import Coverage
from branches.rules.coverage import falls_to
from members.models import Claim, Driver, Enterprise, UnionMember
from members.rules.claims import ROUTED, routed_words
from members.selectors.claim_routing import route, why_here
from members.services import claims
from tests.branches.members import branch
from tests.cast import MONDAY, make_cast
from tests.house.walking import signed_in
from tests.members.books import book, person
from tests.members.makers import make_driver, make_enterprise
from tests.members.test_claims import opened
from tests.members.test_import_census import bring

pytestmark = pytest.mark.django_db
CODE, TONGSHAN, TANGZHANG = "91350100M000100Y43", "320312009", "320312111"  # the third, the seventh branch


@pytest.fixture
def people(db):
    return make_cast("driver", "neighbour", "secretary", "secretary_five", "committee_secretary", "registrar", "second_registrar")


def cover(number: int, kind: str, key: str) -> Coverage:
    return Coverage.objects.create(branch=branch(number), kind=kind, key=key, since=MONDAY.date())


def working(who: Person, *, trade: str = "煤炭", place: str = TONGSHAN) -> Enterprise:
    """He stands in the register as a driver of an enterprise that lies in 棠张."""
    firm = make_enterprise(code=CODE)
    Enterprise.objects.filter(pk=firm.pk).update(place=Place.objects.get(code=TANGZHANG))
    make_driver("张师傅", person=who, place=place, enterprise=firm, trade=trade)
    return firm


def where(people, place: str | None = TONGSHAN) -> tuple[int | None, str]:
    said = Place.objects.get(code=place) if place else None
    return route(Viewer(person_id=people.driver.pk), person=people.driver, place=said)


ROWS = {("enterprise", "E"): [5], ("enterprise", "F"): [5, 3], ("place", "P"): [3], ("place", "Q"): [3, 7], ("place", "O"): [8], ("trade", "T"): [7]}


@pytest.mark.parametrize(
    ("known", "branch", "by"),
    [
        ({"enterprise": "E", "place": "P", "trade": "T"}, 5, "enterprise"),
        ({"enterprise": "X", "place": "P", "trade": "T", "office": "O"}, 3, "place"),
        ({"enterprise": "X", "office": "O", "trade": "T"}, 8, "office"),
        ({"trade": "T"}, 7, "trade"),
        ({"place": "X", "trade": "T", "office": "O"}, 7, "trade"),  # he lives elsewhere: where his firm lies says nothing
        ({"enterprise": "F", "place": "P"}, 3, "enterprise"),  # of two the one that covers his place, too
        ({"place": "Q", "trade": "T"}, 7, "place"),
        ({"enterprise": "F"}, None, "enterprise"),
        ({"place": "Q"}, None, "place"),
        ({}, None, ""),
    ],
)
def test_the_enterprise_comes_first_then_the_place_then_the_trade(known, branch, by):
    found = falls_to(ROWS, **known)
    assert (found.branch, found.by) == (branch, by)


def test_a_claim_goes_by_what_the_register_and_the_union_know_of_his_work(people):
    assert where(people) == (branch(3).pk, "place") and where(people, None) == (None, "nobody")
    firm = working(people.driver)
    assert where(people, None) == (branch(3).pk, "place"), "the town that the register has him in"
    cover(5, "enterprise", CODE)
    assert where(people) == (branch(5).pk, "enterprise")
    Driver.objects.all().update(enterprise=None)
    assert where(people) == (branch(3).pk, "place")
    UnionMember.objects.create(person=people.driver, enterprise=firm, occupation="truck")
    assert where(people) == (branch(5).pk, "enterprise")
    cover(8, "enterprise", CODE)
    assert where(people) == (None, "several_enterprise")


def test_a_trade_counts_where_no_place_of_ours_is_known(people):
    cover(9, "trade", "冷链")
    Coverage.objects.filter(kind="place", key=TONGSHAN).update(until=MONDAY.date())
    working(people.driver, trade="冷链")
    assert where(people, TONGSHAN) == (branch(9).pk, "trade")


def test_a_row_that_ended_and_a_branch_that_is_no_more_cover_nobody(people):
    working(people.driver)
    cover(5, "enterprise", CODE)
    five = branch(5)
    five.ended_on = MONDAY.date()
    five.save()
    assert where(people) == (branch(3).pk, "place")


def test_the_verifier_reads_why_it_is_his_on_the_page_and_in_the_api(people):
    firm = working(people.driver)
    cover(5, "enterprise", CODE)
    claim = opened(people)
    assert (claim.branch, claim.routed_by) == (branch(5), "enterprise")
    words = f"他的企业（{firm.name}）归这个支部管"
    client = signed_in(people.secretary_five)
    assert words in client.get(reverse("admin:members_claim", args=[claim.key])).content.decode()
    told = client.get(reverse("members-api:claim", args=[claim.key])).json()
    assert (told["routed_by"], told["routed_words"]) == ("enterprise", words)
    assert AuditLine.objects.get(act="claim.open").new["routed_by"] == "enterprise"
    claims.assign(claim=claim, branch=branch(3), by=people.viewer("committee_secretary"), now=MONDAY)
    claim.refresh_from_db()
    assert why_here(people.viewer("secretary"), claim) == "行业党委交给这个支部的"
    claims.refuse(claim=claim, by=people.viewer("secretary"), why="原支部查不到这个人", now=MONDAY)
    claims.contest(claim=claim, by=Viewer(person_id=people.driver.pk), words="请再看一次", now=MONDAY)
    claim.refresh_from_db()
    assert (claim.branch, claim.routed_by) == (None, "contested")


def test_who_comes_himself_goes_where_he_falls_but_stays_where_the_committee_put_him(people):
    row = Claim.objects.create(person=people.driver, source="census", at=MONDAY, branch=branch(7), routed_by="place")
    assert opened(people).pk == row.pk and Claim.objects.get().branch == branch(3)
    Claim.objects.filter(pk=row.pk).update(source="census", branch=branch(7), routed_by="assigned")
    opened(people)
    assert (Claim.objects.get().branch, Claim.objects.get().routed_by) == (branch(7), "assigned")


def test_the_census_routes_by_the_same_rule(tmp_path, people):
    cover(5, "enterprise", CODE)
    make_enterprise(code=CODE)
    firm = {"所属企业": "徐州甲运输有限公司", "统一社会信用代码": CODE, "政治面貌": "中共党员"}
    bring(tmp_path, book(person(1, **firm), person(2, 政治面貌="中共党员")), "--apply")
    found = dict(Claim.objects.values_list("person__phone", "routed_by"))  # phones come sealed from the table alone
    assert sorted(found.values()) == ["enterprise", "place"]
    assert set(Claim.objects.values_list("routed_by", "branch")) == {("enterprise", branch(5).pk), ("place", branch(7).pk)}


def test_every_way_has_its_words_and_unknown_names_leave_no_brackets():
    for why in ROUTED:
        assert routed_words(why, enterprise="甲公司", trade="煤炭", place="棠张镇") and "{" not in routed_words(why)
        assert "（）" not in routed_words(why, enterprise="")
    assert routed_words("") == ""
