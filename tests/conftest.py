"""What every test stands on."""

from __future__ import annotations

import pytest
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
