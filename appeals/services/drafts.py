"""What a driver typed before sending it, kept on the server for his browser, swept after a day."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction

from appeals.models import Appeal, Draft, DraftPhoto, Photo
from common import stored_files, uploads
from common.encryption import keyed_hmac
from common.errors import DomainError

LIVES = timedelta(hours=24)
SHOWS_CODE = timedelta(minutes=10)
MAX_PHOTOS = 9


def holder_of(cookie: str) -> str:
    """The keyed hash under which this browser's drafts are kept."""
    return keyed_hmac(cookie, "draft-holder")


def current(*, holder: str, now: datetime) -> Draft | None:
    """The open draft of this browser, if it has one that is not older than a day."""
    return (
        Draft.objects.filter(holder=holder, appeal=None, touched_at__gt=now - LIVES).order_by("-touched_at").first()
    )


def begin(*, holder: str, now: datetime) -> Draft:
    """The open draft, made when there is none."""
    return current(holder=holder, now=now) or Draft.objects.create(holder=holder, made_at=now, touched_at=now)


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
    raw = upload.read() if hasattr(upload, "read") else upload
    picture = uploads.check_picture(raw)
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
    for draft in old.filter(appeal=None)[:500]:
        drop(draft=draft)
        count += 1
    known = set()
    for model in (Photo, DraftPhoto):
        for served, sealed in model.objects.values_list("served", "sealed"):
            known.update((served, sealed))
    return count + stored_files.sweep_orphans(settings.DATA_DIR, known, now - LIVES)
