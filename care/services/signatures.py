"""A signature: drawn on the phone, where an empty sheet is none, or his own name typed by himself."""

from __future__ import annotations

import base64
import binascii
import io
import re
from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext as _
from PIL import Image

from common import stored_files
from common.errors import DomainError
from common.uploads import check_picture

DATA_URL = re.compile(r"data:image/(?:png|jpeg);base64,([A-Za-z0-9+/=\s]{1,400000})", re.ASCII)
CONTRAST = 40  # of 255: what a stroke differs from its sheet at least


def seal(drawn: bytes | None) -> str:
    """The name of the sealed file. Raises DomainError at "signature" for none, for an empty sheet, for no picture."""
    if not drawn:
        raise missing()
    picture = check_picture(drawn, field="signature")
    with Image.open(io.BytesIO(picture.data)) as sheet:
        low, high = sheet.convert("L").getextrema()
    if high - low < CONTRAST:
        raise DomainError(_("这张签字是空的，请他再签一下"), field="signature", code="empty")
    return stored_files.store_sealed(picture.data, root=settings.DATA_DIR)


def seal_typed(name: str, *, his: str, now: datetime) -> str:
    """The name of the sealed file. Raises DomainError at "typed" for any other name than `his`."""
    plain = "".join(name.split())
    if not plain or plain != "".join(his.split()):
        raise DomainError(_("请打您自己的姓名，和登记的一样"), field="typed", code="not_his_name")
    return stored_files.store_sealed(f"{plain} {now.isoformat()}".encode(), root=settings.DATA_DIR)


def drawn_of(typed: str) -> bytes | None:
    """The picture of a canvas as a form sends it; None for an empty field. Raises DomainError at "signature"."""
    if not typed.strip():
        return None
    found = DATA_URL.fullmatch(typed.strip())
    try:
        return base64.b64decode(found[1], validate=False) if found else _unreadable()
    except binascii.Error:
        return _unreadable()


def missing() -> DomainError:
    """Said of cash for which nobody signed."""
    return DomainError(_("现金要当面签字，请他在手机上签一下"), field="signature", code="required")


def _unreadable() -> bytes:
    raise DomainError(_("签字没有传好，请再签一次"), field="signature", code="broken")
