"""What a contact and his drivers do on the phone: note a talk, let go, ask for another, agree and take it back."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from accounts.models import Consent, Person
from accounts.rules.viewer import Viewer
from accounts.services import audit, consents
from common.errors import DomainError, NotThere
from members.models import ContactNote, Driver, Match, NoContact, Refusal, Seat, Waiting
from members.rules import contacts as rules
from members.selectors import zones as selectors
from members.services.zones import close_seat, wait
from notices.services import outbox

ZONE, SPEAK = Consent.Purpose.ZONE, Consent.Purpose.SPEAK_FOR_ME
DRIVERS_OWN = (ZONE, SPEAK)  # what a driver agrees to on the page of his contact
FIVE, SEAT = "members.five", "members.seat"  # kinds of notice: a member's five, one seat
DUE, WRITTEN = "zone.due", "zone.written"
BATCH = 500


@transaction.atomic
def note(*, seat: Seat, how: str, words: str, by: Viewer, now: datetime) -> ContactNote:
    """The contact writes down that they spoke, and what he heard; the next contact is due a month from now.

    A second tap makes no second talk. Raises NotThere, DomainError."""
    row = _mine(seat, by)
    words = words.strip()
    if how not in ContactNote.How.values:
        raise DomainError(_("选一样：打电话、见面还是微信"), field="how", code="required")
    if len(words) > rules.LONGEST_NOTE:
        raise DomainError(_("最多写 %s 个字") % rules.LONGEST_NOTE, field="words")
    last = row.notes.order_by("-at", "-pk").first()
    if last and last.how == how and last.words == words and now - last.at < timedelta(minutes=rules.SAME_WITHIN_MINUTES):
        return last
    made = ContactNote.objects.create(seat=row, at=now, how=how, words=words)
    row.due_at = rules.next_due(now)
    row.save(update_fields=["due_at"])
    audit.write(act="zone.note", by=by, about=row, new={"how": how}, now=now)
    return made


@transaction.atomic
def let_go(*, seat: Seat, by: Viewer, why: str, now: datetime) -> None:
    """The member declines this driver: the seat is free, the driver waits for another, these two are kept apart.

    Raises NotThere, DomainError."""
    row = _mine(seat, by)
    if len(why.strip()) < 2:
        raise DomainError(_("写一句为什么，支部好另外安排"), field="why", code="required")
    close_seat(row, why="member_declined", by=by, now=now, waits=True)
    _keep_apart(row, Refusal.By.MEMBER, why, now)


@transaction.atomic
def ask_another(*, by: Viewer, why: str = "", now: datetime) -> None:
    """The driver asks for another contact: he waits from the same moment on. Raises NotThere."""
    row = _my_contact(by)
    close_seat(row, why="driver_refused", by=by, now=now, waits=True)
    _keep_apart(row, Refusal.By.DRIVER, why, now)


@transaction.atomic
def want_none(*, by: Viewer, now: datetime) -> None:
    """The driver wants no contact: nobody is proposed to him until he says otherwise. Raises NotThere."""
    driver = _own_driver(by)
    for row in Seat.objects.select_for_update().filter(driver=driver, until=None):
        close_seat(row, why="driver_refused", by=by, now=now, waits=False)
        _keep_apart(row, Refusal.By.DRIVER, "", now)
    Waiting.objects.filter(driver=driver, until=None).update(until=now)
    Match.objects.filter(driver=driver, state=Match.State.PROPOSED).update(state=Match.State.LAPSED, decided_at=now)
    _row, made = NoContact.objects.get_or_create(driver=driver, until=None, defaults={"since": now})
    if made:
        audit.write(act="zone.no_contact", by=by, about=driver, now=now)


@transaction.atomic
def want_one(*, by: Viewer, now: datetime) -> None:
    """The driver would like a contact (again): he waits. Who has one keeps him. Raises NotThere."""
    driver = _own_driver(by)
    NoContact.objects.filter(driver=driver, until=None).update(until=now)
    if Seat.objects.filter(driver=driver, until=None).exists() or Waiting.objects.filter(driver=driver, until=None).exists():
        return
    wait([driver.pk], why="driver_asked", now=now)
    audit.write(act="zone.want_one", by=by, about=driver, now=now)


@transaction.atomic
def agree(*, purpose: str, by: Viewer, now: datetime) -> None:
    """The driver agrees himself, on his phone. Raises NotThere (no contact, or no such purpose here)."""
    row = _my_contact(by)
    if purpose not in DRIVERS_OWN:
        raise NotThere
    consents.give(person=row.driver.person, purpose=purpose, now=now)


@transaction.atomic
def take_back(*, purpose: str, by: Viewer, now: datetime) -> None:
    """He takes it back; the contact loses sight with the next look. Raises NotThere."""
    if purpose not in DRIVERS_OWN:
        raise NotThere
    consents.withdraw(person=_own_driver(by).person, purpose=purpose, now=now)


@transaction.atomic
def show_identity(*, show: bool, by: Viewer, now: datetime) -> None:
    """A member lets his surname and «党员» be shown (亮身份), or takes it back: hidden with the next reading. Raises NotThere."""
    if not selectors.is_contact(by):
        raise NotThere
    act = consents.give if show else consents.withdraw
    act(person=Person.objects.get(pk=by.person_id), purpose=Consent.Purpose.SHOW_IDENTITY, now=now)


@transaction.atomic
def write_down(*, seat: Seat, purpose: str, by: Viewer, now: datetime) -> None:
    """Somebody who spoke with the driver writes down that he agreed: his contact for «speak for me», the secretary of
    the contact's branch for «my phone». Only where the driver has no account of his own; he is told, and may take it back.

    Raises NotThere, DomainError."""
    rows = selectors.own_seats(by) if purpose == SPEAK else selectors.seats_for(by) if purpose == ZONE else Seat.objects.none()
    row = rows.filter(pk=seat.pk).select_related("driver__person").first()
    if row is None:
        raise NotThere
    person = row.driver.person
    if person.phone_proved_at is not None:
        raise DomainError(_("他自己能登录，请他在手机上点同意"), field="purpose", code="himself")
    consents.give(person=person, purpose=purpose, how=Consent.How.STAFF, by=by, now=now)
    outbox.post(template=WRITTEN, about=(SEAT, row.pk), to=[person], rung=purpose[:8], due=now, now=now)


@transaction.atomic
def remind(now: datetime) -> int:
    """Members whose month is over hear of it, once for each day on which something fell due. Returns how many seats.

    The claim stands on the row: `reminded_for` is the due moment that was told; a talk moves the due moment on."""
    due = Q(reminded_for=None) | Q(reminded_for__lt=F("due_at"))
    rows = Seat.objects.select_for_update(of=("self",)).filter(due, until=None, due_at__lte=now).order_by("due_at", "pk")
    found = list(rows[:BATCH])
    days: dict[int, datetime] = defaultdict(lambda: now)
    for each in found:
        days[each.contact_id] = each.due_at  # the latest: they come in order
    outbox.post_many(
        [outbox.Row(DUE, FIVE, str(contact), recipient_id=contact, due=day) for contact, day in days.items()], now=now
    )
    Seat.objects.filter(pk__in=[each.pk for each in found]).update(reminded_for=F("due_at"))
    return len(found)


def _mine(seat: Seat, by: Viewer) -> Seat:
    found = selectors.own_seats(by).filter(pk=seat.pk).values("pk")
    row = Seat.objects.select_for_update().filter(pk__in=list(found.values_list("pk", flat=True)), until=None).first()
    if row is None:
        raise NotThere
    return row


def _my_contact(by: Viewer) -> Seat:
    found = selectors.own_contact(by)
    row = Seat.objects.select_for_update(of=("self",)).filter(pk=found.pk, until=None).select_related("driver__person").first() if found else None
    if row is None:
        raise NotThere
    return row


def _own_driver(by: Viewer) -> Driver:
    found = selectors.own_driver(by)
    if found is None:
        raise NotThere
    return Driver.objects.select_for_update(of=("self",)).select_related("person").get(pk=found.pk)


def _keep_apart(row: Seat, by: str, why: str, now: datetime) -> None:
    Refusal.objects.get_or_create(
        contact_id=row.contact_id, driver_id=row.driver_id, defaults={"by": by, "at": now, "why": why.strip()[:200]}
    )
