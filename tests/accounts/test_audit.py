"""The audit log shows every later change: the first broken line is named, the database refuses most of them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from accounts.models import AuditHead, AuditLine
from accounts.services import audit, sweeps
from accounts.tasks import seal_audit
from common.triggers import switch_all
from tests.cast import MONDAY

pytestmark = pytest.mark.django_db


def lines(count=5, now=MONDAY):
    for n in range(count):
        audit.write(act=f"test.{n}", about=("thing", str(n)), new={"n": n}, now=now)


@pytest.fixture
def tampered(db):
    """The triggers are off, as for somebody who owns the database file."""
    switch_all(on=False)
    yield
    switch_all(on=True)


def test_an_honest_chain_holds(capsys):
    lines()
    assert audit.seal(now=MONDAY) == 5 and audit.first_broken() == ""
    lines()
    assert audit.seal(now=MONDAY) == 5
    call_command("verify_audit")
    assert "10 sealed, 0 waiting" in capsys.readouterr().out


def test_a_changed_line_is_named(tampered):
    lines()
    audit.seal(now=MONDAY)
    AuditLine.objects.filter(seq=3).update(new={"n": 99})
    assert audit.first_broken().startswith("line 3 ")
    with pytest.raises(CommandError, match="line 3 "):
        call_command("verify_audit")


@pytest.mark.parametrize("field", ["act", "reason", "about_pk", "about_kind", "actor_word"])
def test_every_field_is_under_the_seal(tampered, field):
    lines()
    audit.seal(now=MONDAY)
    AuditLine.objects.filter(seq=2).update(**{field: "other"})
    assert audit.first_broken().startswith("line 2 ")


def test_a_line_gone_from_the_middle_is_named(tampered):
    lines()
    audit.seal(now=MONDAY)
    AuditLine.objects.filter(seq=3).delete()
    assert audit.first_broken().startswith("line 3 is missing")


def test_a_tail_cut_off_is_named_by_the_head_of_the_day(tampered):
    lines()
    audit.seal(now=MONDAY)
    AuditLine.objects.filter(seq__gte=4).delete()
    assert "line 5 is missing" in audit.first_broken() and "2026-11-23" in audit.first_broken()


def test_a_line_of_today_that_was_never_sealed_is_no_fault():
    lines()
    audit.seal(now=MONDAY)
    lines(1)
    assert audit.first_broken() == ""


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM accounts_auditline WHERE act = 'test.1'",
        "UPDATE accounts_auditline SET act = 'x' WHERE act = 'test.1'",
        "UPDATE accounts_auditline SET actor_word = 'x' WHERE act = 'test.1'",
        "UPDATE accounts_auditline SET reason = 'x' WHERE act = 'test.1'",
        """UPDATE accounts_auditline SET new = '{"n": 7}' WHERE act = 'test.1'""",
        "UPDATE accounts_auditline SET seq = 99 WHERE act = 'test.1'",
        "UPDATE accounts_auditline SET mac = 'x' WHERE act = 'test.1'",
        "DELETE FROM accounts_audithead",
        "UPDATE accounts_audithead SET seq = 1",
    ],
)
def test_raw_sql_is_refused(statement):
    lines()
    audit.seal(now=MONDAY)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert audit.first_broken() == ""


@pytest.mark.parametrize("statement", ["DELETE FROM accounts_auditline", "UPDATE accounts_auditline SET act = 'x'", """UPDATE accounts_auditline SET new = '{"n": 7}'"""])
def test_a_line_that_waits_for_its_seal_is_as_safe(statement):
    lines(1)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_no_clear_value_gets_in():
    line = audit.write(
        act="test", reason="打 13812345678 问过", new={"said": "苏C12345 3203", "id": "11010519491231002X"}, now=MONDAY
    )
    assert "13812345678" not in line.reason and "12345" not in line.new["said"] and "19491231" not in line.new["id"]


def test_the_sweep_seals_at_most_once_a_minute():
    lines(2)
    assert sweeps.seal_each_minute(MONDAY) == 2
    lines(2)
    assert sweeps.seal_each_minute(MONDAY + timedelta(seconds=30)) == 0
    assert sweeps.seal_each_minute(MONDAY + timedelta(seconds=61)) == 2
    assert sweeps.seal_each_minute(MONDAY + timedelta(seconds=130)) == 0


def test_the_head_of_each_day_stays():
    lines(2)
    audit.seal(now=MONDAY)
    lines(3)
    audit.seal(now=MONDAY + timedelta(days=1))
    assert list(AuditHead.objects.order_by("day").values_list("seq", flat=True)) == [2, 5]


def test_the_task_seals(django_capture_on_commit_callbacks):
    lines(1)
    seal_audit()
    assert not AuditLine.objects.filter(seq=None).exists()
