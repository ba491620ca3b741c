"""Who looks. Built once a request; every selector takes it first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime


@dataclass(frozen=True)
class Held:
    """One posting in force at the moment of looking; kind and name of its unit came with it."""

    unit_id: int
    role: str
    substitute_for: int | None = None
    unit_kind: str = ""
    unit_name: str = ""


@dataclass(frozen=True)
class Viewer:
    """A person (or nobody) with the rights of this moment.

    `barred` are the units an appeal against which is hidden from him, from postings of now and of
    the past months that still count. Rights of several roles add up; closures take away from all.
    """

    person_id: int | None = None
    name: str = ""
    held: tuple[Held, ...] = ()
    barred: frozenset[int] = frozenset()
    second_factor: bool = False
    granted: frozenset[int] = field(default_factory=frozenset)  # appeals opened by number and code
    hidden_before: datetime | None = None  # after a long silence: own rows before it stay hidden

    @property
    def roles(self) -> frozenset[str]:
        return frozenset(posting.role for posting in self.held)

    @property
    def is_staff(self) -> bool:
        return bool(self.held)

    def has_role(self, *roles: str) -> bool:
        return any(role in self.roles for role in roles)

    def only(self, roles: Iterable[str]) -> Viewer:
        """The same person with these of his roles; every bar stays."""
        wanted = frozenset(roles)
        return replace(self, held=tuple(posting for posting in self.held if posting.role in wanted))

    def units(self, *roles: str) -> frozenset[int]:
        """Units where one of `roles` is held (any role when none is named)."""
        return frozenset(posting.unit_id for posting in self.held if not roles or posting.role in roles)


NOBODY = Viewer()
