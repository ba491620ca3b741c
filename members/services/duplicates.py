"""Two rows that are one human: proposed by the machine, merged or kept apart by the keeper, taken back by him.

A merge deletes nothing. The row that goes points to the one that stays; what moved with it, and what ended because
there was no room for it, is written in `Duplicate.moved`. Appeals, visits and a Party membership hang on the Person
and stay where they are: the row that has such things is the one to keep.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import Person
from accounts.rules.roles import Role
from accounts.rules.viewer import Viewer
from accounts.services import audit
from branches.models import Membership
from common import clock
from common.errors import DomainError, NotThere, Stale
from members.models import (
    Claim,
    Driver,
    DriverVehicle,
    Duplicate,
    FieldChange,
    JoinRequest,
    Match,
    NoContact,
    Refusal,
    Seat,
    UnionMember,
    Waiting,
)
from members.selectors.duplicates import LOOKED, alike, duplicates_for
from members.selectors.zones import OPEN_MEMBER
from members.services import search_keys
from members.services.zones import wait

RUNNING = (Claim.State.OPEN, Claim.State.VERIFIED)
MERGED = "merged"  # why a seat ended, why a driver waits no longer
FIELD = "merged_into"  # in the history of the row that goes


@transaction.atomic
def propose(*, by: Viewer, now: datetime) -> int:
    """Look through the whole register for pairs not proposed before. Returns how many are new. Raises NotThere."""
    if not by.has_role(Role.REGISTRAR) or not by.second_factor:
        raise NotThere
    found: dict[tuple[int, int], str] = {}
    for pair, why in alike(by):
        found.setdefault((min(pair), max(pair)), why)
    known = set(Duplicate.objects.values_list("one_id", "other_id"))
    rows = [Duplicate(one_id=one, other_id=other, why=why, found_at=now) for (one, other), why in found.items() if (one, other) not in known]
    Duplicate.objects.bulk_create(rows, batch_size=1000, ignore_conflicts=True)
    audit.write(act=LOOKED, by=by, new={"new": len(rows)}, now=now)
    return len(rows)


@transaction.atomic
def merge(*, duplicate: Duplicate, keep: Driver, by: Viewer, now: datetime) -> Duplicate:
    """`keep` stays, the other row of the pair goes into it. Raises NotThere, Stale, DomainError."""
    row = _locked(duplicate, by)
    if row.merged and row.undone_at is None:
        raise Stale(_("别人刚合并过这一对，请刷新再看"))
    pair = {each.pk: each for each in Driver.objects.select_for_update(of=("self",)).filter(pk__in=[row.one_id, row.other_id]).order_by("pk")}
    if keep.pk not in pair:
        raise NotThere
    stays = pair.pop(keep.pk)
    (goes,) = pair.values()
    if stays.merged_into_id or goes.merged_into_id:
        raise Stale(_("其中一条已经并到别处，请刷新再看"))
    _must_still_hold(stays, goes)
    _must_be_the_fuller(stays, goes)
    moved = {"kept": stays.pk, **_vehicles(stays, goes, now), **_claims(stays, goes), **_seats(stays, goes, now), **_union(stays, goes)}
    goes.merged_into = stays
    goes.save(update_fields=["merged_into"])
    _note(goes, "", str(stays.pk), by, now)
    search_keys.renew_drivers([stays.pk])
    row.merged, row.decided_by_id, row.decided_at, row.undone_at, row.moved = True, by.person_id, now, None, moved
    row.save(update_fields=["merged", "decided_by", "decided_at", "undone_at", "moved"])
    audit.write(act="duplicate.merged", by=by, about=row, new={"kept": stays.pk, "gone": goes.pk}, now=now)
    return row


@transaction.atomic
def keep_apart(*, duplicate: Duplicate, by: Viewer, now: datetime) -> Duplicate:
    """Two humans: the pair is not proposed again. Raises NotThere, Stale."""
    row = _locked(duplicate, by)
    if row.merged is not None:
        raise Stale(_("别人刚定过这一对，请刷新再看"))
    row.merged, row.decided_by_id, row.decided_at = False, by.person_id, now
    row.save(update_fields=["merged", "decided_by", "decided_at"])
    audit.write(act="duplicate.apart", by=by, about=row, now=now)
    return row


@transaction.atomic
def undo(*, duplicate: Duplicate, by: Viewer, now: datetime) -> Duplicate:
    """Two rows again. What moved goes back where it still is as the merge left it. Raises NotThere, Stale, DomainError."""
    row = _locked(duplicate, by)
    if not row.merged or row.undone_at is not None:
        raise Stale(_("这一对没有合并着，请刷新再看"))
    kept = row.moved.get("kept")
    contacts = Seat.objects.filter(pk__in=row.moved.get("seats_ended", [])).values("contact")
    list(Membership.objects.select_for_update().filter(person__in=contacts, ended_on=None).order_by("pk").values_list("pk"))
    pair = {each.pk: each for each in Driver.objects.select_for_update(of=("self",)).filter(pk__in=[row.one_id, row.other_id]).order_by("pk")}
    stays = pair.pop(kept)
    (goes,) = pair.values()
    if stays.merged_into_id:
        raise DomainError(_("留下的那一条后来又并到别处了，先撤后面那一次"))
    try:
        with transaction.atomic():
            _back(row.moved, stays, goes, row.decided_at, now)
    except IntegrityError as error:  # he opened a claim, or joined, in this very moment
        raise Stale(_("这一对刚有变化，请刷新再试")) from error
    goes.merged_into = None
    goes.save(update_fields=["merged_into"])
    _note(goes, str(stays.pk), "", by, now)
    search_keys.renew_drivers([stays.pk, goes.pk])
    row.undone_at, row.decided_by_id = now, by.person_id
    row.save(update_fields=["undone_at", "decided_by"])
    audit.write(act="duplicate.undone", by=by, about=row, old={"kept": stays.pk}, now=now)
    return row


def _locked(duplicate: Duplicate, by: Viewer) -> Duplicate:
    if not by.has_role(Role.REGISTRAR) or not by.second_factor:
        raise NotThere
    row = duplicates_for(by).select_for_update(of=("self",)).filter(pk=duplicate.pk).first()
    if row is None:
        raise NotThere
    own = Driver.objects.filter(person_id=by.person_id).values_list("pk", "merged_into_id").first() or ()
    if {row.one_id, row.other_id} & set(own):  # his own row went into one of the two
        raise DomainError(_("这一对里有您自己的那一条，请另一位信息库管理员来办"), code="oneself")
    return row


def _must_still_hold(stays: Driver, goes: Driver) -> None:
    """Between the proposal and the merge a driver may have left: the row that stays is one that drives, and nobody who
    is written down as dead lives on under another row. Both rows are locked."""
    if stays.state == Driver.State.ACTIVE and goes.state != Driver.State.DIED:
        return
    if stays.state != Driver.State.ACTIVE and goes.state != Driver.State.ACTIVE:
        raise DomainError(_("找到这一对以后，两条都不在册了，不用再合并"), code="gone")
    if stays.state != Driver.State.ACTIVE:
        words = _("要留的这一条后来记了“%s”，不能留它。请留在册的那一条；要是记错了，先到他的页面改回在册")
        raise DomainError(words % stays.get_state_display(), code="gone")
    words = _("另一条后来记了“%s”。是同一个人，就到在册那一条的页面也这样记，不用合并；不是，就点“是两个人”")
    raise DomainError(words % goes.get_state_display(), code="gone")


def _must_be_the_fuller(stays: Driver, goes: Driver) -> None:
    """What hangs on the Person cannot move. One code and one sentence, whatever it is and on whichever row: the keeper
    may not know of a membership."""
    people = [stays.person_id, goes.person_id]
    members = set(Membership.objects.filter(person__in=people, ended_on=None).values_list("person_id", flat=True))
    accounts = set(Person.objects.filter(pk__in=people).exclude(signin_index=None).values_list("pk", flat=True))
    weight = {pk: 2 * (pk in members) + (pk in accounts) for pk in people}
    if weight[goes.person_id] > weight[stays.person_id] or members == set(people):
        raise DomainError(_("这样合并，有登记会搬不动。可以试试留另一条；还不行，请两边经办的人先理清"), code="cannot_move")


def _vehicles(stays: Driver, goes: Driver, now: datetime) -> dict[str, Any]:
    has = set(DriverVehicle.objects.filter(driver=stays, until=None).values_list("vehicle_id", flat=True))
    rows = list(DriverVehicle.objects.select_for_update().filter(driver=goes, until=None))
    moved = [each.pk for each in rows if each.vehicle_id not in has]
    ended = [each.pk for each in rows if each.vehicle_id in has]
    DriverVehicle.objects.filter(pk__in=moved).update(driver=stays)
    DriverVehicle.objects.filter(pk__in=ended).update(until=clock.today(now))
    return {"drives": moved, "drives_ended": ended}


def _claims(stays: Driver, goes: Driver) -> dict[str, Any]:
    """A running claim moves where the other has none, is no member, and did not himself verify it."""
    return {"claims": _open_claims_to(stays, Q(person_id=goes.person_id))}


def _open_claims_to(to: Driver, which: Q) -> list[int]:
    """Give `to` those of the claims that are still open. A verified one has its membership beside it and stays there."""
    found = Claim.objects.select_for_update(of=("self",)).filter(which, state=Claim.State.OPEN)
    pks = list(found.exclude(verified_by_id=to.person_id).order_by("pk").values_list("pk", flat=True))
    free = not Claim.objects.filter(person_id=to.person_id, state__in=RUNNING).exists()
    free = free and not Membership.objects.filter(person_id=to.person_id, ended_on=None).exists()
    if not free:
        return []
    Claim.objects.filter(pk__in=pks).update(person_id=to.person_id)
    return pks


def _seats(stays: Driver, goes: Driver, now: datetime) -> dict[str, Any]:
    """His contact goes with him, unless the one who stays has a contact, is the contact, or does not want that one."""
    moved, ended = [], []
    for seat in Seat.objects.select_for_update().filter(driver=goes, until=None):
        free = not Seat.objects.filter(driver=stays, until=None).exists() and seat.contact_id != stays.person_id
        free = free and not Refusal.objects.filter(driver=stays, contact=seat.contact_id).exists()
        free = free and not NoContact.objects.filter(driver=stays, until=None).exists()
        free = free and not _is_placed(stays)  # a member of a branch has no contact
        (moved if free else ended).append(seat.pk)
    Seat.objects.filter(pk__in=moved).update(driver=stays)
    Seat.objects.filter(pk__in=ended).update(until=now, ended_why=MERGED)
    waits = list(Waiting.objects.filter(driver=goes, until=None).values_list("pk", flat=True))
    if moved:  # who has a contact waits no longer
        waits += Waiting.objects.filter(driver=stays, until=None).values_list("pk", flat=True)
    Waiting.objects.filter(pk__in=waits).update(until=now)
    lapsed = list(Match.objects.filter(driver=goes, state=Match.State.PROPOSED).values_list("pk", flat=True))
    Match.objects.filter(pk__in=lapsed).update(state=Match.State.LAPSED)
    return {"seats": moved, "seats_ended": ended, "waits_ended": waits}


def _union(stays: Driver, goes: Driver) -> dict[str, Any]:
    """Membership of the union is one to a Person: it moves where the other has none."""
    if UnionMember.objects.filter(person_id=stays.person_id).exists():
        return {"union": []}
    pks = list(UnionMember.objects.filter(person_id=goes.person_id).values_list("pk", flat=True))
    UnionMember.objects.filter(pk__in=pks).update(person_id=stays.person_id)
    return {"union": pks}


def _union_back(moved: list[int], stays: Driver, goes: Driver, since: datetime | None) -> None:
    """Unless he has become a member under his own row, or the union took the other one in since."""
    has = UnionMember.objects.filter(person_id=goes.person_id).exists()
    joined = JoinRequest.objects.filter(person_id=stays.person_id, state=JoinRequest.State.ACCEPTED, decided_at__gte=since)
    if not has and not joined.exists():
        UnionMember.objects.filter(pk__in=moved, person_id=stays.person_id).update(person_id=goes.person_id)


def _back(moved: dict[str, Any], stays: Driver, goes: Driver, since: datetime | None, now: datetime) -> None:
    DriverVehicle.objects.filter(pk__in=moved.get("drives", []), driver=stays).update(driver=goes)
    DriverVehicle.objects.filter(pk__in=moved.get("drives_ended", []), driver=goes).update(until=None)
    _open_claims_to(goes, Q(pk__in=moved.get("claims", []), person_id=stays.person_id))
    _union_back(moved.get("union", []), stays, goes, since)
    Seat.objects.filter(pk__in=moved.get("seats", []), driver=stays, until=None).update(driver=goes)
    for seat in Seat.objects.filter(pk__in=moved.get("seats_ended", []), ended_why=MERGED):
        if not Membership.objects.filter(person_id=seat.contact_id, ended_on=None).exists():
            wait([goes.pk], why="member_left", now=now)  # the contact left meanwhile: nobody is given back to him
            continue
        taken = Seat.objects.filter(contact=seat.contact_id, seat=seat.seat, until=None).exists()
        if not taken and not _is_placed(goes) and not Seat.objects.filter(driver=goes, until=None).exists():
            Seat.objects.filter(pk=seat.pk).update(until=None, ended_why="")
    for each in Waiting.objects.filter(pk__in=moved.get("waits_ended", [])).select_related("driver"):
        has = Seat.objects.filter(driver=each.driver_id, until=None).exists()
        if not has and not _is_placed(each.driver) and not Waiting.objects.filter(driver=each.driver_id, until=None).exists():
            Waiting.objects.filter(pk=each.pk).update(until=None)


def _is_placed(driver: Driver) -> bool:
    return OPEN_MEMBER.filter(person_id=driver.person_id).exists()


def _note(row: Driver, old: str, new: str, by: Viewer, now: datetime) -> None:
    FieldChange.objects.create(driver=row, at=now, field=FIELD, old=old, new=new, by_id=by.person_id)
