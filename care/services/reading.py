"""Who reads why money is asked, or where it goes, is written down: one audit line for each look (table «role × data», row m)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction

from accounts.rules.viewer import Viewer
from accounts.services import audit
from care.models import Application
from care.selectors.applications import decidable, evidence_for, payable
from common import stored_files
from common.errors import NotThere


@transaction.atomic
def why(*, key: UUID, by: Viewer, now: datetime) -> Application | None:
    """The application with its reason, for the approver who decides on it; None for everybody else."""
    row = decidable(by).filter(key=key).first()
    if row is not None:
        audit.write(act="application.read", by=by, about=row, new={"what": "reason"}, now=now)
    return row


@transaction.atomic
def account(*, key: UUID, by: Viewer, now: datetime) -> Application | None:
    """The application with its account, for the cashier who pays it; None for everybody else."""
    row = payable(by).filter(key=key).first()
    if row is not None:
        audit.write(act="application.read", by=by, about=row, new={"what": "account"}, now=now)
    return row


def paper(*, key: UUID, number: int, by: Viewer, now: datetime) -> bytes:
    """The `number`-th paper (from 1), a JPEG of ours. Raises NotThere."""
    rows = list(evidence_for(by, key).select_related("application").order_by("id"))
    if not 1 <= number <= len(rows):
        raise NotThere
    row = rows[number - 1]
    try:
        data = stored_files.open_sealed(row.sealed, root=settings.DATA_DIR)
    except FileNotFoundError:
        raise NotThere from None
    with transaction.atomic():
        audit.write(act="application.read", by=by, about=row.application, new={"what": "paper", "count": number}, now=now)
    return data
