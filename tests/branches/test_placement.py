"""入列归队 and 转支部: two persons each time, and exactly one branch."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext

from accounts.models import AuditLine
from branches.models import Membership, Officer, Placement, Transfer
from branches.selectors.due import waiting_for_me
from branches.selectors.proposals import proposals_for
from branches.selectors.scope import unplaced_for
from branches.services import officers, placement, transfers
from common import clock
from common.errors import DomainError, NotThere
from tests.branches.members import branch, placed, verified
from tests.cast import MONDAY, make_cast

pytestmark = pytest.mark.django_db
TODAY = clock.today(MONDAY)


@pytest.fixture
def cast():
    return make_cast()


def place(cast, one, by, number=3, **more):
    return placement.place(membership=one, branch=branch(number), by=cast.viewer(by), now=MONDAY, **more)


def test_who_verified_does_not_place_and_who_does_not_lead_the_branch_finds_nothing(cast):
    one = verified(cast)
    with pytest.raises(DomainError) as refused:
        place(cast, one, "secretary")
    assert refused.value.code == "second_person"
    for slug in ("secretary_five", "registrar", "leader", "handler", "stranger"):
        with pytest.raises(NotThere):
            place(cast, one, slug)
    assert place(cast, one, "committee_secretary").branch == branch(3)
    assert AuditLine.objects.filter(act="placement.place").count() == 1


def test_a_member_is_in_exactly_one_branch(cast):
    one = placed(cast)
    with pytest.raises(DomainError) as refused:
        place(cast, one, "committee_secretary", 5)
    assert refused.value.code == "placed"
    with pytest.raises(IntegrityError), transaction.atomic():
        Placement.objects.create(membership=one, branch=branch(5), since=TODAY, placed_by=cast.handler, placed_at=MONDAY)


def test_a_group_belongs_to_its_branch(cast):
    one = verified(cast)
    here = placement.make_group(branch=branch(3), name="新区组", by=cast.viewer("secretary"), now=MONDAY)
    there = placement.make_group(branch=branch(5), name="马坡组", by=cast.viewer("secretary_five"), now=MONDAY)
    with pytest.raises(DomainError):
        place(cast, one, "committee_secretary", group=there)
    row = place(cast, one, "committee_secretary", group=here)
    with pytest.raises(NotThere):
        placement.set_group(placement=row, group=None, by=cast.viewer("secretary_five"), now=MONDAY)
    assert placement.set_group(placement=row, group=None, by=cast.viewer("secretary"), now=MONDAY).group is None
    with pytest.raises(NotThere):
        placement.make_group(branch=branch(5), name="别人的", by=cast.viewer("secretary"), now=MONDAY)


def test_a_transfer_takes_both_secretaries_and_until_then_he_stays(cast):
    one = placed(cast)
    row = transfers.ask(membership=one, to_branch=branch(5), by=cast.viewer("secretary"), now=MONDAY, reason="搬到马坡了")
    assert list(waiting_for_me(cast.viewer("secretary_five"))) == [row]
    transfers.give(transfer=row, by=cast.viewer("secretary"), now=MONDAY)
    assert Placement.objects.get(until=None).branch == branch(3), "one side is not enough"
    with pytest.raises(NotThere):
        transfers.take(transfer=row, by=cast.viewer("secretary"), now=MONDAY)  # not his branch
    done = transfers.take(transfer=row, by=cast.viewer("secretary_five"), now=MONDAY)
    now_in = Placement.objects.get(until=None)
    assert (now_in.branch, now_in.placed_by, done.done_at) == (branch(5), cast.secretary_five, MONDAY)
    assert Placement.objects.get(branch=branch(3)).until == TODAY


def test_one_person_cannot_sign_for_both_sides(cast):
    """The committee's secretary leads every branch: still two persons, and the database says so, too."""
    one = placed(cast)
    by = cast.viewer("committee_secretary")
    row = transfers.ask(membership=one, to_branch=branch(5), by=by, now=MONDAY, reason="搬到马坡了")
    transfers.give(transfer=row, by=by, now=MONDAY)
    with pytest.raises(DomainError) as refused:
        transfers.take(transfer=row, by=by, now=MONDAY)
    assert refused.value.code == "second_person"
    with pytest.raises(IntegrityError), transaction.atomic():
        Transfer.objects.filter(pk=row.pk).update(taken_by=cast.committee_secretary, taken_at=MONDAY, done_at=MONDAY)


def test_who_verified_never_stands_as_who_placed_after_a_transfer(cast):
    one = placed(cast, number=5, by="committee_secretary")  # verified by the secretary of the third branch
    row = transfers.ask(membership=one, to_branch=branch(3), by=cast.viewer("secretary"), now=MONDAY, reason="搬回来了")
    transfers.take(transfer=row, by=cast.viewer("secretary"), now=MONDAY)
    transfers.give(transfer=row, by=cast.viewer("secretary_five"), now=MONDAY)
    assert Placement.objects.get(until=None).placed_by == cast.secretary_five


def test_either_side_may_refuse_with_a_reason_and_a_second_one_waits_for_the_first(cast):
    one = placed(cast)
    ask = {"membership": one, "to_branch": branch(5), "by": cast.viewer("secretary"), "now": MONDAY, "reason": "搬家"}
    row = transfers.ask(**ask)
    with pytest.raises(DomainError) as refused:
        transfers.ask(**ask)
    assert refused.value.code == "already"
    with pytest.raises(DomainError):
        transfers.refuse(transfer=row, by=cast.viewer("secretary_five"), now=MONDAY, why=" ")
    transfers.refuse(transfer=row, by=cast.viewer("secretary_five"), now=MONDAY, why="支部满了")
    assert Placement.objects.get(until=None).branch == branch(3)
    assert transfers.ask(**ask).pk != row.pk


@pytest.mark.parametrize("act", ["give", "take", "refuse"])
def test_the_membership_is_locked_before_the_transfer_and_what_ended_meanwhile_is_not_signed(cast, monkeypatch, act):
    """A membership that ends locks in the same order, so the two wait for each other and neither is lost."""
    one = placed(cast)
    row = transfers.ask(membership=one, to_branch=branch(5), by=cast.viewer("secretary"), now=MONDAY, reason="搬家")
    locked, plain = [], QuerySet.select_for_update

    def lock(rows, *args, **more):
        locked.append(rows.model)
        if len(locked) == 1:  # while this one waits, the other side has said no
            Transfer.objects.filter(pk=row.pk).update(refused_at=MONDAY, refused_by=cast.committee_secretary, refused_why="满了")
        return plain(rows, *args, **more)

    monkeypatch.setattr(QuerySet, "select_for_update", lock)
    by = cast.viewer("secretary_five" if act == "take" else "secretary")
    with pytest.raises(NotThere):
        getattr(transfers, act)(transfer=row, by=by, now=MONDAY, **({"why": "不行"} if act == "refuse" else {}))
    assert locked == [Membership, Transfer]


def test_who_asks_for_a_transfer_holds_the_membership_first(cast, monkeypatch):
    """A member who leaves at this moment is found gone, and no transfer is asked for him."""
    one, plain = placed(cast), QuerySet.select_for_update

    def lock(rows, *args, **more):
        Membership.objects.filter(pk=one.pk).update(ended_on=TODAY)  # he has left while this one waits
        return plain(rows, *args, **more)

    monkeypatch.setattr(QuerySet, "select_for_update", lock)
    with pytest.raises(NotThere):
        transfers.ask(membership=one, to_branch=branch(5), by=cast.viewer("secretary"), now=MONDAY, reason="搬家")


def test_under_way_is_asked_of_the_locked_row_itself(cast):
    """What a subquery of the same table found is not asked again by the database after it waited for the lock."""
    one = placed(cast)
    row = transfers.ask(membership=one, to_branch=branch(5), by=cast.viewer("secretary"), now=MONDAY, reason="搬家")
    with CaptureQueriesContext(connection) as asked:
        transfers.give(transfer=row, by=cast.viewer("secretary"), now=MONDAY)
    (locking,) = [each["sql"] for each in asked if '"branches_transfer"."reason"' in each["sql"] and each["sql"].startswith("SELECT")]
    outer = locking.split(" WHERE ", 1)[1].split(" IN (SELECT")[0]
    assert '"branches_transfer"."done_at" IS NULL' in outer and '"branches_transfer"."refused_at" IS NULL' in outer


def test_offices_of_the_old_branch_end_with_the_transfer(cast):
    one = placed(cast)
    officers.elect(unit=branch(3).unit, person=one.person, post="discipline", since=TODAY, by=cast.viewer("secretary"), now=MONDAY)
    row = transfers.ask(membership=one, to_branch=branch(5), by=cast.viewer("secretary"), now=MONDAY, reason="搬家")
    transfers.give(transfer=row, by=cast.viewer("secretary"), now=MONDAY)
    transfers.take(transfer=row, by=cast.viewer("secretary_five"), now=MONDAY)
    assert not Officer.objects.filter(ended_on=None).exists()


def test_who_waits_for_a_branch_is_proposed_the_one_that_covers_his_town(cast):
    one = verified(cast, by="committee_secretary")  # lives in 铜山街道, covered by the third branch
    assert list(unplaced_for(cast.viewer("secretary"))) == [one]
    assert not unplaced_for(cast.viewer("secretary_five")).exists()
    found = proposals_for(cast.viewer("secretary"), [one])[one.pk]
    assert found[0].branch == branch(3).pk and "管铜山街道" in found[0].reasons
    assert len(proposals_for(cast.viewer("committee_secretary"), [one])[one.pk]) == 1
