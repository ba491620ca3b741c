"""Everything a page of figures needs, read once for one viewer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property

from django.db.models import Count, Min, Sum, Value

from accounts.models import Place, Unit
from accounts.rules.viewer import Viewer
from common import clock
from dashboards.rules import periods
from dashboards.rules.figures import BY_PART, DEFINITIONS, Anchor, column_of
from dashboards.rules.groups import WORDS as GROUP_WORDS
from dashboards.rules.groups import group_of
from dashboards.rules.periods import Period
from dashboards.rules.shield import LIMIT, OPEN, Shield, Shown, shield
from dashboards.rules.sight import Sight, sight_of
from dashboards.rules.tally import ACCUSED, CATEGORY, PLACES, UNIT, Tally
from dashboards.rules.wording import Said, said, share
from dashboards.selectors.behind import NONE, Filters, UnknownFilter, definition_of, period_of, rows
from dashboards.selectors.compile import in_a_squad, tests_q
from dashboards.selectors.scope import scope
from dashboards.selectors.tallies import tally_for

_PRESENT = ("open", "due_today", "overdue", "not_due")
_BY_COLUMN = {"unit": "lead_unit_id", "category": "category", "place": "place_id"}


@dataclass(frozen=True)
class Figure:
    """One number with all that belongs to it.

    `value` and `denominator` are exact; `shown` says whether they may be read. `period` are the days in
    words, `of` names the denominator, `rows_url` opens exactly the rows counted.
    """

    key: str
    word: str
    value: int
    denominator: int | None
    of: str
    unit: str
    period: str
    as_of: datetime
    rows_url: str
    note: str
    shown: Shown = Shown.EXACT
    coming: bool = False

    @property
    def said(self) -> Said:
        return said(self.value, self.denominator, coming=self.coming, shown=self.shown)

    @property
    def share(self) -> str:
        """"94.4%", or "" where the number may not be read or is too small for a percentage."""
        return share(self.value, self.denominator) if self.shown == Shown.EXACT else ""


def board_for(viewer: Viewer, period: str, *, now: datetime) -> Board:
    """The figures of `period` ("month", "12w", "year") at `now`. Raises UnknownFilter."""
    if sight_of(viewer) is None:
        raise UnknownFilter("no sight")
    try:
        days = periods.period(period, clock.today(now))
    except KeyError as wrong:
        raise UnknownFilter(period) from wrong
    return Board(viewer, days, tally_for(viewer, days, now=now), now)


@dataclass
class Board:
    """The figures of one viewer at one moment."""

    viewer: Viewer
    period: Period
    tally: Tally
    now: datetime
    _shields: dict = field(default_factory=dict)

    @cached_property
    def sight(self) -> Sight:
        return sight_of(self.viewer)

    @cached_property
    def units(self) -> dict[str, tuple[str, str]]:
        """Unit id as text -> (group, name)."""
        found = {}
        for pk, code, name, scheme, kind in self._named[0]:
            group = group_of(kind, code)
            found[str(pk)] = (group, GROUP_WORDS.get(group) or scheme or name)
        return found

    @cached_property
    def of_a_squad(self) -> bool:
        return in_a_squad(self.viewer)

    @cached_property
    def _named(self) -> tuple[list[tuple], list[tuple]]:
        """Units and places, each by their code, in one query: (pk, code, name, scheme name, kind)."""
        units = Unit.objects.order_by().annotate(of=Value(0)).values_list("of", "pk", "code", "name", "scheme_name", "kind")
        places = Place.objects.order_by().annotate(of=Value(1), none=Value("")).values_list("of", "pk", "code", "name", "none", "kind")
        found: tuple[list[tuple], list[tuple]] = ([], [])
        for of, *row in sorted(units.union(places, all=True), key=lambda row: row[2]):
            found[of].append(tuple(row))
        return found

    @cached_property
    def codes(self) -> dict[str, str]:
        """Squads: id as text -> code."""
        return {str(pk): code for pk, code, _name, _scheme, kind in self._named[0] if kind == Unit.Kind.SQUAD}

    @cached_property
    def names(self) -> dict[str, str]:
        """What to call a part by its name in addresses: units and their groups, single squads, places."""
        found = dict(self.units.values())
        found |= {code: scheme or name for _pk, code, name, scheme, kind in self._named[0] if kind == Unit.Kind.SQUAD}
        return found | dict(self.places.values())

    @cached_property
    def places(self) -> dict[str, tuple[str, str]]:
        """Place id as text -> (code, name)."""
        return {str(pk): (code, name) for pk, code, name, _scheme, _kind in self._named[1]}

    @cached_property
    def present(self) -> list[dict]:
        """What stands open now, by part: one query over open appeals."""
        tests = {key: tests_q(self.viewer, DEFINITIONS[key], now=self.now) for key in _PRESENT}
        open_ = scope(self.viewer).filter(tests["open"]).order_by().values(*_BY_COLUMN.values())
        counts = {f"n_{key}": Count("pk", filter=q) for key, q in tests.items()}
        return list(open_.annotate(oldest=Min("next_due", filter=tests["overdue"]), **counts))

    # --- parts -----------------------------------------------------------------------------
    def name_of(self, by: str, of: str) -> str:
        """The name in addresses of a part by its id: a group of units, a category, a place's code."""
        if not of:
            return NONE
        if by == CATEGORY:
            return of
        return (self.units if by == UNIT else self.places)[of][0]

    def groups(self, key: str, by: str) -> dict[str, int]:
        """Every part of one kind that has anything under `key`, by its name in addresses."""
        if DEFINITIONS[key].anchor == Anchor.NOW:
            values = [(str(row[_BY_COLUMN[by]] or ""), row[f"n_{key}"]) for row in self.present]
        else:
            values = list(self.tally.by(by, column_of(key)).items())
        found: dict[str, int] = {}
        for of, value in values:
            if value:
                name = self.name_of(by, of)
                found[name] = found.get(name, 0) + value
        return found

    def oldest(self) -> dict[str, datetime]:
        """Group of units -> the longest overdue moment in it."""
        found: dict[str, datetime] = {}
        for row in self.present:
            name = self.name_of(UNIT, str(row["lead_unit_id"] or ""))
            if row["oldest"] is not None and (name not in found or row["oldest"] < found[name]):
                found[name] = row["oldest"]
        return found

    def shield(self, key: str, by: str) -> Shield:
        """How each cell of a table by part may be read. Who may open every case reads every number."""
        if self.sight == Sight.ALL:
            return OPEN
        if (key, by) not in self._shields:
            self._shields[key, by] = shield(self.groups(key, by))
        return self._shields[key, by]

    def squad_shield(self, values: Mapping[str, int]) -> Shield:
        """The same for squads of one quarter."""
        return OPEN if self.sight == Sight.ALL else shield(values)

    def hears_later(self, key: str) -> bool:
        """Whether `key` tells what drivers said to a squad, which reads sums of five and more and no rows (row l)."""
        return self.sight == Sight.OWN and DEFINITIONS[key].afterwards and self.of_a_squad

    def quarters(self, key: str) -> dict[str, dict[str, int]]:
        """Squads by quarter: {"2026Q3": {code: closed}} for "closed" and "accused_closed"; quarters that are over."""
        by, found = ACCUSED if DEFINITIONS[key].accused else UNIT, {}
        for name, cells in self.tally.quarters.items():
            if periods.quarter(name).last < clock.today(self.now):
                found[name] = {code: cells.get((by, unit), 0) for unit, code in self.codes.items()}
        return found

    # --- numbers ---------------------------------------------------------------------------
    def value(self, key: str, filters: Filters) -> int:
        """The number itself: from what was read, else asked of the rows."""
        known = self._known(key, filters)
        if known is not None:
            return known
        found = rows(self.viewer, key, filters, now=self.now)
        if DEFINITIONS[key].measure == "persons":
            return found.aggregate(n=Sum("persons"))["n"] or 0
        return found.count()

    def _known(self, key: str, filters: Filters) -> int | None:
        """The number, if what was read holds it."""
        definition = definition_of(self.viewer, key)
        days = period_of(self.viewer, key, filters, now=self.now)
        if definition.anchor == Anchor.NOW:
            if filters.by:
                return self.groups(key, filters.by).get(filters.of, 0)
            return sum(row[f"n_{key}"] for row in self.present)
        if definition.accused or filters.quarter:
            return None
        column = column_of(key)
        if filters.by:
            by_part = days == self.period and column in BY_PART
            return self.groups(key, filters.by).get(filters.of, 0) if by_part else None
        if definition.anchor == Anchor.EVER:
            return self.tally.ever[PLACES[column]] if self.sight != Sight.OWN or key == "registered" else None
        if filters.week:
            week = self.tally.weeks.get(date.fromisoformat(filters.week))
            return week[PLACES[column]] if week else None
        return self.tally.value(column) if days == self.period else None

    def figure(self, key: str, filters: Filters | None = None, *, shown: Shown | None = None) -> Figure:
        """One figure of this board. Raises UnknownFilter."""
        filters = filters or Filters(period=self.period.name)
        definition = definition_of(self.viewer, key)
        days = period_of(self.viewer, key, filters, now=self.now)
        of = "" if filters.quarter else definition.of  # of a squad nothing but what is closed is ever said
        value, denominator = self.value(key, filters), self.value(of, filters) if of else None
        if shown is None:
            shown = self.shield(key, filters.by).of(filters.of) if filters.by else Shown.EXACT
        if self.hears_later(key) and (value < LIMIT or value > (denominator or value) - LIMIT):
            shown = Shown.FEW if value < LIMIT else Shown.MANY
        return Figure(
            key=key, word=definition.word, value=value, denominator=denominator,
            of=DEFINITIONS[of].word if of else "", unit=definition.unit,
            period=days.words if days else _when(definition.anchor), as_of=self.now,
            rows_url=filters.address(key), note=definition.note, shown=shown,
            coming=definition.anchor == Anchor.PROMISED and self._coming(filters),
        )  # fmt: skip

    def figures(self, keys: Iterable[str]) -> dict[str, Figure]:
        return {key: self.figure(key) for key in keys}

    def _coming(self, filters: Filters) -> bool:
        """Whether something is promised that has not come: then an empty figure is 还没到期."""
        return self.value("not_due", Filters(period=filters.period)) > 0


def _when(anchor: Anchor) -> str:
    return "现在" if anchor == Anchor.NOW else "到现在"
