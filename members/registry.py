"""What hangs on a driver: zones, and rooms above, are told in the same transaction when he is gone."""

from __future__ import annotations

from collections.abc import Callable

_on_going: list[Callable[..., None]] = []


def when_going(run: Callable[..., None]) -> None:
    """`run(driver: Driver, by: Viewer | None, now: datetime)` is called when a driver leaves the register."""
    if run not in _on_going:
        _on_going.append(run)


def gone(*, driver, by, now) -> None:
    """Tell everybody, in the caller's transaction."""
    for run in _on_going:
        run(driver=driver, by=by, now=now)
