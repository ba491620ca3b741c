"""The rules of care: periods, signs, the law of the ledger, fen."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from care.rules import applications, campaigns, ledger, money
from care.rules.ledger import Kind
from tests.cast import MONDAY


def test_a_period_is_a_day_an_iso_week_or_the_whole_campaign():
    assert campaigns.period_key("day", date(2026, 11, 23)) == "2026-11-23"
    assert campaigns.period_key("week", date(2027, 1, 1)) == "2026-W53"
    assert campaigns.period_key("campaign", date(2026, 11, 23)) == "all"


def test_a_phone_that_runs_ahead_is_set_back_and_one_that_slept_a_week_is_refused():
    assert campaigns.moment_of(MONDAY + timedelta(days=1), now=MONDAY) == MONDAY
    assert campaigns.moment_of(MONDAY - timedelta(days=7), now=MONDAY) == MONDAY - timedelta(days=7)
    assert campaigns.moment_of(MONDAY - timedelta(days=7, seconds=1), now=MONDAY) is None


PIECES = st.integers(1, 1000)
ACTS = st.lists(st.one_of(
    st.tuples(st.sampled_from([kind for kind in Kind if kind not in (Kind.COUNTED, Kind.MOVED_IN, Kind.MOVED_OUT)]), PIECES),
    st.tuples(st.just(Kind.COUNTED), st.integers(-1000, 1000).filter(bool)),
))  # fmt: skip


@given(ACTS, st.lists(PIECES))
def test_whatever_is_written_received_is_issued_and_left_and_lost(acts, moves):
    lines = [(kind, ledger.signed(kind, pieces)) for kind, pieces in acts]
    lines += [(kind, ledger.signed(kind, pieces)) for pieces in moves for kind in (Kind.MOVED_OUT, Kind.MOVED_IN)]
    found, left = ledger.sums(lines), sum(change for _kind, change in lines)
    assert found.moved == 0 and found.left == left and found.received == found.issued + left + found.lost
    assert ledger.balances(found, left) is (left >= 0)
    assert not ledger.balances(found, left + 1)


def test_a_half_of_a_move_does_not_balance():
    assert not ledger.balances(ledger.sums([(Kind.RECEIVED, 5), (Kind.MOVED_OUT, -2)]), 5)


@given(st.integers(0, 999_999_999))
def test_fen_are_said_and_read_back_without_loss(fen):
    assert money.fen_of(money.yuan_words(fen)) == fen


@pytest.mark.parametrize("text", ["", "1e9", "-5", "5.005", "五百", "１２", "1 000", "nan", "9" * 5000, "0x10"])
def test_what_is_no_sum_of_money_is_none(text):
    assert money.fen_of(text) is None


def test_the_table_of_moves_leaves_no_way_back():
    assert applications.may("proposed", "approver") == ["approve", "refuse"] and applications.may("approved", "cashier") == ["pay"]
    assert [applications.may(state, by) for state in ("paid", "refused", "withdrawn") for by in ("approver", "cashier", "asker")] == [[]] * 9
    assert applications.may("proposed", "cashier") == [] and applications.may("approved", "approver") == []
