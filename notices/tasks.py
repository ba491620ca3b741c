"""Doors of five lines: the rows are the truth, the sweep finds what no bell announced."""

from __future__ import annotations

from celery import shared_task

from common import clock
from notices.services import sending


@shared_task(name="notices.send")
def send() -> None:
    """Send what is due."""
    sending.send_due(now=clock.now())


@shared_task(name="notices.sweep")
def sweep() -> None:
    """What a dead worker left, and whatever no bell announced: beat rings it in the messages' own queue."""
    sending.sweep(now=clock.now())
