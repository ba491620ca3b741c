"""What upper rooms do when a membership ends or a member changes branch: registered from their AppConfig.ready().

Called within the same transaction, so that no moment exists in which a member is gone and his five still have him.
"""

from __future__ import annotations

from collections.abc import Callable

_on_leaving: list[Callable[..., None]] = []


def when_leaving(run: Callable[..., None]) -> None:
    """`run(person_id: int, by: Viewer | None, now: datetime)` is called when a membership ends."""
    if run not in _on_leaving:
        _on_leaving.append(run)


def leaving(*, person_id: int, by, now) -> None:
    """Tell the rooms above, in the caller's transaction."""
    for run in _on_leaving:
        run(person_id=person_id, by=by, now=now)
