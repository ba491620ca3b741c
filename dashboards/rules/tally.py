"""Sums of figures by part and by time, put together from daily facts and from single cases."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime

from dashboards.rules.cases import Case, Counter
from dashboards.rules.figures import BY_PART, COLUMNS
from dashboards.rules.periods import Period, monday_of, quarter_of

PLACES = {column: place for place, column in enumerate(COLUMNS)}
_PART_PLACES = frozenset(PLACES[column] for column in BY_PART)
_CLOSED = PLACES["closed"]
ALL, UNIT, CATEGORY, PLACE, ACCUSED = "all", "unit", "category", "place", "accused"
PARTS = (UNIT, CATEGORY, PLACE)


def nothing() -> list[int]:
    return [0] * len(PLACES)


def parts_of(case: Case) -> dict[str, str]:
    """The keys under which a case is counted; "" where it has no unit, category or place yet."""
    return {UNIT: str(case.unit or ""), CATEGORY: case.category, PLACE: str(case.place or "")}


class Tally:
    """Sums of one view: the whole register, one period (whole and by part), weeks, and units by quarter."""

    def __init__(self, period: Period, weeks: Iterable[date], quarters: Iterable[Period]):
        self.period = period
        self.ever = nothing()
        self.cells: dict[tuple[str, str], list[int]] = {(ALL, ""): nothing()}
        self.weeks = {monday: nothing() for monday in weeks}
        self.quarters: dict[str, dict[tuple[str, str], int]] = {each.name: {} for each in quarters}

    def add_sums(self, by: str, of: str, sums: Mapping[str, int]) -> None:
        """Sums of the period, as read from facts."""
        _add(self.cells.setdefault((by, of), nothing()), sums)

    def add_ever(self, sums: Mapping[str, int]) -> None:
        _add(self.ever, sums)

    def add_day(self, day: date, sums: Mapping[str, int]) -> None:
        """One day's sums into its week."""
        if (week := self.weeks.get(monday_of(day))) is not None:
            _add(week, sums)

    def add_quarter(self, quarter: str, by: str, of: str, closed: int) -> None:
        """What was closed of one unit (`by` UNIT: led by it, ACCUSED: against it)."""
        cells = self.quarters[quarter]
        cells[by, of] = cells.get((by, of), 0) + closed

    def add_cases(
        self, cases: Iterable[Case], counter: Counter, *, now: datetime, sign: int = 1,
        wanted: Callable[[date], bool] = lambda day: True,
    ) -> None:  # fmt: skip
        """Single cases, on those of their days that are `wanted`; `sign` -1 takes them out."""
        for case in cases:
            for day, amounts in counter.parts(case, now=now):
                if wanted(day):
                    self._case(day, case, amounts, sign)

    def _case(self, day: date, case: Case, amounts: list[tuple[int, int]], sign: int) -> None:
        into = [self.ever]
        if self.period.holds(day):
            into.append(self.cells[ALL, ""])
            for by, of in parts_of(case).items():
                into.append(self.cells.setdefault((by, of), nothing()))
        if (week := self.weeks.get(monday_of(day))) is not None:
            into.append(week)
        for sums in into:
            for place, amount in amounts:
                sums[place] += sign * amount
        name = quarter_of(day).name
        if name in self.quarters and (_CLOSED, 1) in amounts:
            for by, of in ((UNIT, case.unit), *((ACCUSED, unit) for unit in case.accused)):
                self.add_quarter(name, by, str(of or ""), sign)

    def value(self, column: str, by: str = ALL, of: str = "") -> int:
        cell = self.cells.get((by, of))
        return cell[PLACES[column]] if cell else 0

    def by(self, by: str, column: str) -> dict[str, int]:
        """Every part of one kind that has anything in `column`."""
        place = PLACES[column]
        return {of: sums[place] for (kind, of), sums in self.cells.items() if kind == by and sums[place]}


def daily(cases: Iterable[Case], counter: Counter, *, now: datetime, wanted: Callable[[date], bool]) -> dict:
    """Daily facts of `wanted` days: {(day, by, of): sums}. Parts carry the BY_PART columns only, squads
    complained of what was closed."""
    found: dict[tuple[date, str, str], list[int]] = {}
    for case in cases:
        parts = parts_of(case)
        for day, amounts in counter.parts(case, now=now):
            if not wanted(day):
                continue
            sums = found.setdefault((day, ALL, ""), nothing())
            for place, amount in amounts:
                sums[place] += amount
            few = [(place, amount) for place, amount in amounts if place in _PART_PLACES]
            for by, of in parts.items():
                sums = found.setdefault((day, by, of), nothing())
                for place, amount in few:
                    sums[place] += amount
            if (_CLOSED, 1) in amounts:
                for unit in case.accused:
                    found.setdefault((day, ACCUSED, str(unit)), nothing())[_CLOSED] += 1
    return found


def _add(into: list[int], sums: Mapping[str, int]) -> None:
    for column, value in sums.items():
        into[PLACES[column]] += value or 0
