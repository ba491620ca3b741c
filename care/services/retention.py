"""What may be thrown away: why somebody asked, his papers and account, what was heard on a visit. Ledger and receipts stay."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from accounts.services import audit
from care.models import Application, Evidence, Visit
from care.rules.applications import State
from care.rules.retention import PAID_FOR, REFUSED_FOR, VISIT_FOR
from common import stored_files

BATCH = 200


def tidy(*, now: datetime) -> int:
    """Rows whose time is over, at most two hundred of a kind in one go."""
    over = Q(state=State.PAID, paid_at__lte=now - PAID_FOR) | Q(state=State.REFUSED, decided_at__lte=now - REFUSED_FOR)
    over |= Q(state=State.WITHDRAWN, asked_at__lte=now - REFUSED_FOR)
    keys = list(Application.objects.filter(over, forgotten_at=None).order_by("pk").values_list("pk", flat=True)[:BATCH])
    for pk in keys:
        _forget(pk, now=now)
    old = Visit.objects.filter(went_at__lte=now - VISIT_FOR, forgotten_at=None)
    return len(keys) + old.update(heard="", forgotten_at=now)


def _forget(pk: int, *, now: datetime) -> None:
    with transaction.atomic():
        row = Application.objects.select_for_update().get(pk=pk)
        row.reason, row.account, row.forgotten_at = "", "", now
        row.save(update_fields=["reason", "account", "forgotten_at"])
        papers = list(Evidence.objects.filter(application=row))
        Evidence.objects.filter(application=row).delete()
        audit.write(act="application.forget", about=row, new={"count": len(papers)}, actor_word="system", now=now)
    for paper in papers:
        stored_files.delete_sealed(paper.sealed, root=settings.DATA_DIR)
