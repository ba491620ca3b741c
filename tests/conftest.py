"""What every test stands on."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import TransactionTestCase

from common.triggers import switch_all

_teardown = TransactionTestCase._fixture_teardown


def _teardown_without_triggers(self):
    """A transactional test empties whole tables, which our append-only triggers refuse."""
    switch_all(on=False)
    # Tables stay empty: content types made anew here would stand in the way of a test that brings all rows back.
    self.serialized_rollback = True
    try:
        _teardown(self)
    finally:
        switch_all(on=True)


TransactionTestCase._fixture_teardown = _teardown_without_triggers


@pytest.fixture(autouse=True)
def _own_files(settings, tmp_path):
    """No test writes into the data of an installation."""
    settings.DATA_DIR = tmp_path


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """Nobody counts the test tables behind a test's back.

    A load that is rolled back leaves pages without rows: counted at that moment a table of thousands passes for one
    that is empty for ever, and the plans for the next load are those for an empty table. An installation has rows
    that stay, and is counted by autovacuum and after each import."""
    if connection.vendor != "postgresql":
        return
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"ALTER TABLE {connection.ops.quote_name(table)} SET (autovacuum_enabled = off)")
