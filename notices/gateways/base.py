"""What every gateway is: it takes one text for one address, and says one of four things."""

from __future__ import annotations

from typing import Protocol

from notices.rules.outcomes import Asked, Outcome


class Gateway(Protocol):
    """`asks`: whether it can be asked what became of a message. Calls never raise for what a network does."""

    asks: bool

    def send(self, *, to: str, text: str, out_id: str) -> Outcome:
        """Hand over one message. `out_id` is the same at every try of the same message."""
        ...

    def ask(self, *, out_id: str) -> Asked:
        """What became of a message. Unknown when it does not answer, or cannot be asked."""
        ...
