"""The viewer: rights of this moment, recusal of the past year, built from the rows each time."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import Person, Posting, Unit
from accounts.rules.roles import Role
from accounts.rules.viewer import NOBODY
from accounts.selectors.units import closure_of, conflicted_persons
from accounts.selectors.viewer import viewer_for, viewers_for
from accounts.services import postings
from tests.cast import LONG_AGO, MONDAY

pytestmark = pytest.mark.django_db


def unit(code):
    return Unit.objects.get(code=code)


def test_nobody_and_a_driver_hold_nothing(cast):
    assert viewer_for(None, now=MONDAY) == NOBODY
    driver = cast.viewer("driver")
    assert not driver.is_staff and not driver.barred and driver.person_id == cast.driver.pk


def test_rights_end_at_once_and_recusal_stays(cast):
    squad = unit("squad-03")
    postings.end(posting=cast.squad_three.postings.get(), by=None, now=MONDAY)
    after = cast.viewer("squad_three", MONDAY)
    assert not after.held and squad.pk in after.barred


@pytest.mark.parametrize(("days", "still"), [(0, True), (91, True), (364, True), (366, False), (396, False)])
def test_a_past_posting_bars_for_twelve_months(cast, days, still):
    squad = unit("squad-03")
    cast.squad_three.postings.update(ends_at=MONDAY - timedelta(days=days))
    assert (squad.pk in cast.viewer("squad_three").barred) is still
    assert (cast.squad_three.pk in conflicted_persons([squad.pk], now=MONDAY)) is still


def test_the_secretary_of_the_hosted_branch_is_barred_from_the_squad(cast):
    assert unit("squad-03").pk in cast.viewer("secretary").barred
    assert unit("squad-05").pk not in cast.viewer("secretary").barred


def test_a_head_posted_to_both_is_barred_and_so_is_his_section(cast):
    assert unit("squad-03").pk in cast.viewer("posted_head").barred
    # transport lies beside the squad, not above it: it is not drawn in
    assert unit("transport").pk not in closure_of([unit("squad-03").pk], now=MONDAY)
    assert unit("squad-03").pk not in cast.viewer("head").barred


def test_a_posting_that_has_not_begun_gives_nothing(cast):
    Posting.objects.create(person=cast.stranger, unit=unit("desk"), role=Role.DESK, starts_at=MONDAY + timedelta(days=1))
    assert not cast.viewer("stranger").is_staff


def test_a_substitute_has_the_rights_for_his_days_only(cast):
    Posting.objects.create(
        person=cast.second_handler, unit=unit("transport"), role=Role.HEAD, substitute_for=cast.head,
        starts_at=MONDAY, ends_at=MONDAY + timedelta(days=3),
    )  # fmt: skip
    assert cast.viewer("second_handler", MONDAY + timedelta(days=1)).has_role(Role.HEAD)
    assert not cast.viewer("second_handler", MONDAY + timedelta(days=3)).has_role(Role.HEAD)


def test_somebody_switched_off_is_nobody(cast):
    Person.objects.filter(pk=cast.handler.pk).update(is_active=False)
    assert viewer_for(Person.objects.get(pk=cast.handler.pk), now=MONDAY) == NOBODY


def test_rights_of_two_roles_add_up_and_bars_too(cast):
    Posting.objects.create(person=cast.secretary, unit=unit("transport"), role=Role.HANDLER, starts_at=LONG_AGO)
    both = cast.viewer("secretary")
    assert {Role.SECRETARY, Role.HANDLER} <= both.roles
    assert unit("squad-03").pk in both.barred and unit("transport").pk in both.barred
    assert replace(both, held=()).barred == both.barred


@given(data=st.data())
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_from_the_rows_too_barred_is_the_mirror_of_closure(db, data):
    """Random postings over the real tree: a person is barred from U iff posted in closure(U)."""
    codes = ["bureau", "brigade", "legal", "squad-03", "branch-03", "squad-05", "transport", "office"]
    units = {each.code: each.pk for each in Unit.objects.filter(code__in=codes)}
    Posting.objects.all().delete()
    people = [Person.objects.create(joined_at=LONG_AGO) for _n in range(4)]
    for person in people:
        for code in data.draw(st.lists(st.sampled_from(codes), max_size=3, unique=True)):
            months = data.draw(st.sampled_from([None, 3, 13]))
            Posting.objects.create(
                person=person, unit_id=units[code], role=Role.HANDLER, starts_at=LONG_AGO,
                ends_at=None if months is None else MONDAY - timedelta(days=31 * months),
            )  # fmt: skip
    for pk in units.values():
        inside = conflicted_persons([pk], now=MONDAY)
        for person in people:
            assert (pk in viewer_for(person, now=MONDAY).barred) == (person.pk in inside)


def test_many_viewers_are_the_same_as_each_by_itself(cast, django_assert_num_queries):
    people = list(cast.people.values())
    with django_assert_num_queries(3):
        many = viewers_for(people, now=MONDAY)
    assert many == {person.pk: viewer_for(person, now=MONDAY) for person in people}
