"""A visit's need is an appeal like any other, under its own number; who wrote it down does not keep its text."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from accounts.models import Unit
from appeals.models import Appeal
from appeals.selectors.scope import appeals_for
from care.models import Visit
from care.selectors import visits as looks
from care.services import visits
from common.errors import DomainError, NotThere, Stale
from members.models import UnionMember
from tests.care.goods import asked
from tests.cast import MONDAY, make_cast

pytestmark = pytest.mark.django_db
NEED = "运费压了三个月没有结清，打电话也没有人接"


@pytest.fixture
def cast():
    cast = make_cast("union_officer", "secretary", "cashier", "driver", "neighbour", "stranger", "squad_three")
    UnionMember.objects.create(person=cast.driver, occupation="truck")
    return cast


@pytest.fixture
def visit(cast):
    return plan(cast)


def plan(cast, by="union_officer", unit="union", person="driver", on=MONDAY.date(), key=None):
    return visits.plan(
        client_key=key or uuid4(), person=getattr(cast, person), unit=Unit.objects.get(code=unit), planned_on=on, by=cast.viewer(by), now=MONDAY
    )


def told(cast, **more):
    values = {"went_at": MONDAY - timedelta(hours=2), "went": [cast.union_officer], "heard": "腿伤还没好", "needs": [visits.Heard(uuid4(), NEED)]}
    return visits.Told(**values | more)


def record(visit, cast, what, by="union_officer"):
    return visits.record(visit=visit, told=what, by=cast.viewer(by), now=MONDAY)


def test_each_need_is_an_appeal_with_the_same_number_of_record_sent_twice_or_not(cast, visit):
    what = told(cast, needs=[visits.Heard(uuid4(), NEED), visits.Heard(uuid4(), "希望服务区多装几个热水龙头")])
    first = record(visit, cast, what)
    assert [one.pk for one in record(visit, cast, what)] == [one.pk for one in first]
    assert Appeal.objects.count() == 2 and {one.channel for one in first} == {"meeting"}
    assert looks.numbers_of(cast.viewer("union_officer"), visit) == [one.number for one in first]
    row = Appeal.objects.get(pk=first[0].pk)
    assert (row.text, row.person, row.filed_by, row.phone) == (NEED, None, cast.union_officer, "13800000001")
    with pytest.raises(Stale):
        record(visit, cast, told(cast))


def test_who_wrote_it_down_does_not_find_its_text_and_who_is_accused_never_does(cast, visit):
    squad = Unit.objects.get(code="squad-03")
    (appeal,) = record(visit, cast, told(cast, needs=[visits.Heard(uuid4(), NEED, accused=(squad.pk,))]))
    assert list(appeal.accused.values_list("unit", flat=True)) == [squad.pk]
    for slug in ("union_officer", "secretary", "squad_three", "stranger"):
        assert not appeals_for(cast.viewer(slug)).exists()
    row = looks.visits_for(cast.viewer("union_officer")).get()
    assert NEED not in str(vars(row)) and not looks.numbers_of(cast.viewer("secretary"), visit)


def test_a_need_that_cannot_be_filed_leaves_the_visit_untold(cast, visit):
    with pytest.raises(DomainError) as error:
        record(visit, cast, told(cast, needs=[visits.Heard(uuid4(), NEED), visits.Heard(uuid4(), "短")]))
    visit.refresh_from_db()
    assert error.value.field == "text" and visit.went_at is None and not Appeal.objects.exists()


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"went_at": MONDAY + timedelta(hours=1)}, "went_at"), ({"went_at": MONDAY - timedelta(days=400)}, "went_at"), ({"went": []}, "went"),
        ({"heard": "长" * 2001}, "heard"), ({"gave": "长" * 121}, "gave"), ({"follow_up_on": MONDAY.date() - timedelta(days=1)}, "follow_up_on"),
        ({"needs": [visits.Heard(uuid4(), NEED)] * 10}, "needs"),
    ],
)  # fmt: skip
def test_bad_input_is_refused_at_its_field(cast, visit, more, field):
    with pytest.raises(DomainError) as error:
        record(visit, cast, told(cast, **more))
    assert error.value.field == field and not Appeal.objects.exists()


def test_only_people_of_the_unit_plan_and_tell_and_only_for_their_own(cast, visit):
    for slug in ("secretary", "cashier", "driver", "stranger"):
        with pytest.raises(NotThere):
            record(visit, cast, told(cast), by=slug)
        with pytest.raises(NotThere):
            plan(cast, by=slug)
    with pytest.raises(NotThere):
        plan(cast, person="stranger")
    with pytest.raises(DomainError, match="一年以内"):
        plan(cast, on=MONDAY.date().replace(year=2326))
    key = uuid4()
    assert plan(cast, key=key).pk == plan(cast, key=key).pk
    assert Visit.objects.count() == 2 and looks.visits_for(cast.viewer("union_officer")).count() == 2


def test_who_promised_to_come_again_is_reminded_until_he_did(cast, visit):
    day = MONDAY.date() + timedelta(days=7)
    record(visit, cast, told(cast, follow_up_on=day))
    by = cast.viewer("union_officer")
    assert not looks.to_follow_up(by, today=day - timedelta(days=1)) and looks.to_follow_up(by, today=day).get() == visit
    again = plan(cast)
    record(again, cast, told(cast, went_at=MONDAY, needs=[]))
    assert not looks.to_follow_up(by, today=day)


def test_whoever_visited_may_ask_for_whom_he_saw(cast, visit):
    UnionMember.objects.update(ended_on=MONDAY.date())
    with pytest.raises(NotThere):
        asked(cast.driver, cast.viewer("union_officer"))
    record(visit, cast, told(cast))
    assert asked(cast.driver, cast.viewer("union_officer")).unit.code == "union"
