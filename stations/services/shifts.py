"""交接班: one keeper passes the house to the next, who signs with his own sign-in; what was paid at the desk."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.rules.viewer import Viewer
from accounts.services import audit
from common.errors import DomainError, NotThere
from stations.models import Booking, DeskPayment, Relief, Shift, Station
from stations.rules.life import BookingState
from stations.selectors import shifts as selectors
from stations.selectors.scope import keeps

MOST_FEN = 10_000_000  # a hundred thousand yuan lie in no desk


@dataclass(frozen=True)
class Passed:
    """What is handed over: fen as counted, which keys, words for the next."""

    taker_id: int | None
    cash_fen: int
    keys: str
    words: str = ""


@transaction.atomic
def begin(*, station: Station, by: Viewer, now: datetime, opening_fen: int = 0) -> Shift:
    """He comes on duty in a house where nobody is. Raises NotThere, DomainError (somebody is)."""
    if not keeps(by, station):
        raise NotThere
    if not 0 <= opening_fen <= MOST_FEN:
        raise DomainError(_("现金写 0 到 10 万元"), field="cash", code="invalid")
    try:
        with transaction.atomic():
            row = Shift.objects.create(station=station, person_id=by.person_id, began_at=now, opening_fen=opening_fen)
    except IntegrityError as clash:
        raise DomainError(_("已经有人在当班，先交接"), code="taken") from clash
    audit.write(act="shift.begin", by=by, about=row, new={"station": station.slug, "cash": opening_fen}, now=now)
    return row


@transaction.atomic
def hand_over(*, station: Station, passed: Passed, by: Viewer, now: datetime) -> Relief:
    """Write down what the next one gets; it holds when he has signed. What is open is read off the rows now.

    Raises NotThere, DomainError at cash, keys, words or taker."""
    shift = _own_open(station, by)
    if not 0 <= passed.cash_fen <= MOST_FEN:
        raise DomainError(_("现金写 0 到 10 万元"), field="cash", code="invalid")
    if not 1 <= len(passed.keys.strip()) <= 200:
        raise DomainError(_("写交了哪几把钥匙，没有就写“没有”"), field="keys", code="required")
    if len(passed.words) > 500:
        raise DomainError(_("最多写 500 个字"), field="words", code="too_long")
    due = selectors.due_cash(by, shift)
    if passed.cash_fen != due and not passed.words.strip():
        raise DomainError(_("现金和应有的对不上，写一句差在哪里"), field="words", code="difference")
    others = {person.pk for person in selectors.keepers_of(by, station, now=now)} - {by.person_id}
    if passed.taker_id not in others:
        raise DomainError(_("选这个驿站的另一位值班员"), field="taker", code="required")
    items = [one.as_row() for one in selectors.open_items(by, station, now=now)]
    try:
        with transaction.atomic():
            row = Relief.objects.create(
                shift=shift, giver_id=by.person_id, taker_id=passed.taker_id, made_at=now, cash_fen=passed.cash_fen, due_fen=due,
                keys=passed.keys.strip(), words=passed.words.strip(), items=items,
            )  # fmt: skip
    except IntegrityError as clash:
        raise DomainError(_("已经交了，等他签收；要改先收回"), code="twice") from clash
    audit.write(act="shift.hand_over", by=by, about=row, new={"to": passed.taker_id, "cash": passed.cash_fen, "due": due}, now=now)
    return row


@transaction.atomic
def withdraw(*, station: Station, by: Viewer, now: datetime) -> Relief:
    """The giver takes back what is not signed yet. Raises NotThere."""
    row = _waiting(station, by)
    if row.giver_id != by.person_id:
        raise NotThere
    row.withdrawn_at = now
    row.save(update_fields=["withdrawn_at"])
    audit.write(act="shift.withdrawn", by=by, about=row, now=now)
    return row


@transaction.atomic
def sign(*, station: Station, by: Viewer, now: datetime) -> Shift:
    """The taker signs: the old shift ends, his begins with the cash that was counted. Raises NotThere (not handed to him)."""
    row = _waiting(station, by)
    if row.taker_id != by.person_id:
        raise NotThere
    shift = row.shift
    row.signed_at = now
    row.save(update_fields=["signed_at"])
    _end(shift, Shift.End.HANDED, "", now=now)
    made = Shift.objects.create(station=station, person_id=by.person_id, began_at=now, opening_fen=row.cash_fen)
    audit.write(act="shift.signed", by=by, about=row, new={"shift": made.pk, "cash": row.cash_fen}, now=now)
    return made


@transaction.atomic
def take_over(*, station: Station, cash_fen: int, why: str, by: Viewer, now: datetime) -> Shift:
    """The one before him left without handing over: he takes the house, counts the cash himself and says why.

    Raises NotThere (nobody on duty, or he himself), DomainError."""
    shift = _open(station, by)
    if shift.person_id == by.person_id:
        raise NotThere
    if len(why.strip()) < 2:
        raise DomainError(_("写一句为什么没有交接"), field="why", code="required")
    if not 0 <= cash_fen <= MOST_FEN:
        raise DomainError(_("现金写 0 到 10 万元"), field="cash", code="invalid")
    due = selectors.due_cash(by, shift)
    Relief.objects.filter(shift=shift, signed_at=None, withdrawn_at=None).update(withdrawn_at=now)
    _end(shift, Shift.End.TAKEN, why, now=now)
    made = Shift.objects.create(station=station, person_id=by.person_id, began_at=now, opening_fen=cash_fen)
    audit.write(act="shift.taken", by=by, about=shift, new={"shift": made.pk, "cash": cash_fen, "due": due}, reason=why, now=now)
    return made


@transaction.atomic
def end(*, station: Station, by: Viewer, now: datetime) -> Shift:
    """He goes home and nobody follows. Raises NotThere, DomainError (it waits for a signature)."""
    shift = _own_open(station, by)
    if Relief.objects.filter(shift=shift, signed_at=None, withdrawn_at=None).exists():
        raise DomainError(_("已经交给下一位了，等他签收；要改先收回"), code="handed")
    due = selectors.due_cash(by, shift)
    _end(shift, Shift.End.SHUT, "", now=now)
    audit.write(act="shift.end", by=by, about=shift, new={"due": due}, now=now)
    return shift


@transaction.atomic
def pay(*, booking: Booking, how: str, by: Viewer, now: datetime) -> DeskPayment:
    """A driver paid what his booking costs; once, whatever is sent twice. Raises NotThere, DomainError."""
    row = Booking.objects.select_for_update(of=("self",)).select_related("service", "station").filter(pk=booking.pk).first()
    if row is None or not keeps(by, row.station):
        raise NotThere
    if how not in DeskPayment.How.values:
        raise DomainError(_("选现金还是扫码"), field="how", code="required")
    known = DeskPayment.objects.filter(booking=row).first()
    if known is not None:
        return known
    if row.state not in (BookingState.IN_HOUSE, BookingState.DONE) or not row.service.price_fen:
        raise DomainError(_("到了才收钱，免费的不收"), code="nothing_due")
    made = DeskPayment.objects.create(booking=row, station=row.station, fen=row.service.price_fen, how=how, by_id=by.person_id, at=now)
    audit.write(act="booking.paid", by=by, about=row, new={"fen": made.fen, "how": how}, now=now)
    return made


def _open(station: Station, by: Viewer) -> Shift:
    """The open shift of a house that he keeps, locked. Raises NotThere."""
    row = Shift.objects.select_for_update().filter(station=station, ended_at=None).first() if keeps(by, station) else None
    if row is None:
        raise NotThere
    return row


def _own_open(station: Station, by: Viewer) -> Shift:
    row = _open(station, by)
    if row.person_id != by.person_id:
        raise NotThere
    return row


def _waiting(station: Station, by: Viewer) -> Relief:
    """The hand-over that waits for its signature; its shift is locked first, so that only one act ends it. Raises NotThere."""
    shift = _open(station, by)
    row = Relief.objects.select_for_update(of=("self",)).filter(shift=shift, signed_at=None, withdrawn_at=None).first()
    if row is None:
        raise NotThere
    row.shift = shift
    return row


def _end(shift: Shift, how: str, why: str, *, now: datetime) -> None:
    shift.ended_at, shift.end, shift.end_why = now, how, why.strip()[:120]
    shift.save(update_fields=["ended_at", "end", "end_why"])
