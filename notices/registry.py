"""What upper rooms register: kinds of things a notice may be about, and the closed words it may say.

`notices` stores (kind, pk) only. A kind or a template that nobody registered is never sent.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from accounts.rules.viewer import Viewer
from notices.rules.states import Audience, Hours

MayReceive = Callable[..., bool]
MayReceiveMany = Callable[..., Collection[str]]


@dataclass(frozen=True)
class Where:
    """Where a row is found by staff who may know of it: its address, and how they tell it from others."""

    url: str
    label: str = ""


WhereMany = Callable[[Viewer, Collection[str]], Mapping[str, Where]]


@dataclass(frozen=True)
class Kind:
    """`may_receive(person_id, pk, *, now) -> bool`, asked at the moment of sending and again of reading.

    `may_receive_many(person_id, pks, *, now) -> pks he may receive` answers many rows of one person at
    once. `link(pk)` and `driver_link(pk)` lead from the notice to the row, for staff and for its driver; they ask
    for no right. `where_many(viewer, pks)` answers `link` for many rows at once, with a label, and without an
    address where he may hear of the row but not open it."""

    name: str
    may_receive: MayReceive
    may_receive_many: MayReceiveMany | None = None
    link: Callable[[str], str] | None = None
    driver_link: Callable[[str], str] | None = None
    where_many: WhereMany | None = None


@dataclass(frozen=True)
class Template:
    """Closed words: `words` holds no name, place or text; {due} and numbers or dates of the data only.

    `superseded_by` names a template that says more: while one of it about the same row waits or went
    out to the same recipient, this one is not sent any more."""

    name: str
    words: Any  # a lazy string
    hours: Hours
    audience: Audience
    superseded_by: tuple[str, ...] = ()


_kinds: dict[str, Kind] = {}
_templates: dict[str, Template] = {}


def register_kind(
    kind: str,
    may_receive: MayReceive | None = None,
    *,
    may_receive_many: MayReceiveMany | None = None,
    link: Callable[[str], str] | None = None,
    driver_link: Callable[[str], str] | None = None,
    where_many: WhereMany | None = None,
) -> None:
    """Called in AppConfig.ready(). `kind` is the label of the model in lower case, or a word of your own.

    Without `may_receive` one row is asked of `may_receive_many`. Raises ValueError where neither is given."""
    if may_receive is None:
        if may_receive_many is None:
            raise ValueError(f"nobody may receive what is about {kind}")
        many = may_receive_many

        def may_receive(person_id: int, pk: str, *, now: datetime) -> bool:
            return pk in many(person_id, [pk], now=now)

    _kinds[kind] = Kind(kind, may_receive, may_receive_many, link, driver_link, where_many)


def register_template(
    name: str,
    *,
    words: Any,
    hours: Hours = Hours.OFFICE,
    audience: str = Audience.STAFF,
    superseded_by: Collection[str] = (),
) -> None:
    """Called in AppConfig.ready(). Raises ValueError for an audience that is neither driver nor staff."""
    _templates[name] = Template(name, words, Hours(hours), Audience(audience), tuple(superseded_by))


def kind(name: str) -> Kind | None:
    """The kind, or None where nobody registered it."""
    return _kinds.get(name)


def kinds() -> list[Kind]:
    """All kinds, by name."""
    return [_kinds[name] for name in sorted(_kinds)]


def where(kind_name: str, viewer: Viewer, pks: Collection[str]) -> Mapping[str, Where]:
    """Where this viewer of the staff finds rows that he may hear of; nothing for a kind without pages."""
    known = _kinds.get(kind_name)
    if known is None:
        return {}
    if known.where_many is not None:
        return known.where_many(viewer, pks)
    return {pk: Where(known.link(pk)) for pk in pks} if known.link else {}


def template(name: str) -> Template | None:
    """The template, or None where nobody registered it."""
    return _templates.get(name)


def templates(*, audience: str | None = None) -> list[Template]:
    """All templates, or those of one audience, by name."""
    return [t for _, t in sorted(_templates.items()) if audience is None or t.audience == audience]


def may_receive(kind_name: str, person_id: int, pks: Collection[str], *, now: datetime) -> set[str]:
    """Which of `pks` this person may receive now. Nothing of an unregistered kind."""
    known = _kinds.get(kind_name)
    if known is None:
        return set()
    if known.may_receive_many is not None:
        return {str(pk) for pk in known.may_receive_many(person_id, pks, now=now)} & set(pks)
    return {pk for pk in pks if known.may_receive(person_id, pk, now=now)}
