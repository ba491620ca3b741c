"""What the operator does at the machine: take a file, look through it, and write it when he says so."""

from __future__ import annotations

import gc
import resource
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from common.errors import DomainError
from common.sheets import MAX_BYTES
from members.models import StagedRow, Upload
from members.services import apply, staging, uploads
from members.services.census_pass import Progress


@dataclass(frozen=True)
class Outcome:
    """The upload, what became of each row that was not taken, and what it cost."""

    upload: Upload
    counts: dict[str, Any]
    rejected: list[dict[str, Any]]
    seconds: float
    peak_mb: float

    def as_json(self) -> dict[str, Any]:
        """As hongyun's table of doors promises it."""
        words = ["rows", "accepted", "created", "updated", "unchanged"]
        words += ["enterprises"] if self.upload.kind == Upload.Kind.UNION else []
        return {word: self.counts.get(word, 0) for word in words} | {
            "rejected": self.rejected, "seconds": round(self.seconds, 2), "peak_mb": round(self.peak_mb, 1),
        }  # fmt: skip


def run(
    *, path: Path, kind: str, answers: dict[str, str], write: bool, now: datetime, progress: Progress | None = None,
    stage_done: Progress | None = None,
) -> Outcome:  # fmt: skip
    """Stage, check, preview and, with `write`, apply. Raises DomainError in words when the file cannot be taken."""
    began = time.perf_counter()
    with _without_collector():
        return _run(path, kind, answers, write, now, progress, stage_done, began)


@contextmanager
def _without_collector() -> Iterator[None]:
    """A process of its own that makes millions of small things, hardly any in a circle: the collector finds nothing."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _run(
    path: Path, kind: str, answers: dict[str, str], write: bool, now: datetime, progress: Progress | None,
    stage_done: Progress | None, began: float,
) -> Outcome:  # fmt: skip
    upload = uploads.take(content=_bytes(path), name=path.name, kind=kind, by=None, now=now, answers=answers)
    staged = staging.stage(upload_id=upload.pk, now=now, progress=progress)
    upload.refresh_from_db()
    if staged is None or upload.why_failed:
        raise DomainError(upload.why_failed or _("这一份没有读成，请再试一次"))
    if stage_done:
        stage_done(upload.rows)
    counts = upload.counts
    rejected = rejected_rows(upload)
    if write:
        counts = apply.write(upload=upload, by=None, now=now, progress=progress).counts
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 * 1024 if sys.platform == "darwin" else 1024)
    return Outcome(upload, counts, rejected, time.perf_counter() - began, peak)


def rejected_rows(upload: Upload) -> list[dict[str, Any]]:
    """Each row that was not taken, in the order of the file."""
    rows = StagedRow.objects.filter(upload=upload, outcome=StagedRow.Outcome.REJECTED).order_by("id")
    return [{"sheet": sheet, "row": row, "reason": reason} for sheet, row, reason in rows.values_list("sheet", "row", "reason")]


def _bytes(path: Path) -> bytes:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise DomainError(_("文件超过 %(most)d MB，不能导入") % {"most": MAX_BYTES // 1024 // 1024})
        return path.read_bytes()
    except OSError as error:
        raise DomainError(_("找不到或读不了这个文件：%(name)s") % {"name": path.name}) from error
