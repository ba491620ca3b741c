"""Figures of the goods: packs handed out a second, the stock page and the balance over a million lines of the ledger."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from datetime import timedelta
from uuid import uuid4

from django.conf import settings
from django.db import connection
from django.test import Client

from accounts.models import Person, Posting, Unit
from accounts.rules.roles import Role
from accounts.rules.viewer import Viewer
from accounts.selectors.viewer import viewer_for
from accounts.services import audit
from care.models import Campaign, Good, Line, Offer, Point, Stock
from care.selectors.stock import unbalanced
from care.services import issuing, stock
from common import clock
from hongyun.bench.web import Figure, line
from hongyun.bench.world import signed_in_cookie

POINTS, GOODS = 40, 5
GROUP = (("received", 20), *[("issued", -1)] * 8, ("lost", -1))  # ten lines that leave eleven


def issue(quick: bool) -> Iterator[Figure]:
    """One hand-out after another, each a transaction of its own, beside a bare insert of the same rows; then the big ledger."""
    by, heap = _world()
    count = 200 if quick else 1_000
    stock.receive(act=stock.Act(uuid4(), heap, count + 10), by=by, now=clock.now())
    began = time.perf_counter()
    for n in range(count):
        give = issuing.Give(uuid4(), heap, plate=f"苏C{n:05d}", tail=f"{n % 10_000:04d}")
        issuing.issue(give=give, by=by, now=clock.now())
    took = time.perf_counter() - began
    yield line("issue.rate", count / took, "1/s", count)
    began = time.perf_counter()
    for _turn in range(count):
        audit.write(act="bench", by=by, now=clock.now())  # the yardstick: one row, one commit
    yield line("issue.bare_commit_rate", count / (time.perf_counter() - began), "1/s", count)
    rows = 50_000 if quick else 1_000_000
    _fill(by, rows)
    yield from _pages(by, rows)


def _world() -> tuple[Viewer, stock.Heap]:
    """An officer of the union, forty points, five goods; the first heap is the one that is handed out from."""
    now = clock.now()
    person = Person.objects.create(login="bench-union", name="试 工会", joined_at=now)
    Posting.objects.create(person=person, unit=Unit.objects.get(code="union"), role=Role.UNION, starts_at=now - timedelta(days=400))
    campaign = Campaign.objects.create(code="bench", name="试", starts_at=now - timedelta(days=9), ends_at=now + timedelta(days=9))
    goods = [Good.objects.create(name=f"试 {n}") for n in range(GOODS)]
    points = [Point.objects.create(code=f"bench-{n}", name=f"试 {n}") for n in range(POINTS)]
    for good in goods:
        Offer.objects.create(campaign=campaign, good=good, period="day", each=1)
    return viewer_for(person, now=now, second_factor=True), stock.Heap(campaign, points[0], goods[0])


def _fill(by: Viewer, rows: int) -> None:
    """A ledger that balances: groups of ten lines a heap, what they leave written into the heaps."""
    now, campaign = clock.now(), Campaign.objects.get(code="bench")
    heaps = [(point, good) for point in Point.objects.filter(code__startswith="bench") for good in Good.objects.all()]
    done = 0
    while done < rows:
        batch = []
        for group in range(done // 10, min(rows, done + 20_000) // 10):
            point, good = heaps[group % len(heaps)]
            where = {"campaign": campaign, "point": point, "good": good, "at": now, "written_at": now, "by_id": by.person_id}
            batch += [Line(kind=kind, change=change, client_key=uuid4(), **where) for kind, change in GROUP]
        Line.objects.bulk_create(batch, batch_size=2_000)
        done += 20_000
    groups = rows // 10
    for n, (point, good) in enumerate(heaps):
        here = groups // len(heaps) + (n < groups % len(heaps))
        row, _made = Stock.objects.get_or_create(campaign=campaign, point=point, good=good)
        Stock.objects.filter(pk=row.pk).update(left=row.left + here * sum(change for _kind, change in GROUP))
    with connection.cursor() as cursor:  # as autovacuum does within a minute
        cursor.execute("ANALYZE")


def _pages(by: Viewer, rows: int) -> Iterator[Figure]:
    client = Client(SERVER_NAME="127.0.0.1", headers={"user-agent": "bench"})
    client.cookies[settings.SESSION_COOKIE_NAME] = signed_in_cookie(Person.objects.get(pk=by.person_id))
    for name, path in (("stock", "/admin/care/stock/"), ("point", "/admin/care/points/bench-0/"), ("ledger", "/admin/care/ledger/"), ("phone", "/care/issue/bench-0/")):
        client.get(path)
        took = []
        for _turn in range(15):
            began = time.perf_counter()
            answer = client.get(path)
            took.append((time.perf_counter() - began) * 1000)
            if answer.status_code != 200:
                raise RuntimeError(f"{path}: {answer.status_code}")
        yield line(f"issue.{name}_page", statistics.median(took), "ms", rows)
    began = time.perf_counter()
    broken = unbalanced(by)
    yield line("issue.balance_check", time.perf_counter() - began, "s", rows)
    if broken:
        raise RuntimeError(f"the ledger does not balance: {broken[:3]}")
