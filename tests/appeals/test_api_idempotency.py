"""A form is one appeal, however often and from however many sides it is sent."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.db import connection

from appeals.models import Appeal
from notices.models import Notice
from tests.appeals.api import TEXT, Caller, Clock
from tests.appeals.api_storm import POSTS, storm
from tests.cast import MONDAY, make_cast


@pytest.fixture
def clock(monkeypatch):
    return Clock(monkeypatch, MONDAY)


@pytest.mark.django_db
def test_a_resend_gets_the_same_number_and_code(clock):
    key = uuid4()
    first, again = Caller().file(key=key), Caller().file(key=key)
    quoted = Caller().file(key=f'"{str(key).upper()}"')
    assert [first.status_code, again.status_code, quoted.status_code] == [201, 200, 200]
    assert first.json() == again.json() == quoted.json()
    assert Appeal.objects.count() == 1 and Notice.objects.count() <= 1


@pytest.mark.django_db
def test_the_same_key_with_other_words_is_refused_and_the_first_words_stay(clock):
    key = uuid4()
    Caller().file(key=key)
    other = Caller().file(key=key, text="完全不一样的另一件事，请你们也管一管")
    assert (other.status_code, other.json()["code"]) == (409, "different_text")
    assert Appeal.objects.get().text == TEXT


@pytest.mark.django_db
def test_the_same_words_with_another_key_are_another_appeal(clock):
    assert Caller().file().json()["number"] != Caller().file().json()["number"]


@pytest.mark.django_db
def test_too_many_filings_are_held_back_but_a_resend_still_gets_its_number(clock, monkeypatch):
    from appeals.services import filing

    monkeypatch.setattr(filing, "PER_CALLER", ((4, timedelta(hours=1)),))
    key = uuid4()
    first = Caller().file(key=key)
    for _ in range(3):
        assert Caller().file().status_code == 201
    held = Caller().file()
    assert held.status_code == 429 and int(held["Retry-After"]) > 0 and held.json()["code"] == "too_often"
    again = Caller().file(key=key)
    assert (again.status_code, again.json()) == (200, first.json())


@pytest.mark.django_db
def test_staff_who_act_too_often_are_held_back(clock, monkeypatch):
    from appeals.api import staff
    from tests.appeals import journey

    cast = make_cast("handler", "head", "desk")
    appeal = journey.in_hand(cast, now=MONDAY)
    monkeypatch.setattr(staff.MoveDoor, "limits", ((2, timedelta(minutes=1)),))
    caller = Caller(cast.handler, staff=True)
    answers = [
        caller.post(f"handle/{appeal.number}/note/", {"version": appeal.version + n, "note": "记一笔"}) for n in range(3)
    ]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert caller.get(f"handle/{appeal.number}/").status_code == 200, "reading is not counted"


def right(one: dict, two: dict) -> None:
    assert (one["made"], one["again"], one["receipts"], one["rows"]) == (1, POSTS - 1, 1, [1, 1, 1])
    assert one["clocks"] == 3
    assert (two["made"], two["receipts"], two["rows"]) == (1, 1, [2, 2, 2])
    assert (two["again"], two["refused"]) == (POSTS // 2 - 1, POSTS // 2)


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
@pytest.mark.skipif(connection.vendor == "sqlite", reason="the test database in memory is not shared by threads")
def test_twenty_parallel_posts_are_one_appeal():
    right(storm(), storm(texts=2))


def test_nor_are_they_more_on_sqlite_on_disk(tmp_path):
    env = {**os.environ, "HONGYUN_DATA_DIR": str(tmp_path), "DATABASE_URL": f"sqlite:///{tmp_path}/storm.sqlite3"}
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run(
        [sys.executable, "-m", "tests.appeals.api_storm"], cwd=root, env=env, capture_output=True, text=True, timeout=240
    )
    assert done.returncode == 0, done.stderr[-2000:]
    right(*json.loads(done.stdout))
