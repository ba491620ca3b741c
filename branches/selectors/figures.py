"""Figures of branches with their denominators: verified members by kind, votes, quorum. Counted from rows, each time."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Count

from accounts.rules.roles import Role
from accounts.rules.viewer import Viewer
from branches.models import Branch, Officer, Placement
from branches.rules import quorum, size
from branches.rules.kinds import Kind, Tally
from branches.selectors.scope import branches_for

SMALL = 5  # cells below are blank for whoever sees sums only


@dataclass(frozen=True)
class Figures:
    """One branch: its members by kind (persons), and what they mean."""

    branch: Branch
    tally: Tally
    committee: int  # how many sit on its committee
    warnings: tuple[size.Warned, ...]

    @property
    def quorum(self) -> int:
        return quorum.needed(self.tally.votes)


def tallies(viewer: Viewer, branch_ids: Collection[int] | None = None) -> dict[int, Tally]:
    """Members by kind of the viewer's branches, from one query. A branch without members has no entry."""
    rows = Placement.objects.filter(until=None, membership__ended_on=None, branch__in=branches_for(viewer))
    if branch_ids is not None:
        rows = rows.filter(branch_id__in=branch_ids)
    return _tallies(rows)


def figures_for(viewer: Viewer) -> list[Figures]:
    """The viewer's branches in their order, each with its figures."""
    branches = list(branches_for(viewer).select_related("unit__parent").order_by("unit__code"))
    found = tallies(viewer)
    committees = dict(
        Officer.objects.filter(ended_on=None, unit__branch__in=branches, post__in=size.COMMITTEE_POSTS)
        .values_list("unit_id").annotate(n=Count("pk"))
    )  # fmt: skip
    return [_figures(each, found.get(each.pk, Tally()), committees.get(each.unit_id, 0)) for each in branches]


def figures_of(viewer: Viewer, branch: Branch) -> Figures:
    """The figures of one branch that the viewer leads."""
    tally = tallies(viewer, [branch.pk]).get(branch.pk, Tally())
    seats = Officer.objects.filter(ended_on=None, unit_id=branch.unit_id, post__in=size.COMMITTEE_POSTS).count()
    return _figures(branch, tally, seats)


def district_total(viewer: Viewer) -> int | None:
    """All verified and placed members of the district: what a branch is held against. None for others."""
    if not viewer.has_role(Role.SECRETARY, Role.LEADER):
        return None
    return Placement.objects.filter(until=None, membership__ended_on=None).count()


def sums_for(viewer: Viewer) -> list[tuple[str, int | None]]:
    """Name and members of each branch for the leader: sums alone, a cell below five is None; empty for others."""
    if not viewer.has_role(Role.LEADER):
        return []
    found = _tallies(Placement.objects.filter(until=None, membership__ended_on=None))
    branches = Branch.objects.filter(ended_on=None).select_related("unit").order_by("unit__code")
    totals = [(each.unit.name, found.get(each.pk, Tally()).total) for each in branches]
    small = {name for name, total in totals if total < SMALL}
    if len(small) == 1:  # the sum and the other cells would tell it: the next smallest goes blank, too
        small.add(min((total, name) for name, total in totals if name not in small)[1])
    return [(name, None if name in small else total) for name, total in totals]


def _tallies(rows) -> dict[int, Tally]:
    counted: dict[int, dict[str, int]] = {}
    for branch, kind, number in rows.values_list("branch_id", "membership__kind").annotate(n=Count("pk")).order_by():
        counted.setdefault(branch, {})[kind] = number
    return {branch: Tally(*(kinds.get(kind, 0) for kind in Kind)) for branch, kinds in counted.items()}


def _figures(branch: Branch, tally: Tally, committee: int) -> Figures:
    return Figures(branch, tally, committee, tuple(size.warnings(tally, committee=committee)))


