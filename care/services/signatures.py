"""A signature drawn on the phone: an empty sheet is none."""

from __future__ import annotations

import io

from django.conf import settings
from django.utils.translation import gettext as _
from PIL import Image

from common import stored_files
from common.errors import DomainError
from common.uploads import check_picture

CONTRAST = 40  # of 255: what a stroke differs from its sheet at least


def seal(drawn: bytes | None) -> str:
    """The name of the sealed file. Raises DomainError at "signature" for none, for an empty sheet, for no picture."""
    if not drawn:
        raise DomainError(_("现金要当面签字，请他在手机上签一下"), field="signature", code="required")
    picture = check_picture(drawn, field="signature")
    with Image.open(io.BytesIO(picture.data)) as sheet:
        low, high = sheet.convert("L").getextrema()
    if high - low < CONTRAST:
        raise DomainError(_("这张签字是空的，请他再签一下"), field="signature", code="empty")
    return stored_files.store_sealed(picture.data, root=settings.DATA_DIR)
