"""One human who is a member twice under two Persons: a line of the committee's work, gone when one of the two has ended."""

import pytest
from django.urls import reverse

from accounts.models import Person
from branches.services import membership as memberships
from branches.services import placement
from common.errors import DomainError
from members.models import Duplicate
from members.selectors.twice import members_twice
from members.services import duplicates
from tests.branches.members import branch
from tests.cast import MONDAY, make_cast
from tests.house.walking import signed_in
from tests.members.makers import make_driver

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(db):
    return make_cast("secretary", "secretary_five", "committee_secretary", "registrar", "leader", "stranger")


def admitted(people, who: Person, number: int, by: str):
    one = memberships.admit(person=who, kind="full", how="telephone", by=people.viewer(by), now=MONDAY)
    placement.place(membership=one, branch=branch(number), by=people.viewer("committee_secretary"), now=MONDAY)
    return one


def twice(people):
    """Two rows of the register with one name and one phone, each a member in another branch."""
    rows = [make_driver("李大路", phone="13900000001") for _ in range(2)]
    assert duplicates.propose(by=people.viewer("registrar"), now=MONDAY) == 1
    return [admitted(people, row.person, *where) for row, where in zip(rows, ((3, "secretary"), (5, "secretary_five")), strict=True)]


def test_the_committee_alone_has_the_line_and_it_goes_when_one_of_the_two_ended(people):
    one, other = twice(people)
    (line,) = members_twice(people.viewer("committee_secretary"))
    assert {line.one.pk, line.other.pk} == {one.pk, other.pk} and {line.one.branch, line.other.branch} == {branch(3).unit.name, branch(5).unit.name}
    for slug in ("secretary", "secretary_five", "registrar", "leader", "stranger"):
        assert members_twice(people.viewer(slug)) == [], slug
    row, keeper = Duplicate.objects.get(), people.viewer("registrar")
    with pytest.raises(DomainError):
        duplicates.merge(duplicate=row, keep=row.one, by=keeper, now=MONDAY)
    memberships.end(membership=other, by=people.viewer("committee_secretary"), now=MONDAY, reason="和另一份是同一个人")
    assert members_twice(people.viewer("committee_secretary")) == []
    duplicates.merge(duplicate=row, keep=one.person.driver, by=keeper, now=MONDAY)


def test_an_account_beside_the_registers_row_is_found_by_name_and_phone(people):
    row = make_driver("李大路", phone="13900000001")
    index = row.person.phone_index
    account = Person.objects.create(name="李大路", phone="13900000001", phone_index=index, signin_index=index, joined_at=MONDAY)
    admitted(people, row.person, 3, "secretary"), admitted(people, account, 5, "secretary_five")
    (line,) = members_twice(people.viewer("committee_secretary"))
    assert line.why == "phone"
    Person.objects.filter(pk=account.pk).update(name="李小路")  # father and son on one phone
    assert members_twice(people.viewer("committee_secretary")) == []


def test_whom_the_keeper_found_to_be_two_humans_is_no_line(people):
    twice(people)
    duplicates.keep_apart(duplicate=Duplicate.objects.get(), by=people.viewer("registrar"), now=MONDAY)
    assert members_twice(people.viewer("committee_secretary")) == []


def test_the_page_says_who_where_and_what_to_do(people):
    one, other = twice(people)
    client = signed_in(people.committee_secretary)
    assert reverse("admin:members_twice") in client.get(reverse("admin:members_claims")).content.decode()
    page = client.get(reverse("admin:members_twice")).content.decode()
    for words in (branch(3).unit.name, branch(5).unit.name, "139****0001", "点“记离开”", "疑似重复"):
        assert words in page, words
    assert "李大路" not in page
    for member in (one, other):
        assert reverse("admin:branches_member", args=[member.person.key]) in page
    (pair,) = client.get(reverse("members-api:members_twice")).json()
    assert {side["branch"] for side in pair["sides"]} == {branch(3).unit.name, branch(5).unit.name}
    assert reverse("admin:members_twice") not in signed_in(people.secretary).get(reverse("admin:members_claims")).content.decode()
