"""Zones 1:5: the machine proposes, people decide. A seat is made here and nowhere else.

The order of the locks is always the same: memberships, drivers, proposals. A member who leaves and a driver who goes
hold those rows, so that no seat is made for somebody who has just left.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.rules.viewer import Viewer
from accounts.services import audit
from branches.models import Branch, Membership, Placement
from branches.selectors.scope import is_secretary
from common.errors import DomainError, NotThere
from members.models import Driver, Match, Refusal, Seat, Waiting
from members.rules import contacts as contact_rules
from members.rules import zones as rules
from members.selectors import zones as selectors

BATCH = 500
MOVED, BECAME_MEMBER = "moved", "became_member"  # why a seat ended
Pair = tuple[int, int]  # person of the contact, driver


@dataclass(frozen=True)
class Proposed:
    """What a proposal came to: seats that were free, drivers proposed for them."""

    free: int
    made: int


@dataclass(frozen=True)
class Decided:
    """What accepting came to: seats filled, and proposals that time had overtaken."""

    seated: int
    lapsed: int


@transaction.atomic
def propose(
    *, by: Viewer, now: datetime, branch: Branch | None = None, people: Collection[int] | None = None, only_waiting: bool = False
) -> Proposed:  # fmt: skip
    """Propose drivers for the free seats of the viewer's branches, of one branch, or of these members alone.

    Earlier proposals that nobody decided give way to the new plan; with `only_waiting` they stay, and none but drivers
    who wait for a contact are proposed. Raises NotThere."""
    if not is_secretary(by):
        raise NotThere
    members = selectors.contacts_for(by, branch)
    if people is not None:
        members = members.filter(person_id__in=people)
    if not only_waiting:
        stale = Match.objects.filter(state=Match.State.PROPOSED, contact__in=members.values("person_id"))
        stale.update(state=Match.State.LAPSED, decided_at=now)
    contacts = selectors.contacts_to_fill(by, members, count_proposals=only_waiting)
    plan = rules.propose(
        contacts, selectors.candidates_for(by, only_waiting=only_waiting), selectors.refused_pairs(by, members)
    )
    made = [
        Match(contact_id=one.contact.id, driver_id=one.candidate.id, reasons=list(one.reasons), at=now) for one in plan
    ]
    # Another secretary may propose the same driver at this moment: the database keeps the first, the plan of the other lacks one.
    Match.objects.bulk_create(made, batch_size=BATCH, ignore_conflicts=True)
    free = sum(max(0, one.free) for one in contacts)
    about = branch.unit if branch else ("members.match", "")
    audit.write(act="zone.propose", by=by, about=about, new={"free": free, "made": len(made)}, now=now)
    return Proposed(free, len(made))


@transaction.atomic
def accept_many(*, matches: Collection[int] | None, by: Viewer, now: datetime, branch: Branch | None = None) -> Decided:
    """Give seats to these proposals, or to all of the viewer's (of one branch), set-based.

    A proposal that does not hold any more (seat taken, driver gone) lapses and is counted. Raises NotThere, DomainError."""
    if not is_secretary(by):
        raise NotThere
    rows = selectors.proposals_for(by, branch)
    if matches is not None:
        rows = rows.filter(pk__in=matches)
    wanted = [(each.contact_id, each.driver_id) for each in rows]
    _lock(wanted)
    found = list(selectors.proposals_for(by, branch).filter(driver_id__in=[driver for _c, driver in wanted])
                 .select_for_update(of=("self",)).order_by("pk"))  # fmt: skip
    found = [each for each in found if matches is None or each.pk in matches]
    why = {(each.contact_id, each.driver_id): each.reasons for each in found}
    made = _seat(list(why), by=by, now=now, reasons=why)
    seated = {(each.contact_id, each.driver_id) for each in made}
    done = [each.pk for each in found if (each.contact_id, each.driver_id) in seated]
    over = [each.pk for each in found if (each.contact_id, each.driver_id) not in seated]
    for pks, state in ((done, Match.State.ACCEPTED), (over, Match.State.LAPSED)):
        Match.objects.filter(pk__in=pks).update(state=state, decided_by_id=by.person_id, decided_at=now)
    return Decided(len(done), len(over))


@transaction.atomic
def accept(*, match: Match, by: Viewer, now: datetime) -> Seat:
    """Give the seat to one proposal. Raises NotThere, DomainError (five already, driver not free any more, just decided)."""
    mine = selectors.proposals_for(by).filter(pk=match.pk)
    pair = mine.values_list("contact_id", "driver_id").first()
    if pair is None:
        raise NotThere
    _lock([pair])
    row = mine.select_for_update(of=("self",)).first()
    if row is None:  # somebody else decided on it while we waited
        raise DomainError(_("这一条刚刚有人定过了，请再看一眼"), code="decided")
    seat = _seat_one(pair, by=by, now=now, reasons=row.reasons)
    Match.objects.filter(pk=row.pk).update(state=Match.State.ACCEPTED, decided_by_id=by.person_id, decided_at=now)
    return seat


@transaction.atomic
def decline(*, matches: Collection[int], by: Viewer, now: datetime) -> int:
    """Take proposals away: these pairs are not proposed again. Raises NotThere where he may decide on none of them."""
    rows = list(selectors.proposals_for(by).filter(pk__in=matches).select_for_update(of=("self",)))
    if not rows:
        raise NotThere
    Match.objects.filter(pk__in=[each.pk for each in rows]).update(
        state=Match.State.DECLINED, decided_by_id=by.person_id, decided_at=now
    )
    for each in rows:
        audit.write(act="zone.decline", by=by, about=each, now=now)
    return len(rows)


@transaction.atomic
def seat_driver(*, member: Membership, driver: Driver, by: Viewer, now: datetime) -> Seat:
    """A secretary gives a driver who waits to one of his members, without a proposal.

    Raises NotThere, DomainError (five already, the driver has a contact, one of the two said no)."""
    if not selectors.contacts_for(by).filter(pk=member.pk).exists() or not selectors.waiting_for(by).filter(driver=driver).exists():
        raise NotThere
    return _seat_one((member.person_id, driver.pk), by=by, now=now, reasons=[])


@transaction.atomic
def move(*, seat: Seat, to: Membership, by: Viewer, now: datetime) -> Seat:
    """The driver goes over to another of the secretary's members; no moment without a contact. Raises NotThere, DomainError."""
    _lock([(seat.contact_id, seat.driver_id), (to.person_id, seat.driver_id)])
    row = selectors.seats_for(by).select_for_update(of=("self",)).filter(pk=seat.pk).first()
    if row is None or not selectors.contacts_for(by).filter(pk=to.pk).exists():
        raise NotThere
    if row.contact_id == to.person_id:
        raise DomainError(_("他本来就是这名党员联系的"), field="to")
    close_seat(row, why=MOVED, by=by, now=now, waits=False)
    return _seat_one((to.person_id, row.driver_id), by=by, now=now, reasons=[])


@transaction.atomic
def end_seat(*, seat: Seat, by: Viewer, now: datetime, reason: str) -> None:
    """The secretary takes a driver out of a seat: he waits for another contact. Raises NotThere, DomainError."""
    row = selectors.seats_for(by).select_for_update(of=("self",)).filter(pk=seat.pk).first()
    if row is None:
        raise NotThere
    if len(reason.strip()) < 2:
        raise DomainError(_("写一句为什么"), field="reason", code="required")
    close_seat(row, why=MOVED, by=by, now=now, waits=True, reason=reason)
    Match.objects.create(  # and these two are not proposed again
        contact_id=row.contact_id, driver_id=row.driver_id, at=now, state=Match.State.DECLINED, decided_by_id=by.person_id, decided_at=now
    )


def close_seat(row: Seat, *, why: str, by: Viewer | None, now: datetime, waits: bool, reason: str = "") -> None:
    """End a seat in the caller's transaction; with `waits` the driver waits for another from the same moment on."""
    row.until, row.ended_why = now, why
    row.save(update_fields=["until", "ended_why"])
    if waits:
        wait([row.driver_id], why=why, now=now)
    audit.write(act="zone.end", by=by, about=row, new={"why": why, "waits": waits}, reason=reason, now=now)


def wait(drivers: Sequence[int], *, why: str, now: datetime) -> None:
    """Put drivers on the waiting list, in the caller's transaction; who waits already waits since then. A placed member
    waits for nobody: he is a contact himself."""
    placed = set(Driver.objects.filter(pk__in=drivers, person__in=selectors.OPEN_MEMBER.values("person_id")).values_list("pk", flat=True))
    rows = [Waiting(driver_id=driver, since=now, why=why) for driver in drivers if driver not in placed]
    Waiting.objects.bulk_create(rows, batch_size=BATCH, ignore_conflicts=True)


def _lock(pairs: Collection[Pair]) -> None:
    """Members and drivers of these pairs stay as they are until the transaction ends."""
    people, drivers = {contact for contact, _d in pairs}, {driver for _c, driver in pairs}
    list(Membership.objects.select_for_update().filter(person_id__in=people, ended_on=None).order_by("pk").values_list("pk"))
    list(Driver.objects.select_for_update().filter(pk__in=drivers).order_by("pk").values_list("pk"))


def _seat_one(pair: Pair, *, by: Viewer, now: datetime, reasons: list[str]) -> Seat:
    """One seat, or the reason why not. Raises DomainError."""
    _lock([pair])
    made = _seat([pair], by=by, now=now, reasons={pair: reasons})
    if made:
        return made[0]
    if not selectors.contacts_for(by).filter(person_id=pair[0]).exists():
        raise DomainError(_("他现在不是编进支部的党员，不能当联系人"), code="no_member")
    if Seat.objects.filter(contact_id=pair[0], until=None).count() >= rules.SEATS:
        raise DomainError(_("一名党员最多联系五名司机，他已经有五名了"), code="full")
    if Seat.objects.filter(driver_id=pair[1], until=None).exists():
        raise DomainError(_("这名司机已经有联系人了"), code="taken")
    raise DomainError(_("这名司机现在不能安排：不在册，或者说过不要"), code="not_free")


def _seat(pairs: Sequence[Pair], *, by: Viewer, now: datetime, reasons: dict[Pair, list[str]]) -> list[Seat]:
    """Seats for those of the pairs that hold, in their order; five a contact. Call it with the rows locked.

    Raises DomainError where the database finds a seat taken that nobody saw taken."""
    people, drivers = {contact for contact, _d in pairs}, {driver for _c, driver in pairs}
    members = selectors.contacts_for(by).filter(person_id__in=people)
    able = set(members.values_list("person_id", flat=True))
    free = set(selectors.free_drivers(by).filter(pk__in=drivers).values_list("pk", flat=True))
    apart = set(Refusal.objects.filter(contact_id__in=people, driver_id__in=drivers).values_list("contact_id", "driver_id"))
    taken: dict[int, set[int]] = defaultdict(set)
    for contact, seat in Seat.objects.filter(until=None, contact_id__in=people).values_list("contact_id", "seat"):
        taken[contact].add(seat)
    due, made = contact_rules.next_due(now), []
    for contact, driver in pairs:
        left = sorted(set(range(1, rules.SEATS + 1)) - taken[contact])
        if contact in able and driver in free and (contact, driver) not in apart and left:
            taken[contact].add(left[0])
            free.discard(driver)
            made.append(Seat(
                contact_id=contact, driver_id=driver, seat=left[0], since=now, due_at=due,
                reasons=reasons[contact, driver], decided_by_id=by.person_id,
            ))  # fmt: skip
    return _save(made, by=by, now=now)


def _save(made: list[Seat], *, by: Viewer, now: datetime) -> list[Seat]:
    """Seats as the database lets them be; the drivers wait no more, other proposals for them are over."""
    try:
        with transaction.atomic():
            made = Seat.objects.bulk_create(made, batch_size=BATCH)
    except IntegrityError as clash:  # somebody else took the seat, or the driver, at this very moment
        raise DomainError(_("位置刚刚被占了，请再看一眼"), code="taken") from clash
    drivers = [each.driver_id for each in made]
    Waiting.objects.filter(driver_id__in=drivers, until=None).update(until=now)
    seated = {(each.contact_id, each.driver_id) for each in made}
    others = Match.objects.filter(driver_id__in=drivers, state=Match.State.PROPOSED).values_list("pk", "contact_id", "driver_id")
    lost = [pk for pk, contact, driver in others if (contact, driver) not in seated]
    Match.objects.filter(pk__in=lost).update(state=Match.State.LAPSED, decided_at=now)
    for each in made:
        audit.write(act="zone.seat", by=by, about=each, new={"seat": each.seat}, now=now)
    return made


def member_left(person_id: int, by: Viewer | None, now: datetime, why: str = "member_left") -> None:
    """The membership ends: his five wait for another contact from the same moment on, in the same transaction."""
    rows = list(Seat.objects.select_for_update().filter(contact_id=person_id, until=None).order_by("pk"))
    Match.objects.filter(contact_id=person_id, state=Match.State.PROPOSED).update(state=Match.State.LAPSED, decided_at=now)
    for row in rows:
        close_seat(row, why=why, by=by, now=now, waits=True)


def driver_gone(driver: Driver, by: Viewer | None, now: datetime) -> None:
    """He leaves the register: his seat is free, he waits for nobody, no proposal names him."""
    for row in Seat.objects.select_for_update().filter(driver=driver, until=None):
        close_seat(row, why="driver_left", by=by, now=now, waits=False)
    Waiting.objects.filter(driver=driver, until=None).update(until=now)
    Match.objects.filter(driver=driver, state=Match.State.PROPOSED).update(state=Match.State.LAPSED, decided_at=now)
    if driver.state == Driver.State.DIED:
        contact_died(driver.person_id, by, now)


def contact_died(person_id: int, by: Viewer | None, now: datetime) -> None:
    """A member died: his five wait from the same moment on. His membership is for his branch to end."""
    list(Membership.objects.select_for_update().filter(person_id=person_id, ended_on=None).values_list("pk"))
    member_left(person_id, by, now, why="member_died")


def member_placed(placements: Sequence[Placement], now: datetime) -> None:
    """He is a member of a branch now and a contact himself: as a driver he has and waits for none, and none is proposed to him."""
    free_of_contacts([each.membership.person_id for each in placements], now=now)


def free_of_contacts(people: Collection[int], *, now: datetime) -> int:
    """These placed members hold no driver's seat, wait for no contact and stand in no proposal as drivers; in the
    caller's transaction. Returns how many rows ended."""
    seats = list(Seat.objects.select_for_update().filter(driver__person__in=people, until=None).order_by("pk"))
    for row in seats:
        close_seat(row, why=BECAME_MEMBER, by=None, now=now, waits=False)
    ended = Waiting.objects.filter(driver__person__in=people, until=None).update(until=now)
    lapsed = Match.objects.filter(driver__person__in=people, state=Match.State.PROPOSED)
    return len(seats) + ended + lapsed.update(state=Match.State.LAPSED, decided_at=now)


@transaction.atomic
def sweep_members(*, now: datetime) -> int:
    """Placed members who still stand somewhere as drivers of a contact, from before placing ended that: BATCH at a time."""
    placed = selectors.OPEN_MEMBER.values("person_id")
    held = Seat.objects.filter(until=None), Waiting.objects.filter(until=None), Match.objects.filter(state=Match.State.PROPOSED)
    people = {person for rows in held for person in rows.filter(driver__person__in=placed).values_list("driver__person_id", flat=True)[:BATCH]}
    if not people:
        return 0
    list(Membership.objects.select_for_update().filter(person__in=people, ended_on=None).order_by("pk").values_list("pk"))
    still = selectors.OPEN_MEMBER.filter(person__in=people).values_list("person_id", flat=True)  # read again, now that they are held
    return free_of_contacts(list(still), now=now)
