"""Doors of five lines: rows are the truth, a message is only a bell."""

from __future__ import annotations

from celery import shared_task

from appeals.services import routing
from common import clock


@shared_task(name="appeals.route")
def route(appeal_id: int) -> None:
    """Route one appeal. Lost messages are found again by the sweep."""
    routing.route(appeal_id=appeal_id, now=clock.now())
