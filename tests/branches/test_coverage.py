"""横到边、纵到底 on a freshly migrated database; an eleventh branch and another host take rows, no code."""

from __future__ import annotations

import pytest

from accounts.models import AuditLine, Place, Unit
from accounts.selectors.units import closure_of
from branches import registry
from branches.models import Branch, Coverage
from branches.rules.coverage import Key
from branches.selectors.coverage import covered_by, table_for
from branches.services import coverage, placement
from common.errors import DomainError, NotThere
from tests.branches.members import branch, verified
from tests.cast import MONDAY, make_cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    return make_cast()


def committee(cast):
    return {"by": cast.viewer("committee_secretary"), "now": MONDAY}


def test_a_freshly_migrated_database_has_ten_branches_and_every_place_has_exactly_one(cast):
    assert Branch.objects.count() == 10
    table = table_for(cast.viewer("secretary"))
    places = table.of_kind("place")
    assert len(places) == Place.objects.count() == 29
    assert all(len(line.branches) == 1 for line in places) and table.gaps == table.overlaps == []
    for one in Branch.objects.select_related("unit__parent"):
        area = set(one.unit.parent.areas.values_list("code", flat=True))
        assert {key.key for key in covered_by(cast.viewer("secretary"), one)} == area


def test_gaps_and_overlaps_are_listed(cast):
    row = Coverage.objects.get(key="320312119", until=None)
    coverage.uncover(coverage=row, **committee(cast))
    assert [line.key.name for line in table_for(cast.viewer("secretary")).gaps] == ["茅村镇"]
    for number in (4, 9):
        coverage.cover(branch=branch(number), kind="place", key="320312119", **committee(cast))
    table = table_for(cast.viewer("secretary"))
    assert table.gaps == [] and [line.key.name for line in table.overlaps] == ["茅村镇"]
    assert AuditLine.objects.filter(act__startswith="coverage.").count() == 3


def test_an_enterprise_falls_to_its_own_branch_or_to_that_of_its_place(cast, monkeypatch):
    known = [Key("enterprise", "A1", "蓝海运输", "320312009"), Key("enterprise", "A2", "外地公司")]
    monkeypatch.setattr(registry, "_keys", {"enterprise": lambda: known, "trade": lambda: [Key("trade", "煤炭", "煤炭")]})
    table = table_for(cast.viewer("secretary"))
    one, two = table.of_kind("enterprise")
    assert one.branches == (branch(3).pk,) and one.by_place and two.is_gap
    assert [line.key.key for line in table.gaps] == ["A2", "煤炭"]
    coverage.cover(branch=branch(5), kind="enterprise", key="A1", **committee(cast))
    one = table_for(cast.viewer("secretary")).of_kind("enterprise")[0]
    assert one.branches == (branch(5).pk,) and not one.by_place
    with pytest.raises(DomainError):
        coverage.cover(branch=branch(5), kind="enterprise", key="A9", **committee(cast))


def test_an_eleventh_branch_takes_no_code(cast):
    host = Unit.objects.get(code="squad-01")
    one = coverage.found(name="货车司机流动党员第十一党支部", host=host, **committee(cast))
    assert (one.unit.code, one.unit.parent, one.unit.kind) == ("branch-11", host, "branch")
    coverage.cover(branch=one, kind="trade", key="冷链", **committee(cast))
    placement.place(membership=verified(cast), branch=one, by=cast.viewer("committee_secretary"), now=MONDAY)
    assert one.unit_id in closure_of([host.pk], now=MONDAY), "recusal knows it from its first second"
    with pytest.raises(DomainError):
        coverage.found(name="货车司机流动党员第十一党支部", host=host, **committee(cast))


def test_moving_a_host_moves_the_recusal_with_it(cast):
    one, new = branch(3), Unit.objects.get(code="squad-04")
    coverage.move_host(branch=one, host=new, **committee(cast))
    assert one.unit_id in closure_of([new.pk], now=MONDAY)
    assert one.unit_id not in closure_of([Unit.objects.get(code="squad-03").pk], now=MONDAY)
    with pytest.raises(DomainError):
        coverage.move_host(branch=branch(3), host=new, **committee(cast))
    with pytest.raises(DomainError):
        coverage.move_host(branch=branch(3), host=Unit.objects.get(code="transport"), **committee(cast))


def test_only_the_committee_changes_who_covers_what(cast):
    host = Unit.objects.get(code="squad-01")
    row = Coverage.objects.filter(branch=branch(3)).first()
    for slug in ("secretary", "leader", "registrar", "admin", "stranger"):
        more = {"by": cast.viewer(slug), "now": MONDAY}
        for act in (
            lambda more: coverage.cover(branch=branch(3), kind="place", key="320312119", **more),
            lambda more: coverage.uncover(coverage=row, **more),
            lambda more: coverage.found(name="第十一党支部", host=host, **more),
            lambda more: coverage.move_host(branch=branch(3), host=host, **more),
        ):
            with pytest.raises(NotThere):
                act(more)
