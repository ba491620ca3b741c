"""The sweep of imports: whoever waits longest first, and nobody for ever."""

from __future__ import annotations

from datetime import timedelta

import pytest

from accounts.models import AuditLine
from members.models import Driver, Upload
from members.services import apply, staging, uploads
from tests.cast import MONDAY, make_cast
from tests.members.books import book, person

pytestmark = pytest.mark.django_db
LONG = staging.LEASE + timedelta(seconds=1)


@pytest.fixture
def cast():
    return make_cast("registrar", "second_registrar")


@pytest.fixture
def rung(monkeypatch):
    """Which uploads were rung for."""
    bells: list[tuple[str, int]] = []
    monkeypatch.setattr(uploads, "kick", lambda task, pk: bells.append((task, pk)))
    return bells


def take(cast, name: str = "census.xlsx") -> Upload:
    return uploads.take(content=book(person(1)), name=name, kind="census", by=cast.viewer("registrar"), now=MONDAY)


def die(upload: Upload, now) -> bool:
    """A worker takes it on and is never seen again."""
    return staging.claim(upload_id=upload.pk, state=Upload.objects.get(pk=upload.pk).state, now=now) is not None


def test_twenty_whose_workers_always_die_keep_no_later_one_waiting(cast, rung):
    """The finding was: twenty by pk, so that twenty whose worker always dies starve all later ones."""
    doomed = [take(cast, f"{n}.xlsx") for n in range(20)]
    later = take(cast, "later.xlsx")
    assert all(die(each, MONDAY) for each in doomed)
    rung.clear()
    assert uploads.sweep(now=MONDAY + LONG) == 20
    assert rung[0] == ("members.stage", later.pk), "nobody has taken it on yet"


def test_an_upload_on_which_workers_die_is_given_up_with_words_for_who_handed_it_in(cast, rung):
    """The finding was: no count of tries."""
    upload, now = take(cast), MONDAY
    for _try in range(uploads.TRIES):
        assert die(upload, now)
        now += LONG
        last = uploads.sweep(now=now)
    upload.refresh_from_db()
    assert (last, upload.state, upload.claimed_at) == (0, "failed", None)
    assert "分成几份" in upload.why_failed and str(uploads.TRIES) in upload.why_failed
    line = AuditLine.objects.get(act="census.stopped")
    assert (line.actor_word, line.new["code"]) == ("system", "worker_died")
    assert staging.stage(upload_id=upload.pk, now=now) is None and uploads.sweep(now=now + LONG) == 0
    uploads.drop(upload=upload, by=cast.viewer("registrar"), now=now)


def test_each_step_has_its_own_tries_and_a_write_that_is_given_up_wrote_nothing(cast, rung):
    upload, now = take(cast), MONDAY
    for _try in range(uploads.TRIES - 1):
        assert die(upload, now)
        now += LONG
        assert uploads.sweep(now=now) == 1
    staging.stage(upload_id=upload.pk, now=now)
    uploads.confirm(upload=upload, sha256=upload.sha256, by=cast.viewer("second_registrar", now), now=now)
    for _try in range(uploads.TRIES):
        assert uploads.sweep(now=now) in (0, 1) and die(upload, now)
        now += LONG
    assert uploads.sweep(now=now) == 0
    upload.refresh_from_db()
    assert (upload.state, upload.applied_by) == ("failed", None) and not Driver.objects.exists()
    assert apply.apply(upload_id=upload.pk, now=now) is None


def test_what_a_worker_still_holds_is_not_given_up(cast, rung):
    upload, now = take(cast), MONDAY
    for _try in range(uploads.TRIES):
        assert die(upload, now)
        now += LONG
    assert die(upload, now) and uploads.sweep(now=now + timedelta(seconds=30)) == 0
    upload.refresh_from_db()
    assert upload.state == "staged"
