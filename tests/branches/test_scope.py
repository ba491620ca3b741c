"""A secretary sees only his branch; the committee's all; a stranger, and every other role, nothing."""

from __future__ import annotations

import pytest

from accounts.rules.viewer import NOBODY
from branches.selectors import coverage, due, figures, members, scope
from branches.services import membership, transfers
from common.errors import NotThere
from tests.branches.members import branch, crowd, placed
from tests.cast import CAST, MONDAY, make_cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    return make_cast()


def test_a_secretary_sees_only_his_branch_and_the_committee_all(cast):
    here, there = placed(cast, name="甲", number=3), placed(cast, name="乙", number=5, by="secretary_five")
    assert set(scope.members_for(cast.viewer("secretary_five"))) == {there}
    assert set(scope.members_for(cast.viewer("secretary"))) == {here}
    assert set(scope.members_for(cast.viewer("committee_secretary"))) == {here, there}
    assert scope.branches_for(cast.viewer("committee_secretary")).count() == 10
    assert [each.branch for each in figures.figures_for(cast.viewer("secretary"))] == [branch(3)]


def test_a_stranger_and_every_other_role_find_nothing(cast):
    one = placed(cast)
    row = transfers.ask(membership=one, to_branch=branch(5), by=cast.viewer("secretary"), now=MONDAY, reason="搬家")
    able = {"secretary", "secretary_five", "committee_secretary"}
    for viewer in [NOBODY, *(cast.viewer(slug) for slug in CAST if slug not in able)]:
        for rows in (
            scope.branches_for(viewer), scope.members_for(viewer), scope.unplaced_for(viewer), scope.officers_for(viewer),
            scope.transfers_for(viewer), members.listed(viewer), due.waiting_for_me(viewer), coverage.open_rows(viewer),
            coverage.hosts_for(viewer), due.out_of_contact(viewer, now=MONDAY),
        ):  # fmt: skip
            assert not rows.exists()
        assert coverage.table_for(viewer).lines == () and figures.figures_for(viewer) == []
        assert members.member_by_key(viewer, one.person.key) is None
        for act in (
            lambda by: membership.end(membership=one, by=by, now=MONDAY, reason="试试"),
            lambda by: transfers.take(transfer=row, by=by, now=MONDAY),
        ):
            with pytest.raises(NotThere):
                act(viewer)


def test_another_branchs_secretary_cannot_act_on_a_member_he_may_not_know_of(cast):
    one = placed(cast)
    by = cast.viewer("secretary_five")
    for act in (
        lambda: membership.end(membership=one, by=by, now=MONDAY, reason="试试"),
        lambda: membership.change_kind(membership=one, kind="floating", by=by, now=MONDAY, reason="试试", home_branch="x"),
        lambda: membership.record_contact(membership=one, on=MONDAY.date(), by=by, now=MONDAY),
    ):
        with pytest.raises(NotThere):
            act()


def test_the_search_takes_two_characters_and_stays_within_the_branch(cast):
    here = placed(cast, name="张建国", number=3)
    placed(cast, name="张建军", number=5, by="secretary_five")
    viewer = cast.viewer("secretary")
    assert list(members.searched(viewer, members.listed(viewer), "张建")) == [here]
    assert not members.searched(viewer, members.listed(viewer), "张").exists()


def test_the_leader_gets_sums_and_no_cell_below_five_not_even_by_subtraction(cast):
    crowd(cast, 4, number=3)
    crowd(cast, 6, number=5)
    crowd(cast, 9, number=7)
    sums = dict(figures.sums_for(cast.viewer("leader")))
    assert sums[branch(7).unit.name] == 9 and sums[branch(3).unit.name] is None
    assert figures.sums_for(cast.viewer("secretary")) == []
    for n in (1, 2, 4, 6, 8, 9, 10):
        crowd(cast, 7, number=n)
    sums = dict(figures.sums_for(cast.viewer("leader")))
    assert [name for name, cell in sums.items() if cell is None] == [branch(3).unit.name, branch(5).unit.name]
