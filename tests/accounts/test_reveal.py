"""Looking behind a mask: a reason, a line, a limit a day, and the driver may know how often."""

from __future__ import annotations

from datetime import timedelta

import pytest

from accounts.models import AuditLine, Person
from accounts.services import people
from accounts.services.reveal import StepUpNeeded, reveal, who_looked
from common.errors import DomainError, NotThere
from tests.cast import MONDAY

pytestmark = pytest.mark.django_db


def look(cast, subject, by="handler", reason="要回电话", **more):
    return reveal(subject=subject, field="phone", by=cast.viewer(by), reason=reason, **{"now": MONDAY, **more})


def test_the_value_comes_with_a_line_that_does_not_hold_it(cast):
    assert look(cast, cast.driver) == "13800000001"
    line = AuditLine.objects.get(act="reveal")
    assert line.new == {"field": "phone", "role": "handler"} and line.reason == "要回电话" and line.about_pk == str(cast.driver.pk)
    assert "13800000001" not in str(AuditLine.objects.values())


@pytest.mark.parametrize("reason", ["", "  ", "好"])
def test_without_a_reason_nothing_is_shown(cast, reason):
    with pytest.raises(DomainError, match="理由"):
        look(cast, cast.driver, reason=reason)
    assert not AuditLine.objects.exists()


def test_only_staff_with_a_second_factor_look(cast):
    from accounts.selectors.viewer import viewer_for

    with pytest.raises(NotThere):
        look(cast, cast.driver, by="neighbour")
    with pytest.raises(NotThere):
        reveal(subject=cast.driver, field="phone", by=viewer_for(cast.handler, now=MONDAY), reason="要回电话", now=MONDAY)


def test_the_thirty_first_person_of_a_day_asks_for_the_second_factor_again(cast):
    many = [people.make_person(now=MONDAY, phone=f"1381111{n:04d}") for n in range(63)]
    for person in many[:30]:
        look(cast, person)
    look(cast, many[0])  # the same one again is nobody new
    for person in many[30:32]:
        with pytest.raises(StepUpNeeded):
            look(cast, person)
    assert AuditLine.objects.filter(act="reveal.many").count() == 1
    assert AuditLine.objects.filter(act="reveal").count() == 31
    later = MONDAY + timedelta(minutes=9)
    for person in many[30:60]:
        assert look(cast, person, now=later, stepped_up_at=MONDAY + timedelta(minutes=1))
    for stepped_up_at in (MONDAY + timedelta(minutes=1), MONDAY - timedelta(minutes=2), None):
        with pytest.raises(StepUpNeeded):  # thirty more are used up; too long ago; never
            look(cast, many[60], now=later, stepped_up_at=stepped_up_at)
    assert AuditLine.objects.filter(act="reveal.many").count() == 1
    assert look(cast, many[61], now=MONDAY + timedelta(hours=10))  # the next day


def test_who_looked_tells_roles_and_counts_never_names(cast):
    for by in ("handler", "second_handler", "call_back"):
        look(cast, cast.driver, by=by)
    look(cast, cast.neighbour)
    assert [(each.word, each.times) for each in who_looked(cast.driver)] == [("经办", 2), ("回访员", 1)]
    assert who_looked(Person(pk=999999)) == [] and who_looked() == []
