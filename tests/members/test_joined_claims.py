"""Two accounts become one person, and both look for a branch: one claim goes on, with where it stands and why."""

from __future__ import annotations

import pytest

from accounts.models import Person
from members.models import Claim
from members.rules.claims import ASSIGNED
from members.services import joined
from tests.branches.members import branch
from tests.cast import MONDAY, make_cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(db):
    make_cast("driver")
    return [Person.objects.create(name="赵合并", joined_at=MONDAY) for _each in range(2)]


def claims(people, *, of_the_older: dict) -> Claim:
    old, new = people
    Claim.objects.create(person=old, source="census", state="open", at=MONDAY, **of_the_older)
    Claim.objects.create(person=new, source="phone", state="open", at=MONDAY)
    joined._claims(old, new, MONDAY)
    return Claim.objects.get(state="open")


def test_the_branch_that_looked_for_him_goes_on_with_its_reason(people):
    row = claims(people, of_the_older={"branch": branch(3), "routed_by": ASSIGNED})
    assert (row.person, row.source, row.branch, row.routed_by) == (people[1], "phone", branch(3), ASSIGNED)


def test_where_no_branch_looked_for_him_it_stays_with_the_committee(people):
    row = claims(people, of_the_older={"routed_by": "nobody"})
    assert (row.branch, row.routed_by) == (None, "")
