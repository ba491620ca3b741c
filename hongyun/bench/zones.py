"""Zones 1:5 at full size, through the services: 313 members × five out of 22,387 drivers; then one who comes, one who goes."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.models import Person, Posting, Unit
from accounts.rules.roles import Role
from accounts.rules.viewer import Viewer
from accounts.selectors.viewer import viewer_for
from branches.models import Branch, Membership
from branches.services import membership, placement
from common import clock
from hongyun.bench.web import Figure, line
from members.models import Driver, Seat, Waiting
from members.services import commands, zones

MEMBERS, TURNS = 313, 5


def district(quick: bool) -> Iterator[Figure]:
    """Propose and accept the whole district, with its peak of memory; then members come and go one by one."""
    now = clock.now()
    verifier, placer = (_secretary(f"bench-committee-{n}", now) for n in (1, 2))
    members = _members(60 if quick else MEMBERS, verifier, placer, quick, now)
    Path("/proc/self/clear_refs").write_text("5")  # the peak counts from here
    free = Driver.objects.count() - len(members)
    with CaptureQueriesContext(connection) as asked:
        began = time.perf_counter()
        made = zones.propose(by=verifier, now=now)
        took = time.perf_counter() - began
    yield line("zones.propose", took, "s", made.made)
    yield line("zones.candidates", free, "drivers", free)
    yield line("zones.propose_queries", len(asked), "queries", made.made)
    began = time.perf_counter()
    done = zones.accept_many(matches=None, by=verifier, now=now)
    accepted = time.perf_counter() - began
    yield line("zones.accept", accepted, "s", done.seated)
    yield line("zones.whole", took + accepted, "s", done.seated)
    yield line("zones.peak", _peak_mb(), "MB", done.seated)
    yield line("zones.bare", _bare(now), "s", done.seated)
    yield from _one_by_one(members[:TURNS], verifier, placer, now)


def _one_by_one(leaving: list[Membership], verifier: Viewer, placer: Viewer, now) -> Iterator[Figure]:
    """A member leaves: his five wait. He comes again: five are proposed to him and accepted."""
    gone, come = [], []
    for n, one in enumerate(leaving):
        later = now + timedelta(minutes=n + 1)
        branch = one.placements.get(until=None).branch
        began = time.perf_counter()
        membership.end(membership=one, by=placer, now=later, reason="关系转走了")
        gone.append(time.perf_counter() - began)
        back = membership.admit(person=one.person, kind="full", how="town_list", by=verifier, now=later)
        placement.place(membership=back, branch=branch, by=placer, now=later)
        began = time.perf_counter()
        zones.propose(by=verifier, now=later, people=[one.person_id])
        zones.accept_many(matches=None, by=verifier, now=later)
        come.append(time.perf_counter() - began)
    if Seat.objects.filter(until=None, contact__in=[one.person_id for one in leaving]).count() != 5 * len(leaving):
        raise RuntimeError("who came again has not his five")
    yield line("zones.remove_one", statistics.median(gone), "s", len(gone))
    yield line("zones.add_one", statistics.median(come), "s", len(come))
    yield line("zones.waiting", Waiting.objects.filter(until=None).count(), "drivers", 5 * len(gone))


def _members(count: int, verifier: Viewer, placer: Viewer, quick: bool, now) -> list[Membership]:
    """The towns' census through its own service, and so many of its drivers admitted and placed, spread over the branches."""
    path = settings.BASE_DIR / "members" / "data" / ("census-sample.xlsx" if quick else "census-22700.xlsx")
    commands.run(path=path, kind="census", answers={}, write=True, now=now)
    step = max(1, Driver.objects.count() // count)
    people = [driver.person for driver in Driver.objects.select_related("person").order_by("pk")[: step * count : step]]
    made = membership.admit_many(rows=[membership.Admission(each, "full", "town_list") for each in people], by=verifier, now=now)
    branches = list(Branch.objects.order_by("pk"))
    rows = [placement.Place(one, branches[n % len(branches)]) for n, one in enumerate(made)]
    placement.place_many(rows=rows, by=placer, now=now)
    return made


def _secretary(login: str, now) -> Viewer:
    person = Person.objects.create(login=login, name=login, joined_at=now)
    unit = Unit.objects.get(code="committee")
    Posting.objects.create(person=person, unit=unit, role=Role.SECRETARY, starts_at=now - timedelta(days=400))
    return viewer_for(person, now=now, second_factor=True)


def _bare(now) -> float:
    """The yardstick: the same seats written with nothing around them, taken back."""
    rows = list(Seat.objects.filter(until=None))
    with transaction.atomic():
        Seat.objects.update(until=now)
        for row in rows:
            row.pk = None
        began = time.perf_counter()
        Seat.objects.bulk_create(rows, batch_size=500)
        took = time.perf_counter() - began
        transaction.set_rollback(True)
    return took


def _peak_mb() -> float:
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / 1024
