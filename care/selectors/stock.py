"""What is left where, and whether the ledger balances."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet, Sum
from django.db.models.functions import Sign

from accounts.rules.roles import Role
from accounts.rules.viewer import Viewer
from care.models import Campaign, Issue, Line, Offer, Point, Stock, Tally
from care.rules import ledger
from care.selectors.scope import LEDGER_READERS, points_kept


@dataclass(frozen=True)
class Broken:
    """One good of one campaign (at one point, or over all with `point` None) whose lines and heap disagree."""

    campaign_id: int
    good_id: int
    point_id: int | None
    by_lines: int
    left: int


def heaps_for(viewer: Viewer, point: Point | None = None) -> QuerySet[Stock]:
    """What is left of what; the counts are public."""
    rows = Stock.objects.select_related("campaign", "point", "good")
    return rows.filter(point=point) if point is not None else rows.filter(point__is_active=True)


def lines_for(viewer: Viewer, point: Point | None = None) -> QuerySet[Line]:
    """Lines of the points he keeps; all of them for the union, the cashier and the approver."""
    rows = Line.objects.select_related("campaign", "good", "point", "by", "second_by")
    if not viewer.has_role(*LEDGER_READERS):
        rows = rows.filter(point__in=points_kept(viewer))
    return rows.filter(point=point) if point is not None else rows


def issues_for(viewer: Viewer) -> QuerySet[Issue]:
    """Who got what at the points he keeps. Names and plates are masked by the doors."""
    rows = Issue.objects.select_related("campaign", "good", "person", "line__point", "line__by", "repeat_of__line__point")
    return rows if viewer.has_role(*LEDGER_READERS) else rows.filter(line__point__in=points_kept(viewer))


def own_issues(viewer: Viewer) -> QuerySet[Issue]:
    """What he received, as far as it was written under his account."""
    if viewer.person_id is None:
        return Issue.objects.none()
    rows = Issue.objects.filter(person_id=viewer.person_id).select_related("campaign", "good", "line__point")
    return rows.filter(at__gte=viewer.hidden_before) if viewer.hidden_before else rows


def offers_now(viewer: Viewer, *, now: datetime) -> list[Offer]:
    """What running campaigns give, with campaign and good; campaigns and their rules are public."""
    running = Offer.objects.filter(campaign__starts_at__lte=now, campaign__ends_at__gt=now, campaign__stopped_at=None, good__is_active=True)
    return list(running.select_related("campaign", "good").order_by("campaign__starts_at", "campaign_id", "id"))


def just_given(viewer: Viewer, point: Point, *, most: int = 5) -> list[Issue]:
    """The last hand-outs at a point he keeps, newest first: found by the lines of the point, however many there are."""
    if not points_kept(viewer).filter(pk=point.pk).exists():
        return []
    lines = list(Line.objects.filter(point=point, kind=ledger.Kind.ISSUED).order_by("-id").values_list("pk", flat=True)[:most])
    rows = Issue.objects.filter(line__in=lines).select_related("line__point", "line__by", "person", "good", "campaign", "repeat_of__line__point", "repeat_of__line__by")
    return list(rows.order_by("-line_id"))


def tallies_for(viewer: Viewer, point: Point | None = None) -> QuerySet[Tally]:
    """Counts that wait for the second one to sign, at the points he keeps."""
    rows = Tally.objects.filter(settled_at=None, point__in=points_kept(viewer)).select_related("campaign", "good", "point", "by")
    return rows.filter(point=point) if point is not None else rows


def sums_for(viewer: Viewer, campaign: Campaign | None = None) -> dict[tuple[int, int], ledger.Sums]:
    """Received, issued, lost of each (campaign, good): numbers only, for those who answer for them."""
    if not viewer.has_role(*LEDGER_READERS, Role.LEADER):
        return {}
    found: dict[tuple[int, int], ledger.Sums] = defaultdict(ledger.Sums)
    for (campaign_id, good_id, _point), sums in _by_heap(campaign).items():
        found[campaign_id, good_id] = found[campaign_id, good_id].plus(sums)
    return dict(found)


def unbalanced(viewer: Viewer, campaign: Campaign | None = None) -> list[Broken]:
    """Every heap, and every good over all heaps, where the law does not hold; [] when the ledger balances.

    One pass over the lines (an index holds all it reads) and one over the heaps."""
    if not viewer.has_role(*LEDGER_READERS):
        return []
    by_lines = _by_heap(campaign)
    heaps = Stock.objects.filter(_of(campaign)).values_list("campaign_id", "good_id", "point_id", "left")
    left = {(one, good, point): pieces for one, good, point, pieces in heaps}
    broken, totals, lefts = [], defaultdict(ledger.Sums), defaultdict(int)
    for key in sorted(by_lines.keys() | left.keys()):
        sums, pieces = by_lines.get(key, ledger.Sums()), left.get(key, 0)
        totals[key[:2]] = totals[key[:2]].plus(sums)
        lefts[key[:2]] += pieces
        if sums.left != pieces:
            broken.append(Broken(*key, by_lines=sums.left, left=pieces))
    broken += [
        Broken(*key, point_id=None, by_lines=sums.left, left=lefts[key])
        for key, sums in totals.items()
        if not ledger.balances(sums, lefts[key])
    ]
    return broken


def _of(campaign: Campaign | None) -> Q:
    return Q() if campaign is None else Q(campaign=campaign)


def _by_heap(campaign: Campaign | None) -> dict[tuple[int, int, int], ledger.Sums]:
    """Sums of each (campaign, good, point), added up by the database by kind and sign."""
    rows = Line.objects.filter(_of(campaign)).order_by().annotate(way=Sign("change"))
    grouped = rows.values_list("campaign_id", "good_id", "point_id", "kind", "way").annotate(total=Sum("change"))
    kinds: dict[tuple[int, int, int], list[tuple[str, int]]] = defaultdict(list)
    for one, good, point, kind, _way, total in grouped:
        kinds[one, good, point].append((kind, total))
    return {key: ledger.sums(lines) for key, lines in kinds.items()}
