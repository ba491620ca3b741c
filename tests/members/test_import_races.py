"""An import, or its undo, beside somebody who works on the same row: nobody's work is overwritten. PostgreSQL alone."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date, timedelta
from threading import Thread

import pytest
from django.db import connection, transaction

from members.models import Claim, Driver, FieldChange, UnionMember, Upload
from members.services import undo
from tests.cast import MONDAY, make_cast
from tests.members.books import book, person
from tests.members.test_import_census import bring
from tests.members.test_import_union import enter, member

pytestmark = [
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
    pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has one writer at a time"),
]
WAITS = "SELECT count(*) FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))"


def beside(work: Callable[[], None], other: Callable[[], object]) -> None:
    """`other` in a connection of its own while `work` stands uncommitted; `work` commits as soon as `other` waits for it."""
    went_wrong: list[BaseException] = []

    def run() -> None:
        try:
            other()
        except BaseException as error:  # noqa: BLE001 - told by the test itself
            went_wrong.append(error)
        finally:
            connection.close()

    thread = Thread(target=run)
    with transaction.atomic(), connection.cursor() as cursor:
        work()
        thread.start()
        for _try in range(3000):
            cursor.execute(WAITS)
            if cursor.fetchone()[0] or not thread.is_alive():
                break
            time.sleep(0.01)
        assert thread.is_alive(), f"it did not wait: {went_wrong}"
    thread.join(60)
    assert not went_wrong and not thread.is_alive()


def test_what_a_keeper_writes_while_a_census_is_written_stays(tmp_path):
    bring(tmp_path, book(person(1)), "--apply")
    again = book(person(1, 运输行业="", 备注="有挂车"))
    beside(lambda: Driver.objects.update(trade="冷链"), lambda: bring(tmp_path, again, "--apply", name="again.xlsx"))
    driver = Driver.objects.get()
    assert (driver.trade, driver.note) == ("冷链", "有挂车")


def test_what_a_person_writes_while_the_unions_list_is_written_stays(tmp_path):
    enter(tmp_path, member(1))
    beside(
        lambda: UnionMember.objects.update(joined_on=date(2020, 1, 1)),
        lambda: enter(tmp_path, member(1, occupation="快递员", joined="")),
    )
    row = UnionMember.objects.get()
    assert (row.joined_on, row.occupation) == (date(2020, 1, 1), "courier")


def take_back(cast) -> None:
    upload = Upload.objects.latest("pk")
    now = upload.applied_at + timedelta(days=1)
    undo.undo(upload=upload, by=cast.viewer("registrar", now), reason="这份表传错了", now=now)


def test_a_driver_whom_somebody_corrects_while_the_import_is_taken_back_stays(tmp_path):
    cast = make_cast("registrar")
    bring(tmp_path, book(person(1, 政治面貌="中共党员")), "--apply")

    def correct() -> None:
        driver = Driver.objects.select_for_update().get()
        FieldChange.objects.create(driver=driver, at=MONDAY, field="trade", old="煤炭", new="冷链", by=cast.registrar)
        Driver.objects.update(trade="冷链")

    beside(correct, lambda: take_back(cast))
    assert Driver.objects.get().state == "active" and Claim.objects.get().state == "open"
    assert Upload.objects.latest("pk").counts["undone"]["kept"] == 1


def test_a_claim_refused_while_the_import_is_taken_back_keeps_its_driver(tmp_path):
    cast = make_cast("registrar")
    bring(tmp_path, book(person(1, 政治面貌="中共党员")), "--apply")
    refused = {"state": "refused", "refused_why": "电话里说不是党员"}
    beside(lambda: Claim.objects.update(**refused), lambda: take_back(cast))
    assert Driver.objects.get().state == "active" and Claim.objects.get().state == "refused"


def test_a_field_that_somebody_writes_while_it_is_restored_keeps_what_he_wrote(tmp_path):
    cast = make_cast("registrar")
    bring(tmp_path, book(person(1)), "--apply")
    bring(tmp_path, book(person(1, 备注="新备注")), "--apply", name="again.xlsx")
    beside(lambda: Driver.objects.update(trade="冷链"), lambda: take_back(cast))
    driver = Driver.objects.get()
    assert (driver.trade, driver.note) == ("冷链", "")
