"""Pictures of a house come and go by whoever keeps it: checked and drawn anew like every photo, and made small for the road."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import datetime
from typing import BinaryIO

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext as _
from PIL import Image

from accounts.rules.viewer import Viewer
from accounts.services import audit
from common import stored_files, uploads
from common.errors import DomainError, NotThere
from stations.models import HousePhoto, Station
from stations.selectors.scope import keeps

MOST, LONG_SIDE, QUALITY = 6, 720, 72  # pictures of a house; pixels of what a phone shows at twice 360


def add(*, station: Station, file: BinaryIO | None, alt: str, by: Viewer, now: datetime) -> HousePhoto:
    """One more picture with words for who cannot see it. Raises NotThere, DomainError at `alt` or `photo`."""
    if not keeps(by, station):
        raise NotThere
    alt = " ".join(alt.split())
    if not 2 <= len(alt) <= 60:
        raise DomainError(_("写照片上是什么，2 到 60 个字，看不见照片的人听得到"), field="alt", code="required")
    if file is None:
        raise DomainError(_("先选一张照片"), field="photo", code="required")
    picture = uploads.check_picture(file, field="photo")
    file.seek(0)
    small = _small(picture)
    names = stored_files.store_picture(small, file.read(), root=settings.DATA_DIR)
    try:
        return _keep(station, small, names, alt, by=by, now=now)
    except BaseException:
        stored_files.delete_stored(names, root=settings.DATA_DIR)
        raise


def _small(picture: uploads.Picture) -> uploads.Picture:
    """The same picture, small enough for a weak signal: some forty kilobytes."""
    with Image.open(io.BytesIO(picture.data)) as image:
        image.thumbnail((LONG_SIDE, LONG_SIDE), Image.Resampling.LANCZOS)
        out = io.BytesIO()
        image.save(out, "JPEG", quality=QUALITY, optimize=True, progressive=True)
        return replace(picture, data=out.getvalue(), width=image.width, height=image.height)


@transaction.atomic
def _keep(station: Station, small: uploads.Picture, names: stored_files.StoredNames, alt: str, *, by: Viewer, now: datetime) -> HousePhoto:
    Station.objects.select_for_update().get(pk=station.pk)  # two keepers at once do not both add the last one
    held = HousePhoto.objects.filter(station=station)
    if held.count() >= MOST:
        raise DomainError(_("最多放 %(most)d 张，先删掉一张") % {"most": MOST}, field="photo", code="too_many")
    last = held.aggregate(last=Max("order"))["last"]
    try:
        with transaction.atomic():
            row = HousePhoto.objects.create(
                station=station, alt=alt, order=0 if last is None else last + 1, sha256=small.sha256, served=names.served, sealed=names.sealed,
                width=small.width, height=small.height, made_at=now,
            )  # fmt: skip
    except IntegrityError as clash:
        raise DomainError(_("这张照片已经放上去了"), field="photo", code="twice") from clash
    audit.write(act="station.photo_added", by=by, about=row, new={"station": station.pk, "alt": alt}, now=now)
    return row


@transaction.atomic
def remove(*, photo: HousePhoto, by: Viewer, now: datetime) -> None:
    """It is not shown any more; its files go once that is written. Raises NotThere."""
    row = HousePhoto.objects.select_for_update(of=("self",)).select_related("station").filter(pk=photo.pk).first()
    if row is None or not keeps(by, row.station):
        raise NotThere
    audit.write(act="station.photo_removed", by=by, about=row, old={"station": row.station_id, "alt": row.alt}, now=now)
    names = stored_files.StoredNames(row.served, row.sealed)
    row.delete()

    def gone() -> None:
        stored_files.delete_stored(names, root=settings.DATA_DIR)

    transaction.on_commit(gone, robust=True)
