"""What upper rooms plug in: kinds of rows a notice may be about, and closed templates."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from notices.rules.states import Hours


@dataclass(frozen=True)
class Kind:
    """`may_receive(person_id, about_pk, *, now) -> bool`, asked at the moment of sending."""

    may_receive: Callable[..., bool]
    link: Callable[[str], str] | None = None


@dataclass(frozen=True)
class Template:
    """Closed words; `audience` is "driver" or "staff"."""

    words: Any
    hours: Hours
    audience: str


kinds: dict[str, Kind] = {}
templates: dict[str, Template] = {}


def register_kind(kind: str, *, may_receive: Callable[..., bool], link: Callable[[str], str] | None = None) -> None:
    kinds[kind] = Kind(may_receive, link)


def register_template(name: str, *, words: Any, hours: Hours, audience: str) -> None:
    templates[name] = Template(words, hours, audience)
