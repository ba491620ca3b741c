"""The sums behind a page of figures, for one viewer.

Bureau-wide viewers read daily facts. Facts know no viewer: they hold every appeal. So the appeals that
are barred from this viewer (a handful, found by index) are counted as single cases and taken out of the
days that came from facts; days that changed since the facts were built, and today, are counted from
single cases of his own scope. The sum is exactly what counting his scope would give, and an appeal he
may not know of changes nothing: it comes in with the fact and goes out with the case, in the same
queries. Own-unit viewers count the cases of their smaller scope.
"""

from __future__ import annotations

from datetime import date, datetime

from django.db.models import CharField, Min, Q, QuerySet, Sum, Value
from django.db.models.functions import Cast

from accounts.models import Unit
from accounts.rules.viewer import Viewer
from appeals.models import Appeal
from common import clock
from dashboards.models import DayFact, FactMark
from dashboards.rules import periods
from dashboards.rules.cases import Counter
from dashboards.rules.figures import BY_PART, COLUMNS, Anchor
from dashboards.rules.periods import Period
from dashboards.rules.sight import Sight, sees_accused, sight_of
from dashboards.rules.tally import ACCUSED, ALL, PARTS, UNIT, Tally, nothing
from dashboards.selectors.compile import anchored, cases, on_days, with_accused
from dashboards.selectors.scope import barred_from, scope

COUNTER = Counter()


def tally_for(viewer: Viewer, period: Period, *, now: datetime) -> Tally:
    """Sums of the register, of `period`, of the last twelve weeks and the last four quarters, at `now`."""
    today = clock.today(now)
    tally = Tally(period, periods.weeks(today), periods.quarters(today))
    if sight_of(viewer) == Sight.OWN:
        _count_cases(viewer, tally, now=now)
    else:
        _read_facts(viewer, tally, now=now)
    return tally


def _count_cases(viewer: Viewer, tally: Tally, *, now: datetime) -> None:
    """Own units: every case of the period and of the weeks, one by one; the register by its number."""
    mondays, wanted = sorted(tally.weeks), Q(pk__in=[0])
    for first, last in ((tally.period.first, tally.period.last), (mondays[0], periods.week(mondays[-1]).last)):
        for anchor in (Anchor.RECEIVED, Anchor.PROMISED):
            wanted |= anchored(viewer, anchor, first, last, now=now)
    tally.add_cases(cases(viewer, scope(viewer).filter(wanted), now=now), COUNTER, now=now)
    tally.ever = nothing()
    tally.add_ever({"received": scope(viewer).count()})


def _read_facts(viewer: Viewer, tally: Tally, *, now: datetime) -> None:
    dirty = FactMark.dirty_days(now=now)
    clean = DayFact.objects.exclude(day__in=sorted(dirty)).order_by()
    period, weeks = tally.period, sorted(tally.weeks)
    first, last = min(period.first, weeks[0]), max(period.last, periods.week(weeks[-1]).last)
    for ever, day, *values in _ever_and_days(viewer, clean.filter(by=ALL), first, last):
        sums = dict(zip(COLUMNS, values, strict=True))
        if ever:
            tally.add_ever(sums)
            continue
        tally.add_day(day, sums)
        if period.holds(day):
            tally.add_sums(ALL, "", sums)
    parts = clean.filter(by__in=PARTS, day__gte=period.first, day__lte=period.last)
    for row in parts.values("by", "of").annotate(**{f"n_{column}": Sum(column) for column in BY_PART}):
        tally.add_sums(row["by"], row["of"], {column: row[f"n_{column}"] for column in BY_PART})
    _read_quarters(viewer, tally, clean)
    barred = frozenset(barred_from(viewer))
    single = Appeal.objects.filter(Q(pk__in=sorted(barred) or [0]) | on_days(viewer, dirty, now=now))
    out, live = [], []
    found = cases(viewer, single, now=now, few=True)
    for case in with_accused(viewer, found) if sees_accused(viewer) else found:
        (out if case.pk in barred else live).append(case)
    tally.add_cases(out, COUNTER, now=now, sign=-1, wanted=lambda day: day not in dirty)
    tally.add_cases(live, COUNTER, now=now, wanted=dirty.__contains__)


def _ever_and_days(viewer: Viewer, whole: QuerySet[DayFact], first: date, last: date) -> QuerySet:
    """(1, a day, sums of all days), then (0, day, its sums) from `first` to `last`: one query for both."""
    names = [f"n_{column}" for column in COLUMNS]
    ever = whole.annotate(ever=Value(1)).values("ever").annotate(
        n_day=Min("day"), **{name: Sum(column) for name, column in zip(names, COLUMNS, strict=True)}
    )  # fmt: skip
    days = whole.filter(day__gte=first, day__lte=last).annotate(ever=Value(0))
    return ever.values_list("ever", "n_day", *names).union(days.values_list("ever", "day", *COLUMNS), all=True)


def _read_quarters(viewer: Viewer, tally: Tally, clean) -> None:
    """What was closed of squads, quarter by quarter (never finer)."""
    named = [periods.quarter(name) for name in tally.quarters]
    sums = {each.name: Sum("closed", filter=Q(day__gte=each.first, day__lte=each.last)) for each in named}
    kinds = (UNIT, ACCUSED) if sees_accused(viewer) else (UNIT,)
    squads = Unit.objects.filter(kind=Unit.Kind.SQUAD).order_by().values_list(Cast("pk", CharField()))
    rows = clean.filter(by__in=kinds, of__in=squads, day__gte=named[0].first, day__lte=named[-1].last)
    for row in rows.values("by", "of").annotate(**sums):
        for each in named:
            tally.add_quarter(each.name, row["by"], row["of"], row[each.name] or 0)
