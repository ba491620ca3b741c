"""Which branches a verified member might join, with reasons in words; people decide."""

from __future__ import annotations

from collections.abc import Collection

from accounts.models import Unit
from accounts.rules.viewer import Viewer
from branches import registry
from branches.models import Branch, Coverage, Membership
from branches.rules.kinds import Tally
from branches.rules.proposals import About, Choice, Proposal, propose
from branches.selectors.figures import tallies
from branches.selectors.scope import branches_for


def proposals_for(viewer: Viewer, memberships: Collection[Membership], *, most: int = 3) -> dict[int, list[Proposal]]:
    """For each membership (by its id) the best branches that this viewer may place somebody in."""
    choices = _choices(viewer)
    known = registry.about_of(viewer=viewer, person_ids=[each.person_id for each in memberships])
    return {each.pk: propose(known.get(each.person_id) or _about(each), choices, most=most) for each in memberships}


def _choices(viewer: Viewer) -> list[Choice]:
    branches = list(branches_for(viewer).select_related("unit").order_by("unit__code"))
    found = tallies(viewer)
    covered: dict[tuple[int, str], set[str]] = {}
    for branch, kind, key in Coverage.objects.filter(until=None, branch__in=branches).values_list("branch_id", "kind", "key"):
        covered.setdefault((branch, kind), set()).add(key)
    return [
        Choice(
            branch=each.pk,
            tally=found.get(each.pk, Tally()),
            places=frozenset(covered.get((each.pk, "place"), ())),
            enterprises=frozenset(covered.get((each.pk, "enterprise"), ())),
            trades=frozenset(covered.get((each.pk, "trade"), ())),
            area=area,
        )
        for each, area in zip(branches, _areas(branches), strict=True)
    ]


def _areas(branches: list[Branch]) -> list[frozenset[str]]:
    """The areas of the host squads, in the order of the branches."""
    hosts = {each.unit.parent_id for each in branches}
    rows = Unit.areas.through.objects.filter(unit_id__in=hosts).values_list("unit_id", "place__code")
    by_host: dict[int, set[str]] = {}
    for host, code in rows:
        by_host.setdefault(host, set()).add(code)
    return [frozenset(by_host.get(each.unit.parent_id, ())) for each in branches]


def _about(membership: Membership) -> About:
    place = membership.person.place
    return About(place=place.code, place_name=place.name) if place else About()
