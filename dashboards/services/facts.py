"""Build the daily facts: a day's facts are deleted and written again from the rows."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Max, Min

from accounts.rules.viewer import NOBODY
from appeals.models import Appeal, Event
from common import clock
from dashboards.models import DayFact, FactMark
from dashboards.rules.figures import COLUMNS
from dashboards.rules.tally import daily
from dashboards.selectors.compile import cases, on_days, with_accused
from dashboards.selectors.tallies import COUNTER

SETTLED = timedelta(seconds=60)
_DAY = timedelta(days=1)
CHUNK = 366  # days rebuilt at once
BATCH = 400  # rows a statement: SQLite takes 32,766 values


def sweep(*, now: datetime) -> int:
    """Rebuild the days that changed or are over, once their events have been seen for a minute. Rows written.

    Facts are worked out before the transaction opens: on SQLite a filing must not wait for them. What
    happens meanwhile has an event past the mark, and is counted from the rows.
    """
    yesterday = clock.today(now) - _DAY
    mark = FactMark.objects.order_by("pk").first()
    if mark is None or mark.through is None:
        return rebuild(now=now)
    if now - mark.seen_at < SETTLED:
        return 0
    last = _last_event()
    if last == mark.event_id and mark.through >= yesterday:
        return 0
    days = FactMark.touched_days(after=mark.event_id, up_to=mark.seen_id)
    days |= {mark.through + _DAY * step for step in range(1, (yesterday - mark.through).days + 1)}
    days = {day for day in days if day <= yesterday}
    facts = _worked_out(days, now=now)
    with transaction.atomic():
        held = FactMark.objects.select_for_update().get(pk=mark.pk)
        if held.seen_at != mark.seen_at:
            return 0  # another sweep was quicker
        _replace(days, facts)
        held.event_id, held.seen_id, held.seen_at = mark.seen_id, last, now
        held.through, held.built_at = yesterday, now
        held.save()
    return len(facts)


def rebuild(*, now: datetime, first: date | None = None, last: date | None = None) -> int:
    """Write the facts of every day from `first` to `last` again (all days when neither is given). Rows written.

    Today has no facts: it is counted live. The mark moves only when everything was rebuilt, and then
    leaves the events just seen to the next sweep.
    """
    whole = first is None and last is None
    top, settled, yesterday = _last_event(), _last_event(at__lte=now - SETTLED), clock.today(now) - _DAY
    earliest = Appeal.objects.aggregate(first=Min("received_at"))["first"]
    days: set[date] = set()
    facts: list[DayFact] = []
    if earliest is not None:
        for chunk in _chunks(first or clock.today(earliest), min(last or yesterday, yesterday)):
            days |= chunk
            facts += _worked_out(chunk, now=now)
    with transaction.atomic():
        _replace(None if whole else days, facts)
        if whole:
            mark = FactMark.objects.select_for_update().order_by("pk").first() or FactMark()
            mark.event_id, mark.seen_id = settled, top
            mark.through, mark.seen_at, mark.built_at = yesterday, now, now
            mark.save()
    return len(facts)


def _last_event(**narrow) -> int:
    return Event.objects.filter(**narrow).aggregate(last=Max("id"))["last"] or 0


def _chunks(first: date, last: date) -> Iterable[set[date]]:
    day = first
    while day <= last:
        yield {day + _DAY * step for step in range(CHUNK) if day + _DAY * step <= last}
        day += _DAY * CHUNK


def _worked_out(days: set[date], *, now: datetime) -> list[DayFact]:
    """The facts of these days from the rows, not yet written."""
    if not days:
        return []
    rows = with_accused(NOBODY, cases(NOBODY, Appeal.objects.filter(on_days(NOBODY, days, now=now)), now=now))
    found = daily(rows, COUNTER, now=now, wanted=days.__contains__)
    return [
        DayFact(day=day, by=by, of=of, **dict(zip(COLUMNS, sums, strict=True))) for (day, by, of), sums in sorted(found.items())
    ]


def _replace(days: set[date] | None, facts: list[DayFact]) -> None:
    """Delete what stands on these days (None: all) and write `facts`."""
    old = DayFact.objects.all() if days is None else DayFact.objects.filter(day__in=sorted(days))
    old.delete()
    DayFact.objects.bulk_create(facts, batch_size=BATCH)
