"""Another department gets the matter, not the name (bar, trap cell 5)."""

from __future__ import annotations

import pytest
from django.urls import reverse

from accounts.models import AuditLine, Person, Posting, Unit
from accounts.rules.roles import Role
from accounts.selectors.viewer import viewer_for
from appeals.admin.parts import shows_driver
from appeals.models import Appeal
from appeals.selectors import staff
from appeals.services import legs
from tests.appeals import journey
from tests.cast import LONG_AGO, MONDAY, make_cast
from tests.house.walking import signed_in

pytestmark = pytest.mark.django_db


def outside_person(role: Role) -> Person:
    unit = Unit.objects.filter(kind=Unit.Kind.OUTSIDE, takes_appeals=True).first()
    person = Person.objects.create(name="外部门的人", login=f"outside-{role}", joined_at=LONG_AGO)
    Posting.objects.create(person=person, unit=unit, role=role, starts_at=LONG_AGO)
    return person


def handed_out(*, tell_unit: bool) -> Appeal:
    appeal = journey.file(now=MONDAY, caller_name="张大勇", plate="苏C12345", tell_unit=tell_unit)
    legs.to_unit(appeal, Unit.objects.filter(kind=Unit.Kind.OUTSIDE, takes_appeals=True).first(), now=MONDAY)
    appeal.state = "routed"
    appeal.save()
    return appeal


@pytest.mark.parametrize("role", [Role.LIAISON, Role.HEAD])
def test_without_the_drivers_word_the_number_is_not_shown_either(role):
    make_cast("driver")
    appeal, person = handed_out(tell_unit=False), outside_person(role)
    assert not shows_driver(viewer_for(person, now=MONDAY), appeal)
    client = signed_in(person)
    answer = client.post(reverse("admin:appeals_reveal", args=[appeal.key]), {"reason": "call"})
    assert "13800000009" not in answer.content.decode()
    assert not AuditLine.objects.filter(act="reveal").exists()


@pytest.mark.parametrize("words", ["张大", "苏C·12345", "13800000009"])
def test_the_finder_is_no_way_around(words):
    make_cast("driver")
    appeal, viewer = handed_out(tell_unit=False), viewer_for(outside_person(Role.LIAISON), now=MONDAY)
    assert staff.find(viewer, appeal.number[-6:]) == [appeal]
    assert staff.find(viewer, words) == []
    Appeal.objects.filter(pk=appeal.pk).update(tell_unit=True)
    assert staff.find(viewer, words) == [appeal]


def test_with_his_word_it_is_shown_masked():
    make_cast("driver")
    appeal, person = handed_out(tell_unit=True), outside_person(Role.LIAISON)
    assert shows_driver(viewer_for(person, now=MONDAY), appeal)
