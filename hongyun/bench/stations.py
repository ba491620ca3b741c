"""Figures of the stations: two hundred at once for one house's beds; what is near among ten thousand, free beside a million past bookings."""

from __future__ import annotations

import json
import secrets
import statistics
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import time as at
from datetime import timedelta
from threading import Barrier
from uuid import uuid4

from django.db import connection, transaction
from django.db.models import Count
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Place, Unit
from accounts.rules.viewer import NOBODY
from common import clock
from hongyun.bench.server import Server
from hongyun.bench.web import BARE, OURS, Figure, line
from stations.models import Booking, Hours, Resource, Service, Station
from stations.selectors import near as selectors
from stations.selectors.free import free_now
from stations.selectors.hours import offered
from stations.services.bookings import LIVE_AT_ONCE

CLIENTS, NIGHTS, THREADS = 200, 2, 4  # as the README starts it: two workers with four threads
MIDDLE = (34.26, 117.28)


def _house(slug: str, beds: int) -> Service:
    """One open house with so many beds, and no other."""
    unit = Unit.objects.create(code=slug, name=f"试 {slug}", kind=Unit.Kind.STATION, parent=Unit.objects.get(code="stations"))
    house = Station.objects.create(
        unit=unit, slug=slug, kind="park", state="open", address="试", place=Place.objects.first(), latitude=MIDDLE[0], longitude=MIDDLE[1]
    )
    Hours.objects.create(station=house, days="all", opens=at(0), closes=at(0))
    service = Service.objects.create(station=house, kind="lodging", how="book", minutes=0, grace=480)
    Resource.objects.bulk_create(Resource(service=service, name=f"{n + 1} 号") for n in range(beds))
    return service


def booking(quick: bool) -> Iterator[Figure]:
    """Two hundred clients, each for a bed of each of two nights, one night after the other; a tenth of them comes too late."""
    clients = 50 if quick else CLIENTS
    service, now = _house("bench-beds", clients * 9 // 10), clock.now()
    nights = [offered(NOBODY, service, clock.today(now) + timedelta(days=1 + night), now=now)[0].starts.isoformat() for night in range(NIGHTS)]
    assert len(nights) <= LIVE_AT_ONCE
    with Server(OURS, threads=THREADS) as ours:
        for n in range(2 * THREADS * 2):  # both workers have imported what they import at their first request
            ours.ask("GET", "/api/v1/stations/bench-beds/slots/?service=lodging")
            _book(ours, nights[0], n, warm=True)
        times, answers, took = _at_once(clients, lambda n: [_book(ours, night, n) for night in nights])
    _no_bed_twice(service)
    wanted = clients * NIGHTS
    assert set(answers) <= {201, 409}, answers
    assert answers[201] == Resource.objects.filter(service=service).count() * NIGHTS, answers
    yield line("booking.rate", answers[201] / took, "1/s", answers[201])
    yield line("booking.answers", wanted / took, "1/s", wanted)
    yield line("booking.p50", statistics.median(times) * 1000, "ms", wanted)
    yield line("booking.p99", sorted(times)[int(len(times) * 0.99)] * 1000, "ms", wanted)
    yield line("booking.full", answers[409], "answers", wanted)
    yield line("booking.twice", 0, "beds", answers[201])
    with Server(BARE, threads=THREADS) as bare:
        times, answers, took = _at_once(clients, lambda n: [_timed(lambda: bare.ask("POST", "/submit", "text=x", FORM)[0]) for _night in nights])
    yield line("booking.bare_answers", wanted / took, "1/s", wanted)
    yield line("booking.bare_p99", sorted(times)[int(len(times) * 0.99)] * 1000, "ms", wanted)


FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def _at_once(clients: int, act: Callable[[int], list[tuple[float, int]]]) -> tuple[list[float], Counter, float]:
    """All of them at the same moment: seconds of each answer, how often each status, and how long it took in all."""
    ready = Barrier(clients + 1)

    def one(n: int) -> list[tuple[float, int]]:
        ready.wait()
        return act(n)

    with ThreadPoolExecutor(clients) as pool:
        waits = [pool.submit(one, n) for n in range(clients)]
        ready.wait()
        began = time.perf_counter()
        found = [pair for wait in waits for pair in wait.result()]
        took = time.perf_counter() - began
    return [seconds for seconds, _status in found], Counter(status for _seconds, status in found), took


def _timed(ask: Callable[[], int]) -> tuple[float, int]:
    began = time.perf_counter()
    status = ask()
    return time.perf_counter() - began, status


def _book(ours: Server, night: str, n: int, *, warm: bool = False) -> tuple[float, int]:
    """One booking by the API, each client from an address of his own; `warm` asks for nothing that there is."""
    body = json.dumps({"service": "gym" if warm else "lodging", "starts_at": night, "phone": f"139{n:08d}"})
    head = {"Content-Type": "application/json", "Idempotency-Key": str(uuid4()), "X-Forwarded-For": f"10.{n // 250}.{n % 250}.7", "Host": "127.0.0.1"}
    return _timed(lambda: ours.ask("POST", "/api/v1/stations/bench-beds/book/", body, head)[0])


def _no_bed_twice(service: Service) -> None:
    twice = Booking.objects.filter(service=service).order_by().values("resource", "starts_at").annotate(n=Count("pk")).filter(n__gt=1)
    if twice.exists():
        raise RuntimeError("a bed was given twice")


def near(quick: bool) -> Iterator[Figure]:
    """What is near among all houses; how much is free now, at so many past bookings; and the page with both."""
    houses, past = (1_000, 50_000) if quick else (10_000, 1_000_000)
    _many(houses)
    yield line(f"near.filled@{past}", _past(past), "s", past)
    points = [(MIDDLE[0] + secrets.randbelow(100) / 200, MIDDLE[1] + secrets.randbelow(100) / 200) for _turn in range(25)]
    yield line(f"near@{houses}", _median(lambda point: selectors.near(NOBODY, *point, most=30), points), "ms", len(points))
    yield line(f"near.bare@{houses}", _median(lambda point: list(Station.objects.select_related("unit", "place").order_by("pk")[:30]), points), "ms", len(points))
    now = clock.now()
    listed = [[one.station.pk for one in selectors.near(NOBODY, *point, most=30)] for point in points]
    yield line(f"free_now@{past}", _median(lambda ids: free_now(NOBODY, ids, now=now), listed), "ms", len(listed))
    bare = _median(lambda ids: list(Resource.objects.filter(service__station__in=ids).values_list("pk", "service_id")), listed)
    yield line(f"free_now.bare@{past}", bare, "ms", len(listed))
    client = Client(SERVER_NAME="127.0.0.1")
    yield line("near.page", _median(lambda point: client.get(f"/stations/?at={point[0]},{point[1]}"), points), "ms", len(points))
    with CaptureQueriesContext(connection) as queries:
        client.get(f"/stations/?at={points[0][0]},{points[0][1]}")
    yield line("near.page_queries", len(queries), "queries", 1)


def _median(act: Callable, each: list) -> float:
    """Milliseconds, the median; the first is not counted."""
    act(each[0])
    return statistics.median(_timed(lambda one=one: act(one) and 0)[0] for one in each) * 1000


def _many(count: int) -> None:
    """Houses all over the province, thick in the district: each with four beds and hours of its own."""
    parent, place = Unit.objects.get(code="stations"), Place.objects.first()
    units = Unit.objects.bulk_create(
        Unit(code=f"bench-{n}", name=f"试 {n}", kind=Unit.Kind.STATION, parent=parent) for n in range(count)
    )  # fmt: skip
    wide = [0.5 if n % 2 else 3.0 for n in range(count)]
    houses = Station.objects.bulk_create(
        Station(
            unit=unit, slug=unit.code, kind="park", state="open", address="试", place=place,
            latitude=MIDDLE[0] + (secrets.randbelow(20_000) / 10_000 - 1) * reach, longitude=MIDDLE[1] + (secrets.randbelow(20_000) / 10_000 - 1) * reach,
        )
        for unit, reach in zip(units, wide, strict=True)
    )  # fmt: skip
    Hours.objects.bulk_create(Hours(station=house, days="all", opens=at(0), closes=at(0)) for house in houses)
    services = Service.objects.bulk_create(Service(station=house, kind="lodging", how="book", minutes=0) for house in houses)
    Resource.objects.bulk_create((Resource(service=one, name=f"{n} 号") for one in services for n in range(4)), batch_size=2_000)


def _past(count: int) -> float:
    """So many bookings that are over, spread over all beds, and a live one on every fifth bed. Returns seconds."""
    began, now = time.perf_counter(), clock.now()
    beds = list(Resource.objects.filter(service__station__slug__startswith="bench-").values_list("pk", "service_id", "service__station_id").order_by("pk"))
    today = now.replace(minute=0, second=0, microsecond=0)

    def row(n: int) -> Booking:
        bed, service, house = beds[n % len(beds)]
        starts = today - timedelta(days=1 + n // len(beds))
        return Booking(client_key=uuid4(), station_id=house, service_id=service, resource_id=bed, kind="lodging", starts_at=starts, ends_at=starts + timedelta(hours=12),
                       made_at=starts, state="done", code=f"{n % 10_000:04d}")  # fmt: skip

    with transaction.atomic():
        for start in range(0, count, 5_000):
            Booking.objects.bulk_create([row(n) for n in range(start, min(count, start + 5_000))], batch_size=1_000)
    live = [
        Booking(client_key=uuid4(), station_id=house, service_id=service, resource_id=bed, kind="lodging", starts_at=today, ends_at=now + timedelta(hours=8),
                made_at=today, state="booked", code=f"{n % 10_000:04d}", next_at=now + timedelta(hours=8))
        for n, (bed, service, house) in enumerate(beds[:: 5])
    ]  # fmt: skip
    Booking.objects.bulk_create(live, batch_size=1_000)
    with connection.cursor() as cursor:  # what autovacuum does within a minute, and what `optimize` does for SQLite
        cursor.execute("ANALYZE")
    return time.perf_counter() - began
