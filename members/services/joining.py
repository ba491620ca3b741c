"""Joining the union from a phone, and what the union does about truck drivers whom the register does not hold."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.db.models import F, OuterRef, Q, Subquery
from django.utils.translation import gettext as _

from accounts.models import Consent, Person
from accounts.rules.consents import WORDS
from accounts.rules.roles import Role
from accounts.rules.viewer import Viewer
from accounts.services import audit, consents
from accounts.services.people import name_once
from common import bulk, clock
from common.errors import DomainError, NotThere, Stale
from members.models import Enterprise, HandOver, JoinRequest, PhoneTail, StillMember, UnionMember
from members.selectors.union import (
    join_requests_for,
    last_register,
    left_out_for,
    missing_for,
    own_join,
    own_union_member,
    union_members_for,
)
from notices.services import outbox

PURPOSE = "join_union"
KIND, ANSWERED = "members.joinrequest", "union.answered"  # kind and template of the notice to the driver
BATCH = 5_000


@dataclass(frozen=True)
class Asked:
    """What a driver fills in. `employer`: an enterprise he chose, or what he wrote."""

    name: str
    occupation: str
    employer: Enterprise | None = None
    employer_words: str = ""


@transaction.atomic
def ask(*, person: Person, asked: Asked, by: Viewer, now: datetime) -> JoinRequest:
    """Take a request with its consent. A second tap is the first one. Raises NotThere, DomainError at the field."""
    if by.person_id != person.pk:
        raise NotThere
    if len(asked.name.strip()) < 2:
        raise DomainError(_("写上您的姓名"), field="name")
    if asked.occupation not in UnionMember.Occupation.values:
        raise DomainError(_("选一样您现在干的活"), field="occupation")
    Person.objects.select_for_update().get(pk=person.pk)
    if own_union_member(by):
        raise DomainError(_("您已经是会员了，不用再申请"), code="member")
    _close_withdrawn(person, now)
    if running := JoinRequest.objects.filter(person=person, state=JoinRequest.State.OPEN).first():
        if own_join(by) is not None:
            return running
        running.state, running.decided_at = JoinRequest.State.WITHDRAWN, now  # of whoever had this number before
        running.save(update_fields=["state", "decided_at"])
    consent = consents.give(person=person, purpose=PURPOSE, now=now)
    name_once(person=person, name=asked.name)
    row = JoinRequest.objects.create(
        person=person, consent=consent, enterprise=asked.employer, employer_words=asked.employer_words.strip()[:80],
        occupation=asked.occupation, asked_at=now,
    )  # fmt: skip
    audit.write(act="union.join_asked", by=by, about=row, new={"occupation": row.occupation, "words": WORDS[PURPOSE].version}, now=now)
    return row


@transaction.atomic
def withdraw(*, by: Viewer, now: datetime) -> bool:
    """He takes the request back, and the consent with it; False when none was running. Raises NotThere."""
    if by.person_id is None:
        raise NotThere
    person = Person.objects.select_for_update().get(pk=by.person_id)
    consents.withdraw(person=person, purpose=PURPOSE, now=now)
    return _close_withdrawn(person, now) > 0


@transaction.atomic
def accept(*, request: JoinRequest, by: Viewer, now: datetime, enterprise: Enterprise | None = None, joined_on=None) -> UnionMember:
    """The officer takes him in: he is a union member from `joined_on`, and no driver of the register by that.

    Raises NotThere, Stale, DomainError."""
    row = _locked(request, by)
    today = clock.today(now)
    joined_on = joined_on or today
    if joined_on > today:
        raise DomainError(_("入会的日子不能在今天以后"), field="joined_on")
    values = {
        "enterprise": enterprise or row.enterprise, "occupation": row.occupation, "joined_on": joined_on, "ended_on": None,
        "last_upload": None, "prior_upload": None,  # a register of before his joining says nothing of him
    }  # fmt: skip
    member = UnionMember.objects.select_for_update().filter(person_id=row.person_id).first()
    if member is not None and member.ended_on is None:
        raise Stale(_("名册里已经有他了，请刷新再看"))
    member, _made = UnionMember.objects.update_or_create(person_id=row.person_id, defaults=values)
    _decide(row, JoinRequest.State.ACCEPTED, by, now)
    keep_tails(now=now, people=[row.person_id])
    audit.write(act="union.joined", by=by, about=member, new={"request": row.pk, "occupation": row.occupation}, now=now)
    return member


@transaction.atomic
def refuse(*, request: JoinRequest, why: str, by: Viewer, now: datetime) -> JoinRequest:
    """Not taken in, with a reason that he reads; he may ask again. Raises NotThere, Stale, DomainError."""
    row = _locked(request, by)
    if len(why.strip()) < 4:
        raise DomainError(_("写清楚为什么没有办成，司机会看到"), field="why")
    row.why = why.strip()[:200]
    _decide(row, JoinRequest.State.REFUSED, by, now)
    audit.write(act="union.join_refused", by=by, about=row, reason=why, now=now)
    return row


@transaction.atomic
def leave(*, member: UnionMember, on: date, reason: str, by: Viewer, now: datetime) -> UnionMember:
    """He leaves the union on a day; his row stays for the register, he may join again. Raises NotThere, DomainError."""
    row = union_members_for(by).select_for_update(of=("self",)).filter(pk=member.pk).first()
    if row is None or not by.second_factor or row.person_id == by.person_id:
        raise NotThere
    if on > clock.today(now) or (row.joined_on is not None and on < row.joined_on):
        raise DomainError(_("退会的日子在入会以后，不能在今天以后"), field="on")
    if len(reason.strip()) < 2:
        raise DomainError(_("写一句为什么退会"), field="reason")
    row.ended_on = on
    row.save(update_fields=["ended_on"])
    PhoneTail.objects.filter(person=row.person_id).delete()  # the list no longer finds him
    audit.write(act="union.left", by=by, about=row, new={"on": on.isoformat()}, reason=reason, now=now)
    return row


@transaction.atomic
def stays(*, member: UnionMember, why: str, by: Viewer, now: datetime) -> StillMember:
    """The last register left him out, and he is a member still: no line any more, until another register leaves him out.

    Raises NotThere (nobody asks about him), DomainError."""
    row = left_out_for(by).select_for_update(of=("self",)).filter(pk=member.pk).first()
    register = last_register(by)
    if row is None or register is None or not by.second_factor or row.person_id == by.person_id:
        raise NotThere
    if len(why.strip()) < 2:
        raise DomainError(_("写一句怎么知道他还是会员"), field="why")
    said = StillMember.objects.create(member=row, register=register, why=why.strip()[:200], at=now, by_id=by.person_id)
    audit.write(act="union.stays", by=by, about=row, new={"register": register.pk}, reason=why, now=now)
    return said


@transaction.atomic
def hand_over(*, member: UnionMember, what: str, note: str, by: Viewer, now: datetime) -> HandOver:
    """Write down that he was handed to the keeper of the register, or asked. He becomes no driver by it.

    The officer of the union hands over; both may write what was asked. Raises NotThere, DomainError."""
    if not by.second_factor or not missing_for(by).filter(pk=member.pk).exists():
        raise NotThere
    if what not in HandOver.What.values or (what == HandOver.What.HANDED and not by.has_role(Role.UNION)):
        raise DomainError(_("选转给信息库，或者问过了"), field="what")
    note = note.strip()[:200]
    if what == HandOver.What.ASKED and len(note) < 2:
        raise DomainError(_("写一句问到了什么"), field="note")
    row = HandOver.objects.create(person_id=member.person_id, what=what, note=note, at=now, by_id=by.person_id)
    audit.write(act="union.missing", by=by, about=member, new={"what": what}, reason=note, now=now)
    return row


@transaction.atomic
def hand_over_all(*, by: Viewer, now: datetime, enterprise: Enterprise | None = None) -> int:
    """Hand over everybody of the work list who was not handed yet, of one enterprise or of all. Raises NotThere."""
    if not by.has_role(Role.UNION) or not by.second_factor:
        raise NotThere
    rows = missing_for(by)
    if enterprise is not None:
        rows = rows.filter(enterprise=enterprise)
    before = HandOver.objects.filter(what=HandOver.What.HANDED).values("person_id")
    people = list(rows.exclude(person_id__in=before).order_by("id").values_list("person_id", flat=True))
    done = bulk.insert(HandOver, ("person_id", "what", "note", "at", "by_id"), ((each, HandOver.What.HANDED, "", now, by.person_id) for each in people))
    if done:
        audit.write(act="union.missing", by=by, about=enterprise, new={"what": HandOver.What.HANDED, "people": done}, now=now)
    return done


@transaction.atomic
def keep_tails(*, now: datetime, people: list[int] | None = None) -> int:
    """The last four digits of members' phones, where they are not kept yet or the number is another. For the sweep.

    Reads at most BATCH a time; the next sweep goes on. `now` is not needed: what stands is compared with what is kept."""
    kept = PhoneTail.objects.filter(person=OuterRef("person_id")).values("of")[:1]
    rows = UnionMember.objects.filter(ended_on=None).exclude(person__phone_index=None).annotate(kept=Subquery(kept))
    rows = rows.filter(Q(kept=None) | ~Q(kept=F("person__phone_index")))
    if people is not None:
        rows = rows.filter(person__in=people)
    found = list(rows.order_by("id").values_list("person_id", "person__phone", "person__phone_index")[:BATCH])
    PhoneTail.objects.filter(person__in=[person for person, _phone, _of in found]).delete()
    return bulk.insert(PhoneTail, ("person_id", "tail", "of"), ((person, phone[-4:], of) for person, phone, of in found if phone))


def _locked(request: JoinRequest, by: Viewer) -> JoinRequest:
    if not by.has_role(Role.UNION) or not by.second_factor or by.person_id == request.person_id:
        raise NotThere
    row = join_requests_for(by).select_for_update(of=("self",)).filter(pk=request.pk).first()
    if row is None:
        raise Stale(_("本人收回了，或者别人刚办过，请刷新再看"))
    return row


def _decide(row: JoinRequest, state: str, by: Viewer, now: datetime) -> None:
    row.state, row.decided_by_id, row.decided_at = state, by.person_id, now
    try:
        with transaction.atomic():
            row.save(update_fields=["state", "decided_by", "decided_at", "why"])
    except IntegrityError as error:
        raise NotThere from error
    outbox.post(template=ANSWERED, about=(KIND, row.pk), to=[row.person], now=now)


def _close_withdrawn(person: Person, now: datetime) -> int:
    """A request whose consent is gone is withdrawn, wherever the consent was taken back."""
    gone = Consent.objects.filter(person=person, withdrawn_at__isnull=False).values("pk")
    rows = JoinRequest.objects.filter(person=person, state=JoinRequest.State.OPEN, consent__in=gone)
    return rows.update(state=JoinRequest.State.WITHDRAWN, decided_at=now)
