"""The table of moves: buttons are what it allows, and its document is made from it."""

from __future__ import annotations

import dataclasses
from datetime import datetime, timedelta
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from appeals.management.commands.list_moves import as_markdown
from appeals.rules.facts import Actor, Facts
from appeals.rules.life import ENDED, OPEN, State
from appeals.rules.moves import Move, may_happen_next, offers, why_not
from common.clock import SHANGHAI

NOW = datetime(2026, 11, 23, 14, 36, tzinfo=SHANGHAI)
DOC = Path(__file__).resolve().parents[2] / "docs" / "moves.md"


def facts(**more) -> Facts:
    return dataclasses.replace(Facts(state=State.IN_HAND, actors=frozenset(), now=NOW), **more)


def test_the_document_is_made_from_the_table():
    assert DOC.read_text(encoding="utf-8") == as_markdown()


@given(
    state=st.sampled_from(State),
    actors=st.frozensets(st.sampled_from(Actor)),
    answer=st.sampled_from(["", "draft", "submitted", "head_approved"]),
    two=st.booleans(),
    viewer=st.integers(1, 4),
    drafter=st.one_of(st.none(), st.integers(1, 4)),
)
def test_buttons_shown_are_the_moves_allowed(state, actors, answer, two, viewer, drafter):
    """For every role and state: an offer without a reason is legal, and every legal move is offered."""
    seen = facts(state=state, actors=actors, answer_state=answer, needs_two=two, viewer_id=viewer, drafter_id=drafter)
    shown = {offer.move for offer in offers(seen) if not offer.why_not}
    assert shown == {move for move in Move if why_not(move, seen) is None}
    for offer in offers(seen):
        assert state in offer.legal.frm and actors & offer.legal.by


@given(actors=st.frozensets(st.sampled_from(Actor)), state=st.sampled_from(State))
def test_nobody_without_a_capacity_may_do_anything(actors, state):
    assert offers(facts(state=state, actors=frozenset())) == []
    assert Move.ROUTE not in {offer.move for offer in offers(facts(state=state, actors=actors - {Actor.SYSTEM}))}


def test_ended_appeals_offer_a_unit_nothing():
    for state in ENDED:
        assert offers(facts(state=state, actors=frozenset({Actor.LEAD_MEMBER, Actor.LEAD_HEAD}))) == []


def test_the_driver_may_withdraw_from_every_open_state_and_from_no_other():
    for state in State:
        allowed = why_not(Move.WITHDRAW, facts(state=state, actors=frozenset({Actor.DRIVER}))) is None
        assert allowed == (state in OPEN)


def test_a_drafter_is_told_why_he_cannot_approve():
    mine = facts(actors=frozenset({Actor.LEAD_HEAD}), answer_state="submitted", needs_two=False, viewer_id=7, drafter_id=7)
    assert why_not(Move.APPROVE, mine) == "您自己起草的，不能自己批"


def test_a_complaint_needs_head_and_then_desk():
    head = facts(actors=frozenset({Actor.LEAD_HEAD}), answer_state="submitted", viewer_id=2, drafter_id=1)
    assert why_not(Move.HEAD_APPROVE, head) is None and why_not(Move.APPROVE, head)
    checked = dataclasses.replace(head, answer_state="head_approved", head_id=2)
    assert why_not(Move.APPROVE, checked)
    desk = dataclasses.replace(checked, actors=frozenset({Actor.DESK}), viewer_id=3)
    assert why_not(Move.APPROVE, desk) is None


def test_rating_closes_with_the_call_back():
    driver = facts(state=State.ANSWERED, actors=frozenset({Actor.DRIVER}), called_back=True)
    assert "回访" in why_not(Move.RATE, driver)


def test_reopening_ends_after_sixty_days_and_after_three_rounds():
    closed = facts(state=State.CLOSED, actors=frozenset({Actor.DRIVER}), closed_at=NOW - timedelta(days=61))
    assert "60 天" in why_not(Move.REOPEN_CLOSED, closed)
    third = dataclasses.replace(closed, closed_at=NOW, round=3)
    assert "三轮" in why_not(Move.REOPEN_CLOSED, third)


def test_the_driver_reads_what_may_happen_next_in_every_open_state():
    assert all(may_happen_next(state) for state in OPEN)
