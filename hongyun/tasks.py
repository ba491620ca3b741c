"""The beat's doors."""

from __future__ import annotations

from celery import shared_task

from common import clock
from hongyun import sweeping


@shared_task(name="hongyun.sweep")
def sweep() -> None:
    """Every sweep once, but the messages': theirs waits in their own queue (notices.sweep)."""
    sweeping.run(now=clock.now(), without={"notices"})


@shared_task(name="hongyun.tidy")
def tidy() -> None:
    """Throw away what may be thrown away."""
    sweeping.tidy(now=clock.now())
