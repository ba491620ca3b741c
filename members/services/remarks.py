"""The same workbook with a column of remarks, for whoever handed it in, to send back to the town."""

from __future__ import annotations

from datetime import datetime
from pathlib import PurePath

from django.utils.translation import gettext as _

from accounts.models import Place
from accounts.rules.viewer import Viewer
from accounts.services import audit
from common import clock, sheets
from common.errors import NotThere
from common.sheet_remarks import with_remarks
from members.models import Upload
from members.rules.census_checks import Census
from members.rules.union_rows import Union
from members.selectors.uploads import uploads_for
from members.services import staging


def remarked(*, upload: Upload, by: Viewer, now: datetime) -> tuple[str, bytes]:
    """File name and bytes. It is his own file that he gets back, so nobody else gets it. Raises NotThere, DomainError."""
    row = uploads_for(by).filter(pk=upload.pk, by_id=by.person_id or 0).exclude(state__in=[Upload.State.DROPPED, Upload.State.FAILED]).first()
    if row is None or not by.second_factor:
        raise NotThere
    content = staging.content_of(row)
    made = Union if row.kind == Upload.Kind.UNION else Census
    checks = made(
        places=list(Place.objects.values_list("code", "name")), today=clock.today(row.at), extra=staging.extra_words(row)
    )
    remarks: dict[tuple[str, int], str] = {}
    for line in checks.check(sheets.read(content, row.name)):
        said = [_("不收：%s") % line.words] if line.reason else [warned.words for warned in line.warnings]
        if said:
            remarks[line.sheet, line.row] = "；".join(said)
    headers = {sheet.name: sheet.header_row for sheet in checks.sheets if sheet.header_row}
    audit.write(act=f"{row.kind}.remarks", by=by, about=row, new={"remarks": len(remarks)}, now=now)
    path = PurePath(row.name)
    return f"{path.stem}-{_('核对意见')}{path.suffix}", with_remarks(content, remarks, headers=headers)
