"""Enterprises side by side: names of union and census, employers of one human in both; a person settles, it is kept and reversible."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.db.models import F
from django.urls import reverse

from accounts.models import AuditLine, Place
from branches.models import Branch, Coverage
from branches.selectors import coverage as branch_coverage
from common.errors import DomainError, NotThere, Stale
from members.models import DriverVehicle, EmployerChoice, EnterpriseName, FieldChange, UnionMember, Vehicle
from members.selectors import beside, coverage
from members.selectors import enterprises as selectors
from members.services import employers as services
from members.services.enterprises import settle_name
from tests.cast import MONDAY, make_cast
from tests.house.walking import signed_in
from tests.members.makers import make_driver, make_enterprise

pytestmark = pytest.mark.django_db
LATER = MONDAY + timedelta(days=1)
OTHERS = ("secretary", "committee_secretary", "leader", "squad_three", "neighbour", "stranger")


@pytest.fixture
def people(db):
    return make_cast("registrar", "union_officer", *OTHERS)


@pytest.fixture
def company(db):
    return make_enterprise("徐州甲运输有限公司", "91320312MA1000001A")


def called(enterprise, name: str, source: str, at=MONDAY) -> EnterpriseName:
    return EnterpriseName.objects.create(enterprise=enterprise, name=name, source=source, seen_at=at)


def in_both(census, union, name: str = "李大路"):
    driver = make_driver(name, enterprise=census, engagement="employed")
    return driver, UnionMember.objects.create(person=driver.person, enterprise=union, occupation="truck")


# --- names ---------------------------------------------------------------------------------------


def test_names_of_union_and_census_stand_side_by_side_until_a_person_settles_one(people, company):
    keeper, officer = people.viewer("registrar"), people.viewer("union_officer")
    called(company, "徐州甲运输有限公司", "union")
    assert not selectors.to_name(officer).exists()  # one source alone is no difference
    called(company, "徐州甲运输有限公司", "census")
    assert not selectors.to_name(officer).exists()  # both say the same
    called(company, "甲运输", "census")
    assert list(selectors.to_name(officer)) == list(selectors.to_name(keeper)) == [company]
    settle_name(enterprise=company, name="徐州甲运输有限公司", by=officer, now=LATER)
    assert not selectors.to_name(officer).exists()
    assert [(each.source, each.name) for each in selectors.names_of(keeper, company)] == [
        ("census", "徐州甲运输有限公司"), ("census", "甲运输"), ("person", "徐州甲运输有限公司"), ("union", "徐州甲运输有限公司"),
    ]  # fmt: skip
    assert AuditLine.objects.get(act="enterprise.name").actor == people.union_officer
    called(company, "甲物流", "census", at=LATER + timedelta(days=1))  # a later file calls it something else again
    assert list(selectors.to_name(officer)) == [company]


def test_enterprises_are_found_by_any_of_their_names_and_by_their_code(people, company):
    called(company, "铜山甲车队", "census")
    by = people.viewer("union_officer")
    for typed in ("甲运输", "甲车队", "91320312ma1000001a"):
        assert list(selectors.found_enterprises(by, typed)) == [company], typed
    assert not selectors.found_enterprises(by, "甲").exists()


# --- employers -----------------------------------------------------------------------------------


def test_the_employer_the_union_names_is_taken_with_history_and_taken_back(people, company):
    other, by = make_enterprise("徐州乙物流有限公司"), people.viewer("registrar")
    driver, member = in_both(company, other)
    in_both(company, company, "王一致")
    in_both(None, other, "赵个体")  # no employer in the census is no other employer
    assert list(selectors.employers_differ(by)) == [driver]
    choice = services.settle(driver=driver, taken="union", by=by, now=MONDAY)
    driver.refresh_from_db()
    assert driver.enterprise == other and not selectors.employers_differ(by).exists()
    change = FieldChange.objects.get(driver=driver, field="enterprise")
    assert (change.old, change.new, change.by) == (str(company.pk), str(other.pk), people.registrar)
    with pytest.raises(Stale):
        services.settle(driver=driver, taken="census", by=by, now=MONDAY)
    services.take_back(choice=choice, by=by, now=LATER)
    driver.refresh_from_db(), member.refresh_from_db()
    assert (driver.enterprise, member.enterprise) == (company, other)
    assert list(selectors.employers_differ(by)) == [driver]
    assert list(AuditLine.objects.filter(act__startswith="employer").order_by("pk").values_list("act", flat=True)) == [
        "employer.settled", "employer.taken_back",
    ]  # fmt: skip


def test_the_employer_the_census_names_is_taken_and_a_later_register_of_the_union_does_not_ask_again(people, company):
    other, by = make_enterprise("徐州乙物流有限公司"), people.viewer("union_officer")
    driver, member = in_both(company, other)
    choice = services.settle(driver=driver, taken="census", by=by, now=MONDAY)
    member.refresh_from_db()
    assert member.enterprise == company
    UnionMember.objects.filter(pk=member.pk).update(enterprise=other)  # the next file brings its word again
    assert not selectors.employers_differ(by).exists()
    with pytest.raises(DomainError):
        services.take_back(choice=choice, by=by, now=LATER)
    UnionMember.objects.filter(pk=member.pk).update(enterprise=company)
    services.take_back(choice=choice, by=by, now=LATER)
    member.refresh_from_db()
    assert member.enterprise == other


def test_a_choice_is_not_taken_back_over_what_somebody_changed_since(people, company):
    other, third, by = make_enterprise("徐州乙物流有限公司"), make_enterprise("徐州丙物流有限公司"), people.viewer("registrar")
    driver, _member = in_both(company, other)
    choice = services.settle(driver=driver, taken="union", by=by, now=MONDAY)
    type(driver).objects.filter(pk=driver.pk).update(enterprise=third)
    with pytest.raises(DomainError):
        services.take_back(choice=choice, by=by, now=LATER)
    assert EmployerChoice.objects.get().undone_at is None


def test_nobody_else_finds_or_settles_anything_and_nobody_his_own(people, company):
    other = make_enterprise("徐州乙物流有限公司")
    driver, _member = in_both(company, other)
    called(company, "甲", "census"), called(company, "乙", "union")
    in_both(company, company, "王一致")
    Vehicle.objects.create(plate="苏C731W5", enterprise=company)
    Coverage.objects.create(branch=Branch.objects.get(unit__code="branch-03"), kind="enterprise", key=company.code, since=MONDAY.date())
    choice = EmployerChoice.objects.create(person=driver.person, census=company, union=other, taken="union", at=MONDAY, by=people.registrar)
    EmployerChoice.objects.filter(pk=choice.pk).update(undone_at=MONDAY)
    for slug in OTHERS:
        viewer = people.viewer(slug)
        for rows in (
            selectors.enterprises_for(viewer), selectors.found_enterprises(viewer, "运输"), selectors.to_name(viewer),
            selectors.employers_differ(viewer), selectors.employer_choices(viewer), selectors.union_members_of(viewer, company),
            selectors.drivers_of(viewer, company), selectors.vehicles_of(viewer, company), selectors.names_of(viewer, company),
        ):  # fmt: skip
            assert not list(rows), slug
        assert selectors.tally(viewer, company) == {"members": 0, "drivers": 0, "vehicles": 0}
        assert selectors.covered_by(viewer, company).names == ()
        with pytest.raises(NotThere):
            services.settle(driver=driver, taken="union", by=viewer, now=MONDAY)
        with pytest.raises(NotThere):
            services.take_back(choice=choice, by=viewer, now=MONDAY)
        with pytest.raises(NotThere):
            settle_name(enterprise=company, name="甲运输", by=viewer, now=MONDAY)
    type(driver).objects.filter(pk=driver.pk).update(person=people.registrar)
    UnionMember.objects.filter(enterprise=other).update(person=people.registrar)
    driver.refresh_from_db()
    assert not selectors.employers_differ(people.viewer("registrar")).exists()
    with pytest.raises(NotThere):
        services.settle(driver=driver, taken="union", by=people.viewer("registrar"), now=MONDAY)
    with pytest.raises(IntegrityError), transaction.atomic():
        EmployerChoice.objects.update(by=F("person"))


# --- the page ------------------------------------------------------------------------------------


def test_the_page_shows_each_role_the_people_of_its_own_register_masked_and_numbers_of_the_other(people, company):
    driver = make_driver("李大路", enterprise=company)
    vehicle = Vehicle.objects.create(plate="苏C731W5")
    DriverVehicle.objects.create(driver=driver, vehicle=vehicle, since=MONDAY.date())
    Vehicle.objects.create(plate="苏C1234挂", kind="trailer", enterprise=company)
    UnionMember.objects.create(person=make_driver("吴会员", phone="13700000005").person, enterprise=company, occupation="courier")
    page = reverse("admin:members_enterprise", args=[company.pk])
    officer = signed_in(people.union_officer).get(page).content.decode()
    keeper = signed_in(people.registrar).get(page).content.decode()
    assert "吴*" in officer and "李*" not in officer
    assert "李*" in keeper and "吴*" not in keeper
    for shown in (officer, keeper):
        assert "苏C***W5" in shown and "苏C***4挂" in shown and "731W5" not in shown and "李大路" not in shown
    by_officer, by_keeper = people.viewer("union_officer"), people.viewer("registrar")
    assert selectors.union_members_of(by_officer, company).count() == 1 and not selectors.union_members_of(by_keeper, company).exists()
    assert selectors.drivers_of(by_keeper, company).count() == 1 and not selectors.drivers_of(by_officer, company).exists()
    assert selectors.tally(by_keeper, company) == {"members": 1, "drivers": 1, "vehicles": 2}


def test_an_enterprise_in_a_covered_place_is_no_gap_of_the_branches(people, company):
    make_driver("李大路", enterprise=company)
    assert [(key.key, key.place) for key in beside.enterprises_to_cover()] == [(company.code, "")]
    type(company).objects.filter(pk=company.pk).update(place=Place.objects.get(code="320312111"))
    table = branch_coverage.table_for(people.viewer("committee_secretary"))
    lines = {line.key.key: line for line in table.of_kind("enterprise")}
    assert lines[company.code].by_place and not lines[company.code].is_gap


def test_the_branch_is_that_of_the_enterprise_else_that_of_its_place(people, company):
    by, three = people.viewer("union_officer"), Branch.objects.get(unit__code="branch-03")
    type(company).objects.filter(pk=company.pk).update(place=Place.objects.get(code="320312111"))
    company.refresh_from_db()
    above = selectors.covered_by(by, company)
    assert above.by_place and len(above.names) == 1 and above.names != (three.unit.name,)
    Coverage.objects.create(branch=three, kind="enterprise", key=company.code, since=MONDAY.date())
    assert selectors.covered_by(by, company) == selectors.Covered((three.unit.name,))


def test_a_person_settles_name_and_employer_on_the_pages(people, company):
    other = make_enterprise("徐州乙物流有限公司")
    driver, member = in_both(company, other)
    called(company, "甲运输", "census"), called(company, "徐州甲运输有限公司", "union")
    client = signed_in(people.union_officer)
    assert "1 名司机，摸排和工会写的单位不同，合成 1 对" in client.get(reverse("admin:members_enterprises")).content.decode()
    assert company.name in client.get(reverse("admin:members_enterprises") + "?view=named").content.decode()
    page = reverse("admin:members_enterprise", args=[company.pk])
    assert client.post(page, {"name": "甲"}).status_code == 422
    assert client.post(page, {"name": "甲运输"}).status_code == 302
    company.refresh_from_db()
    assert company.name == "甲运输" and "叫法不同" not in client.get(page).content.decode().split("</h1>")[1][:300]
    page = reverse("admin:members_employers") + f"?census={company.pk}&union={other.pk}"
    shown = client.get(page).content.decode()
    assert "甲运输" in shown and other.name in shown and "李*" in shown and "李大路" not in shown
    assert client.post(page, {"act": "union", "about": driver.pk}).status_code == 302
    driver.refresh_from_db()
    assert driver.enterprise == other
    assert client.post(page, {"act": "union", "about": driver.pk}).status_code == 422
    assert client.post(page, {"act": "back", "about": EmployerChoice.objects.get().pk}).status_code == 302
    driver.refresh_from_db(), member.refresh_from_db()
    assert (driver.enterprise, member.enterprise) == (company, other)
    assert client.post(page, {"act": "back", "about": "²"}).status_code == 404


def test_a_whole_page_of_employers_is_settled_and_whom_somebody_settled_meanwhile_is_told(people, company):
    other = make_enterprise("徐州乙物流有限公司")
    rows = [in_both(company, other, name)[0] for name in ("李大路", "王大路", "赵大路")]
    services.settle(driver=rows[0], taken="census", by=people.viewer("registrar"), now=MONDAY)
    client, page = signed_in(people.union_officer), reverse("admin:members_employers")
    told = client.post(page, {"act": "all_union", "row": [each.pk for each in rows]}, follow=True).content.decode()
    assert "2 人定下来了，1 人别人刚定过" in told
    assert EmployerChoice.objects.filter(taken="union").count() == 2
    assert client.post(page, {"act": "all_burn", "row": [rows[1].pk]}).status_code in (302, 422)
    with pytest.raises(NotThere):
        services.settle_many(drivers=rows, taken="union", by=people.viewer("leader"), now=MONDAY)


# --- one word for two enterprises ----------------------------------------------------------------


@pytest.fixture
def pair(company):
    other = make_enterprise("徐州乙物流有限公司")
    return company, other, [in_both(company, other, name)[0] for name in ("李大路", "王大路", "赵大路")]


@pytest.mark.parametrize("taken", ["union", "census"])
def test_one_word_settles_two_enterprises_for_all_their_drivers_and_is_taken_back(people, pair, taken):
    census, union, drivers = pair
    by, third = people.viewer("registrar"), make_enterprise("徐州丙物流有限公司")
    elsewhere, _ = in_both(census, third, "孙别处")
    assert [(each.enterprise_id, each.other, each.drivers) for each in selectors.employer_pairs(by)] == [
        (census.pk, union.pk, 3), (census.pk, third.pk, 1),
    ]  # fmt: skip
    assert services.settle_pair(census=census, union=union, taken=taken, by=by, now=MONDAY) == 3
    kept = union if taken == "union" else census
    people_of = [each.person_id for each in drivers]
    assert set(type(elsewhere).objects.filter(person__in=people_of).values_list("enterprise", flat=True)) == {kept.pk}
    assert set(UnionMember.objects.filter(person__in=people_of).values_list("enterprise", flat=True)) == {kept.pk}
    assert list(selectors.employers_differ(by)) == [elsewhere]
    assert FieldChange.objects.filter(field="enterprise", by=people.registrar).count() == (3 if taken == "union" else 0)
    line = AuditLine.objects.get(act="employer.pair_settled")
    assert line.new == {"taken": taken, "union": union.pk, "drivers": 3} and line.about_pk == str(census.pk)
    with pytest.raises(Stale):
        services.settle_pair(census=census, union=union, taken=taken, by=by, now=LATER)
    type(elsewhere).objects.filter(pk=drivers[0].pk).update(enterprise=third)
    UnionMember.objects.filter(person=drivers[0].person).update(enterprise=third)
    choice = EmployerChoice.objects.order_by("pk").first()
    assert services.take_back_pair(choice=choice, by=by, now=LATER) == (2, 1)  # what somebody changed since stays
    assert set(type(elsewhere).objects.filter(pk__in=[each.pk for each in drivers[1:]]).values_list("enterprise", flat=True)) == {census.pk}
    assert set(UnionMember.objects.filter(person__in=people_of[1:]).values_list("enterprise", flat=True)) == {union.pk}
    assert EmployerChoice.objects.filter(undone_at=None).count() == 1


def test_two_enterprises_with_many_drivers_are_settled_in_as_many_questions_as_with_few(people, pair, django_assert_max_num_queries):
    census, union, _drivers = pair
    for number in range(30):
        in_both(census, union, f"路{number}")
    with django_assert_max_num_queries(12):
        assert services.settle_pair(census=census, union=union, taken="union", by=people.viewer("union_officer"), now=MONDAY) == 33


def test_nobody_else_settles_two_enterprises_and_whoever_does_stays_out_himself(people, pair):
    census, union, drivers = pair
    for slug in OTHERS:
        with pytest.raises(NotThere):
            services.settle_pair(census=census, union=union, taken="union", by=people.viewer(slug), now=MONDAY)
        assert selectors.employer_pairs(people.viewer(slug)) == []
    own = type(drivers[0]).objects.get(pk=drivers[0].pk)
    UnionMember.objects.filter(person=own.person).update(person=people.registrar)
    type(own).objects.filter(pk=own.pk).update(person=people.registrar)
    by = people.viewer("registrar")
    with pytest.raises(DomainError):
        services.settle_pair(census=census, union=union, taken="both", by=by, now=MONDAY)
    assert services.settle_pair(census=census, union=union, taken="union", by=by, now=MONDAY) == 2
    own.refresh_from_db()
    assert own.enterprise == census
    for slug in OTHERS:
        with pytest.raises(NotThere):
            services.take_back_pair(choice=EmployerChoice.objects.first(), by=people.viewer(slug), now=LATER)


def test_a_person_settles_two_enterprises_on_the_page_and_takes_it_back(people, pair):
    census, union, drivers = pair
    client, page = signed_in(people.union_officer), reverse("admin:members_employers")
    shown = client.get(page).content.decode()
    assert "3 名司机，摸排和工会写的单位不同，合成 1 对" in shown and census.name in shown and union.name in shown
    both = {"pair": f"{census.pk}-{union.pk}"}
    assert "1 对定下来了，涉及 3 人；0 对" in client.post(page, {"act": "pair_union", **both}, follow=True).content.decode()
    drivers[0].refresh_from_db()
    assert drivers[0].enterprise == union
    again = client.post(page, {"act": "pair_union", **both}, follow=True).content.decode()
    assert "0 对定下来了，涉及 0 人；1 对别人刚定过" in again
    for wrong in ("", "²-1", "1", f"{census.pk}-999999"):
        assert client.post(page, {"act": "pair_union", "pair": wrong}).status_code == 404
    assert "3 名司机" in client.get(page).content.decode()
    back = client.post(page, {"act": "back_pair", "about": EmployerChoice.objects.first().pk}, follow=True).content.decode()
    assert "3 人撤了，0 人后来又改过" in back
    for asked, status in (("?page=1", 200), ("?page=x", 400), ("?who=1", 400), ("?census=1&union=2", 200)):
        assert client.get(page + asked).status_code == status, asked


# --- coverage ------------------------------------------------------------------------------------


def test_an_enterprise_declares_the_truck_drivers_the_union_knows_and_lacks_those_the_register_does_not_hold(people, company):
    quiet, unseen = make_enterprise("徐州乙物流有限公司"), make_enterprise("徐州丙物流有限公司")
    type(company).objects.filter(pk__in=[company.pk, unseen.pk]).update(in_union=True)
    for number, (checked_at, occupation) in enumerate([(MONDAY, "truck"), (MONDAY - timedelta(days=400), "courier")]):
        driver = make_driver(f"王{'甲乙'[number]}路", enterprise=company)
        type(driver).objects.filter(pk=driver.pk).update(checked_at=checked_at)
        UnionMember.objects.create(person=driver.person, enterprise=company, occupation=occupation)
    for name, enterprise, ended in (
        ("一", company, None), ("二", company, None), ("三", company, MONDAY.date()), ("四", unseen, None),
    ):  # fmt: skip
        member = make_driver(f"孙{name}路").person  # drives for nobody
        UnionMember.objects.create(person=member, enterprise=enterprise, occupation="truck", ended_on=ended)
    make_driver("赵丁路", enterprise=quiet)
    lines = coverage.by_enterprise(people.viewer("registrar"), now=MONDAY)
    assert [(each.name, each.declared, each.held, each.checked, each.missing, each.stale) for each in lines] == [
        (company.name, 3, 2, 1, 1, 1), (quiet.name, None, 1, 1, None, 0), (unseen.name, 1, 0, 0, 1, 0),
    ]  # fmt: skip
    html = signed_in(people.registrar).get(reverse("admin:members_coverage")).content.decode()
    assert "工会报的数" in html and unseen.name in html
    assert coverage.by_enterprise(people.viewer("leader"), now=MONDAY) == []
