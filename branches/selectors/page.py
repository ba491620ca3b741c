"""What the branch's page and the menu count, in as few questions as they can be put."""

from __future__ import annotations

from dataclasses import dataclass
from string import digits

from django.db.models import Count, OuterRef, Q, QuerySet, Window
from django.db.models.functions import Concat

from accounts.models import Place, Unit
from accounts.rules.viewer import Viewer
from branches.models import Branch, Coverage, Placement
from branches.selectors.due import waiting_for_me
from branches.selectors.scope import branches_for, members_for, transfers_for
from common.counting import BETWEEN, count_of, words_of


@dataclass(frozen=True)
class MenuCounts:
    """Rows behind two entries of the menu."""

    members: int
    waiting: int


def branches_with_counts(viewer: Viewer, code: str = "") -> list[Branch]:
    """The viewer's branch with this code, or the first two of his branches; with the figures around each."""
    rows = branches_for(viewer).select_related("unit__parent")
    if code:
        rows = rows.filter(unit__code=code)
    moving, waiting = transfers_for(viewer), waiting_for_me(viewer)
    covered = Coverage.objects.filter(branch=OuterRef(OuterRef("pk")), kind="place", until=None).values("key")
    here = Q(placement__branch=OuterRef("pk")) | Q(to_branch=OuterRef("pk"))
    return list(
        rows.annotate(
            district=count_of(Placement.objects.filter(until=None, membership__ended_on=None)),
            branch_count=count_of(Branch.objects.filter(ended_on=None)),
            leaving=count_of(moving.filter(placement__branch=OuterRef("pk"))),
            joining=count_of(moving.filter(to_branch=OuterRef("pk"))),
            waiting_here=count_of(waiting.filter(here)),
            menu_members=count_of(members_for(viewer)),
            menu_waiting=count_of(waiting),
            covered=words_of(Place.objects.filter(code__in=covered), Concat("code", "name")),
        ).order_by("unit__code")[:2]
    )


def menu_counts_for(viewer: Viewer) -> MenuCounts:
    """Both counts from one question; zeros for whoever leads no branch."""
    rows = Unit.objects.filter(pk__in=viewer.units()).annotate(
        members=count_of(members_for(viewer)), waiting=count_of(waiting_for_me(viewer))
    )
    return MenuCounts(*(rows.order_by("pk").values_list("members", "waiting").first() or (0, 0)))


def with_total(viewer: Viewer, rows: QuerySet) -> QuerySet:
    """The same rows of `listed`, each carrying how many there are, and how many are placed, before the list is cut to a page."""
    return rows.annotate(total=Window(Count("pk")), placed_total=Window(Count("placed_in")))


def places_of(viewer: Viewer, branch: Branch) -> list[str]:
    """Names of the places that a branch of `branches_with_counts` covers, by their codes."""
    return [words.lstrip(digits) for words in sorted((branch.covered or "").split(BETWEEN)) if words]
