"""Stage, check, preview: a worker reads the sealed file, checks each row and remembers what a person must see.

Rows that are not taken, in conflict, updated or warned about are kept singly, up to a limit; thousands of rows that
are new or the same are counts, and are read from the file again when somebody wants to look at them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from accounts.services import audit
from common import bulk, sheet_tables, sheets
from common.encryption import SealBroken
from common.errors import DomainError
from common.failpoints import failpoint
from common.masks import mask_id, mask_name, mask_phone, mask_plate, scrub
from common.stored_files import open_sealed
from members.models import HeaderWord, StagedRow, Upload
from members.rules import census_compare as rules
from members.rules.census_checks import Checked
from members.rules.census_columns import CENSUS
from members.rules.retention import PERIOD, What
from members.services.census_pass import Batch, CensusPass, Judged, Progress

LEASE = timedelta(minutes=2)  # a worker is stopped after 90 seconds
SINGLY = {"rejected": 2000, "conflict": 1000, "update": 1000, "warned": 1000, "create": 100}
_MASKS = {"id_number": mask_id, "certificate_number": mask_id, "phone": mask_phone, "plate": mask_plate, "name": mask_name}


class Swapped(DomainError):
    """The file on disk is not the one that was looked at."""

    code = "swapped"


class Gone(DomainError):
    """The file was deleted when its time was over; hash, counts and rows stay."""

    code = "file_gone"


def claim(*, upload_id: int, state: str, now: datetime) -> Upload | None:
    """Take the upload for work; None when another worker has it or it has moved on."""
    free = Q(claimed_at=None) | Q(claimed_at__lt=now - LEASE)
    mine = Upload.objects.filter(free, pk=upload_id, state=state).update(claimed_at=now, tries=F("tries") + 1)
    return Upload.objects.get(pk=upload_id) if mine else None


def content_of(upload: Upload) -> bytes:
    """The very bytes that were handed in. Raises Gone once their time is over, Swapped when they are not the same."""
    if not upload.stored:
        raise Gone(_("这份表办完满 %s，原表按期删了，只留下核对结果。要原表请找交表的镇街或单位") % PERIOD[What.WORKBOOK].said)
    try:
        content = open_sealed(upload.stored, root=settings.DATA_DIR)
    except (OSError, ValueError, SealBroken) as error:
        raise Swapped(_("存着的文件打不开或被换过，不能再用。请重新上传")) from error
    if hashlib.sha256(content).hexdigest() != upload.sha256:
        raise Swapped(_("存着的文件和预览时的不是同一份，不能再用。请重新上传"))
    return content


def extra_words(upload: Upload) -> dict[str, str]:
    """Headers that people have explained: remembered ones, and the answers given for this file."""
    return dict(HeaderWord.objects.filter(ended_at=None).values_list("header", "field")) | dict(upload.answers)


def stage(*, upload_id: int, now: datetime, progress: Progress | None = None) -> Upload | None:
    """Read and check one upload. May be killed at any row and started again: what it had kept is thrown away first."""
    upload = claim(upload_id=upload_id, state=Upload.State.STAGED, now=now)
    if upload is None:
        return None
    try:
        if upload.kind == Upload.Kind.UNION:
            from members.services import union

            union.preview(upload=upload, now=now, progress=progress)
        else:
            preview(upload=upload, now=now, progress=progress)
    except DomainError as error:
        _failed(upload, error, now)
    return upload


def preview(*, upload: Upload, now: datetime, progress: Progress | None = None) -> None:
    """The pass without writing. Raises DomainError for a file that cannot be taken at all."""
    run = CensusPass(content=content_of(upload), filename=upload.name, extra=extra_words(upload), now=now)
    StagedRow.objects.filter(upload=upload).delete()
    keeper = Keeper(upload)
    for batch in run.batches():
        failpoint("in_the_middle:stage")
        keeper.keep(batch)
        upload.read = run.counts.rows
        Upload.objects.filter(pk=upload.pk).update(read=upload.read, claimed_at=now)
        if progress:
            progress(run.counts.rows)
    upload.questions = questions(run, upload)
    upload.counts = run.counts.as_json() | {"kept": keeper.kept, "unread": unread(run)}
    finish(upload, rows=run.counts.rows, now=now)


@transaction.atomic
def finish(upload: Upload, *, rows: int, now: datetime) -> None:
    """The preview is ready, or has a question first."""
    upload.rows = upload.read = rows
    upload.state = Upload.State.ASKING if upload.questions else Upload.State.CHECKED
    upload.claimed_at, upload.why_failed = None, ""
    upload.save(update_fields=["rows", "read", "state", "counts", "questions", "claimed_at", "why_failed"])
    words = ("rows", "created", "updated", "unchanged", "rejected", "conflicts")
    audit.write(
        act=f"{upload.kind}.checked", about=upload, new={word: upload.counts.get(word, 0) for word in words}, now=now,
        actor_word="system",
    )  # fmt: skip


@transaction.atomic
def _failed(upload: Upload, error: DomainError, now: datetime) -> None:
    StagedRow.objects.filter(upload=upload).delete()
    upload.state, upload.why_failed, upload.claimed_at = Upload.State.FAILED, error.message[:300], None
    if error.code == "missing_columns" and upload.kind == Upload.Kind.CENSUS:
        upload.questions = unknown_headers(upload)
        if upload.questions:
            upload.state = Upload.State.ASKING
    upload.save(update_fields=["state", "why_failed", "claimed_at", "questions"])
    audit.write(act=f"{upload.kind}.refused", about=upload, new={"code": error.code}, now=now, actor_word="system")


def questions(run: CensusPass, upload: Upload) -> list[dict[str, Any]]:
    """Headers that nobody knows and under which something stands: asked about once."""
    found: dict[str, dict[str, Any]] = {}
    for report in run.census.sheets:
        for header, filled in report.unknown.items():
            if filled and header not in upload.answers:
                one = found.setdefault(header, {"header": header, "sheets": [], "filled": 0, "of": 0})
                one["sheets"].append(report.name)
                one["filled"] += filled
                one["of"] += report.rows
    return list(found.values())


def unknown_headers(upload: Upload) -> list[dict[str, Any]]:
    """The unknown headers of a file that lacks a needed column: one of them may be it."""
    loose = replace(CENSUS, required=())
    found: dict[str, dict[str, Any]] = {}
    try:
        for sheet in sheets.read(content_of(upload), upload.name):
            columns = None if sheet.hidden else sheet_tables.find_columns(list(islice(sheet.rows(), 40)), loose, extra_words(upload))
            for header in columns.unknown.values() if columns else ():
                one = found.setdefault(header, {"header": header, "sheets": [], "filled": 0, "of": 0})
                one["sheets"].append(sheet.name)
    except DomainError:
        return []
    return list(found.values())


def unread(run: CensusPass) -> list[dict[str, str]]:
    """Sheets that were not read, and why."""
    return [{"sheet": each.name, "why": each.why} for each in run.census.sheets if each.why]


class Keeper:
    """Keeps singly what a person must see, within the limits of SINGLY; `kept` counts by outcome."""

    def __init__(self, upload: Upload):
        self.upload = upload
        self.kept: dict[str, int] = {}

    def keep(self, batch: Batch) -> None:
        bulk.insert(
            StagedRow, ("upload_id", "sheet", "row", "outcome", "column", "reason", "warnings", "values"),
            [*self._rejected(batch.rejected), *self._taken(batch.judged)],
        )  # fmt: skip

    def _may(self, word: str) -> bool:
        if self.kept.get(word, 0) >= SINGLY[word]:
            return False
        self.kept[word] = self.kept.get(word, 0) + 1
        return True

    def _rejected(self, rows: list[Checked]) -> Iterator[tuple]:
        for row in rows:
            if self._may("rejected"):
                raw = _MASKS.get(row.column, scrub)(row.raw)
                values = {"words": row.words, "raw": raw}
                yield self._row(row, StagedRow.Outcome.REJECTED, values, column=row.column, reason=row.reason)

    def _taken(self, rows: list[Judged]) -> Iterator[tuple]:
        for each in rows:
            verdict = each.verdict
            outcome, warned = verdict.outcome, bool(each.checked.warnings or verdict.notes)
            if verdict.conflicts and self._may("conflict"):
                yield self._row(each.checked, StagedRow.Outcome.CONFLICT, _what(each), warnings=_warnings(each))
            elif (outcome != rules.SAME and self._may(outcome)) or (warned and self._may("warned")):
                yield self._row(each.checked, outcome, _what(each), warnings=_warnings(each))

    def _row(self, row: Checked, outcome: str, values: dict, *, column="", reason="", warnings=()) -> tuple:
        text = json.dumps(values, ensure_ascii=False, default=_text)
        return self.upload.pk, row.sheet[:60], row.row, str(outcome), column, reason, list(warnings), text


def _text(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)


def _warnings(each: Judged) -> list[dict[str, str]]:
    said = [{"code": one.code, "words": one.words} for one in each.checked.warnings]
    return said + [{"code": code, "words": rules.NOTES[code][1]} for code in each.verdict.notes]


def _what(each: Judged) -> dict[str, Any]:
    """What the preview shows of a row: who (masked on the page), and each change with old and new."""
    stands, values, verdict = each.standing, each.checked.values, each.verdict
    shown = {"name": values.get("name") or values.get("enterprise", ""), "phone": values.get("phone", ""), "place": values.get("place", "")}
    changes = []
    for name, new in verdict.changes.items():
        old = stands.values.get(name, "") if stands else ""
        mask = _MASKS.get(name, _text)
        if name == "enterprise":
            old, new = "", values.get("enterprise", "")
        changes.append([name, mask(old) if old else "", mask(new) if new else ""])
    if verdict.phone:
        changes.append(["phone", "", mask_phone(values["phone"])])
    changes += [["plate", "", mask_plate(plate)] for plate in verdict.plates if verdict.outcome == rules.UPDATE]
    return shown | {"changes": changes, "conflicts": verdict.conflicts}
