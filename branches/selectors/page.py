"""What the branch's page and the menu count, in as few questions as they can be put."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, F, Func, IntegerField, OuterRef, Q, QuerySet, Subquery, Window

from accounts.models import Place, Unit
from accounts.rules.viewer import Viewer
from branches.models import Branch, Coverage, Placement
from branches.selectors.due import waiting_for_me
from branches.selectors.scope import branches_for, members_for, transfers_for


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
    here = Q(placement__branch=OuterRef("pk")) | Q(to_branch=OuterRef("pk"))
    return list(
        rows.annotate(
            district=_number(Placement.objects.filter(until=None, membership__ended_on=None)),
            branch_count=_number(Branch.objects.filter(ended_on=None)),
            leaving=_number(moving.filter(placement__branch=OuterRef("pk"))),
            joining=_number(moving.filter(to_branch=OuterRef("pk"))),
            waiting_here=_number(waiting.filter(here)),
            menu_members=_number(members_for(viewer)),
            menu_waiting=_number(waiting),
        ).order_by("unit__code")[:2]
    )


def menu_counts_for(viewer: Viewer) -> MenuCounts:
    """Both counts from one question; zeros for whoever leads no branch."""
    rows = Unit.objects.filter(pk__in=viewer.units()).annotate(
        members=_number(members_for(viewer)), waiting=_number(waiting_for_me(viewer))
    )
    return MenuCounts(*(rows.order_by("pk").values_list("members", "waiting").first() or (0, 0)))


def with_total(viewer: Viewer, rows: QuerySet) -> QuerySet:
    """The same rows, each carrying how many there are before the list is cut to a page."""
    return rows.annotate(total=Window(Count("pk")))


def places_of(viewer: Viewer, branch: Branch) -> list[str]:
    """Names of the places that a branch covers."""
    keys = Coverage.objects.filter(branch=branch, kind="place", until=None, branch__in=branches_for(viewer)).values("key")
    return list(Place.objects.filter(code__in=keys).order_by("code").values_list("name", flat=True))


def _number(rows: QuerySet) -> Subquery:
    """COUNT as a scalar: no GROUP BY, so there is a number also for no rows."""
    counted = rows.order_by().annotate(how_many=Func(F("pk"), function="COUNT")).values("how_many")
    return Subquery(counted, output_field=IntegerField())
