"""The sweep of retention: what breaks steps aside, batches are bounded, two at once and a kill lose nothing."""

from __future__ import annotations

import signal
from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.db import connection, transaction

from accounts.models import AuditLine, Person
from accounts.rules.viewer import Viewer
from appeals.services import drafts
from common import clock, stored_files
from members.models import (
    DataRequest,
    Driver,
    Postponed,
)
from members.services import (
    own,
    retention,
)
from tests.cast import MONDAY
from tests.members.retention_world import (
    DAY,
    HOUR,
    PHONE,
    cast_of_keepers,
    gone_driver,
    has_login,
    has_session,
    on_disk,
    sweep,
    upload_of,
)

pytestmark = pytest.mark.django_db

@pytest.fixture
def cast(db):
    return cast_of_keepers()


def test_a_row_that_breaks_steps_aside_for_an_hour_and_the_others_go_on(cast, monkeypatch):
    poison, other = gone_driver(77), gone_driver(78)
    renew = retention.search_keys.renew_drivers

    def broken(pks):
        if poison.pk in pks:
            raise RuntimeError(f"{PHONE} does not open")
        return renew(pks)

    monkeypatch.setattr(retention.search_keys, "renew_drivers", broken)
    assert sweep() == 1
    assert Person.objects.get(pk=poison.person_id).phone == PHONE, "nothing of it is half done"
    assert Person.objects.get(pk=other.person_id).phone is None
    assert (Postponed.objects.get().why, Postponed.objects.get().until) == ("failed", MONDAY + HOUR)
    monkeypatch.undo()
    assert sweep(MONDAY + timedelta(minutes=59)) == 0 and sweep(MONDAY + HOUR) == 1 and not Postponed.objects.exists()


def test_a_batch_is_bounded_and_rows_aside_do_not_stand_at_its_head(cast, monkeypatch):
    monkeypatch.setattr(retention, "BATCH", 2)
    needed = [gone_driver(n) for n in (1, 2)]
    rest = [gone_driver(n) for n in (3, 4, 5)]
    has_login(cast, needed[0].person)
    has_session(cast, needed[1].person)
    assert [sweep(MONDAY + timedelta(seconds=15 * n)) for n in range(4)] == [0, 2, 1, 0]
    assert Driver.objects.filter(pk__in=[each.pk for each in rest], erased_at=None).count() == 0


def test_a_file_whose_deletion_failed_is_an_orphan_that_the_tidy_takes(cast, settings, monkeypatch, django_capture_on_commit_callbacks):
    row = upload_of(cast, state="dropped")
    settings.FAILPOINTS_ON = True
    monkeypatch.setenv("HONGYUN_FAILPOINTS", "after_commit:retention=raise")
    with django_capture_on_commit_callbacks(execute=True):
        assert sweep(MONDAY + timedelta(days=30)) == 1
    assert on_disk(row.stored) and row.stored not in stored_files.names_kept()
    drafts.sweep_old(now=clock.now() + timedelta(days=2))
    assert not on_disk(row.stored)


def test_the_answer_to_a_wish_for_deletion_is_not_needed_for_the_time_to_run_out(cast):
    """An open wish is work under way; once answered nothing holds him."""
    driver = gone_driver()
    own.ask(kind="delete", words="", by=Viewer(person_id=driver.person_id), now=MONDAY)
    assert sweep() == 0
    own.answer(request=DataRequest.objects.get(), done=False, words="三年一到就删，已经记下", by=cast.viewer("registrar"), now=MONDAY)
    assert sweep(MONDAY + DAY) == 1


beside_others = pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has one writer at a time")


def in_threads(count: int) -> list[int]:
    """What `count` sweeps at the same moment say they did."""
    said, start = [], Barrier(count)

    def run() -> None:
        try:
            start.wait()
            said.append(sweep())
        finally:
            connection.close()

    threads = [Thread(target=run) for _each in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return said


@beside_others
@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_two_sweeps_at_once_take_each_row_once():
    for n in range(1, 21):
        gone_driver(n)
    assert sum(in_threads(3)) == 20
    assert AuditLine.objects.filter(act="driver.forgotten").count() == 20 and not Postponed.objects.exists()


@beside_others
@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_who_is_being_worked_on_is_left_alone_without_waiting():
    driver, other = gone_driver(), gone_driver(78)
    with transaction.atomic():
        Driver.objects.select_for_update().get(pk=driver.pk)
        Person.objects.select_for_update().get(pk=other.person_id)
        assert in_threads(1) == [0]
    assert not Postponed.objects.exists() and sweep() == 2


PREPARE = """
from common import clock
from members.models import Upload
from members.services import uploads
from tests.members.books import book, person
uploads.take(content=book(person(1)), name="census.xlsx", kind="census", by=None, now=clock.now())
Upload.objects.update(state="dropped")
"""
SWEEP = """
from datetime import timedelta
from common import clock
from members.services import retention
print(retention.sweep(now=clock.now() + timedelta(days=30)))
"""
LOOK = """
from datetime import timedelta
from django.conf import settings
from accounts.models import AuditLine
from appeals.services import drafts
from common import clock
from members.models import Upload
files = lambda: len(list((settings.DATA_DIR / "sealed").glob("??/*.sealed")))
before = files()
drafts.sweep_old(now=clock.now() + timedelta(days=2))
row = Upload.objects.get()
print(row.stored == "", AuditLine.objects.filter(act="census.file_forgotten").count(), before, files())
"""


def test_killed_between_commit_and_deletion_it_lost_nothing_and_the_file_goes_later(db):
    from hongyun.bench.scratch import scratch_environment
    from tests.faults.test_import_kill import ARMED, ROOT, Scratch

    with scratch_environment() as environment:
        scratch = Scratch(environment | {"PYTHONPATH": str(ROOT)})
        assert scratch.python(PREPARE).returncode == 0
        killed = scratch.python(SWEEP, **ARMED, HONGYUN_FAILPOINTS="after_commit:retention=kill")
        assert killed.returncode == -signal.SIGKILL, "the kill did not happen: this test would prove nothing"
        assert scratch.python(SWEEP).stdout.strip() == "0", "the row is settled, it is not done twice"
        assert scratch.python(LOOK).stdout.split() == ["True", "1", "1", "0"]
