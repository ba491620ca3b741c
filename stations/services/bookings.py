"""Book, come, leave, cancel. The database gives the last bed to one; everybody else is offered the line.

The order of the locks is always the same: the service's row is never locked, a resource is taken by inserting, and
whoever the constraint refuses looks for another one.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.db import IntegrityError, connection, transaction
from django.db.models import F, Q
from django.db.models.functions import Random
from django.utils.translation import gettext as _

from accounts.models import Person
from accounts.rules.viewer import Viewer
from accounts.services import audit
from common import clock, identifiers, limits
from common.encryption import blind_index
from common.errors import DomainError, NotThere, Stale
from common.failpoints import failpoint
from common.queue import kick
from stations.models import Arrival, Booking, Resource, Service, Station
from stations.rules.hours import Span
from stations.rules.kinds import How
from stations.rules.life import BOOKING_MOVES, LIVE, BookingMove, BookingState, StationState
from stations.rules.no_show import WITHIN, rests_until
from stations.rules.slots import refusal
from stations.selectors.free import free_resources
from stations.selectors.hours import offered
from stations.selectors.scope import keeps
from stations.services import notify

TRIES, CODE_LOTS = 8, 20
PER_CALLER = ((20, timedelta(hours=1)), (60, timedelta(days=1)))
LIVE_AT_ONCE = 3  # bookings of one phone that have not been used yet
REMIND_BEFORE = timedelta(hours=1)
_OPEN = f"""
    SELECT service.id FROM {Service._meta.db_table} service JOIN {Station._meta.db_table} house ON house.id = service.station_id
    WHERE service.id = %s AND service.state = %s AND house.state = %s"""  # nosec B608


class Full(DomainError):
    """Nothing of it is free in this slot; the line is open."""

    code = "full"
    status = 409


@dataclass(frozen=True)
class Wish:
    """What a driver asks for. `phone` may stay empty for who has an account; `length_dm` is his truck's, for a bay."""

    client_key: UUID
    service: Service
    starts: datetime
    phone: str = ""
    plate: str = ""
    length_dm: int | None = None
    channel: str = Booking.Channel.WEB


def book(*, wish: Wish, by: Viewer, caller: str, now: datetime) -> Booking:
    """Give him one resource for the slot, once whatever is sent twice.

    Raises DomainError at its field, Full, TooOften, Stale (the form's key was used for another wish)."""
    known = _again(wish)
    if known is not None:
        return known
    span, phone, plate, person = checked(wish, by=by, now=now)
    limits.hit("station.book", caller, now=now, limits=PER_CALLER)
    _may_book(phone, person, now=now)
    for _attempt in range(TRIES):
        resource = _pick(by, wish, span)
        try:
            with transaction.atomic():
                return put(wish=wish, span=span, resource=resource, phone=phone, plate=plate, person=person, by=by, now=now)
        except IntegrityError as clash:
            known = _again(wish)  # the twin post was first
            if known is not None:
                return known
            if "one_booking_a_plate" in str(clash):
                raise DomainError(_("这个车牌在这个时间已经订了一个，一车一个"), field="plate", code="plate_twice") from clash
            if "booking_needs_open_house" in str(clash):
                raise DomainError(_("这里刚刚停了，请选别的驿站"), field="service", code="closed") from clash
    raise _full()


def _pick(by: Viewer, wish: Wish, span: Span) -> Resource:
    """One of the free ones, by lot among equals: two hundred at once do not all reach for the same bed. Raises Full."""
    free = free_resources(by, wish.service, span, length_dm=wish.length_dm)
    found = free.order_by(F("length_dm").asc(nulls_first=True), Random()).first()
    if found is None:
        raise _full()
    return found


def _full() -> Full:
    return Full(_("这个时间订满了。可以排候补，有人退就轮到您，我们告诉您"), field="starts_at")


def _again(wish: Wish) -> Booking | None:
    """The booking this very form made before. Raises Stale when it was another wish."""
    known = Booking.objects.select_related("service", "station", "resource").filter(client_key=wish.client_key).first()
    if known is not None and (known.service_id, known.starts_at) != (wish.service.pk, wish.starts):
        raise Stale(_("刚才那个已经订好了，在“我订的”里；这是另一个，要订请再点一次"), code="key_used")
    return known


def checked(wish: Wish, *, by: Viewer, now: datetime) -> tuple[Span, str | None, str, Person | None]:
    """The slot and who it is for, all checked. Raises DomainError at the field that is wrong."""
    service, station = wish.service, wish.service.station
    if station.state != StationState.OPEN:
        raise DomainError(_("这个驿站现在不接预约：%(state)s") % {"state": station.get_state_display()}, field="service", code="closed")
    if service.state != Service.State.OPEN:
        raise DomainError(_("这项服务暂停了：%(why)s") % {"why": service.paused_why or _("请打驿站电话问")}, field="service", code="closed")
    if service.how != How.BOOK:
        raise DomainError(_("这项服务不用订，直接来就行"), field="service", code="no_booking")
    slots = offered(by, service, clock.today(wish.starts), now=now)
    wrong = refusal(service.plan, wish.starts, now=now, offered=slots)
    if wrong is not None:
        raise DomainError(_(wrong.words), field=wrong.field, code=wrong.code)
    span = next(slot for slot in slots if slot.starts == wish.starts)
    person = Person.objects.filter(pk=by.person_id).first() if by.person_id and wish.channel != Booking.Channel.DESK else None
    phone = identifiers.check_phone(wish.phone) if wish.phone.strip() or person is None else None
    plate = identifiers.check_plate(wish.plate) if wish.plate.strip() else ""
    return span, phone, plate, person


def _may_book(phone: str | None, person: Person | None, *, now: datetime) -> None:
    """Three bookings that wait at a time, and a week's rest after three that were missed. Raises DomainError."""
    mine = Booking.objects.filter(person=person) if person else Booking.objects.filter(phone_index=blind_index(phone or "", "phone"))
    counts = Q(state=BookingState.BOOKED) | Q(state=BookingState.NO_SHOW, starts_at__gt=now - WITHIN)
    rows = list(mine.filter(counts).order_by().values_list("state", "starts_at"))
    if sum(state == BookingState.BOOKED for state, _starts in rows) >= LIVE_AT_ONCE:
        raise DomainError(_("您已经订了 %(most)d 个还没用，先用掉或取消一个") % {"most": LIVE_AT_ONCE}, code="too_many")
    until = rests_until([starts for state, starts in rows if state == BookingState.NO_SHOW], now)
    if until is not None:
        said = f"{clock.local(until):%m月%d日 %H:%M}"
        raise DomainError(_("最近三次订了没来，%(until)s 以前不能提前订；直接到店还能用") % {"until": said}, code="rests")


def put(
    *, wish: Wish, span: Span, resource: Resource, phone: str | None, plate: str, person: Person | None, by: Viewer, now: datetime,
    told: bool = True,
) -> Booking:
    """Write the booking on this resource, with its audit line and its notice. Inside a transaction; may raise IntegrityError."""
    service = wish.service
    hold_open(service)
    row = Booking.objects.create(
        client_key=wish.client_key, station_id=service.station_id, service=service, resource=resource, kind=service.kind, person=person,
        phone=phone, phone_index=blind_index(phone, "phone") if phone else None, plate=plate, starts_at=span.starts, ends_at=span.ends,
        made_at=now, channel=wish.channel, code=_code(service.station_id), next_at=_first_look(service, span, now),
    )  # fmt: skip
    failpoint("in_the_middle:booking")
    audit.write(
        act="booking.book", by=by, actor_word="" if by.person_id else "driver", about=row, now=now,
        new={"service": service.pk, "resource": resource.pk, "starts": row.starts_at.isoformat()},
    )  # fmt: skip
    if told:
        notify.driver(row, notify.BOOKED, now=now, due=row.starts_at)
    return row


def hold_open(service: Service) -> None:
    """House and service stay open until the caller's transaction ends: whoever pauses one of them locks the row and waits, bookings
    beside each other do not. SQLite has one writer. Raises DomainError where it was paused meanwhile."""
    shared = " FOR SHARE" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        cursor.execute(_OPEN + shared, [service.pk, Service.State.OPEN, StationState.OPEN])
        if cursor.fetchone() is None:
            raise DomainError(_("这里刚刚停了，请选别的"), field="service", code="closed")


def _code(station_id: int) -> str:
    """Four digits that no live booking of the house has, by lot. The database refuses a twin all the same."""
    live = Booking.objects.filter(station=station_id, state__in=LIVE).order_by()
    lots = list({f"{secrets.randbelow(10_000):04d}" for _attempt in range(CODE_LOTS)})
    taken = set(live.filter(code__in=lots).values_list("code", flat=True))
    free = next((code for code in lots if code not in taken), None)
    if free is not None:
        return free
    every = set(live.values_list("code", flat=True))  # nearly all ten thousand are out
    return next(code for code in (f"{n:04d}" for n in range(10_000)) if code not in every)


def _first_look(service: Service, span: Span, now: datetime) -> datetime:
    """When a sweep looks first: to remind him, where there is time for it; else at the end of the grace."""
    remind = span.starts - REMIND_BEFORE
    return remind if remind > now else kept_until(service, span.starts, now)


def kept_until(service: Service, starts: datetime, made: datetime) -> datetime:
    """How long the place is kept for who has not come; counted from when he booked where the slot runs already."""
    return max(starts, made) + timedelta(minutes=service.grace)


@transaction.atomic
def cancel(*, booking: Booking, by: Viewer, now: datetime) -> Booking:
    """Who booked gives it back; the next in the line gets it. Raises NotThere, DomainError (it is over, or he came)."""
    row = _move(booking, BookingMove.CANCEL, now=now, why="", by=by)
    kick("stations.move_up", row.service_id)
    return row


@transaction.atomic
def check_in(*, booking: Booking, by: Viewer, now: datetime, client_key: UUID | None = None) -> Booking:
    """He stands at the desk: by his code or by scanning. Raises NotThere (not this desk's), DomainError."""
    if not keeps(by, booking.station):
        raise NotThere
    row = _hold(booking)
    if row.state == BookingState.IN_HOUSE:
        return row  # scanned twice
    if row.starts_at - now > timedelta(hours=2):
        said = f"{clock.local(row.starts_at):%m月%d日 %H:%M}"
        raise DomainError(_("订的是 %(when)s，还没到时间") % {"when": said}, code="too_early")
    row.came_at = now
    row = _move(row, BookingMove.CHECK_IN, now=now, by=by, held=True, next_at=row.ends_at)
    Arrival.objects.create(station_id=row.station_id, service_id=row.service_id, booking=row, client_key=client_key or uuid4(), at=now, by_id=by.person_id)
    return row


@transaction.atomic
def leave(*, booking: Booking, by: Viewer, now: datetime) -> Booking:
    """He went, or his time is over. Raises NotThere, DomainError."""
    if not keeps(by, booking.station):
        raise NotThere
    row = _move(booking, BookingMove.LEAVE, now=now, by=by)
    kick("stations.move_up", row.service_id)
    return row


@transaction.atomic
def take_away(*, booking: Booking, by: Viewer | None, now: datetime, why: str) -> Booking:
    """The house cannot keep its word: he is told in the same transaction. Only for services that close something."""
    row = _move(booking, BookingMove.TAKE_AWAY, now=now, by=by, why=why)
    notify.driver(row, notify.TAKEN_AWAY, now=now, due=row.starts_at)
    return row


@transaction.atomic
def miss(*, booking: Booking, now: datetime) -> Booking:
    """The grace is over and nobody came. Only for the sweep."""
    row = _move(booking, BookingMove.MISS, now=now, by=None)
    notify.driver(row, notify.MISSED, now=now, due=row.starts_at)
    kick("stations.move_up", row.service_id)
    return row


@transaction.atomic
def done(*, booking: Booking, now: datetime) -> Booking:
    """The time is over. Only for the sweep."""
    return _move(booking, BookingMove.LEAVE, now=now, by=None)


def _hold(booking: Booking) -> Booking:
    row = Booking.objects.select_for_update(of=("self",)).select_related("service", "station", "resource").filter(pk=booking.pk).first()
    if row is None:
        raise NotThere
    return row


def _move(
    booking: Booking, move: BookingMove, *, now: datetime, by: Viewer | None, why: str = "", held: bool = False, next_at: datetime | None = None
) -> Booking:
    """Nothing else sets the state of a booking. `held`: the caller locked this very row. Raises DomainError."""
    row = booking if held else _hold(booking)
    legal = BOOKING_MOVES[move]
    if row.state not in legal.frm:
        raise DomainError(_("这个预约已经是“%(state)s”了") % {"state": row.get_state_display()}, code="illegal")
    old, row.state, row.version, row.next_at = row.state, legal.to, row.version + 1, next_at
    if legal.to not in LIVE:
        row.ended_at, row.ended_why = now, why[:120]
    row.save(update_fields=["state", "version", "next_at", "came_at", "ended_at", "ended_why"])
    audit.write(
        act=f"booking.{move}", by=by, actor_word="system" if by is None else ("" if by.person_id else "driver"), about=row, now=now,
        old={"state": old}, new={"state": row.state}, reason=why,
    )  # fmt: skip
    return row
