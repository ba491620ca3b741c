"""Who becomes a member, by whom, and what happens when he leaves."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from accounts.models import AuditLine
from branches import registry
from branches.models import Membership, Officer, Placement, Transfer
from branches.selectors.figures import figures_of
from branches.selectors.members import listed, with_vote
from branches.selectors.scope import members_for
from branches.services import membership, officers, transfers
from common import clock
from common.errors import DomainError, NotThere
from tests.branches.members import JOINED, branch, crowd, person, placed, verified
from tests.cast import CAST, MONDAY, make_cast

pytestmark = pytest.mark.django_db
TODAY = clock.today(MONDAY)


@pytest.fixture
def cast():
    return make_cast()


def test_a_secretary_of_a_branch_or_of_the_committee_verifies_and_nobody_else(cast):
    able = {"secretary", "secretary_five", "committee_secretary"}
    for slug in CAST:
        who = person(f"甲{slug}")
        if slug in able:
            assert verified(cast, person=who, by=slug).verified_by == cast.people[slug]
            continue
        with pytest.raises(NotThere):
            verified(cast, person=who, by=slug)
        assert not Membership.objects.filter(person=who).exists()
    assert AuditLine.objects.filter(act="membership.admit").count() == len(able)


def test_nobody_verifies_himself_not_even_against_the_service(cast):
    with pytest.raises(DomainError) as refused:
        verified(cast, person=cast.secretary)
    assert refused.value.code == "oneself"
    with pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.create(
            person=cast.secretary, kind="full", verified_by=cast.secretary, verified_at=MONDAY, verified_how="proof"
        )


def test_a_person_is_a_member_once(cast):
    one = verified(cast)
    with pytest.raises(DomainError) as refused:
        verified(cast, person=one.person, by="committee_secretary")
    assert refused.value.code == "member"
    with pytest.raises(DomainError):
        row = membership.Admission(person("李四"), "full", "proof")
        membership.admit_many(rows=[row, row], by=cast.viewer("secretary"), now=MONDAY)
    assert Membership.objects.count() == 1


def test_a_floating_member_names_his_home_and_a_probationary_one_gets_his_day(cast):
    with pytest.raises(DomainError) as refused:
        verified(cast, kind="floating", home_branch=" ")
    assert refused.value.field == "home_branch"
    one = verified(cast, kind="probationary", joined_on=date(2026, 3, 1))
    assert one.decide_on == date(2027, 3, 1)
    with pytest.raises(DomainError) as refused:
        verified(cast, kind="probationary", name="乙", joined_on=None)
    assert refused.value.field == "joined_on"
    for wrong in ({"kind": "member"}, {"joined_on": TODAY + timedelta(days=1)}):
        with pytest.raises(DomainError):
            verified(cast, name="丙", **wrong)


def test_a_floating_member_has_no_vote(cast):
    """The bar of issue 4, must show 3: a floating member is counted, listed, and has no vote."""
    placed(cast, name="甲")
    one = placed(cast, name="乙", kind="floating")
    viewer = cast.viewer("secretary")
    figures = figures_of(viewer, branch(3))
    assert (figures.tally.total, figures.tally.floating, figures.tally.votes, figures.quorum) == (2, 1, 1, 1)
    rows = listed(viewer)
    assert one not in with_vote(viewer, rows, True) and one in with_vote(viewer, rows, False)
    with pytest.raises(DomainError) as refused:
        officers.elect(
            unit=branch(3).unit, person=one.person, post="publicity", since=TODAY, by=viewer, now=MONDAY
        )
    assert refused.value.code == "no_vote"


def test_the_fifty_first_member_warns(cast):
    crowd(cast, 50)
    viewer = cast.viewer("secretary")
    assert "too_many" not in [each.code for each in figures_of(viewer, branch(3)).warnings]
    placed(cast, name="第五十一个")
    figures = figures_of(viewer, branch(3))
    assert figures.tally.total == 51 and "too_many" in [each.code for each in figures.warnings]


def test_full_after_a_year_never_sooner(cast):
    one = placed(cast, kind="probationary", joined_on=date(2025, 12, 8))
    by = cast.viewer("secretary")
    with pytest.raises(DomainError) as refused:
        membership.change_kind(membership=one, kind="full", by=by, now=MONDAY, reason="支部大会通过")
    assert refused.value.code == "too_early"
    later = MONDAY + timedelta(days=15)
    done = membership.change_kind(membership=one, kind="full", by=by, now=later, reason="支部大会通过")
    assert (done.kind, done.full_on, done.decide_on) == ("full", date(2026, 12, 8), None)
    assert AuditLine.objects.get(act="membership.kind").old == {"kind": "probationary"}
    with pytest.raises(DomainError):
        membership.change_kind(membership=one, kind="probationary", by=by, now=later, reason="不行")


def test_the_day_of_a_probation_is_a_year_after_joining_at_the_soonest(cast):
    for wrong in (date(2026, 3, 2), date(2027, 2, 28)):
        with pytest.raises(DomainError) as refused:
            verified(cast, kind="probationary", joined_on=date(2026, 3, 1), decide_on=wrong)
        assert (refused.value.field, refused.value.code) == ("decide_on", "too_early") and "2027-03-01" in refused.value.message
    with pytest.raises(DomainError) as refused:
        verified(cast, kind="probationary", joined_on=None, decide_on=date(2027, 3, 1))
    assert refused.value.field == "joined_on"
    assert verified(cast, kind="probationary", joined_on=date(2026, 3, 1), decide_on=date(2027, 3, 1)).decide_on == date(2027, 3, 1)


@pytest.mark.parametrize("kind", ["floating", "retired"])
def test_nobody_gives_a_vote_by_himself_to_whom_he_verified_without_one(cast, kind):
    one = placed(cast, kind=kind)
    with pytest.raises(DomainError) as refused:
        membership.change_kind(membership=one, kind="full", by=cast.viewer("secretary"), now=MONDAY, reason="关系转来了")
    assert (refused.value.field, refused.value.code) == ("kind", "two_persons")
    one.refresh_from_db()
    assert one.kind == kind
    done = membership.change_kind(membership=one, kind="full", by=cast.viewer("committee_secretary"), now=MONDAY, reason="看过介绍信")
    assert done.kind == "full"


def test_a_probation_is_prolonged_by_half_a_year_to_a_year(cast):
    one = placed(cast, kind="probationary", joined_on=date(2025, 12, 8))
    by = cast.viewer("secretary")
    for wrong in (date(2027, 6, 7), date(2027, 12, 9)):
        with pytest.raises(DomainError):
            membership.prolong(membership=one, until=wrong, by=by, now=MONDAY, reason="还要看")
    assert membership.prolong(membership=one, until=date(2027, 6, 8), by=by, now=MONDAY, reason="还要看").decide_on == date(2027, 6, 8)


def test_leaving_ends_placement_office_and_transfer_and_tells_the_rooms_above_in_one_transaction(cast, monkeypatch):
    one = placed(cast)
    by = cast.viewer("secretary")
    officers.elect(unit=branch(3).unit, person=one.person, post="publicity", since=TODAY, by=by, now=MONDAY)
    transfers.ask(membership=one, to_branch=branch(5), by=by, now=MONDAY, reason="搬家了")
    told = []

    def hear(**said):
        told.append((said, Membership.objects.get(pk=one.pk).ended_on, transaction.get_connection().in_atomic_block))

    monkeypatch.setattr(registry, "_on_leaving", [hear])
    membership.end(membership=one, by=by, now=MONDAY, reason="关系转走了")
    assert told == [({"person_id": one.person_id, "by": by, "now": MONDAY}, TODAY, True)]
    assert not Placement.objects.filter(until=None).exists() and not Officer.objects.filter(ended_on=None).exists()
    assert Transfer.objects.get().refused_at == MONDAY
    assert not members_for(by).exists()
    assert verified(cast, person=one.person).pk != one.pk, "he may come back"


def test_when_a_room_above_fails_nobody_has_left(cast, monkeypatch):
    one = placed(cast)

    def fail(**said):
        raise RuntimeError("no seat could be emptied")

    monkeypatch.setattr(registry, "_on_leaving", [fail])
    with pytest.raises(RuntimeError), transaction.atomic():
        membership.end(membership=one, by=cast.viewer("secretary"), now=MONDAY, reason="关系转走了")
    one.refresh_from_db()
    assert one.ended_on is None and Placement.objects.filter(membership=one, until=None).exists()
    assert not AuditLine.objects.filter(act="membership.end").exists()


def test_a_claim_may_be_taken_back_until_he_is_placed(cast):
    one = verified(cast)
    assert membership.take_back(membership=one, now=MONDAY).ended_on == TODAY
    two = placed(cast, name="李四")
    with pytest.raises(DomainError) as refused:
        membership.take_back(membership=two, now=MONDAY)
    assert refused.value.code == "placed"


def test_a_contact_is_the_latest_day_and_takes_the_flag_down(cast):
    one = placed(cast)
    Membership.objects.filter(pk=one.pk).update(warned_at=MONDAY)
    by = cast.viewer("secretary")
    assert membership.record_contact(membership=one, on=TODAY - timedelta(days=3), by=by, now=MONDAY).warned_at is None
    assert membership.record_contact(membership=one, on=TODAY - timedelta(days=30), by=by, now=MONDAY).last_contact_on == TODAY - timedelta(days=3)
    with pytest.raises(DomainError):
        membership.record_contact(membership=one, on=TODAY + timedelta(days=1), by=by, now=MONDAY)


def test_nobody_acts_on_his_own_membership(cast):
    """A secretary who is a member himself: his own kind, end and transfer are for another person."""
    own = verified(cast, person=cast.secretary, by="committee_secretary", kind="probationary", joined_on=JOINED)
    by = cast.viewer("secretary")
    Placement.objects.create(membership=own, branch=branch(3), since=TODAY, placed_by=cast.secretary_five, placed_at=MONDAY)
    for act in (
        lambda: membership.change_kind(membership=own, kind="full", by=by, now=MONDAY, reason="我自己"),
        lambda: membership.end(membership=own, by=by, now=MONDAY, reason="我自己"),
        lambda: transfers.ask(membership=own, to_branch=branch(5), by=by, now=MONDAY, reason="我自己"),
        lambda: membership.record_contact(membership=own, on=TODAY, by=by, now=MONDAY),
    ):
        with pytest.raises(DomainError) as refused:
            act()
        assert refused.value.code == "oneself"
    own.refresh_from_db()
    assert own.last_contact_on is None, "his own six months without contact are not his to hide"


def test_many_are_admitted_and_placed_in_a_handful_of_statements(cast, django_assert_max_num_queries):
    with django_assert_max_num_queries(40 + 4 * 30):  # the lines of audit are one a person
        made = crowd(cast, 30)
    assert Placement.objects.filter(until=None, membership__in=made).count() == 30
    assert AuditLine.objects.filter(act__in=["membership.admit", "placement.place"]).count() == 60
