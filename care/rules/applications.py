"""The life of an application. Who proposes, who approves and who pays are three; nothing else sets a state."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from common.workdays import Calendar

DECIDE_WORKDAYS, PAY_WORKDAYS = 10, 5  # the union's own word to the driver; counted from the day after


class State(StrEnum):
    PROPOSED = "proposed"
    APPROVED = "approved"
    REFUSED = "refused"
    PAID = "paid"
    WITHDRAWN = "withdrawn"


class Move(StrEnum):
    APPROVE = "approve"
    REFUSE = "refuse"
    PAY = "pay"
    WITHDRAW = "withdraw"


@dataclass(frozen=True)
class Legal:
    """From which states to which, by whom: a role's word, or "asker" for who proposed or whom it is for."""

    frm: frozenset[str]
    to: str
    by: str


MOVES = {
    Move.APPROVE: Legal(frozenset({State.PROPOSED}), State.APPROVED, "approver"),
    Move.REFUSE: Legal(frozenset({State.PROPOSED}), State.REFUSED, "approver"),
    Move.PAY: Legal(frozenset({State.APPROVED}), State.PAID, "cashier"),
    Move.WITHDRAW: Legal(frozenset({State.PROPOSED}), State.WITHDRAWN, "asker"),
}


def may(state: str, by: str) -> list[Move]:
    """What somebody of this word may do with an application in this state, in the order of the table."""
    return [move for move, legal in MOVES.items() if state in legal.frm and legal.by == by]


def due_on(state: str, asked: date, decided: date | None, calendar: Calendar) -> date | None:
    """The last day for the next step: of the answer while it is proposed, of the money once it is approved; None after."""
    if state == State.PROPOSED:
        return calendar.add_working_days(asked, DECIDE_WORKDAYS)
    if state == State.APPROVED and decided is not None:
        return calendar.add_working_days(decided, PAY_WORKDAYS)
    return None


def strangers(who: int, *others: int | None) -> bool:
    """Whether `who` is none of the others: an act needs another person than the ones before."""
    return who not in others
