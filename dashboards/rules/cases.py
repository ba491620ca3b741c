"""One appeal as the figures see it, and the tests of the table applied to it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import NamedTuple

from common.clock import SHANGHAI
from dashboards.rules.figures import COLUMNS, Anchor, AnyOf, Definition, Moment, Op, Test


class Case(NamedTuple):
    """What is read of one appeal. Moments are aware; `unit` and `place` are ids or None.

    `answered`, `due`, `stopped` are of the answer clock of the first round; `rating` and `said` are the
    driver's last word in any round; `call` is what the last call that was picked up brought, else "not_reached",
    or None where nobody called. `ripe` says whether this viewer may hear what the driver said afterwards;
    `accused` are the squads complained of, read only where they are counted.
    """

    pk: int
    received: datetime
    promised: datetime | None
    due: datetime | None
    answered: datetime | None
    stopped: datetime | None
    state: str
    kind: str
    category: str
    unit: int | None
    scheme: str | None
    place: int | None
    round: int
    hand_backs: int
    persons: int
    closed: datetime | None
    rating: int | None
    said: bool | None
    call: str | None
    ripe: bool = True
    accused: tuple[int, ...] = ()


FIELDS = Case._fields
READ = FIELDS[: FIELDS.index("ripe")]
_COMPARE: dict[Op, Callable] = {
    Op.IS: lambda have, want: have == want,
    Op.IN: lambda have, want: have in want,
    Op.AT_LEAST: lambda have, want: have >= want,
    Op.AT_MOST: lambda have, want: have <= want,
    Op.BEFORE: lambda have, want: have < want,
    Op.AFTER: lambda have, want: have > want,
}


def matcher(test: Test | AnyOf) -> Callable[[Case], bool]:
    """`test` as a function of a case. As in SQL, nothing but UNSET holds for an unset field."""
    if isinstance(test, AnyOf):
        parts = [matcher(each) for each in test.tests]
        return lambda case: any(part(case) for part in parts)
    if isinstance(test.value, Moment):
        raise ValueError("a test that names a moment belongs to figures of the present, which are counted in SQL")
    at = FIELDS.index(test.field)
    if test.op == Op.SET:
        return lambda case: case[at] is not None
    if test.op == Op.UNSET:
        return lambda case: case[at] is None
    if test.op in (Op.NOT_AFTER_FIELD, Op.AFTER_FIELD):
        other, wanted = FIELDS.index(test.value), test.op == Op.NOT_AFTER_FIELD
        return lambda case: None not in (case[at], case[other]) and (case[at] <= case[other]) == wanted
    compare, value = _COMPARE[test.op], frozenset(test.value) if test.op == Op.IN else test.value
    return lambda case: case[at] is not None and compare(case[at], value)


class Counter:
    """Says which columns one case fills, and by how much, on which day."""

    def __init__(self):
        self._tests: list[Callable[[Case], bool]] = []
        self._seen: dict[Test | AnyOf, int] = {}
        self._received = self._of(Anchor.RECEIVED, Anchor.EVER)
        self._promised = self._of(Anchor.PROMISED)

    def _of(self, *anchors: Anchor) -> list[tuple[int, tuple[int, ...], bool]]:
        """Each column as its place, its tests by number, and whether persons are added; equal tests are run once."""
        plan = []
        for place, definition in enumerate(COLUMNS.values()):
            if definition.anchor in anchors:
                plan.append((place, tuple(self._number(test) for test in definition.tests), definition.measure == "persons"))
        return plan

    def _number(self, test: Test | AnyOf) -> int:
        if test not in self._seen:
            self._seen[test] = len(self._tests)
            self._tests.append(matcher(test))
        return self._seen[test]

    def parts(self, case: Case, *, now: datetime) -> list[tuple[date, list[tuple[int, int]]]]:
        """[(day, [(place of column, amount)])]: the day received, and the day of the promise once it has come."""
        held: dict[int, bool] = {}
        found = [(day_of(case.received), self._run(self._received, case, held))]
        if case.promised is not None and case.promised <= now:
            found.append((day_of(case.promised), self._run(self._promised, case, held)))
        return found

    def _run(self, plan, case: Case, held: dict[int, bool]) -> list[tuple[int, int]]:
        amounts = []
        for place, numbers, persons in plan:
            for number in numbers:
                if number not in held:
                    held[number] = self._tests[number](case)
                if not held[number]:
                    break
            else:
                amounts.append((place, case.persons if persons else 1))
        return amounts


def holds(definition: Definition, case: Case) -> bool:
    """Whether `case` passes every test of a counted figure."""
    return all(matcher(test)(case) for test in definition.tests)


def day_of(moment: datetime) -> date:
    return moment.astimezone(SHANGHAI).date()
