"""Every sweep once, in order: what a room registered. One that fails does not stop the others."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection
from datetime import datetime

from accounts.registry import registry

log = logging.getLogger(__name__)


def _all(jobs: dict[str, Callable[..., int]], now: datetime) -> dict[str, int]:
    done = {}
    for name, job in jobs.items():
        try:
            done[name] = job(now=now)
        except Exception:  # noqa: BLE001 - the next sweep must run whatever is wrong with this one
            log.exception("sweep %s failed", name)
            done[name] = -1
    return done


def run(*, now: datetime, without: Collection[str] = ()) -> dict[str, int]:
    """Rows moved by each sweep but those named in `without`; -1 where one failed."""
    return _all({name: job for name, job in registry.sweeps.items() if name not in without}, now)


def tidy(*, now: datetime) -> dict[str, int]:
    """Rows or files thrown away by each tidy; -1 where one failed."""
    return _all(registry.tidies, now)
