"""Doors of five lines: a lost message loses nothing, the sweep finds the row again."""

from __future__ import annotations

from celery import shared_task

from common import clock
from stations.services import waiting


@shared_task(name="stations.move_up")
def move_up(service_id: int) -> None:
    """Give what came free to who waits for it."""
    waiting.move_up(service_id=service_id, now=clock.now())
