"""Taking a workbook in, answering its questions, asking a second person, dropping it; and finding lost ones again."""

from __future__ import annotations

import hashlib
from datetime import datetime
from pathlib import PurePath

from django.conf import settings
from django.db import DatabaseError, transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from accounts.models import Person
from accounts.rules.roles import Role
from accounts.rules.viewer import Viewer
from accounts.services import audit
from common import sheet_tables
from common.errors import DomainError, NotThere, Stale
from common.queue import kick
from common.sheets import MAX_BYTES
from common.stored_files import delete_sealed, store_sealed
from members.models import HeaderWord, StagedRow, Upload
from members.rules.census_columns import CENSUS
from members.selectors.uploads import headers_for, may_confirm, uploads_for
from members.services.staging import LEASE
from notices.services import outbox

ROLE_OF = {Upload.Kind.CENSUS: Role.REGISTRAR, Upload.Kind.UNION: Role.UNION}
TRIES = 5  # workers that may die on one step of an upload
OPEN = frozenset({Upload.State.STAGED, Upload.State.ASKING, Upload.State.CHECKED, Upload.State.FAILED})


def take(
    *, content: bytes, name: str, kind: str, by: Viewer | None, now: datetime, answers: dict[str, str] | None = None
) -> Upload:  # fmt: skip
    """Seal a workbook on disk and let a worker read it. `by` None: the operator, who reads it himself.

    Raises NotThere, DomainError for what is no file of ours at all."""
    if by is not None and not (by.second_factor and by.has_role(ROLE_OF[Upload.Kind(kind)])):
        raise NotThere
    if not content:
        raise DomainError(_("这个文件是空的"), field="file", code="empty")
    if len(content) > MAX_BYTES:
        raise DomainError(_("文件超过 %(most)d MB。请去掉图片和多余的表，再交一次") % {"most": MAX_BYTES // 1024 // 1024}, field="file", code="too_large")
    sheet_tables.read_names(CENSUS, answers or {})
    stored = store_sealed(content, root=settings.DATA_DIR)  # first the file, then its row
    try:
        return _keep(Upload(
            kind=kind, name=_short(name), sha256=hashlib.sha256(content).hexdigest(), stored=stored, at=now,
            by_id=by.person_id if by else None, unit_id=min(by.units(ROLE_OF[Upload.Kind(kind)]), default=None) if by else None,
            answers=answers or {},
        ), len(content), by, now)  # fmt: skip
    except DatabaseError:
        delete_sealed(stored, root=settings.DATA_DIR)
        raise


@transaction.atomic
def _keep(upload: Upload, size: int, by: Viewer | None, now: datetime) -> Upload:
    upload.save(force_insert=True)
    audit.write(
        act=f"{upload.kind}.upload", by=by, about=upload, now=now, actor_word="" if by else "operator", new={"sha256": upload.sha256, "bytes": size},
    )  # fmt: skip
    if by is not None:
        kick("members.stage", upload.pk)
    return upload


def _short(name: str) -> str:
    """A file name without folders; its ending survives the cut, for it tells how to read the file."""
    path = PurePath(name.replace("\\", "/").replace("\0", ""))
    return f"{path.stem[: 120 - len(path.suffix[:8])]}{path.suffix[:8]}"


@transaction.atomic
def answer(*, upload: Upload, answers: dict[str, str], remember: bool, by: Viewer, now: datetime) -> Upload:
    """What unknown headers mean: header -> field, "" to leave it unread. The file is read anew.

    Raises NotThere, Stale, DomainError for a field that does not exist."""
    upload = _mine(upload, by)
    asked = {one["header"] for one in upload.questions}
    if upload.state != Upload.State.ASKING:
        raise Stale(_("这个问题已经答过了，请刷新再看"))
    given = {header: field for header, field in answers.items() if header in asked}
    if not given:
        raise DomainError(_("选一下这一列是什么"), field="answers")
    sheet_tables.read_names(CENSUS, given)
    if remember:
        for header, field in given.items():
            HeaderWord.objects.update_or_create(header=header, ended_at=None, defaults={"field": field, "by_id": by.person_id, "at": now})
    upload.answers = {**upload.answers, **given}
    upload.state, upload.claimed_at, upload.tries, upload.read, upload.questions = Upload.State.STAGED, None, 0, 0, []
    upload.save(update_fields=["answers", "state", "claimed_at", "tries", "read", "questions"])
    audit.write(act="census.answered", by=by, about=upload, new=dict(given) | {"remember": remember}, now=now)
    kick("members.stage", upload.pk)
    return upload


@transaction.atomic
def forget_header(*, word: HeaderWord, by: Viewer, now: datetime) -> HeaderWord:
    """A remembered header holds no longer: the next file with it asks again, files read before stay as they are.

    Raises NotThere (no keeper of the register, ended already)."""
    row = headers_for(by).select_for_update(of=("self",)).filter(pk=word.pk).first()
    if row is None or not by.second_factor:
        raise NotThere
    row.ended_by_id, row.ended_at = by.person_id, now
    row.save(update_fields=["ended_by", "ended_at"])
    audit.write(act="census.header_ended", by=by, about=row, old={"header": row.header, "field": row.field}, now=now)
    return row


@transaction.atomic
def ask(*, upload: Upload, whom: Person, by: Viewer, now: datetime) -> Upload:
    """Ask another registrar to look and to write it in. Raises NotThere, Stale, DomainError."""
    upload = _mine(upload, by)
    if upload.state != Upload.State.CHECKED:
        raise Stale(_("现在不能请人确认，请刷新再看"))
    if whom.pk not in {one.pk for one in may_confirm(by, upload, now=now)}:
        raise DomainError(_("请选另一位能确认的人"), field="whom")
    upload.asked_to = whom
    upload.save(update_fields=["asked_to"])
    outbox.post(template="members.import_asked", about=upload, to=[whom], now=now)
    audit.write(act=f"{upload.kind}.asked", by=by, about=upload, new={"whom": whom.pk}, now=now)
    return upload


@transaction.atomic
def confirm(*, upload: Upload, sha256: str, by: Viewer, now: datetime) -> Upload:
    """A second person lets it be written: the file he looked at, by its hash. Raises NotThere, Stale, DomainError."""
    upload = _mine(upload, by)
    if upload.state != Upload.State.CHECKED:
        raise Stale(_("这一份现在不能写入，请刷新再看"))
    if upload.by_id == by.person_id:
        raise DomainError(_("您上传的，要请另一个人确认写入"), code="same_person")
    if sha256 != upload.sha256:
        raise DomainError(_("这不是您看过的那份文件，请重新打开预览"), code="swapped")
    upload.state, upload.applied_by_id, upload.claimed_at, upload.tries = Upload.State.APPLYING, by.person_id, None, 0
    upload.save(update_fields=["state", "applied_by", "claimed_at", "tries"])
    audit.write(act=f"{upload.kind}.confirmed", by=by, about=upload, new={"sha256": sha256}, now=now)
    kick("members.apply", upload.pk)
    return upload


@transaction.atomic
def drop(*, upload: Upload, by: Viewer, now: datetime) -> Upload:
    """Not to be written: the rows kept for the preview go, the file stays sealed. Raises NotThere, Stale."""
    upload = _mine(upload, by)
    if upload.state not in OPEN:
        raise Stale(_("已经在写或者写过了，不能不导；写过的可以撤销"))
    StagedRow.objects.filter(upload=upload).delete()
    upload.state, upload.claimed_at = Upload.State.DROPPED, None
    upload.save(update_fields=["state", "claimed_at"])
    audit.write(act=f"{upload.kind}.dropped", by=by, about=upload, now=now)
    return upload


def sweep(*, now: datetime) -> int:
    """Uploads that wait for a worker, or whose worker died: rung for again, those that wait longest first. One on which
    TRIES workers have died is given up, so that it does not stand in the way of the others."""
    waits = Upload.objects.filter(state__in=[Upload.State.STAGED, Upload.State.APPLYING], by__isnull=False)
    for pk, state in waits.filter(claimed_at__lt=now - LEASE, tries__gte=TRIES).order_by("pk").values_list("pk", "state"):
        _give_up(pk, state, now)
    lost = Q(claimed_at=None, at__lt=now - LEASE / 4) | Q(claimed_at__lt=now - LEASE)
    found = list(waits.filter(lost).order_by(F("claimed_at").asc(nulls_first=True), "pk").values_list("pk", "state")[:20])
    for pk, state in found:
        kick("members.apply" if state == Upload.State.APPLYING else "members.stage", pk)
    return len(found)


@transaction.atomic
def _give_up(pk: int, state: str, now: datetime) -> None:
    """Nothing was written; who handed it in reads what he can do."""
    row = Upload.objects.select_for_update(of=("self",), skip_locked=True).filter(
        pk=pk, state=state, claimed_at__lt=now - LEASE, tries__gte=TRIES
    ).first()  # fmt: skip
    if row is None:  # somebody has dropped it, or a worker is at it after all
        return
    row.state, row.claimed_at, row.applied_by = Upload.State.FAILED, None, None
    row.why_failed = _("试了 %(n)d 次都没有读完或写完，什么也没有写入。请把表分成几份再交，还不行请找管理员") % {"n": row.tries}
    row.save(update_fields=["state", "claimed_at", "applied_by", "why_failed"])
    audit.write(act=f"{row.kind}.stopped", about=row, new={"code": "worker_died", "tries": row.tries}, now=now, actor_word="system")


def _mine(upload: Upload, by: Viewer) -> Upload:
    row = uploads_for(by).select_for_update(of=("self",)).filter(pk=upload.pk).first()
    if row is None or not by.second_factor:
        raise NotThere
    return row
