"""盘点: one counts, another signs. Until he has, the ledger stays as it is and things go on being given out."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.rules.viewer import Viewer
from accounts.services import audit
from care.models import Line, Stock, Tally
from care.rules.ledger import Kind
from care.selectors.scope import keeps
from care.services.stock import Act, Heap, check_quantity, put, take, write_line
from common.errors import DomainError, NotThere, Stale


def counted(*, client_key: UUID, heap: Heap, found: int, by: Viewer, now: datetime, why: str = "") -> Tally:
    """The first of two says what he found; what the book said is kept beside it.

    No difference, nothing to sign: it is settled at once. Raises NotThere, DomainError at its field."""
    check_quantity(found, field="found", least=0)
    if not keeps(by, heap.point):
        raise NotThere
    known = Tally.objects.filter(client_key=client_key).first()
    if known is not None:
        return _same(known, heap, found)
    try:
        with transaction.atomic():
            booked = Stock.objects.filter(**heap.where).values_list("left", flat=True).first() or 0
            row = Tally.objects.create(
                client_key=client_key, booked=booked, found=found, why=why.strip()[:120], by_id=by.person_id, at=now,
                settled_at=now if booked == found else None, **heap.where,
            )  # fmt: skip
            said = {"booked": booked, "found": found, "point": heap.point.pk, "good": heap.good.pk}
            audit.write(act="stock.tally", by=by, about=row, new=said, now=now)
            return row
    except IntegrityError as clash:
        known = Tally.objects.filter(client_key=client_key).first()
        if known is not None:
            return _same(known, heap, found)
        raise DomainError(_("这一样已经有人点过，等第二位签字；先签了或者作废，再重新盘"), field="found", code="open_count") from clash


def _same(known: Tally, heap: Heap, found: int) -> Tally:
    if (known.campaign_id, known.point_id, known.good_id, known.found) != (heap.campaign.pk, heap.point.pk, heap.good.pk, found):
        raise Stale(_("这张单子已经记过一次，内容和这次不一样；请重新打开再记"), code="key_used")
    return known


def sign(*, tally: Tally, by: Viewer, now: datetime) -> Line:
    """The second of two counted the same: the difference goes into the ledger, signed by both.

    Raises NotThere, DomainError (the first one himself), Stale (settled already), OutOfStock (more is missing than is there)."""
    if not keeps(by, tally.point):
        raise NotThere
    if by.person_id == tally.by_id:
        raise DomainError(_("盘点要两个人签字，第二位请换一个人"), code="two_persons")
    heap, difference = Heap(tally.campaign, tally.point, tally.good), tally.found - tally.booked
    with transaction.atomic():
        if not Tally.objects.filter(pk=tally.pk, settled_at=None).update(settled_at=now, signed_by=by.person_id):
            raise Stale(_("这次盘点已经签过或者作废了"), code="settled")
        (put if difference > 0 else take)(heap, abs(difference))
        act = Act(tally.client_key, heap, abs(difference), tally.why)
        return write_line(act, Kind.COUNTED, difference, by=by, now=now, second_id=tally.by_id)


@transaction.atomic
def drop(*, tally: Tally, by: Viewer, now: datetime) -> None:
    """It was counted wrong: nothing is written into the ledger. Raises NotThere, Stale."""
    if not keeps(by, tally.point):
        raise NotThere
    if not Tally.objects.filter(pk=tally.pk, settled_at=None).update(settled_at=now):
        raise Stale(_("这次盘点已经签过或者作废了"), code="settled")
    audit.write(act="stock.tally_dropped", by=by, about=tally, now=now)
