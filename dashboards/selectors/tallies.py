"""The sums behind a page of figures, for one viewer.

Bureau-wide viewers read daily facts. Facts know no viewer: they hold every appeal. So the appeals that
are barred from this viewer (a handful, found by index) are counted as single cases and taken out of the
days that came from facts; days that changed since the facts were built, and today, are counted from
single cases of his own scope. The sum is exactly what counting his scope would give, and an appeal he
may not know of changes nothing: it comes in with the fact and goes out with the case, in the same
queries. Own-unit viewers count the cases of their smaller scope.
"""

from __future__ import annotations

from datetime import datetime

from django.db.models import CharField, Q, Sum
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
from dashboards.rules.sight import Sight, sight_of
from dashboards.rules.tally import ALL, PARTS, Tally, nothing
from dashboards.selectors.compile import anchored, cases, on_days
from dashboards.selectors.scope import barred_from, scope

COUNTER = Counter()
_EVER = ("received", *(column for column, definition in COLUMNS.items() if definition.anchor == Anchor.EVER))


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
    tally.add_ever(clean.filter(by=ALL).aggregate(**{column: Sum(column) for column in _EVER}))
    whole = clean.filter(by=ALL, day__gte=min(period.first, weeks[0]), day__lte=max(period.last, periods.week(weeks[-1]).last))
    for row in whole.values("day", *COLUMNS):
        day = row.pop("day")
        tally.add_day(day, row)
        if period.holds(day):
            tally.add_sums(ALL, "", row)
    parts = clean.filter(by__in=PARTS, day__gte=period.first, day__lte=period.last)
    for row in parts.values("by", "of").annotate(**{f"n_{column}": Sum(column) for column in BY_PART}):
        tally.add_sums(row["by"], row["of"], {column: row[f"n_{column}"] for column in BY_PART})
    _read_quarters(viewer, tally, clean)
    barred = frozenset(barred_from(viewer))
    single = Appeal.objects.filter(Q(pk__in=sorted(barred) or [0]) | on_days(viewer, dirty, now=now))
    out, live = [], []
    for case in cases(viewer, single, now=now):
        (out if case.pk in barred else live).append(case)
    tally.add_cases(out, COUNTER, now=now, sign=-1, wanted=lambda day: day not in dirty)
    tally.add_cases(live, COUNTER, now=now, wanted=dirty.__contains__)


def _read_quarters(viewer: Viewer, tally: Tally, clean) -> None:
    """What squads closed, quarter by quarter (never finer)."""
    named = [periods.quarter(name) for name in tally.quarters]
    sums = {}
    for each in named:
        inside = Q(day__gte=each.first, day__lte=each.last)
        sums |= {f"{each.name}_{column}": Sum(column, filter=inside) for column in ("closed", "promised")}
    squads = Unit.objects.filter(kind=Unit.Kind.SQUAD).order_by().values_list(Cast("pk", CharField()))
    rows = clean.filter(by="unit", of__in=squads, day__gte=named[0].first, day__lte=named[-1].last)
    for row in rows.values("of").annotate(**sums):
        for each in named:
            tally.add_quarter(each.name, row["of"], row[f"{each.name}_closed"] or 0, row[f"{each.name}_promised"] or 0)
