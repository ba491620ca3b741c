"""Kill anything at any moment: a number that was shown is on disk, nothing is lost, nothing is done twice.

Real processes on 127.0.0.1: gunicorn, a Celery worker with beat, the broker's folder (or Redis).
"""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import signal
import subprocess
import sys
import time
import uuid
from pathlib import Path

import pytest

from hongyun.bench.scratch import scratch_environment
from hongyun.bench.server import free_port

ROOT = Path(__file__).resolve().parents[2]
TEXT = "给柳新一个料场拉了半个月石子，说好月底结，现在电话不接微信拉黑，八千六运费咋要"
KILLS = 10
RECOVERED_WITHIN = 120  # seconds


class Installation:
    """A scratch installation of its own; every process it starts is ended by pid."""

    def __init__(self, environment: dict[str, str]):
        self.environment = environment | {"HONGYUN_TESTING": "1"}
        self.processes: list[subprocess.Popen] = []
        for step in (["migrate", "-v0"], ["createcachetable", "-v0"]):
            subprocess.run([sys.executable, "manage.py", *step], cwd=ROOT, env=self.environment, check=True)
        self.python(
            "from tests.cast import make_cast; from common import clock; make_cast('handler','head','desk', now=clock.now())"
        )

    def start(self, *command: str, **more: str) -> subprocess.Popen:
        process = subprocess.Popen(
            [sys.executable, *command], cwd=ROOT, env=self.environment | more, start_new_session=True,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        self.processes.append(process)
        return process

    def web(self, **more: str) -> int:
        port = free_port()
        self.start(
            "-m", "gunicorn", "hongyun.wsgi", "--bind", f"127.0.0.1:{port}", "--workers", "1", "--no-control-socket", **more
        )
        wait_for(lambda: ask(port, "GET", "/healthz")[0] == 200, 60)
        return port

    def worker(self, **more: str) -> subprocess.Popen:
        return self.start(
            "-m", "celery", "-A", "hongyun", "worker", "--beat", "--pool", "threads", "--concurrency", "2",
            "--schedule", os.path.join(self.environment["HONGYUN_DATA_DIR"], f"beat-{uuid.uuid4().hex[:6]}"), **more,
        )  # fmt: skip

    def python(self, code: str) -> str:
        """Python inside the installation; what it prints."""
        done = subprocess.run(
            [sys.executable, "-c", f"import django; django.setup()\n{code}"], cwd=ROOT, env=self.environment,
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr[-2000:]
        return done.stdout.strip()

    def ledger(self) -> dict:
        """What is in the books: numbers by state, decisions by appeal, notices by key, the audit chain."""
        return json.loads(self.python(LEDGER))

    def stop(self) -> None:
        for process in self.processes:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


LEDGER = """
import json
from collections import Counter
from common import clock
from accounts.services import audit
from appeals.models import Appeal, Event, Leg
from notices.models import Notice
audit.seal(now=clock.now())
print(json.dumps({
    "numbers": list(Appeal.objects.values_list("number", flat=True)),
    "waiting": Appeal.objects.filter(state="submitted", at_desk=False).count(),
    "decided": sorted(Counter(Event.objects.filter(move__in=["route", "to_desk"]).values_list("appeal_id", flat=True)).values()),
    "filed": sorted(Counter(Event.objects.filter(move="file").values_list("appeal_id", flat=True)).values()),
    "legs": sorted(Counter(Leg.objects.filter(ended_at=None).values_list("appeal_id", flat=True)).values()),
    "received": Notice.objects.filter(template="appeal.received").count(),
    "stuck": Notice.objects.filter(state="sending").count(),
    "broken": audit.first_broken(),
}))
"""


def ask(port: int, method: str, path: str, body: dict | None = None, key: str = "") -> tuple[int, dict]:
    """(status, JSON); (0, {}) when the connection broke."""
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    headers = {"Content-Type": "application/json"} | ({"Idempotency-Key": key} if key else {})
    try:
        link.request(method, path, json.dumps(body) if body is not None else None, headers)
        answer = link.getresponse()
        raw = answer.read()
        return answer.status, json.loads(raw) if raw[:1] == b"{" else {}
    except (OSError, http.client.HTTPException):
        return 0, {}
    finally:
        link.close()


def wait_for(true, seconds: float) -> float:
    """Seconds until it holds."""
    began = time.monotonic()
    while not true():
        assert time.monotonic() - began < seconds, f"not within {seconds} s"
        time.sleep(0.2)
    return time.monotonic() - began


@pytest.fixture(scope="module")
def installed():
    with scratch_environment() as environment:
        made = Installation(environment)
        try:
            yield made
        finally:
            made.stop()


def file_at(port: int, key: str) -> tuple[int, dict]:
    return ask(port, "POST", "/api/v1/appeals/", {"text": f"{TEXT}（{key[:8]}）", "phone": "13800000009"}, key)


def test_web_killed_after_commit_ten_times_loses_no_number_and_doubles_none(installed):
    dying = installed.web(HONGYUN_FAILPOINTS_ON="1", HONGYUN_FAILPOINTS="after_commit:appeal_submit=kill")
    living = installed.web()
    before = set(installed.ledger()["numbers"])
    shown = []
    for _ in range(KILLS):
        key = str(uuid.uuid4())
        wait_for(lambda: ask(dying, "GET", "/healthz")[0] == 200, 30)
        assert file_at(dying, key) == (0, {}), "the kill did not happen: this test would prove nothing"
        status, first = file_at(living, key)
        assert status == 200, (status, first)
        assert file_at(living, key)[1]["number"] == first["number"]
        shown.append(first["number"])
    ledger = installed.ledger()
    assert set(ledger["numbers"]) - before == set(shown) and len(set(shown)) == KILLS
    assert set(ledger["filed"]) == {1} and ledger["broken"] == ""


def test_web_killed_before_commit_leaves_nothing_by_halves_and_the_resend_works(installed):
    dying = installed.web(HONGYUN_FAILPOINTS_ON="1", HONGYUN_FAILPOINTS="in_the_middle:appeal_submit=kill")
    living = installed.web()
    before = installed.ledger()["numbers"]
    key = str(uuid.uuid4())
    assert file_at(dying, key) == (0, {})
    assert installed.ledger()["numbers"] == before
    assert file_at(living, key)[0] == 201


def test_a_worker_killed_in_the_middle_and_a_broker_that_lost_everything_are_made_good_within_two_minutes(installed):
    web = installed.web()
    assert file_at(web, str(uuid.uuid4()))[0] == 201
    killed = installed.worker(HONGYUN_FAILPOINTS_ON="1", HONGYUN_FAILPOINTS="in_the_middle:route=kill")
    wait_for(lambda: killed.poll() is not None, 60)
    assert killed.returncode == -signal.SIGKILL
    assert installed.ledger()["waiting"] > 0, "the killed worker left nothing to make good"
    for _ in range(3):
        assert file_at(web, str(uuid.uuid4()))[0] == 201
    lose_every_message(installed)
    installed.worker()
    took = wait_for(lambda: installed.ledger()["waiting"] == 0, RECOVERED_WITHIN)
    ledger = installed.ledger()
    assert set(ledger["decided"]) == {1}, "routed once each"
    assert set(ledger["legs"]) <= {1} and ledger["broken"] == ""
    assert len(ledger["decided"]) == len(ledger["numbers"]) == ledger["received"]
    assert took < RECOVERED_WITHIN


def lose_every_message(installed: Installation) -> None:
    """kill -9 of the broker: its folder emptied, or its keys gone."""
    if url := installed.environment.get("REDIS_URL"):
        import redis

        store = redis.Redis.from_url(url)
        for name in store.scan_iter(f"{installed.environment['REDIS_PREFIX']}*"):
            store.delete(name)
        return
    for message in Path(installed.environment["HONGYUN_DATA_DIR"], "broker", "queue").glob("*"):
        message.unlink()
