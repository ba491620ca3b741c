"""Figures of the jobs: reminders a second, routing through a real worker, and how soon and how small it starts."""

from __future__ import annotations

import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
import uuid
from collections.abc import Iterator
from datetime import timedelta

from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.rules.viewer import NOBODY
from appeals.models import Appeal, Clock
from appeals.rules.life import State
from appeals.services import filing, reminders
from common import clock
from common.queue import kick, quiet
from hongyun.bench.server import cpu_seconds, family, free_port, pss_mb
from hongyun.bench.web import TEXT, Figure, line
from hongyun.bench.world import fill
from notices.models import Notice


def sweep(quick: bool) -> Iterator[Figure]:
    """Reminders written a second in batches of 500, beside the same rows written bare."""
    count = 1_000 if quick else 5_000
    fill(people=True, appeals=count)
    now = clock.now()
    Clock.objects.update(next_rung_at=None)
    pks = list(
        Clock.objects.filter(kind="C4", met_at=None, ended_at=None).order_by("pk").values_list("pk", flat=True)[:count]
    )
    for start in range(0, len(pks), 500):
        Clock.objects.filter(pk__in=pks[start : start + 500]).update(level=0, next_rung_at=now - timedelta(minutes=1))
    morning = _office_moment(now)
    before = Notice.objects.count()
    reminders.people_for([], now=morning)
    with CaptureQueriesContext(connection) as queries:
        began = time.perf_counter()
        moved = reminders.sweep(now=morning)
        took = time.perf_counter() - began
    wrote = Notice.objects.count() - before
    yield line("sweep.rate", wrote / took, "1/s", wrote)
    yield line("sweep.clocks", moved / took, "1/s", moved)
    yield line("sweep.queries_a_row", len(queries) / max(wrote, 1), "queries", wrote)
    copies = list(Notice.objects.order_by("-pk")[:wrote])
    for row in copies:
        row.pk, row.unique_key = None, f"bare|{uuid.uuid4()}"
    began = time.perf_counter()
    Notice.objects.bulk_create(copies, batch_size=500)
    yield line("sweep.bare_rate", wrote / (time.perf_counter() - began), "1/s", wrote)
    Clock.objects.update(next_rung_at=None)
    idle = []
    for _ in range(20):
        began = time.perf_counter()
        reminders.sweep(now=morning)
        idle.append((time.perf_counter() - began) * 1000)
    yield line("sweep.idle", statistics.median(idle), "ms", len(idle))


def _office_moment(now):
    """Ten o'clock of a working day far enough ahead that every clock is past its last rung."""
    from common.selectors import calendar

    day = calendar().add_working_days(clock.today(now) + timedelta(days=40), 1)
    return clock.local(now).replace(year=day.year, month=day.month, day=day.day, hour=10, minute=0)


def _file(n: int) -> list[int]:
    now = clock.now()
    return [
        filing.file(
            filing=filing.Filing(client_key=uuid.uuid4(), text=TEXT), by=NOBODY, caller=str(uuid.uuid4()), now=now
        ).pk
        for _ in range(n)
    ]


def _waiting(pks: list[int]) -> int:
    """How many of these (filed one after another) nobody has routed yet."""
    return Appeal.objects.filter(pk__gte=pks[0], pk__lte=pks[-1], state=State.SUBMITTED, at_desk=False).count()


def _wait_routed(pks: list[int], limit: float, *, look: float) -> float:
    """Seconds until none of these waits to be routed; asked every `look` seconds, for asking costs the worker CPU."""
    began = time.perf_counter()
    while time.perf_counter() - began < limit:
        if not _waiting(pks):
            return time.perf_counter() - began
        time.sleep(look)
    raise RuntimeError("the worker did not route in time")


def _worker(queue: str) -> subprocess.Popen:
    """A worker of one queue as it is deployed: two processes, or two threads where the broker is a folder."""
    pool = "prefork" if settings.REDIS_URL else "threads"
    command = [
        sys.executable, "-m", "celery", "-A", "hongyun", "--quiet", "worker", "--queues", queue, "--hostname", f"{queue}@%h",
        "--pool", pool, "--concurrency", "2", "--loglevel", "ERROR", "--without-gossip", "--without-mingle",
        "--without-heartbeat",
    ]  # fmt: skip
    return subprocess.Popen(command, cwd=settings.BASE_DIR, start_new_session=True)  # noqa: S603


def _stop(process: subprocess.Popen) -> None:
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(timeout=15)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)


def route(quick: bool) -> Iterator[Figure]:
    """Tasks a second through one worker with two processes: alone, and beside the worker of the messages that
    this makes; and from commit to routed when nothing else runs."""
    fill(people=True)
    count = 100 if quick else 300
    workers = []
    try:
        for name, queue in (("route.rate", "work"), ("route.rate_beside_messages", "messages")):
            workers.append(_worker(queue))
            if queue == "messages":
                _wait_sent(60)  # it has started, and sent what the first round made
            yield from _rate(name, workers[0], count)
        _wait_sent(60)
        waits = []
        for _ in range(20 if quick else 40):
            time.sleep(0.05)
            waits.append(_wait_routed(_file(1), 20, look=0.005) * 1000)
        waits.sort()
        yield line("route.idle_median", statistics.median(waits), "ms", len(waits))
        yield line("route.idle_p95", waits[int(len(waits) * 0.95) - 1], "ms", len(waits))
    finally:
        for worker in workers:
            _stop(worker)


def _rate(name: str, worker: subprocess.Popen, count: int) -> Iterator[Figure]:
    """How fast so many are routed whose bells lie in the broker, from the first that is, and the worker's CPU for one."""
    with quiet():
        pks = _file(count)
    for pk in pks:
        kick("appeals.route", pk)
    first = time.perf_counter()
    while (left := _waiting(pks)) == count:
        time.sleep(0.01)
        if time.perf_counter() - first > 60:
            raise RuntimeError("the worker does not start")
    spent = sum(cpu_seconds(pid) for pid in family(worker.pid))
    took = _wait_routed(pks, 120, look=0.05)
    spent = sum(cpu_seconds(pid) for pid in family(worker.pid)) - spent
    yield line(name, left / took, "1/s", left)
    yield line(f"{name}.cpu", spent / left * 1000, "ms", left)


def _wait_sent(limit: float) -> None:
    """Until nothing is due in the outbox: the idle figures begin with quiet workers."""
    began = time.perf_counter()
    while Notice.objects.filter(state="queued", next_try_at__lte=clock.now()).exists():
        if time.perf_counter() - began > limit:
            raise RuntimeError("the messages do not leave in time")
        time.sleep(0.2)


def start(quick: bool) -> Iterator[Figure]:
    """`make run` the first and the second time, and the memory of web, worker and beat together."""
    with tempfile.TemporaryDirectory(prefix="hongyun-start-") as folder:
        environment = {k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "REDIS_URL", "HONGYUN_TESTING")}
        environment["HONGYUN_DATA_DIR"] = folder
        for name in ("first", "second"):
            port = free_port()
            began = time.perf_counter()
            process = subprocess.Popen(  # noqa: S603
                [sys.executable, "manage.py", "serve", "--port", str(port)],
                cwd=settings.BASE_DIR, env=environment, stdout=subprocess.DEVNULL, start_new_session=True,
            )  # fmt: skip
            try:
                _until_up(port, 240)
                yield line(f"start.{name}", time.perf_counter() - began, "s", 1)
                if name == "second":
                    time.sleep(20)  # a beat of sweeps, so that what is loaded lazily is loaded
                    yield line("start.pss", sum(pss_mb(pid) for pid in family(process.pid)), "MB", 1)
            finally:
                _stop(process)


def _until_up(port: int, limit: float) -> None:
    began = time.perf_counter()
    while time.perf_counter() - began < limit:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=1):  # noqa: S310
                return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("serve did not come up")
