"""A limit holds in the database, for parallel hits too, and a refused hit costs nothing more."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from common import limits
from common.errors import TooOften
from common.limit_models import RateHit
from tests.common.limit_storm import LIMIT, storm

NOW = datetime(2026, 11, 23, 9, 50, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
SMS = [(1, MINUTE), (5, HOUR), (10, DAY)]
PHONE = "13812345678"


def passes(now=NOW, who=PHONE, purpose="sms", rules=SMS, **more):
    try:
        limits.hit(purpose, who, now=now, limits=rules, **more)
    except TooOften:
        return False
    return True


@pytest.mark.django_db
def test_one_a_minute_five_an_hour_ten_a_day():
    passed = [at for at in range(3 * 60) if passes(NOW + at * MINUTE)]
    assert passed == [0, 1, 2, 3, 4, 60, 61, 62, 63, 64]
    assert passes(NOW + DAY)


@pytest.mark.django_db
def test_a_refusal_says_when_to_come_back():
    limits.hit("sms", PHONE, now=NOW, limits=SMS)
    with pytest.raises(TooOften) as caught:
        limits.hit("sms", PHONE, now=NOW + timedelta(seconds=20), limits=SMS, field="phone")
    assert caught.value.retry_after == 40
    assert caught.value.message == "太频繁了，请 40 秒后再试"
    assert caught.value.field == "phone"
    for turn in range(1, 5):
        limits.hit("sms", PHONE, now=NOW + turn * MINUTE, limits=SMS)
    with pytest.raises(TooOften, match="请 55 分钟后再试"):
        limits.hit("sms", PHONE, now=NOW + 5 * MINUTE, limits=SMS)
    with pytest.raises(TooOften, match="明天再来"):
        limits.hit("sms", PHONE, now=NOW + 5 * MINUTE, limits=SMS, message="明天再来")


@pytest.mark.django_db
def test_a_refused_hit_counts_nowhere():
    for _ in range(30):
        passes(NOW)
    assert dict(RateHit.objects.values_list("seconds", "count")) == {60: 1, 3600: 1, 86400: 1}


@pytest.mark.django_db
def test_senders_and_purposes_do_not_share_a_counter():
    assert passes() and not passes()
    assert passes(who="13812345679") and passes(purpose="login")


@pytest.mark.django_db
def test_nobody_can_be_read_off_the_table():
    passes()
    row = RateHit.objects.first()
    assert len(row.who) == 64 and PHONE not in str(vars(row)) and PHONE not in str(row)


@pytest.mark.django_db
def test_a_limit_of_nothing_shuts_the_door():
    assert not passes(rules=[(0, DAY)])
    assert not RateHit.objects.exists()


@pytest.mark.django_db
def test_a_changed_limit_holds_at_once():
    for _ in range(5):
        assert passes(rules=[(5, HOUR)])
    assert not passes(rules=[(5, HOUR)])
    assert passes(rules=[(6, HOUR)]) and not passes(rules=[(3, HOUR)])


@pytest.mark.django_db
def test_clear_forgets_and_the_sweep_takes_only_ended_windows():
    passes()
    limits.clear("sms", PHONE)
    assert passes()
    assert limits.sweep_old(NOW + HOUR) == 2
    assert list(RateHit.objects.values_list("seconds", flat=True)) == [86400]


@pytest.mark.django_db
def test_one_query_when_let_through_and_two_when_refused():
    for most in (1, 2):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            passes()
        spoken = [
            q for q in queries if not q["sql"].upper().startswith(("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE"))
        ]
        assert len(spoken) == most


@pytest.mark.django_db(transaction=True)
def test_a_count_that_a_rollback_would_undo_is_refused():
    with transaction.atomic(), pytest.raises(RuntimeError, match="durable"):
        limits.hit("code", PHONE, now=NOW, limits=[(5, DAY)])
    with transaction.atomic():
        limits.hit("code", PHONE, now=NOW, limits=[(5, DAY)], durable=False)
    assert RateHit.objects.get().count == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(
    connection.vendor == "sqlite", reason="the test database in memory is not shared by threads"
)
def test_a_hundred_parallel_hits_never_pass_the_limit():
    assert storm() == LIMIT
    assert storm(NOW + HOUR) == LIMIT


def test_nor_on_sqlite_on_disk(tmp_path):
    env = {
        **os.environ,
        "HONGYUN_DATA_DIR": str(tmp_path),
        "DATABASE_URL": f"sqlite:///{tmp_path}/storm.sqlite3",
    }
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run(
        [sys.executable, "-m", "tests.common.limit_storm"],
        cwd=root,
        env=env,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.stdout == f"passed {LIMIT} {LIMIT}\n", done.stderr[-2000:]
