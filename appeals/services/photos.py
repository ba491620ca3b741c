"""Photos that come without a form of the browser: checked, drawn anew, kept, and joined to an appeal as material."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO

from django.conf import settings
from django.utils.translation import gettext as _

from accounts.rules.viewer import Viewer
from appeals.models import Appeal, DraftPhoto, Photo
from appeals.services import driver
from common import stored_files, uploads
from common.errors import DomainError

AT_ONCE = 9


class BadPhotos(DomainError):
    """Some pictures cannot be taken; `errors` maps photos.N (from 0) -> why. Nothing was stored."""

    def __init__(self, errors: dict[str, str]):
        self.errors = errors
        super().__init__(_("有照片不能用，一张都没有存"), field=next(iter(errors)))


@dataclass(frozen=True)
class Added:
    """`kept` new pictures; `known` were there already, from a resend."""

    kept: int
    known: int


def add(*, appeal: Appeal, files: Sequence[BinaryIO], by: Viewer, now: datetime, words: str = "") -> Added:
    """Check all pictures, then store all of them as one piece of material, or none.

    A picture that the appeal has already is not stored twice. Raises BadPhotos, Missing, IllegalMove, NotThere.
    """
    if not 1 <= len(files) <= AT_ONCE:
        raise DomainError(_("一次放 1 到 %s 张照片") % AT_ONCE, field="photos")
    checked = _check(files)
    held = set(Photo.objects.filter(appeal=appeal, sha256__in=checked).values_list("sha256", flat=True))
    fresh = {sha: pair for sha, pair in checked.items() if sha not in held}
    if not fresh:
        return Added(0, len(checked))
    kept: list[DraftPhoto] = []
    try:
        for picture, raw in fresh.values():
            names = stored_files.store_picture(picture, raw, root=settings.DATA_DIR)
            kept.append(
                DraftPhoto(
                    order=0, sha256=picture.sha256, served=names.served, sealed=names.sealed,
                    width=picture.width, height=picture.height, size=len(picture.data), made_at=now,
                )  # fmt: skip
            )
        driver.add_material(appeal=appeal, words=words, photos=kept, by=by, now=now)
    except BaseException:
        for photo in kept:  # the rows were not written: their files must not stay
            stored_files.delete_stored(stored_files.StoredNames(photo.served, photo.sealed), root=settings.DATA_DIR)
        raise
    return Added(len(kept), len(checked) - len(kept))


def _check(files: Sequence[BinaryIO]) -> dict[str, tuple[uploads.Picture, bytes]]:
    """Checked pictures with their bytes, by digest. Raises BadPhotos naming every bad one."""
    found, wrong = {}, {}
    for at, file in enumerate(files):
        try:
            picture = uploads.check_picture(file)
        except DomainError as error:
            wrong[f"photos.{at}"] = error.message
            continue
        file.seek(0)
        found[picture.sha256] = (picture, file.read())
    if wrong:
        raise BadPhotos(wrong)
    return found
