"""What must look upward is registered downward: upper rooms plug themselves in from AppConfig.ready()."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass
class Registry:
    """Sweeps by name, the sender of sign-in codes, who moves rows when two Persons were one human, and who still needs one."""

    sweeps: dict[str, Callable[..., int]] = field(default_factory=dict)
    tidies: dict[str, Callable[..., int]] = field(default_factory=dict)
    joins: list[Callable[..., None]] = field(default_factory=list)
    needs: list[Callable[..., bool]] = field(default_factory=list)
    code_sender: Callable[..., Any] | None = None
    outbox_name: str = ""  # URL name of the demo page that shows what would have been sent

    def sweep(self, name: str, run: Callable[..., int]) -> None:
        """`run(now: datetime) -> int` is called by every sweep; it returns how many rows it moved."""
        self.sweeps[name] = run

    def tidy(self, name: str, run: Callable[..., int]) -> None:
        """`run(now: datetime) -> int` is called hourly: things that may be thrown away."""
        self.tidies[name] = run

    def when_joined(self, run: Callable[..., None]) -> None:
        """`run(old: Person, new: Person, now: datetime)` moves what names the human `old` in its room to `new`, within the
        transaction of the adoption. It raises NotMatched where only a person can settle it."""
        if run not in self.joins:
            self.joins.append(run)

    def joined(self, *, old: Any, new: Any, now: datetime) -> None:
        """Tell the rooms above, in the caller's transaction."""
        for run in self.joins:
            run(old=old, new=new, now=now)

    def still_needed(self, run: Callable[..., bool]) -> None:
        """`run(person_id: int, now: datetime) -> bool` says whether its room still has to know or to reach this human: as
        long as one does, his phone and ID stay."""
        if run not in self.needs:
            self.needs.append(run)

    def needed(self, *, person_id: int, now: datetime) -> bool:
        """Whether any room above says so."""
        return any(run(person_id, now=now) for run in self.needs)

    def send_code(self, *, phone: str, code: str, purpose: str, now: datetime) -> None:
        if self.code_sender is None:
            raise RuntimeError("no room registered a sender of codes")
        self.code_sender(phone=phone, code=code, purpose=purpose, now=now)

    def outbox_url(self) -> str:
        """The address of the demo outbox, or "" where no room has one."""
        from django.urls import NoReverseMatch, reverse

        try:
            return reverse(self.outbox_name) if self.outbox_name else ""
        except NoReverseMatch:
            return ""


registry = Registry()
