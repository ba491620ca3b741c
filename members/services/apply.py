"""Apply: the same file by its hash, checked again and written in one transaction, all rows or none.

On the page another person starts it and a worker does it; at the machine it is the operator's act. Killed in the
middle it has written nothing; the sweep finds an upload of the page again when its lease has run out.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.rules.viewer import Viewer
from accounts.services import audit, register
from common import bulk
from common.errors import DomainError
from common.failpoints import failpoint
from members.models import Declaration, Upload
from members.services.census_pass import EQUATION, CensusPass, Progress
from members.services.census_write import CensusWriter
from members.services.staging import claim, content_of, extra_words

MOVED = gettext_lazy("预览以后信息库变了，写入前要再看一遍。已经重新核对，请看新的预览")


class Moved(DomainError):
    """The register is no longer what the preview was held against."""

    code = "moved"


@dataclass(frozen=True)
class Applied:
    """What an apply did: the counts of the file, and rows of the register written."""

    counts: dict[str, Any]
    written: int


def apply(*, upload_id: int, now: datetime, progress: Progress | None = None) -> Applied | None:
    """The worker's part: write an upload that a second person has confirmed, as his act. None when it is not to be had."""
    upload = claim(upload_id=upload_id, state=Upload.State.APPLYING, now=now)
    if upload is None:
        return None
    try:
        return write(upload=upload, by=Viewer(person_id=upload.applied_by_id), now=now, progress=progress)
    except IntegrityError:  # somebody made the same person, or the same enterprise, in this very moment
        _stopped(upload, Moved(MOVED), now)
    except DomainError as error:
        _stopped(upload, error, now)
    return None


def write(*, upload: Upload, by: Viewer | None, now: datetime, progress: Progress | None = None) -> Applied:
    """Check again and write. Raises DomainError, and then nothing is written."""
    if upload.kind == Upload.Kind.UNION:
        from members.services import union

        return union.write(upload=upload, by=by, now=now, progress=progress)
    content = content_of(upload)
    with transaction.atomic():
        lock(upload)
        again = applied_before(upload)
        if again and changes_nothing(upload):
            return finish(upload, counts=upload.counts, written=0, by=by, now=now)
        run = CensusPass(content=content, filename=upload.name, extra=extra_words(upload), now=now, writes=True)
        with register.entering(by=by, now=now, about=upload) as people:
            writer = CensusWriter(run=run, upload=upload, people=people, now=now, again=again)
            for batch in run.batches():
                writer.write(batch)
                failpoint("in_the_middle:import")
                if progress:
                    progress(run.counts.rows)
        must_be_as_previewed(upload, run.counts.as_json())
        written = writer.written.rows + people.made + people.phones + people.names
        if not again:
            written += _declare(run, upload, now)
        return finish(upload, counts=run.counts.as_json(), written=written, by=by, now=now)


def applied_before(upload: Upload) -> bool:
    """Whether this very file was written before: it confirms nothing anew."""
    return Upload.objects.filter(kind=upload.kind, sha256=upload.sha256, state=Upload.State.APPLIED).exists()


def changes_nothing(upload: Upload) -> bool:
    """Whether the preview found every row as it stands: then there is nothing to check again for."""
    counts = upload.counts
    companies = counts.get("enterprises", {})
    return not any(
        (counts.get("created"), counts.get("updated"), counts.get("conflicts"), companies.get("created"), companies.get("updated"))
    )


def lock(upload: Upload) -> None:
    """The row of the upload, so that nobody drops or applies it meanwhile. Raises Moved when somebody has."""
    state = Upload.objects.select_for_update().values_list("state", flat=True).get(pk=upload.pk)
    if state != upload.state:
        raise Moved(_("这一份刚被别人动过，请刷新再看"))


def must_be_as_previewed(upload: Upload, counts: dict[str, Any]) -> None:
    """Raises Moved when the rows would do something else than the preview said."""
    if any(counts[word] != upload.counts.get(word) for word in EQUATION):
        raise Moved(MOVED)


def finish(upload: Upload, *, counts: dict[str, Any], written: int, by: Viewer | None, now: datetime) -> Applied:
    """Within the transaction: the upload is applied, with its line of audit."""
    upload.state, upload.applied_at, upload.written, upload.claimed_at = Upload.State.APPLIED, now, written, None
    upload.why_failed = ""
    upload.save(update_fields=["state", "applied_at", "written", "claimed_at", "why_failed"])
    audit.write(
        act=f"{upload.kind}.applied", by=by, about=upload, now=now, actor_word="" if by else "operator",
        new={word: counts.get(word, 0) for word in EQUATION} | {"written": written, "sha256": upload.sha256},
    )  # fmt: skip
    return Applied(counts, written)


def _declare(run: CensusPass, upload: Upload, now: datetime) -> int:
    """What each town said it has, from the total below its sheet. Without a total the rows it handed in are what
    is known, unless it gave a number within a year: an addition of seven rows is no new total."""
    by_name = {name: pk for pk, name in run.places.values()}
    totals: dict[int, int] = {}
    rows: dict[int, int] = {}
    for sheet in run.census.sheets:
        place = by_name.get(sheet.name.strip())
        if place and sheet.header_row:
            kept, count = (rows, sheet.rows) if sheet.total is None else (totals, sheet.total)
            kept[place] = kept.get(place, 0) + count
    said = set(Declaration.objects.filter(at__gte=now - timedelta(days=365)).values_list("place_id", flat=True)) if rows else set()
    declared = {place: count for place, count in rows.items() if place not in said} | totals
    return bulk.insert(
        Declaration, ("place_id", "upload_id", "declared", "at"),
        [(place, upload.pk, count, now) for place, count in declared.items()],
    )  # fmt: skip


@transaction.atomic
def _stopped(upload: Upload, error: DomainError, now: datetime) -> None:
    """Nothing was written: back to the preview, which is made anew, or away when the file is not the same."""
    from common.queue import kick

    upload.refresh_from_db()
    if upload.state != Upload.State.APPLYING:
        return
    upload.state = Upload.State.STAGED if isinstance(error, Moved) else Upload.State.FAILED
    upload.why_failed, upload.claimed_at, upload.applied_by, upload.read = error.message[:300], None, None, 0
    upload.save(update_fields=["state", "why_failed", "claimed_at", "applied_by", "read"])
    audit.write(act=f"{upload.kind}.stopped", about=upload, new={"code": error.code}, now=now, actor_word="system")
    if upload.state == Upload.State.STAGED:
        kick("members.stage", upload.pk)
