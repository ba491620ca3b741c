"""Elections, three-year terms, and reminders that give nothing away."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import translation

from accounts.models import AuditLine, Posting
from branches.models import Membership, Officer
from branches.services import officers, placement, reminders
from common import clock
from common.errors import DomainError, NotThere
from notices import registry
from notices.models import Notice
from tests.branches.members import branch, placed
from tests.cast import MONDAY, make_cast

pytestmark = pytest.mark.django_db
TODAY = clock.today(MONDAY)


@pytest.fixture
def cast():
    return make_cast()


def elect(cast, who, post="publicity", by="secretary", since=TODAY, number=3, **more):
    return officers.elect(unit=branch(number).unit, person=who, post=post, since=since, by=cast.viewer(by), now=MONDAY, **more)


def test_an_election_lasts_three_years_and_replaces_who_held_the_post(cast):
    first, second = placed(cast, name="甲").person, placed(cast, name="乙").person
    one = elect(cast, first, since=date(2024, 3, 14))
    assert one.term_ends == date(2027, 3, 14)
    two = elect(cast, second)
    one.refresh_from_db()
    assert one.ended_on == TODAY and two.ended_on is None
    assert AuditLine.objects.filter(act="officer.elect").count() == 2


def test_a_committee_has_five_seats_at_most(cast):
    people = [placed(cast, name=f"甲{n}").person for n in range(6)]
    for who, post in zip(people, ("deputy", "organisation", "publicity", "discipline", "member"), strict=False):
        elect(cast, who, post)
    with pytest.raises(DomainError) as refused:
        elect(cast, people[5], "member")
    assert refused.value.code == "too_many"
    elect(cast, people[5], "discipline")  # takes the seat of who held it


def test_a_group_leader_names_his_group_and_a_secretary_may_come_from_the_host_squad(cast):
    who = placed(cast).person
    group = placement.make_group(branch=branch(3), name="新区组", by=cast.viewer("secretary"), now=MONDAY)
    with pytest.raises(DomainError):
        elect(cast, who, "group_leader")
    assert elect(cast, who, "group_leader", group=group).group == group
    assert elect(cast, cast.secretary, "secretary", by="committee_secretary").person == cast.secretary
    with pytest.raises(DomainError):
        elect(cast, cast.secretary, "publicity", by="committee_secretary")


def test_nobody_writes_down_his_own_election_nor_one_of_another_branch(cast):
    with pytest.raises(DomainError) as refused:
        elect(cast, cast.secretary, "secretary")
    assert refused.value.code == "oneself"
    who = placed(cast).person
    for slug in ("secretary_five", "leader", "registrar"):
        with pytest.raises(NotThere):
            elect(cast, who, by=slug)
    with pytest.raises(DomainError):
        elect(cast, who, since=TODAY + timedelta(days=1))


def test_reminders_leave_ninety_and_thirty_days_before_once_each(cast):
    one = elect(cast, placed(cast).person, since=TODAY - timedelta(days=900), term_ends=TODAY + timedelta(days=91))
    assert reminders.remind_of_terms(MONDAY) == 0
    assert reminders.remind_of_terms(MONDAY + timedelta(days=1)) == 1
    assert reminders.remind_of_terms(MONDAY + timedelta(days=2)) == 0
    assert reminders.remind_of_terms(MONDAY + timedelta(days=75)) == 1, "a sweep that slept for days still finds it"
    assert reminders.remind_of_terms(MONDAY + timedelta(days=76)) == 0
    told = Notice.objects.filter(template="branch.term").order_by("pk")
    assert {(each.recipient_id, each.rung) for each in told} == {
        (cast.secretary.pk, "T90"), (cast.committee_secretary.pk, "T90"),
        (cast.secretary.pk, "T30"), (cast.committee_secretary.pk, "T30"),
    }  # fmt: skip
    officers.end(officer=one, by=cast.viewer("secretary"), now=MONDAY, reason="换人了")
    assert reminders.remind_of_terms(MONDAY + timedelta(days=95)) == 0


def test_six_months_of_silence_are_flagged_once_and_again_after_a_contact(cast):
    one = placed(cast)
    Membership.objects.filter(pk=one.pk).update(last_contact_on=date(2026, 5, 23))
    assert reminders.remind_of_silence(MONDAY) == 1
    assert reminders.remind_of_silence(MONDAY + timedelta(days=1)) == 0
    assert Membership.objects.get(pk=one.pk).ended_on is None, "people decide, not the machine"
    Membership.objects.filter(pk=one.pk).update(last_contact_on=date(2026, 6, 1), warned_at=None)
    assert reminders.remind_of_silence(MONDAY) == 0
    assert Notice.objects.filter(template="branch.silent").count() == 2  # secretary and committee


def test_a_decision_on_becoming_full_is_announced_a_month_before(cast):
    placed(cast, kind="probationary", joined_on=date(2025, 12, 8))
    assert reminders.sweep(MONDAY) == 1 and reminders.sweep(MONDAY) == 0
    assert Notice.objects.filter(template="branch.decide", recipient=cast.secretary).count() == 1


def test_a_reminder_names_nobody_and_reaches_who_may_still_know(cast):
    one = placed(cast)
    office = elect(cast, one.person)
    with translation.override("zh-hans"):
        for name in (reminders.TERM, reminders.SILENT, reminders.DECIDE):
            words = str(registry.template(name).words)
            assert "张" not in words and "支部" not in words
    for kind, pk in ((reminders.MEMBER, one.pk), (reminders.OFFICER, office.pk)):
        for slug, may in (("secretary", True), ("committee_secretary", True), ("secretary_five", False), ("handler", False)):
            assert (registry.may_receive(kind, cast.people[slug].pk, [str(pk)], now=MONDAY) == {str(pk)}) is may
    Posting.objects.filter(person=cast.secretary).update(ends_at=MONDAY - timedelta(minutes=1))
    assert registry.may_receive(reminders.MEMBER, cast.secretary.pk, [str(one.pk)], now=MONDAY) == set()
    assert Officer.objects.filter(ended_on=None).count() == 1
