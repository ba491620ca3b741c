"""What can go wrong with an appeal, in words."""

from __future__ import annotations

from common.errors import DomainError, Stale

__all__ = ["DifferentText", "IllegalMove", "Missing", "Stale"]


class IllegalMove(DomainError):
    """The move table does not allow it now; the message says why."""

    code = "illegal_move"
    status = 409


class Missing(DomainError):
    """Something the move needs is empty."""

    code = "missing"


class DifferentText(DomainError):
    """The same client key came with another text: never swallowed (409)."""

    code = "different_text"
    status = 409
