"""SIGKILL in the middle of an import leaves nothing by halves; at the machine it is run again, on the page it is resumed.

Real processes with a fail point armed, in a scratch installation of the database under test.
"""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from hongyun.bench.scratch import scratch_environment

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "members" / "data"
ARMED = {"HONGYUN_FAILPOINTS_ON": "1"}
COUNTS = """
import json
from accounts.models import Person
from accounts.services import audit
from common import clock
from members.models import Claim, Conflict, Driver, DriverVehicle, Enterprise, FieldChange, SearchKey, Upload, Vehicle
audit.seal(now=clock.now())
tables = (Person, Driver, Vehicle, DriverVehicle, Enterprise, SearchKey, FieldChange, Claim, Conflict)
print(json.dumps({
    "rows": {model.__name__: model.objects.count() for model in tables},
    "states": list(Upload.objects.order_by("pk").values_list("state", flat=True)),
    "broken": audit.first_broken(),
}))
"""


class Scratch:
    def __init__(self, environment: dict[str, str]):
        self.environment = environment
        self.run("manage.py", "migrate", "-v0")

    def run(self, *words: str, **more: str) -> subprocess.CompletedProcess:
        return subprocess.run(
            [sys.executable, *words], cwd=ROOT, env=self.environment | more, capture_output=True, text=True, check=False
        )

    def python(self, code: str, **more: str) -> subprocess.CompletedProcess:
        return self.run("-c", f"import django; django.setup()\n{code}", **more)

    def counts(self) -> dict:
        done = self.python(COUNTS)
        assert done.returncode == 0, done.stderr[-2000:]
        return json.loads(done.stdout)


@pytest.fixture(scope="module")
def scratch():
    with scratch_environment() as environment:
        yield Scratch(environment | {"PYTHONPATH": str(ROOT)})


def test_the_district_killed_while_it_is_written_is_not_there_at_all(scratch):
    before = scratch.counts()
    killed = scratch.run(
        "manage.py", "import_census", str(DATA / "census-22700.xlsx"), "--apply", **ARMED,
        HONGYUN_FAILPOINTS="in_the_middle:import=kill",
    )  # fmt: skip
    assert killed.returncode == -signal.SIGKILL, "the kill did not happen: this test would prove nothing"
    after = scratch.counts()
    assert after["rows"] == before["rows"] and after["states"] == ["checked"] and after["broken"] == ""


def test_killed_while_it_is_read_it_has_written_nothing_and_the_same_command_then_does_all(scratch):
    words = ("manage.py", "import_census", str(DATA / "census-sample.xlsx"), "--apply", "--json")
    killed = scratch.run(*words, **ARMED, HONGYUN_FAILPOINTS="in_the_middle:stage=kill")
    assert killed.returncode == -signal.SIGKILL
    assert scratch.counts()["rows"]["Driver"] == 0
    done = scratch.run(*words)
    assert done.returncode == 0, done.stderr[-1000:]
    assert json.loads(done.stdout)["created"] == 480 == scratch.counts()["rows"]["Driver"]


PREPARE = """
from common import clock
from members.services import uploads
from tests.cast import make_cast
from tests.members.books import book, person
now = clock.now()
cast = make_cast("registrar", "second_registrar", now=now)
content = book(*(person(n) for n in range(30)))
uploads.take(content=content, name="census.xlsx", kind="census", by=cast.viewer("registrar", now), now=now)
"""
FIND = """
from datetime import timedelta
from accounts.models import Person
from accounts.selectors.viewer import viewer_for
from common import clock
from members.models import Upload
from members.services import apply, staging, uploads
upload = Upload.objects.latest("pk")
now = clock.now()
"""
STAGE = FIND + "staging.stage(upload_id=upload.pk, now=now)"
CONFIRM = FIND + """
second = viewer_for(Person.objects.get(login="second_registrar"), now=now, second_factor=True)
uploads.confirm(upload=upload, sha256=upload.sha256, by=second, now=now)
apply.apply(upload_id=upload.pk, now=now)
"""
RESUME = FIND + """
assert uploads.sweep(now=now + timedelta(seconds=30)) == 0, "its lease still runs"
later = now + timedelta(minutes=5)
assert uploads.sweep(now=later) == 1
(staging.stage if upload.state == "staged" else apply.apply)(upload_id=upload.pk, now=later)
"""


def test_on_the_page_a_dead_worker_is_found_by_the_sweep_and_the_work_is_done_once(scratch):
    assert scratch.python(PREPARE).returncode == 0
    rows = scratch.counts()["rows"]
    killed = scratch.python(STAGE, **ARMED, HONGYUN_FAILPOINTS="in_the_middle:stage=kill")
    assert killed.returncode == -signal.SIGKILL and scratch.counts()["states"][-1] == "staged"
    resumed = scratch.python(RESUME)
    assert resumed.returncode == 0, resumed.stderr[-1500:]
    assert scratch.counts()["states"][-1] == "checked"
    killed = scratch.python(CONFIRM, **ARMED, HONGYUN_FAILPOINTS="in_the_middle:import=kill")
    assert killed.returncode == -signal.SIGKILL, killed.stderr[-1500:]
    middle = scratch.counts()
    assert middle["states"][-1] == "applying" and middle["rows"] == rows
    resumed = scratch.python(RESUME)
    assert resumed.returncode == 0, resumed.stderr[-1500:]
    after = scratch.counts()
    assert after["states"][-1] == "applied" and after["rows"]["Driver"] == rows["Driver"] + 30 and after["broken"] == ""
