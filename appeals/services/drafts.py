"""What a driver typed before sending it, kept on the server for his browser, swept after a day."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, connection, transaction

from appeals.models import Appeal, Draft, DraftPhoto, Photo
from common import stored_files, uploads
from common.encryption import keyed_hmac
from common.errors import DomainError

LIVES = timedelta(hours=24)
SHOWS_CODE = timedelta(minutes=10)
MAX_PHOTOS = 9
# Asked by each filing, so it is written out: putting it together anew cost more than asking it does.
_MINE = f"""
    SELECT draft.*, EXISTS(SELECT 1 FROM {DraftPhoto._meta.db_table} photo WHERE photo.draft_id = draft.id) AS has_photos
    FROM {Draft._meta.db_table} draft WHERE draft.holder = %s AND draft.touched_at > %s ORDER BY draft.id DESC LIMIT 20"""  # nosec B608
TOO_MANY = f"最多 {MAX_PHOTOS} 张照片，多出来的没有放上"


@dataclass(frozen=True)
class PhotosTaken:
    """What came of some uploaded files: the rows that were kept, and words about those that were not."""

    kept: list[DraftPhoto] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)


def new_cookie() -> str:
    """A browser's token: 256 random bits."""
    return secrets.token_urlsafe(32)


def holder_of(cookie: str, purpose: str = "form") -> str:
    """The keyed hash under which this browser's drafts are kept; `purpose` keeps those of other forms apart."""
    return keyed_hmac(cookie, f"draft-holder:{purpose}")


def current(*, holder: str, now: datetime) -> Draft | None:
    """The open draft of this browser, if it has one that is not older than a day."""
    return (
        Draft.objects.filter(holder=holder, appeal=None, touched_at__gt=now - LIVES).order_by("-touched_at").first()
    )


def begin(*, holder: str, now: datetime) -> Draft:
    """The open draft, made when there is none."""
    return current(holder=holder, now=now) or Draft.objects.create(holder=holder, made_at=now, touched_at=now)


def of_form(*, holder: str, client_key: UUID, now: datetime) -> Draft:
    """The draft a posted form belongs to: by its key when it is this browser's (sent or not), else the open
    one, else a new one under that key. Two first posts of one form give one draft.

    One that was found carries `has_photos`, so that a form without pictures asks for none."""
    oldest = connection.ops.adapt_datetimefield_value(now - LIVES)
    rows = list(Draft.objects.raw(_MINE, [holder, oldest]))
    same = next((row for row in rows if row.client_key == client_key), None)
    draft = same or next((row for row in rows if row.appeal_id is None), None)
    if draft is not None:
        return draft
    try:
        with transaction.atomic():
            return Draft.objects.create(holder=holder, client_key=client_key, made_at=now, touched_at=now)
    except IntegrityError:  # the twin post was first, or the key is another browser's: then one of our own
        twin = Draft.objects.filter(holder=holder, client_key=client_key).first()
        return twin or Draft.objects.create(holder=holder, made_at=now, touched_at=now)


def already_sent(*, holder: str, now: datetime) -> list[Draft]:
    """Drafts of this browser that became appeals within a day, newest first."""
    rows = Draft.objects.filter(holder=holder, appeal__isnull=False, touched_at__gt=now - LIVES)
    return list(rows.select_related("appeal").order_by("-pk"))


def answers_of(draft: Draft | None) -> dict[str, Any]:
    return json.loads(draft.answers or "{}") if draft else {}


def save(*, draft: Draft, answers: dict[str, Any], now: datetime) -> Draft:
    """Keep what was typed, right or wrong: nothing typed is lost."""
    merged = answers_of(draft) | answers
    draft.answers, draft.touched_at = json.dumps(merged, ensure_ascii=False), now
    draft.save(update_fields=["answers", "touched_at"])
    return draft


def add_photo(*, draft: Draft, upload, now: datetime) -> DraftPhoto:
    """Check, re-encode and keep one picture; the same picture twice is one.

    Raises DomainError with field photos."""
    if draft.photos.count() >= MAX_PHOTOS:
        raise DomainError(f"最多 {MAX_PHOTOS} 张照片，先删一张再加", field="photos")
    picture = uploads.check_picture(upload)
    raw = _bytes_of(upload)
    known = draft.photos.filter(sha256=picture.sha256).first()
    if known:
        return known
    names = stored_files.store_picture(picture, raw, root=settings.DATA_DIR)
    order = (draft.photos.order_by("-order").values_list("order", flat=True).first() or 0) + 1
    try:
        with transaction.atomic():
            return DraftPhoto.objects.create(
                draft=draft, order=order, sha256=picture.sha256, served=names.served, sealed=names.sealed,
                width=picture.width, height=picture.height, size=len(picture.data), made_at=now,
            )  # fmt: skip
    except IntegrityError:
        stored_files.delete_stored(names, root=settings.DATA_DIR)
        return draft.photos.get(sha256=picture.sha256)


def _bytes_of(upload) -> bytes:
    if isinstance(upload, bytes):
        return upload
    upload.seek(0)
    return upload.read()


def add_photos(*, draft: Draft, files: Iterable, now: datetime) -> PhotosTaken:
    """Several at once, in the order they came. One bad file harms no other: it is told of in `refused`."""
    taken = PhotosTaken()
    for file in files:
        if draft.photos.count() >= MAX_PHOTOS:
            taken.refused.append(TOO_MANY)
            break
        try:
            taken.kept.append(add_photo(draft=draft, upload=file, now=now))
        except DomainError as error:
            taken.refused.append(error.message)
    Draft.objects.filter(pk=draft.pk).update(touched_at=now)
    return taken


def remove_photo(*, draft: Draft, key: str) -> None:
    """Take one picture out of the draft; its files go with it."""
    photo = draft.photos.filter(key=key).first()
    if photo:
        photo.delete()
        stored_files.delete_stored(stored_files.StoredNames(photo.served, photo.sealed), root=settings.DATA_DIR)


def sent(*, draft: Draft, appeal: Appeal, now: datetime) -> None:
    """The form became an appeal: what was typed goes, the code may be shown again for ten minutes."""
    Draft.objects.filter(pk=draft.pk, appeal=None).update(
        appeal=appeal, answers="{}", touched_at=now, show_until=now + SHOWS_CODE
    )


def drop(*, draft: Draft) -> None:
    """删除草稿: words and pictures, at once."""
    for photo in draft.photos.all():
        remove_photo(draft=draft, key=str(photo.key))
    draft.delete()


def sweep_old(*, now: datetime) -> int:
    """Drafts older than a day and files that belong to nothing."""
    old = Draft.objects.filter(touched_at__lte=now - LIVES)
    count = 0
    for draft in old[:500]:  # sent ones too: nothing then ties a browser to an appeal
        drop(draft=draft)
        count += 1
    known = set()
    for model in (Photo, DraftPhoto):
        for served, sealed in model.objects.values_list("served", "sealed"):
            known.update((served, sealed))
    return count + stored_files.sweep_orphans(settings.DATA_DIR, known | stored_files.names_kept(), now - LIVES)
