"""The pages of the union: the list of members with its figures, the work list, requests to join. Masked, scoped, few questions."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import AuditLine
from accounts.rules.viewer import Viewer
from accounts.services.people import make_person
from members.models import HandOver, JoinRequest, UnionMember
from members.services import joining
from tests.cast import MONDAY, make_cast
from tests.house.walking import signed_in
from tests.members.makers import make_driver, make_enterprise

pytestmark = pytest.mark.django_db
PHONE = "13712345678"


@pytest.fixture
def people(db):
    return make_cast("driver", "union_officer", "registrar", "secretary", "leader", "squad_three")


@pytest.fixture
def company(db):
    company = make_enterprise("徐州甲运输有限公司", "91320312MA1000001A")
    type(company).objects.filter(pk=company.pk).update(in_union=True)
    return company


def member(name: str = "钱不在", phone: str = PHONE, occupation: str = "truck", **more) -> UnionMember:
    person = more.pop("person", None) or make_person(now=MONDAY, name=name, phone=phone)
    return UnionMember.objects.create(person=person, occupation=occupation, **more)


def read(client, name: str, *args, query: str = "") -> str:
    answer = client.get(reverse(f"admin:{name}", args=args) + query)
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def test_the_list_is_masked_with_its_figures_and_their_denominators(people, company):
    member(enterprise=company)
    member("吴骑手", "13700000005", "courier")
    known = make_driver("孙在册", phone="13700000002")
    member(person=known.person)
    client = signed_in(people.union_officer)
    page = read(client, "members_union")
    assert "3 名会员，1 家企业" in page and all(f"{n} <small>/ {of}</small>" in page for n, of in ((2, 3), (1, 3), (1, 2)))
    assert "钱*" in page and "137****5678" in page and company.name in page
    assert "钱不在" not in page and PHONE not in page
    assert "吴*" not in read(client, "members_union", query="?occupation=truck")
    only = read(client, "members_union", query=f"?enterprise={company.pk}")
    assert "钱*" in only and "孙*" not in only
    assert client.get(reverse("admin:members_union") + "?occupation=pilot").status_code == 400


def test_two_characters_or_the_last_four_find_a_member_and_stay_out_of_the_address(people):
    member()
    member("孙也是", "13700000002")
    joining.keep_tails(now=MONDAY)
    client = signed_in(people.union_officer)
    for typed in ("钱不", "5678"):
        answer = client.post(reverse("admin:members_union"), {"q": typed}, follow=True)
        shown = answer.content.decode()
        assert "钱*" in shown and "孙*" not in shown
        assert typed not in answer.redirect_chain[0][0]
    shown = client.post(reverse("admin:members_union"), {"q": "没这人"}, follow=True).content.decode()
    assert "没有找到" in shown


@pytest.mark.parametrize("name", ["members_union", "members_missing", "members_joins", "members_enterprises", "members_employers"])
def test_no_page_asks_more_for_more_members(people, company, name):
    """≤ 12 questions a page, beside those that who signed in costs."""
    client = signed_in(people.union_officer)
    for at in range(30):
        member("钱同事", f"1370000{at:04}", enterprise=company)
    with CaptureQueriesContext(connection) as asked:
        read(client, name)
    own = [each["sql"] for each in asked if "members_" in each["sql"] or "branches_" in each["sql"]]
    assert len(own) <= 12, "\n".join(own)


def test_the_officer_hands_over_and_the_keeper_finds_him_asks_and_sees_his_phone_with_a_reason(people, company):
    row = member(enterprise=company)
    member("孙也是", "13700000002")
    officer, keeper = signed_in(people.union_officer), signed_in(people.registrar)
    list_, one = reverse("admin:members_missing"), reverse("admin:members_missing_one", args=[row.person.key])
    assert "2 人不在信息库" in read(officer, "members_missing")
    assert "没有人" in read(keeper, "members_missing") and keeper.get(one).status_code == 404
    assert officer.post(f"{list_}?enterprise={company.pk}", {"act": "all"}).status_code == 302
    assert HandOver.objects.get().person == row.person
    assert "钱*" in read(keeper, "members_missing") and "孙*" not in read(keeper, "members_missing")
    assert officer.post(one, {"act": "reveal", "reason": "联系本人"}).status_code == 404
    shown = keeper.post(one, {"act": "reveal", "reason": "联系本人"}).content.decode()
    assert PHONE in shown and AuditLine.objects.filter(act="reveal", actor=people.registrar).exists()
    assert keeper.post(one, {"act": "asked", "note": ""}).status_code == 422
    assert keeper.post(one, {"act": "handed", "note": "转"}).status_code == 422
    assert keeper.post(one, {"act": "asked", "note": "说下周来登记"}).status_code == 302
    assert "说下周来登记" in officer.get(one).content.decode()
    assert keeper.post(list_, {"act": "all"}).status_code == 404
    for view, there in (("new", "孙*"), ("asked", "钱*")):
        shown = read(officer, "members_missing", query=f"?state={view}")
        assert (there in shown) and ("孙*" in shown) + ("钱*" in shown) == 1


def test_the_officer_takes_a_request_in_or_refuses_it(people, company):
    def ask() -> JoinRequest:
        words = joining.Asked("张大路", "truck", employer_words="甲运输")
        return joining.ask(person=people.driver, asked=words, by=Viewer(person_id=people.driver.pk), now=MONDAY)

    row, client = ask(), signed_in(people.union_officer)
    assert "甲运输" in read(client, "members_joins")
    page = reverse("admin:members_join", args=[row.key])
    shown = client.get(page).content.decode()
    assert company.name in shown and "138****0001" in shown and "13800000001" not in shown
    assert "13800000001" in client.post(page, {"act": "reveal", "reason": "办理入会"}).content.decode()
    assert client.post(page, {"act": "refuse", "why": ""}).status_code == 422
    assert client.post(page, {"act": "accept", "enterprise": "没有这家"}).status_code == 422
    assert client.post(page, {"act": "accept", "joined_on": "昨天"}).status_code == 422
    assert client.post(page, {"act": "refuse", "why": "单位名称写得不清楚"}).status_code == 302
    assert client.get(page).status_code == 404  # answered: not open any more
    assert "单位名称写得不清楚" in read(client, "members_joins")
    page = reverse("admin:members_join", args=[ask().key])
    assert client.post(page, {"act": "accept", "enterprise": company.name, "joined_on": "2026-11-01"}).status_code == 302
    assert UnionMember.objects.get().enterprise == company


def test_what_somebody_else_opens_is_not_there(people, company):
    row = member(enterprise=company)
    asked = joining.ask(person=people.driver, asked=joining.Asked("张大路", "truck"), by=Viewer(person_id=people.driver.pk), now=MONDAY)
    for slug in ("secretary", "leader", "squad_three"):
        client = signed_in(people.people[slug])
        for name, args in (
            ("members_union", []), ("members_missing", []), ("members_joins", []), ("members_enterprises", []), ("members_employers", []),
            ("members_duplicates", []), ("members_missing_one", [row.person.key]), ("members_join", [asked.key]), ("members_enterprise", [company.pk]),
        ):  # fmt: skip
            assert client.get(reverse(f"admin:{name}", args=args)).status_code == 404, (slug, name)
    keeper = signed_in(people.registrar)
    for name, args in (("members_union", []), ("members_joins", []), ("members_join", [asked.key])):
        assert keeper.get(reverse(f"admin:{name}", args=args)).status_code == 404, name


def test_nothing_is_decided_without_the_second_factor(people, company):
    from dataclasses import replace

    from common.errors import NotThere
    from members.models import Duplicate
    from members.services import duplicates, employers
    from members.services.enterprises import settle_name

    officer, keeper = (replace(people.viewer(slug), second_factor=False) for slug in ("union_officer", "registrar"))
    asked = joining.ask(person=people.driver, asked=joining.Asked("张大路", "truck"), by=Viewer(person_id=people.driver.pk), now=MONDAY)
    one, other = make_driver("李大路", enterprise=make_enterprise("徐州乙物流有限公司")), make_driver("李大路")
    member(person=one.person, enterprise=company)
    pair = Duplicate.objects.create(one=one, other=other, why="plate", found_at=MONDAY)
    for act in (
        lambda: joining.accept(request=asked, by=officer, now=MONDAY),
        lambda: joining.refuse(request=asked, why="单位还没有建会", by=officer, now=MONDAY),
        lambda: joining.hand_over(member=member(), what="handed", note="", by=officer, now=MONDAY),
        lambda: joining.hand_over_all(by=officer, now=MONDAY),
        lambda: employers.settle(driver=one, taken="union", by=officer, now=MONDAY),
        lambda: settle_name(enterprise=company, name="甲运输", by=officer, now=MONDAY),
        lambda: duplicates.propose(by=keeper, now=MONDAY),
        lambda: duplicates.merge(duplicate=pair, keep=one, by=keeper, now=MONDAY),
        lambda: duplicates.keep_apart(duplicate=pair, by=keeper, now=MONDAY),
    ):
        with pytest.raises(NotThere):
            act()
