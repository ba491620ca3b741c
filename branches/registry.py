"""What upper rooms plug into this one from their AppConfig.ready().

`leaving` and `placed` are called within the transaction that ends or places a membership, so that no moment exists in
which a member is gone and his five still have him. The rest is what a branch's pages show of the rooms above: cards, a column of the list,
what is known of a member, the enterprises and trades that a branch may cover.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from branches.rules.coverage import Key
from branches.rules.proposals import About

_on_leaving: list[Callable[..., None]] = []
_on_placing: list[Callable[..., None]] = []


def when_leaving(run: Callable[..., None]) -> None:
    """`run(person_id: int, by: Viewer | None, now: datetime)` is called when a membership ends."""
    if run not in _on_leaving:
        _on_leaving.append(run)


def when_placed(run: Callable[..., None]) -> None:
    """`run(placements: Sequence[Placement], now: datetime)` is called when members are placed, memberships at hand."""
    if run not in _on_placing:
        _on_placing.append(run)


def placed(*, placements, now) -> None:
    """Tell the rooms above, in the caller's transaction."""
    for run in _on_placing:
        run(placements=placements, now=now)


def leaving(*, person_id: int, by, now) -> None:
    """Tell the rooms above, in the caller's transaction."""
    for run in _on_leaving:
        run(person_id=person_id, by=by, now=now)


@dataclass(frozen=True)
class Card:
    """A card on a page of this room. `build(viewer, subject, now)` gives the context of `template`, or None for no
    card. The subject is a Branch on the branch's page (where: tile, main, rail), a Membership on a member's (member).
    `css`: a style sheet among the static files that the template needs."""

    name: str
    where: str
    template: str
    build: Callable[..., Mapping[str, Any] | None]
    order: int = 100
    css: str = ""


@dataclass(frozen=True)
class Column:
    """A column of the list of members: `build(viewer, person_ids, now, branch)` gives person id -> value for `template`; the
    branch is None but on its own page."""

    name: str
    word: Any
    template: str
    build: Callable[..., Mapping[int, Any]]
    order: int = 100
    css: str = ""


PLACES_OF_CARDS = ("tile", "main", "rail", "member")
_cards: dict[str, Card] = {}
_columns: dict[str, Column] = {}
_about: list[Callable[..., Mapping[int, About]]] = []
_finders: list[Callable[..., Collection[int]]] = []
_keys: dict[str, Callable[[], Iterable[Key]]] = {}


def card(
    name: str, *, where: str, template: str, build: Callable[..., Mapping[str, Any] | None], order: int = 100, css: str = ""
) -> None:
    """Put a card onto the branch's page or the member's page."""
    if where not in PLACES_OF_CARDS:
        raise ValueError(f"no such place for a card: {where}")
    _cards[name] = Card(name, where, template, build, order, css)


def column(
    name: str, *, word: Any, template: str, build: Callable[..., Mapping[int, Any]], order: int = 100, css: str = ""
) -> None:
    """Put a column into the list of members; the template gets `value`, None where the person has none."""
    _columns[name] = Column(name, word, template, build, order, css)


def when_proposing(run: Callable[..., Mapping[int, About]]) -> None:
    """`run(viewer, person_ids)` says what upper rooms know of these members: enterprise, trade, place."""
    if run not in _about:
        _about.append(run)


def when_searching(run: Callable[..., Collection[int]]) -> None:
    """`run(viewer, text)` gives ids of persons found by a plate or the last four of a phone."""
    if run not in _finders:
        _finders.append(run)


def keys(kind: str, run: Callable[[], Iterable[Key]]) -> None:
    """`run()` lists the enterprises or the trades that a branch may cover."""
    _keys[kind] = run


def cards_at(where: str, *, viewer, subject, now) -> list[dict[str, Any]]:
    """The cards of one place that have something to show, with their templates."""
    found = []
    for each in sorted(_cards.values(), key=lambda each: (each.order, each.name)):
        built = each.build(viewer, subject, now) if each.where == where else None
        if built is not None:
            found.append({"template": each.template, "card": built})
    return found


def columns_of(*, viewer, person_ids: Collection[int], now, branch=None) -> list[dict[str, Any]]:
    """The columns of the list with their values by person; `branch`: the one whose page this is, whose figures are at hand."""
    ordered = sorted(_columns.values(), key=lambda each: (each.order, each.name))
    return [{"word": each.word, "template": each.template, "values": each.build(viewer, person_ids, now, branch)} for each in ordered]


def sheets() -> list[str]:
    """The style sheets that cards and columns need."""
    return sorted({each.css for each in (*_cards.values(), *_columns.values()) if each.css})


def about_of(*, viewer, person_ids: Collection[int]) -> dict[int, About]:
    """What the rooms above know of these persons; the last one that knows somebody wins."""
    found: dict[int, About] = {}
    for run in _about:
        found.update(run(viewer, person_ids))
    return found


def found_by(*, viewer, text: str) -> set[int]:
    """Persons that the rooms above find by `text`."""
    return {person_id for run in _finders for person_id in run(viewer, text)}


def keys_of(kind: str) -> list[Key]:
    """Enterprises or trades that have to be covered, as the room above lists them."""
    return list(_keys[kind]()) if kind in _keys else []
