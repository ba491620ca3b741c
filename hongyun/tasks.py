"""The beat's doors."""

from __future__ import annotations

from celery import shared_task

from common import clock
from hongyun import sweeping


@shared_task(name="hongyun.sweep")
def sweep() -> None:
    """Every sweep once."""
    sweeping.run(now=clock.now())


@shared_task(name="hongyun.tidy")
def tidy() -> None:
    """Throw away what may be thrown away."""
    sweeping.tidy(now=clock.now())
