"""What a gateway may say of one message. There is no fifth answer."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Accepted:
    """It has the message."""


@dataclass(frozen=True, slots=True)
class Refused:
    """It will never take it: a wrong number, a forbidden text."""

    why: str


@dataclass(frozen=True, slots=True)
class TryLater:
    """It certainly did not take it now."""

    why: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """The message left us and no answer came: it may have been taken or not."""

    why: str


@dataclass(frozen=True, slots=True)
class NotSeen:
    """Asked what became of a message: the gateway never had it."""


Outcome = Accepted | Refused | TryLater | Unknown
Asked = Accepted | Refused | NotSeen | Unknown
