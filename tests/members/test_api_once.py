"""Idempotency-Key at the doors of the register: whoever sends again is told what the first was told."""

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

from accounts.models import AuditLine, Posting
from accounts.registry import registry
from branches.models import Transfer
from common.once import KEPT, once
from common.once_models import SentOnce
from members.models import ContactNote, JoinRequest
from members.services import exports
from tests.appeals.api import Caller, Clock, fields, staff
from tests.branches.members import placed
from tests.cast import MONDAY, make_cast
from tests.members import zone_world
from tests.members.export_storm import CALM, storm
from tests.members.makers import make_driver

ASK = {"what": "drivers", "reason": "核对名单"}


@pytest.fixture
def cast(db):
    return make_cast()


@pytest.fixture
def clock(monkeypatch, settings, tmp_path):
    settings.DATA_DIR = tmp_path
    return Clock(monkeypatch, MONDAY)


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
@pytest.mark.skipif(connection.vendor == "sqlite", reason="the test database in memory is not shared by threads")
def test_twenty_with_one_key_at_the_same_moment_are_one_export_and_one_answer():
    assert storm() == CALM


def test_nor_more_on_sqlite_on_disk(tmp_path):
    env = {**os.environ, "HONGYUN_DATA_DIR": str(tmp_path), "DATABASE_URL": f"sqlite:///{tmp_path}/storm.sqlite3"}
    done = subprocess.run(
        [sys.executable, "-m", "tests.members.export_storm"],
        cwd=Path(__file__).resolve().parents[2], env=env, capture_output=True, text=True, timeout=240,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    assert json.loads(done.stdout) == CALM


def test_a_resend_is_told_the_first_answer_though_the_world_has_moved_on(cast, clock):
    one = placed(cast)
    secretary, key = staff(cast, "secretary"), uuid4()
    asked = {"member": str(one.person.key), "branch": "branch-05", "reason": "搬家到了大许"}
    first = secretary.post("branches/transfers/ask/", asked, key=key)
    assert first.status_code == 200 and secretary.post("branches/transfers/ask/", asked).status_code == 422  # under way already
    clock.now += timedelta(minutes=9)
    assert secretary.post("branches/transfers/ask/", asked, key=key).content == first.content and Transfer.objects.count() == 1
    assert AuditLine.objects.filter(act="transfer.ask").count() == 1


def test_two_talks_with_two_keys_are_two_and_one_sent_twice_is_one(cast, clock):
    contact = zone_world.member(cast)
    driver = zone_world.seated(cast, contact, 1)[0].driver
    member, path, key = Caller(contact.person), f"me/five/{driver.person.key}/note/", uuid4()
    for _time in range(2):
        clock.now += timedelta(hours=1)  # far enough apart to be two talks, were it not for the key
        assert member.post(path, {"how": "call", "words": "都好"}, key=key).status_code == 200
    assert ContactNote.objects.count() == 1
    assert member.post(path, {"how": "call", "words": "都好"}, key=uuid4()).status_code == 200 and ContactNote.objects.count() == 2


def test_what_was_refused_is_not_kept_mended_it_goes_with_its_key(cast, clock):
    own, key = Caller(cast.driver), uuid4()
    asked = {"name": "张师傅", "occupation": "truck", "agree": False}
    assert "agree" in fields(own.post("me/union/join/", asked, key=key)) and not SentOnce.objects.exists()
    told = [own.post("me/union/join/", asked | {"agree": True}, key=key).json() for _time in range(2)]
    assert told[0] == told[1] and told[0]["state"] == "open" and JoinRequest.objects.count() == 1


def test_one_key_is_one_act_of_one_sender_at_one_door(cast, clock):
    make_driver()
    first, second, key = staff(cast, "registrar"), staff(cast, "second_registrar"), uuid4()
    told = first.post("exports/ask/", ASK, key=key).json()
    for path, body in (("exports/ask/", ASK | {"columns": ["name"]}), ("duplicates/look/", {})):
        answer = first.post(path, body, key=key)
        assert (answer.status_code, answer.json()["code"]) == (409, "key_used"), path
    assert second.post("exports/ask/", ASK, key=key).json()["key"] != told["key"]
    again = json.dumps(dict(reversed(ASK.items())), indent=1)  # the same, written otherwise
    assert first.post("exports/ask/", again, key=str(key).upper()).json() == told
    assert "Idempotency-Key" in fields(first.post("exports/ask/", ASK, key="1")) and "Idempotency-Key" in fields(first.post("exports/ask/", ASK))


def test_whoever_lost_his_post_is_told_nothing_by_his_old_key(cast, clock):
    make_driver()
    keeper, key = staff(cast, "registrar"), uuid4()
    assert keeper.post("exports/ask/", ASK, key=key).status_code == 200
    Posting.objects.filter(person=cast.registrar).update(ends_at=MONDAY - timedelta(days=1))
    assert keeper.post("exports/ask/", ASK, key=key).status_code == 404


def test_a_fault_in_the_middle_leaves_the_key_free(cast, clock, monkeypatch):
    make_driver()
    keeper, key, write = Caller(cast.registrar, staff=True, raise_errors=False), uuid4(), exports.audit.write
    monkeypatch.setattr(exports.audit, "write", lambda **_line: 1 / 0)
    assert keeper.post("exports/ask/", ASK, key=key).status_code == 500 and not SentOnce.objects.exists()
    monkeypatch.setattr(exports.audit, "write", write)
    assert keeper.post("exports/ask/", ASK, key=key).status_code == 200


def test_answers_lie_sealed_and_are_forgotten_after_three_days(cast, clock):
    told = [once(who="person:1", key=(key := uuid4()), said="x", act=lambda: "王建国来过", now=MONDAY), once(who="person:1", key=key, said="x", act=lambda: "别的", now=MONDAY)]
    assert told == ["王建国来过"] * 2
    with connection.cursor() as cursor:
        cursor.execute("SELECT answer, who FROM common_sentonce")
        assert not any("王建国" in each or "person" in each for each in cursor.fetchone())
    assert registry.tidies["once"](MONDAY + KEPT - timedelta(minutes=1)) == 0 and registry.tidies["once"](MONDAY + KEPT) == 1
