"""The driver's own receipt: the cash is in my hand. Signed on his phone, taken back while nothing is written down yet."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.rules.viewer import Viewer
from accounts.services import audit
from care.models import Application, Receipt
from care.rules.applications import State
from care.services import signatures
from common import stored_files
from common.errors import DomainError, NotThere


def sign(*, application: Application, by: Viewer, now: datetime, drawn: bytes | None = None, typed: str = "") -> Receipt:
    """He whom it is for signs for what was approved, drawn or by his typed name; twice is once.

    Raises NotThere (another's), DomainError: at "signature" for none or an empty sheet, at "typed" for another name."""
    known = _may(application, by=by)
    if known is not None:
        return known
    if drawn is None and not typed.strip():
        raise signatures.missing()
    his = application.person.name
    sealed = signatures.seal(drawn) if drawn is not None else signatures.seal_typed(typed, his=his, now=now)
    try:
        with transaction.atomic():
            row = Application.objects.select_for_update().get(pk=application.pk)
            known = _may(row, by=by)
            if known is None:
                how = Receipt.How.DRAWN if drawn is not None else Receipt.How.TYPED
                kept = Receipt.objects.create(application=row, how=how, sealed=sealed, fen=row.approved_fen or 0, at=now, by_id=by.person_id)
                audit.write(act="receipt.sign", by=by, about=row, new={"how": how, "fen": kept.fen}, now=now)
                return kept
    except (DomainError, IntegrityError) as refused:
        stored_files.delete_sealed(sealed, root=settings.DATA_DIR)
        known = Receipt.objects.filter(application=application).first()
        if known is None:
            raise refused
        return known
    stored_files.delete_sealed(sealed, root=settings.DATA_DIR)
    return known


def take_back(*, application: Application, by: Viewer, now: datetime) -> None:
    """He signed too early. Raises NotThere: another's, none there, or the payment is written down already."""
    with transaction.atomic():
        row = Application.objects.select_for_update().filter(pk=application.pk, person=by.person_id or 0, state=State.APPROVED).first()
        receipt = Receipt.objects.filter(application=row).first() if row else None
        if receipt is None:
            raise NotThere
        name = receipt.sealed
        receipt.delete()
        audit.write(act="receipt.take_back", by=by, about=row, new={}, now=now)
    stored_files.delete_sealed(name, root=settings.DATA_DIR)


def _may(application: Application, *, by: Viewer) -> Receipt | None:
    if by.person_id is None or application.person_id != by.person_id:
        raise NotThere
    known = Receipt.objects.filter(application=application).first()
    if known is None and application.state != State.APPROVED:
        raise DomainError(_("这一笔现在不用签字"), code="illegal")
    return known
