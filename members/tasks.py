"""Doors of five lines: rows are the truth, a message is only a bell."""

from __future__ import annotations

from celery import shared_task

from common import clock
from members.services import apply, exports, staging


@shared_task(name="members.stage")
def stage(upload_id: int) -> None:
    """Read one workbook for its preview."""
    staging.stage(upload_id=upload_id, now=clock.now())


@shared_task(name="members.apply")
def apply_upload(upload_id: int) -> None:
    """Write one workbook that a second person has confirmed."""
    apply.apply(upload_id=upload_id, now=clock.now())


@shared_task(name="members.export")
def export(export_id: int) -> None:
    """Make one workbook that was asked for."""
    exports.make(export_id=export_id, now=clock.now())
