"""Figures of the web: filing, its form, the handler's list, the dashboard; each in turns with the bare view."""

from __future__ import annotations

import re
import secrets
import statistics
import time
import urllib.parse
import uuid
from collections.abc import Callable, Iterator

from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from appeals.models import Appeal
from appeals.services import drafts
from common import clock
from hongyun.bench.server import Server
from hongyun.bench.world import fill, person_of, signed_in_cookie

CSRF = "a" * 32
TEXT = "给柳新一个料场拉了半个月石子，说好月底结，现在电话不接微信拉黑，八千六运费咋要"
BARE, OURS = "hongyun.bench.bare:application", "hongyun.wsgi:application"
WARM = 20
Figure = dict[str, object]


def line(name: str, value: float, unit: str, n: int) -> Figure:
    return {"name": name, "value": round(value, 3), "unit": unit, "n": n}


def turns(bare: Server, ours: Server, ask_bare: Callable, ask_ours: Callable, *, rounds: int, each: int) -> dict:
    """Run both in turns. CPU milliseconds a request and requests a second of both."""
    spent = {"bare": [0.0, 0.0], "ours": [0.0, 0.0]}
    for _ in range(WARM):  # both workers of both have imported what they import at their first request
        ask_bare(), ask_ours()
    for _ in range(rounds):
        for key, server, ask in (("bare", bare, ask_bare), ("ours", ours, ask_ours)):
            cpu, began = server.cpu(), time.perf_counter()
            for _ in range(each):
                ask()
            spent[key][0] += server.cpu() - cpu
            spent[key][1] += time.perf_counter() - began
    n = rounds * each
    return {
        "n": n,
        "bare_cpu": spent["bare"][0] / n * 1000,
        "ours_cpu": spent["ours"][0] / n * 1000,
        "ratio": spent["bare"][1] / spent["ours"][1],
        "bare_rate": n / spent["bare"][1],
        "ours_rate": n / spent["ours"][1],
    }


def _address() -> str:
    """Another caller each time, so that the limit on one caller is not what is measured."""
    return ".".join(str(secrets.randbelow(250) + 1) for _ in range(4))


def _ready_form() -> tuple[str, dict[str, str]]:
    """Body and headers of the last post of a form that is filled in."""
    token = drafts.new_cookie()
    key = uuid.uuid4()
    now = clock.now()
    draft = drafts.of_form(holder=drafts.holder_of(token), client_key=key, now=now)
    answers = {"text": TEXT, "about": "nobody", "phone": "13861125678", "place": "", "spot": "G3 K712", "happened": ""}
    drafts.save(draft=draft, answers=answers, now=now)
    body = urllib.parse.urlencode({"csrfmiddlewaretoken": CSRF, "client_key": str(key)})
    headers = {
        "Cookie": f"{settings.CSRF_COOKIE_NAME}={CSRF}; d={token}",
        "Content-Type": "application/x-www-form-urlencoded",
        "X-Forwarded-For": _address(),
        "Host": "127.0.0.1",
    }
    return body, headers


def submit(quick: bool) -> Iterator[Figure]:
    """POST of a filing without photos, with a phone so that a receipt goes to the outbox; and the form's first page."""
    fill(people=True)
    rounds, each = (4, 25) if quick else (10, 40)
    forms = iter([_ready_form() for _ in range(rounds * each + WARM + 2)])
    client = Client(SERVER_NAME="127.0.0.1", headers={"x-forwarded-for": _address()})
    for _ in range(2):  # the first of a process also reads the working days
        body, headers = next(forms)
        client.cookies["d"] = headers["Cookie"].split("d=")[1]
        with CaptureQueriesContext(connection) as queries:
            answer = client.post("/appeals/new/check", body, content_type=headers["Content-Type"])
        assert answer.status_code == 302, answer.status_code
    yield line("submit.queries", len([q for q in queries if not _is_frame(q["sql"])]), "queries", 1)
    with Server(BARE) as bare, Server(OURS) as ours:

        def ask_ours():
            text, head = next(forms)
            status, _, _ = ours.ask("POST", "/appeals/new/check", text, head)
            assert status == 302, status

        bare_body = urllib.parse.urlencode({"text": TEXT})
        bare_head = {"Content-Type": "application/x-www-form-urlencoded"}
        got = turns(
            bare, ours, lambda: bare.ask("POST", "/submit", bare_body, bare_head), ask_ours, rounds=rounds, each=each
        )
        yield line("submit.cpu", got["ours_cpu"], "ms", got["n"])
        yield line("submit.bare_cpu", got["bare_cpu"], "ms", got["n"])
        yield line("submit.rate", got["ours_rate"], "1/s", got["n"])
        yield line("submit.of_bare_rate", got["ratio"] * 100, "%", got["n"])
        got = turns(
            bare, ours, lambda: bare.ask("GET", "/form"), lambda: ours.ask("GET", "/appeals/new"), rounds=rounds, each=each
        )
        yield line("form.cpu", got["ours_cpu"], "ms", got["n"])


def _is_frame(sql: str) -> bool:
    """BEGIN, COMMIT and savepoints frame the work; they are no query of it."""
    return sql.split(" ", 1)[0].upper() in {"BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "ROLLBACK"}


def lists(quick: bool) -> Iterator[Figure]:
    """A handler's list of 25, scope applied, at 1,000 and 100,000 appeals."""
    sizes = (1_000, 10_000) if quick else (1_000, 100_000)
    medians = {}
    for size in sizes:
        fill(people=True, appeals=size)
        handler = person_of("handler")
        cookie = signed_in_cookie(handler)
        client = _client(cookie)
        client.get("/admin/appeals/appeal/")  # a session's first page also writes down when it began
        with CaptureQueriesContext(connection) as queries:
            answer = client.get("/admin/appeals/appeal/")
        keys = re.findall(r'<tr id="a([0-9a-f-]{36})"', answer.content.decode())
        assert (answer.status_code, len(keys)) == (200, 25), (answer.status_code, len(keys))
        same = ",".join(str(pk) for pk in Appeal.objects.filter(key__in=keys).values_list("pk", flat=True))
        yield line(f"list.queries@{size}", len(queries), "queries", 1)
        with Server(BARE) as bare, Server(OURS) as ours:
            head = {"Cookie": f"{settings.SESSION_COOKIE_NAME}={cookie}"}
            got = turns(
                bare, ours, lambda bare=bare, same=same: bare.ask("GET", f"/rows?ids={same}"),
                lambda ours=ours, head=head: ours.ask("GET", "/admin/appeals/appeal/", "", head), rounds=5, each=20,
            )  # fmt: skip
        medians[size] = got["ours_cpu"]
        yield line(f"list.cpu@{size}", got["ours_cpu"], "ms", got["n"])
        yield line(f"list.bare_cpu@{size}", got["bare_cpu"], "ms", got["n"])
        yield line(f"list.times_bare@{size}", 1 / got["ratio"], "×", got["n"])
    small, large = sizes
    yield line("list.large_to_small", medians[large] / medians[small], "×", 2)


def _client(cookie: str) -> Client:
    client = Client(SERVER_NAME="127.0.0.1")
    client.cookies[settings.SESSION_COOKIE_NAME] = cookie
    return client


def dashboard(quick: bool) -> Iterator[Figure]:
    """The bureau's page at 100,000 appeals: wall time of the view, and its queries."""
    size = 10_000 if quick else 100_000
    fill(people=True, appeals=size)
    client = _client(signed_in_cookie(person_of("leader")))
    client.get("/dashboards/")
    times = []
    for _ in range(7):
        began = time.perf_counter()
        answer = client.get("/dashboards/")
        times.append((time.perf_counter() - began) * 1000)
        assert answer.status_code == 200, answer.status_code
    with CaptureQueriesContext(connection) as queries:
        client.get("/dashboards/")
    yield line(f"dashboard@{size}", statistics.median(times), "ms", len(times))
    yield line(f"dashboard.queries@{size}", len(queries), "queries", 1)
