"""What rooms above hang in: what follows when a driver is gone, what they know of whoever looks, workbooks of theirs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from accounts.rules.viewer import Viewer

Groups = list[tuple[str, list[tuple[str, str]]]]


@dataclass(frozen=True)
class Sheet:
    """A workbook of a room above: closed columns, who may ask for it, who may agree to a large one, its rows and cells.

    `rows(viewer)` gives what the viewer's own screens show; `cells(viewer, rows)` one mapping of
    column to masked text for each."""

    word: str
    columns: tuple[tuple[str, str], ...]
    may: Callable[[Viewer], bool]
    agrees: Callable[[Viewer], bool]
    rows: Callable[[Viewer], QuerySet]
    cells: Callable[[Viewer, QuerySet], Iterator[dict[str, Any]]]


sheets: dict[str, Sheet] = {}
kept: list[tuple[str, str]] = []
_tellers: list[Callable[[Viewer], Groups]] = []


def tell_own(run: Callable[[Viewer], Groups]) -> None:
    """`run(viewer)` gives groups of (word, lines) of what its room knows of whoever looks: his page and his copy show them."""
    if run not in _tellers:
        _tellers.append(run)


def told_of(viewer: Viewer) -> Groups:
    """What every room above knows of whoever looks."""
    return [group for run in _tellers for group in run(viewer)]


_on_going: list[Callable[..., None]] = []


def when_going(run: Callable[..., None]) -> None:
    """`run(driver: Driver, by: Viewer | None, now: datetime)` is called when a driver leaves the register."""
    if run not in _on_going:
        _on_going.append(run)


def gone(*, driver, by, now) -> None:
    """Tell everybody, in the caller's transaction."""
    for run in _on_going:
        run(driver=driver, by=by, now=now)
