"""The line for what is full: who is first gets what comes free, by itself, and is told."""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.rules.viewer import NOBODY, Viewer
from accounts.services import audit
from common import limits
from common.encryption import blind_index
from common.errors import DomainError, NotThere, Stale
from stations.models import Booking, Service, StandBy
from stations.rules.hours import Span
from stations.rules.life import StationState
from stations.selectors.free import free_resources
from stations.services import bookings, notify

LONGEST_LINE = 50


def join(*, wish: bookings.Wish, by: Viewer, caller: str, now: datetime) -> StandBy:
    """Stand in the line for a full slot, once whatever is sent twice.

    Raises DomainError at its field; `not_full` where something is free after all: then book it; Stale (the form's key was used
    for another wish)."""
    known = _again(wish)
    if known is not None:
        return known
    span, phone, plate, person = bookings.checked(wish, by=by, now=now)
    limits.hit("station.book", caller, now=now, limits=bookings.PER_CALLER)
    if free_resources(by, wish.service, span, length_dm=wish.length_dm).exists():
        raise DomainError(_("现在有空位了，直接订就行"), field="starts_at", code="not_full")
    line = StandBy.objects.filter(service=wish.service, starts_at=span.starts, state=StandBy.State.WAITING)
    index = blind_index(phone, "phone") if phone else None
    mine = line.filter(person=person) if person else line.filter(phone_index=index)
    if mine.exists():
        raise DomainError(_("您已经在排这个时间了"), field="starts_at", code="twice")
    if line.count() >= LONGEST_LINE:
        raise DomainError(_("这个时间排的人太多了，请换一个时间"), field="starts_at", code="line_full")
    try:
        with transaction.atomic():
            bookings.hold_open(wish.service)  # whoever closes it finds this row and tells him, or was first
            row = StandBy.objects.create(
                client_key=wish.client_key, service=wish.service, person=person, phone=phone, phone_index=index, plate=plate,
                starts_at=span.starts, ends_at=span.ends, made_at=now,
            )  # fmt: skip
            audit.write(act="waiting.join", by=by, about=row, new={"service": wish.service.pk}, now=now)
    except IntegrityError:
        known = _again(wish)
        if known is None:
            raise
        return known
    return row


def _again(wish: bookings.Wish) -> StandBy | None:
    """The place in the line that this very form took before. Raises Stale when it was another wish."""
    known = StandBy.objects.filter(client_key=wish.client_key).first()
    if known is not None and (known.service_id, known.starts_at) != (wish.service.pk, wish.starts):
        raise Stale(_("这张表已经排过一次了，要再排请重新打开"), code="key_used")
    return known


@transaction.atomic
def leave(*, waiting: StandBy, by: Viewer, now: datetime) -> StandBy:
    """He waits no longer. Raises NotThere once he was given something, or the slot is over."""
    settled = StandBy.objects.filter(pk=waiting.pk, state=StandBy.State.WAITING).update(state=StandBy.State.LEFT, settled_at=now)
    if not settled:
        raise NotThere
    audit.write(act="waiting.leave", by=by, about=waiting, now=now)
    waiting.refresh_from_db()
    return waiting


def end(rows: QuerySet[StandBy], *, by: Viewer, now: datetime, why: str) -> int:
    """What they wait for stops: each is told in the caller's transaction. Only for services that close something.
    Returns how many."""
    ended = list(rows.filter(state=StandBy.State.WAITING).select_for_update(of=("self",)).select_related("person").order_by("pk"))
    for row in ended:
        row.state, row.settled_at, row.ended_why = StandBy.State.ENDED, now, why.strip()[:120]
        row.save(update_fields=["state", "settled_at", "ended_why"])
        audit.write(act="waiting.ended", by=by, about=row, reason=why, now=now)
        notify.driver(row, notify.LINE_ENDED, now=now, due=row.starts_at)
    return len(ended)


def place_of(waiting: StandBy) -> int:
    """Which in the line he is: 1 is next."""
    return StandBy.objects.filter(
        service=waiting.service_id, starts_at=waiting.starts_at, state=StandBy.State.WAITING, pk__lte=waiting.pk
    ).count()


def move_up(*, service_id: int, now: datetime) -> int:
    """Give what is free to who waits, first come first served. Twice at once gives nothing twice. Returns how many."""
    service = Service.objects.select_related("station").filter(pk=service_id, state=Service.State.OPEN).first()
    if service is None or service.station.state != StationState.OPEN:
        return 0
    given = 0
    line = StandBy.objects.filter(service=service, state=StandBy.State.WAITING, ends_at__gt=now).order_by("starts_at", "id")
    for pk in list(line.values_list("pk", flat=True)[:200]):
        given += _give(pk, service, now=now)
    return given


def _give(pk: int, service: Service, *, now: datetime) -> bool:
    with transaction.atomic():
        row = StandBy.objects.select_for_update().filter(pk=pk, state=StandBy.State.WAITING).first()
        if row is None:
            return False
        span = Span(row.starts_at, row.ends_at)
        resource = free_resources(NOBODY, service, span).first()
        if resource is None:
            return False
        wish = bookings.Wish(client_key=uuid4(), service=service, starts=row.starts_at, channel=Booking.Channel.WEB)
        try:
            with transaction.atomic():
                booking = bookings.put(
                    wish=wish, span=span, resource=resource, phone=row.phone, plate=row.plate, person=row.person, by=NOBODY, now=now,
                    told=False,
                )  # fmt: skip
        except (IntegrityError, DomainError):  # taken meanwhile, his plate has one, or just closed: the sweep looks again
            return False
        row.state, row.booking, row.settled_at = StandBy.State.BOOKED, booking, now
        row.save(update_fields=["state", "booking", "settled_at"])
        audit.write(act="waiting.moved_up", about=row, new={"booking": booking.pk}, actor_word="system", now=now)
        notify.driver(booking, notify.MOVED_UP, now=now, due=booking.starts_at)
        return True


def sweep(*, now: datetime) -> int:
    """Lines of slots that are over end; what is free and waited for is given, however the bell was lost."""
    over = StandBy.objects.filter(state=StandBy.State.WAITING, ends_at__lte=now)
    moved = over.update(state=StandBy.State.LAPSED, settled_at=now)
    services = StandBy.objects.filter(state=StandBy.State.WAITING).order_by().values_list("service_id", flat=True).distinct()
    return moved + sum(move_up(service_id=pk, now=now) for pk in list(services[:200]))
