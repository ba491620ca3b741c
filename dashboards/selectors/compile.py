"""The tests of the figure table as SQL, and the reading of single cases."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta

from django.db.models import Case, F, FilteredRelation, OuterRef, Q, QuerySet, Subquery, When

from accounts.models import Unit
from accounts.rules.viewer import Viewer
from appeals.models import Accused, Appeal, CallBack, Rating
from appeals.rules.life import State
from common import clock
from dashboards.rules import cases as rules
from dashboards.rules.cases import READ
from dashboards.rules.figures import Anchor, AnyOf, Definition, Moment, Op, Test
from dashboards.rules.periods import midnight
from dashboards.rules.sight import Sight, sight_of

_DAY = timedelta(days=1)
MANY = 2000  # beyond this the whole small table is read instead of naming each appeal
SQUAD_DELAY = timedelta(days=30)
# No first promise lies further from the receipt than this: five working days, whatever the festivals.
# It lets the index on `received_at` find the appeals of a promise day.
LONGEST_PROMISE = timedelta(days=60)
_COLUMNS = {
    "pk": "pk", "received": "received_at", "promised": "first_due", "due": "c4__due", "answered": "c4__met_at",
    "stopped": "c4__ended_at", "state": "state", "kind": "kind", "category": "category", "unit": "lead_unit_id",
    "scheme": "lead_unit__scheme_name", "place": "place_id", "round": "round", "hand_backs": "hand_backs",
    "persons": "persons", "closed": "closed_at", "next_due": "next_due",
    "rating": "last_rating", "said": "last_said", "call": "last_call",
}  # fmt: skip
_RATINGS = Rating.objects.filter(appeal=OuterRef("pk")).order_by("-round")
_IN_VAIN = Case(When(heard=CallBack.Heard.NOT_REACHED, then=1), default=0)
_CALLS = CallBack.objects.filter(appeal=OuterRef("pk")).order_by(_IN_VAIN, "-round", "-attempt")
_READ = {
    "c4": lambda: FilteredRelation("clocks", condition=Q(clocks__kind="C4", clocks__round=1)),
    "last_rating": lambda: Subquery(_RATINGS.values("value")[:1]),
    "last_said": lambda: Subquery(_RATINGS.values("solved")[:1]),
    "last_call": lambda: Subquery(_CALLS.values("heard")[:1]),
}


def with_reads(viewer: Viewer, rows: QuerySet[Appeal], fields: Iterable[str]) -> QuerySet[Appeal]:
    """`rows` annotated with what these fields need. `viewer` has narrowed them already."""
    needed = {_COLUMNS[field].split("__")[0] for field in fields if field in _COLUMNS} & set(_READ)
    return rows.annotate(**{name: _READ[name]() for name in _READ if name in needed})


def fields_of(viewer: Viewer, definition: Definition) -> set[str]:
    """Every field a figure's tests look at."""
    found = set()
    for each in definition.tests:
        for test in each.tests if isinstance(each, AnyOf) else (each,):
            found.add(test.field)
            if test.op in (Op.NOT_AFTER_FIELD, Op.AFTER_FIELD):
                found.add(test.value)
    return found


def tests_q(viewer: Viewer, definition: Definition, *, now: datetime) -> Q:
    """The tests of a figure as a condition."""
    whole = Q()
    for each in definition.tests:
        if isinstance(each, AnyOf):
            part = Q()
            for test in each.tests:
                part |= _q(viewer, test, now)
            whole &= part
        else:
            whole &= _q(viewer, each, now)
    return whole


def _q(viewer: Viewer, test: Test, now: datetime) -> Q:
    if test.field == "ripe":
        return ripe_q(viewer, now=now)
    name = _COLUMNS[test.field]
    value = {Moment.NOW: now, Moment.END_OF_TODAY: midnight(clock.today(now) + _DAY)}.get(test.value, test.value)
    if test.value == Moment.END_OF_TODAY:
        return Q(**{f"{name}__lt": value})
    match test.op:
        case Op.IS:
            return Q(**{name: value})
        case Op.IN:
            return Q(**{f"{name}__in": list(value)})
        case Op.SET | Op.UNSET:
            return Q(**{f"{name}__isnull": test.op == Op.UNSET})
        case Op.AT_LEAST | Op.AT_MOST | Op.BEFORE | Op.AFTER:
            lookup = {Op.AT_LEAST: "gte", Op.AT_MOST: "lte", Op.BEFORE: "lt", Op.AFTER: "gt"}[test.op]
            return Q(**{f"{name}__{lookup}": value})
        case Op.NOT_AFTER_FIELD | Op.AFTER_FIELD:
            lookup = "lte" if test.op == Op.NOT_AFTER_FIELD else "gt"
            return Q(**{f"{name}__{lookup}": F(_COLUMNS[value])})
    raise ValueError(test.op)


def ripe_q(viewer: Viewer, *, now: datetime) -> Q:
    """Cases of which this viewer may hear what the driver said: all bureau-wide; closed ones of his own unit,
    and if it is a squad, a month after closing (matrix, row l)."""
    if sight_of(viewer) != Sight.OWN:
        return Q()
    closed = Q(state=State.CLOSED)
    if in_a_squad(viewer):
        closed &= Q(closed_at__lte=now - SQUAD_DELAY)
    return closed


def in_a_squad(viewer: Viewer) -> bool:
    """Whether he works for an enforcement squad."""
    return Unit.objects.filter(pk__in=sorted(viewer.units()), kind=Unit.Kind.SQUAD).exists()


def anchored(viewer: Viewer, anchor: Anchor, first: date, last: date, *, now: datetime) -> Q:
    """Appeals that stand on a day from `first` to `last` by this anchor."""
    start, end = midnight(first), midnight(last + _DAY)
    if anchor == Anchor.RECEIVED:
        return Q(received_at__gte=start, received_at__lt=end)
    return Q(
        first_due__gte=start, first_due__lt=end, first_due__lte=now, received_at__gte=start - LONGEST_PROMISE, received_at__lt=end
    )


def cases(viewer: Viewer, rows: QuerySet[Appeal], *, now: datetime, few: bool = False) -> Iterator[rules.Case]:
    """`rows` as cases, read in one query; `few` are read at once, without a cursor to open, empty and close."""
    found = with_reads(viewer, rows.order_by(), READ).values_list(*(_COLUMNS[name] for name in READ))
    if sight_of(viewer) != Sight.OWN:
        return (rules.Case(*row) for row in (found if few else found.iterator(chunk_size=5000)))
    state, closed = READ.index("state"), READ.index("closed")
    limit = now - SQUAD_DELAY if in_a_squad(viewer) else None
    return (
        rules.Case(*row, (row[state] == State.CLOSED and (limit is None or row[closed] <= limit)))
        for row in found.iterator(chunk_size=5000)
    )


def with_accused(viewer: Viewer, found: Iterable[rules.Case]) -> list[rules.Case]:
    """The same cases with the squads complained of, in one query more."""
    found = list(found)
    squads: dict[int, tuple[int, ...]] = {}
    accused = Accused.objects.filter(removed_at=None, unit__kind=Unit.Kind.SQUAD)
    if len(found) < MANY:
        accused = accused.filter(appeal_id__in=[case.pk for case in found] or [0])
    for appeal, unit in accused.order_by().values_list("appeal_id", "unit_id"):
        squads[appeal] = (*squads.get(appeal, ()), unit)
    return [case._replace(accused=squads[case.pk]) if case.pk in squads else case for case in found]


def on_days(viewer: Viewer, days: Iterable[date], *, now: datetime) -> Q:
    """Appeals counted on any of `days`, by either anchor."""
    found = Q(pk__in=[0])
    for first, last in runs(viewer, days):
        found |= anchored(viewer, Anchor.RECEIVED, first, last, now=now)
        found |= anchored(viewer, Anchor.PROMISED, first, last, now=now)
    return found


def runs(viewer: Viewer, days: Iterable[date]) -> list[tuple[date, date]]:
    """`days` as stretches of consecutive dates."""
    found: list[tuple[date, date]] = []
    for day in sorted(days):
        if found and day - found[-1][1] == _DAY:
            found[-1] = (found[-1][0], day)
        else:
            found.append((day, day))
    return found
