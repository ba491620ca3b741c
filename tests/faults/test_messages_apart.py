"""A gateway that hangs, and a flood of messages before it, hold up no routing (F14). Real workers, real gateway."""

from __future__ import annotations

import pytest

from hongyun.bench.scratch import scratch_environment
from tests.faults.test_kill_storm import Installation, wait_for
from tests.notices.gateway_server import GatewayServer

SECRET = "a secret of this test alone"
FLOOD, FILED = 2_500, 5

QUEUE_THE_FLOOD = f"""
from common import clock
from common.queue import kick
from notices.models import Notice
from notices.services import outbox
rows = [outbox.Row("appeal.received", "appeals.appeal", str(10**9 + n), address=f"139{{n:08d}}", hours="any") for n in range({FLOOD})]
print(outbox.post_many(rows, now=clock.now()))
for name in ["notices.send", "notices.sweep", "hongyun.sweep"] * 3:
    kick(name)
"""
FILE_SOME = f"""
import uuid
from accounts.rules.viewer import NOBODY
from appeals.services.filing import Filing, file
from common import clock
for _ in range({FILED}):
    file(filing=Filing(client_key=uuid.uuid4(), text="柳新一个料场欠运费八千六，电话不接"), by=NOBODY, caller=str(uuid.uuid4()), now=clock.now())
"""


@pytest.fixture
def server():
    made = GatewayServer(SECRET)
    made.mode = "stall"
    yield made
    made.close()


@pytest.fixture
def installed(server):
    more = {"SMS_URL": server.url, "SMS_SECRET": SECRET, "SMS_ALLOWED_HOSTS": "127.0.0.1", "STORM_BRAKE": "100000"}
    with scratch_environment() as environment:
        made = Installation(environment | more)
        try:
            yield made
        finally:
            made.stop()


def worker(installed: Installation, queue: str) -> None:
    installed.start(
        "-m", "celery", "-A", "hongyun", "worker", "--queues", queue, "--hostname", f"{queue}@%h", "--pool", "threads",
        "--concurrency", "1",
    )  # fmt: skip


def test_a_flood_of_messages_before_a_gateway_that_hangs_is_no_matter_of_the_worker_that_routes(installed, server):
    assert installed.python(QUEUE_THE_FLOOD) == str(FLOOD)
    worker(installed, "work")
    installed.python(FILE_SOME)
    wait_for(lambda: installed.ledger()["waiting"] == 0, 120)
    assert len(installed.ledger()["decided"]) == FILED
    assert server.got == [], "the worker that routes went to the gateway itself"
    worker(installed, "messages")
    wait_for(lambda: server.got, 120)  # now somebody is at the gateway, which hangs
    installed.python(FILE_SOME)
    wait_for(lambda: installed.ledger()["waiting"] == 0, 120)
    assert len(installed.ledger()["decided"]) == 2 * FILED
