"""Figures of the register: its list, its search, a branch's page, at 22,700 and at a million drivers; an export of all."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from random import Random
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Person, Place, Posting, Unit
from accounts.rules.roles import Role
from accounts.selectors.people import phone_index
from accounts.selectors.viewer import viewer_for
from branches.models import Branch, Membership, Placement
from common import bulk, clock
from hongyun.bench.web import Figure, line
from hongyun.bench.world import signed_in_cookie
from members.models import Driver, Export, SearchKey
from members.rules.search import keys_of
from members.services import exports

SURNAMES, GIVEN = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗", "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超霞平刚"
RARE, COMMON, ABSENT = "欧阳锋", "王伟", "仝喆"
BATCH, ROUNDS = 50_000, 15
_IN_A_WORKER = """
import sys, time
from hongyun.celery import app
import django
django.setup()
app.loader.import_default_modules()
from common import clock
from members.services import exports
def peak():  # of this program alone: ru_maxrss also remembers the process that started it
    return next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmHWM"))
before, began = peak(), time.perf_counter()
exports.make(export_id=int(sys.argv[1]), now=clock.now())
print(time.perf_counter() - began, before, peak())
"""


def register(quick: bool) -> Iterator[Figure]:
    """Median milliseconds and queries of each page, and how much more the large register costs than the small one."""
    small, large = (2_000, 22_700) if quick else (22_700, 1_000_000)
    keeper, secretary = _people()
    spent: dict[str, float] = {}
    for size in (small, large):
        fill_drivers(size)
        for name, client, ask in _pages(keeper, secretary):
            ms, queries = _measure(client, ask)
            yield line(f"register {name} at {size}", ms, "ms", ROUNDS)
            yield line(f"register {name} at {size}: queries", queries, "queries", 1)
            if size == large:
                yield line(f"register {name}: large / small", ms / spent[name], "x", ROUNDS)
            spent[name] = ms


def export(quick: bool) -> Iterator[Figure]:
    """A workbook of 22,700 drivers, made by a process that holds what a worker holds."""
    size = 2_000 if quick else 22_700
    keeper, _secretary = _people()
    fill_drivers(size)
    now, by = clock.now(), viewer_for(keeper, now=clock.now(), second_factor=True)
    row = exports.ask(what="drivers", columns=[], filters={}, reason="bench", by=by, now=now)
    Export.objects.filter(pk=row.pk).update(state=Export.State.QUEUED, decided_by=_second())
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", _IN_A_WORKER, str(row.pk)], cwd=settings.BASE_DIR, check=True, capture_output=True, text=True
    )
    seconds, before, peak = map(float, done.stdout.split())
    row.refresh_from_db()
    if row.state != Export.State.READY:
        raise RuntimeError("the export was not made")
    yield line("export", seconds, "s", row.rows)
    yield line("export: memory of the worker at its highest", peak / 1024, "MB", 1)
    yield line("export: memory on top of what there was", (peak - before) / 1024, "MB", 1)


def _pages(keeper: Person, secretary: Person) -> Iterator[tuple[str, Client, Callable[[Client], None]]]:
    client, branch = _client(keeper), _client(secretary)
    yield "list", client, lambda one: _get(one, "/admin/drivers/")
    yield "list of a town", client, lambda one: _get(one, "/admin/drivers/?place=320312111")
    for word, name in (("common", COMMON), ("rare", RARE), ("absent", ABSENT), ("last four", "5678"), ("plate", "苏C00777")):
        looking = _client(keeper)
        looking.post("/admin/drivers/", {"q": name})
        yield f"search {word}", looking, lambda one: _get(one, "/admin/drivers/?found=1")
    yield "branch page", branch, lambda one: _get(one, "/admin/branches/mine/")


def _get(client: Client, path: str) -> None:
    answer = client.get(path)
    if answer.status_code != 200:
        raise RuntimeError(f"{path} answered {answer.status_code}")


def _measure(client: Client, ask: Callable[[Client], None]) -> tuple[float, int]:
    for _ in range(3):
        ask(client)
    with CaptureQueriesContext(connection) as asked:
        ask(client)
    queries, times = len(asked), []  # counted now: the next request forgets them
    for _ in range(ROUNDS):
        began = time.perf_counter()
        ask(client)
        times.append((time.perf_counter() - began) * 1000)
    return statistics.median(times), queries


def _client(person: Person) -> Client:
    client = Client(headers={"host": "127.0.0.1"})
    client.cookies[settings.SESSION_COOKIE_NAME] = signed_in_cookie(person)
    return client


def _people() -> tuple[Person, Person]:
    """A keeper of the register and a secretary with 34 placed members."""
    keeper = posted("bench-registrar", "transport", Role.REGISTRAR)
    secretary = posted("bench-secretary", "branch-03", Role.SECRETARY)
    branch, now = Branch.objects.get(unit__code="branch-03"), clock.now()
    if not Placement.objects.filter(branch=branch).exists():
        for number in range(34):
            person = Person.objects.create(name=f"党员{number}", joined_at=now, place=Place.objects.get(code="320312009"))
            one = Membership.objects.create(person=person, kind="full", verified_by=keeper, verified_at=now, verified_how="proof")
            Placement.objects.create(membership=one, branch=branch, since=now.date(), placed_by=secretary, placed_at=now)
    return keeper, secretary


def _second() -> Person:
    return posted("bench-registrar-2", "transport", Role.REGISTRAR)


def posted(login: str, unit: str, role: str) -> Person:
    person, made = Person.objects.get_or_create(login=login, defaults={"name": "试", "joined_at": clock.now()})
    if made:
        since = clock.now() - timedelta(days=400)
        Posting.objects.create(person=person, unit=Unit.objects.get(code=unit), role=role, starts_at=since)
    return person


def fill_drivers(size: int) -> None:
    """Drivers up to `size`, with their search keys, in bulk.

    The tables are left as a register in service has them: vacuumed. Else every first look at a page of a million fresh rows
    writes its hint bits, and autovacuum goes through all of them while the figures are taken."""
    have = Driver.objects.count()
    places = list(Place.objects.order_by("code").values_list("pk", flat=True))
    now = clock.now()
    for start in range(have, size, BATCH):
        _batch(start, min(BATCH, size - start), places, now)
    tables = [model._meta.db_table for model in (Person, Driver, SearchKey)]
    tidy = "VACUUM (ANALYZE)" if connection.vendor == "postgresql" else "ANALYZE"
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"{tidy} {connection.ops.quote_name(table)}")
        if connection.vendor == "postgresql":
            cursor.execute("CHECKPOINT")  # what the filling wrote is not flushed beside what is measured


def _batch(start: int, count: int, places: list[int], now) -> None:
    draw = Random(start)  # noqa: S311 - names of a bench
    people, drivers = bulk.reserve_ids(Person, count), bulk.reserve_ids(Driver, count)
    names = [RARE if start + n == 4_321 or (start, n) == (0, 432) else draw.choice(SURNAMES) + draw.choice(GIVEN) for n in range(count)]
    phones = [f"139{(start + n) % 10**8:08d}" for n in range(count)]
    bulk.insert(
        Person,
        ("id", "key", "name", "phone", "phone_index", "password", "is_active", "must_change_password", "joined_at", "demo_slug"),
        (
            (pk, UUID(int=draw.getrandbits(128)), name, phone, phone_index(phone), "!", True, False, now, "")
            for pk, name, phone in zip(people, names, phones, strict=True)
        ),
    )  # fmt: skip
    blank = ("gender", "licence_class", "relation_place", "work_place", "business_place", "claimed_status", "note")
    bulk.insert(
        Driver,
        ("id", "person_id", "place_id", "engagement", "trade", "state", "registered_at", "checked_at", *blank),
        (
            (pk, person, places[(start + n) % len(places)], "self_employed", "煤炭", "active", now, now, *[""] * len(blank))
            for n, (pk, person) in enumerate(zip(drivers, people, strict=True))
        ),
    )  # fmt: skip
    bulk.insert(
        SearchKey,
        ("driver_id", "key"),
        (
            (pk, key)
            for n, (pk, name, phone) in enumerate(zip(drivers, names, phones, strict=True))
            for key in sorted(keys_of(name=name, phone=phone, plates=(f"苏C{(start + n) % 100_000:05d}",)))
        ),
    )  # fmt: skip
