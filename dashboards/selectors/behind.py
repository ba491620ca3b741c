"""The rows behind a figure, and the address that opens them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.urls import reverse

from accounts.models import Unit
from accounts.rules.viewer import Viewer
from appeals.models import Appeal
from common import clock
from dashboards.rules import periods
from dashboards.rules.figures import DEFINITIONS, Anchor, Definition
from dashboards.rules.groups import SQUADS, TOWNS, group_of
from dashboards.rules.periods import Period
from dashboards.rules.sight import sees_accused, sight_of
from dashboards.rules.tally import CATEGORY, PLACE, UNIT
from dashboards.selectors.compile import anchored, fields_of, tests_q, with_reads
from dashboards.selectors.scope import scope

SQUAD_KEYS = ("closed", "accused_closed")
NONE = "none"  # in an address: no unit, category or place yet


class UnknownFilter(ValueError):
    """A key, a period or a part that does not exist for this viewer."""


@dataclass(frozen=True)
class Filters:
    """What narrows a figure, as it stands in an address.

    `unit` is a group of `rules.groups` (a unit's code, "squads", "towns", "none"), `category` and `place`
    are codes or "none"; at most one of the three. `week` is a Monday and takes the place of the period;
    so does `quarter` ("2026Q3"), and only with it may `unit` be a single squad.
    """

    period: str = "12w"
    unit: str = ""
    category: str = ""
    place: str = ""
    week: str = ""
    quarter: str = ""

    @property
    def by(self) -> str:
        """The part that is named: "unit", "category", "place" or ""."""
        return next((name for name in (UNIT, CATEGORY, PLACE) if getattr(self, name)), "")

    @property
    def of(self) -> str:
        return getattr(self, self.by) if self.by else ""

    def address(self, key: str) -> str:
        """The page of the rows behind `key`."""
        named = {name: getattr(self, name) for name in ("unit", "category", "place", "week", "quarter")}
        asked = {"figure": key, "period": self.period} | {name: value for name, value in named.items() if value}
        return f"{_rows_page()}?{urlencode(asked)}"


@cache
def _rows_page() -> str:
    return reverse("dashboards:rows")


def definition_of(viewer: Viewer, key: str) -> Definition:
    """The definition of `key`. Raises UnknownFilter."""
    if key not in DEFINITIONS or sight_of(viewer) is None:
        raise UnknownFilter(key)
    return DEFINITIONS[key]


def period_of(viewer: Viewer, key: str, filters: Filters, *, now: datetime) -> Period | None:
    """The days a figure is counted over; None for the present and for the whole register. Raises UnknownFilter."""
    if filters.week and filters.quarter:
        raise UnknownFilter("one span at a time")
    try:
        named = periods.period(filters.period, clock.today(now))
        if filters.week:
            named = periods.week(periods.monday_of(date.fromisoformat(filters.week)))
        if filters.quarter:
            named = periods.quarter(filters.quarter)
    except (KeyError, ValueError) as wrong:
        raise UnknownFilter(str(wrong)) from wrong
    return named if definition_of(viewer, key).anchor in (Anchor.RECEIVED, Anchor.PROMISED) else None


def part_q(viewer: Viewer, filters: Filters) -> Q:
    """The unit, category or place as a condition. Raises UnknownFilter."""
    if sum(bool(value) for value in (filters.unit, filters.category, filters.place)) > 1:
        raise UnknownFilter("one part at a time")
    if filters.category:
        return Q(category="" if filters.category == NONE else filters.category)
    if filters.place:
        return Q(place=None) if filters.place == NONE else Q(place__code=filters.place)
    kinds = {SQUADS: Unit.Kind.SQUAD, TOWNS: Unit.Kind.TOWN}
    if filters.unit in kinds:
        return Q(lead_unit__kind=kinds[filters.unit])
    if filters.unit == NONE:
        return Q(lead_unit=None)
    if not filters.unit:
        return Q()
    unit = Unit.objects.filter(code=filters.unit).first()
    # A squad by itself is shown by the quarter only, and a town only among the towns.
    if unit is None or (group_of(unit.kind, unit.code) != unit.code and not filters.quarter):
        raise UnknownFilter(filters.unit)
    return Q(lead_unit=unit)


def accused_q(viewer: Viewer, filters: Filters) -> Q:
    """Complained of: one squad, in a quarter, for those who may see it. Raises UnknownFilter."""
    unit = Unit.objects.filter(code=filters.unit, kind=Unit.Kind.SQUAD).first()
    if unit is None or not filters.quarter or not sees_accused(viewer):
        raise UnknownFilter(filters.unit)
    return Q(accused__unit=unit, accused__removed_at=None)


def _check_squad(key: str, filters: Filters, *, now: datetime) -> None:
    """Of a single squad only what is closed, in a quarter that is over (trap cell 1). Raises UnknownFilter."""
    if filters.quarter and filters.unit:
        over = periods.quarter(filters.quarter).last < clock.today(now)
        if key not in SQUAD_KEYS or not over:
            raise UnknownFilter(filters.unit)


def rows(viewer: Viewer, key: str, filters: Filters | None = None, *, now: datetime) -> QuerySet[Appeal]:
    """Exactly the appeals that the figure with the same key and filters counts. Raises UnknownFilter.

    The queryset carries every column: a door that serves somebody who sees sums only takes `only()` what
    he may read.
    """
    filters = filters or Filters()
    definition = definition_of(viewer, key)
    period = period_of(viewer, key, filters, now=now)
    _check_squad(key, filters, now=now)
    found = scope(viewer).filter(accused_q(viewer, filters) if definition.accused else part_q(viewer, filters))
    if period is not None:
        found = found.filter(anchored(viewer, definition.anchor, period.first, period.last, now=now))
    return with_reads(viewer, found, fields_of(viewer, definition)).filter(tests_q(viewer, definition, now=now))
