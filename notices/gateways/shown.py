"""The gateway of the embedded demo: nothing leaves the house, the demo outbox page shows it."""

from __future__ import annotations

from notices.rules.outcomes import Accepted, Asked, Outcome


class Shown:
    """Takes everything."""

    asks = True

    def send(self, *, to: str, text: str, out_id: str) -> Outcome:
        return Accepted()

    def ask(self, *, out_id: str) -> Asked:
        return Accepted()
