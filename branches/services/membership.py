"""Make, change and end the fact that somebody is a verified Party member. Nothing else makes a Membership."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import Person
from accounts.rules.viewer import Viewer
from accounts.services import audit
from branches import registry
from branches.models import Membership, Officer, Placement, Transfer
from branches.rules import kinds, probation
from branches.rules.dates import add_months
from branches.rules.kinds import Kind
from branches.selectors.scope import is_secretary, members_for
from common import clock
from common.errors import DomainError, NotThere

BATCH = 500
MAX_HOME, MAX_REASON = 80, 200


@dataclass(frozen=True, slots=True)
class Admission:
    """One verified person of many, for `admit_many`."""

    person: Person
    kind: str
    how: str
    home_branch: str = ""
    joined_on: date | None = None
    decide_on: date | None = None


@transaction.atomic
def admit(
    *, person: Person, kind: str, how: str, by: Viewer, now: datetime, home_branch: str = "",
    joined_on: date | None = None, decide_on: date | None = None,
) -> Membership:  # fmt: skip
    """A secretary of a branch or of the committee has verified that `person` is a member of this kind.

    Without `decide_on` a probationary member's day is one year after joining.
    Raises NotThere (no secretary), DomainError (himself, twice a member, a field that does not fit)."""
    one = Admission(person, kind, how, home_branch, joined_on, decide_on)
    return admit_many(rows=[one], by=by, now=now)[0]


@transaction.atomic
def admit_many(*, rows: Sequence[Admission], by: Viewer, now: datetime) -> list[Membership]:
    """As `admit` for many, all or none, in statements of 500 rows; one audit line for each person.

    Raises NotThere, DomainError."""
    if not is_secretary(by):
        raise NotThere
    made = [_membership(row, by, now) for row in rows]
    ids = {row.person.pk for row in rows}
    if len(ids) < len(rows) or Membership.objects.filter(person_id__in=ids, ended_on=None).exists():
        raise _already()
    try:
        with transaction.atomic():
            made = Membership.objects.bulk_create(made, batch_size=BATCH)
    except IntegrityError as clash:  # somebody else verified him at the same moment
        raise _already() from clash
    for one in made:
        audit.write(act="membership.admit", by=by, about=one, new={"kind": one.kind, "how": one.verified_how}, now=now)
    return made


@transaction.atomic
def change_kind(
    *, membership: Membership, kind: str, by: Viewer, now: datetime, reason: str, home_branch: str = "",
    joined_on: date | None = None,
) -> Membership:  # fmt: skip
    """Another kind: a probationary member becomes full after his year, a floating one's relation has come over, which
    another person than who verified him has to see.

    Raises NotThere, DomainError (himself, no such change, the year is not over, the same person, a field missing)."""
    one = _locked(membership, by)
    today = clock.today(now)
    if not kinds.may_become(one.kind, kind):
        raise DomainError(_("不能从这一类改成那一类"), field="kind")
    if one.kind == Kind.PROBATIONARY and one.decide_on and today < one.decide_on:
        raise DomainError(_("预备期到 %(day)s 才满，满了再讨论") % {"day": one.decide_on.isoformat()}, field="kind", code="too_early")
    if one.kind in kinds.ELSEWHERE and one.verified_by_id == by.person_id:
        raise DomainError(_("他是您核实的；关系转来了、要在这里表决，得另一个人看过凭据来改"), field="kind", code="two_persons")
    _must_say(reason)
    old = {"kind": one.kind}
    row = Admission(one.person, kind, one.verified_how, home_branch, joined_on or one.joined_on)
    fresh = _membership(row, by, now)
    if one.kind == Kind.PROBATIONARY:
        one.full_on = today
    one.kind, one.home_branch, one.joined_on, one.decide_on = fresh.kind, fresh.home_branch, fresh.joined_on, fresh.decide_on
    one.save(update_fields=["kind", "home_branch", "joined_on", "decide_on", "full_on"])
    if not kinds.has_vote(kind):
        _end_offices(one.person_id, today)
    audit.write(act="membership.kind", by=by, about=one, old=old, new={"kind": kind}, reason=reason, now=now)
    return one


@transaction.atomic
def prolong(*, membership: Membership, until: date, by: Viewer, now: datetime, reason: str) -> Membership:
    """The branch prolongs a probation, by half a year at least and a year at most (章程 Art. 7).

    Raises NotThere, DomainError."""
    one = _locked(membership, by)
    if one.kind != Kind.PROBATIONARY or one.decide_on is None:
        raise DomainError(_("他不在预备期"), field="until")
    if not add_months(one.decide_on, 6) <= until <= add_months(one.decide_on, 12):
        raise DomainError(_("预备期一次延长半年到一年"), field="until")
    _must_say(reason)
    old, one.decide_on, one.decide_told_at = one.decide_on, until, None
    one.save(update_fields=["decide_on", "decide_told_at"])
    audit.write(
        act="membership.prolong", by=by, about=one, old={"decide_on": old}, new={"decide_on": until}, reason=reason, now=now
    )
    return one


@transaction.atomic
def end(*, membership: Membership, by: Viewer, now: datetime, reason: str) -> Membership:
    """He leaves (relation moved away, died, expelled, …): placement, offices and transfers end, rooms above are told.

    Raises NotThere, DomainError."""
    one = _locked(membership, by)
    _must_say(reason)
    today = clock.today(now)
    _close(one, today, reason)
    Placement.objects.filter(membership=one, until=None).update(until=today)
    _end_offices(one.person_id, today)
    Transfer.objects.filter(placement__membership=one, done_at=None, refused_at=None).update(
        refused_at=now, refused_by_id=by.person_id, refused_why=_("他离开了")
    )
    audit.write(act="membership.end", by=by, about=one, new={"ended_on": today}, reason=reason, now=now)
    registry.leaving(person_id=one.person_id, by=by, now=now)
    return one


@transaction.atomic
def take_back(*, membership: Membership, now: datetime) -> Membership:
    """The driver takes his claim back after it was verified and before anybody placed him.

    Raises DomainError once he is placed: then he leaves through his branch."""
    one = Membership.objects.select_for_update().get(pk=membership.pk)
    if one.ended_on is not None:
        return one
    if one.placements.exists():
        raise DomainError(_("已经编进支部了，要离开请找支部"), code="placed")
    _close(one, clock.today(now), _("本人撤回"))
    audit.write(act="membership.take_back", about=one, new={"ended_on": one.ended_on}, now=now)
    registry.leaving(person_id=one.person_id, by=None, now=now)
    return one


@transaction.atomic
def record_contact(*, membership: Membership, on: date, by: Viewer, now: datetime, note: str = "") -> Membership:
    """Somebody of the branch was in touch with him on that day; an older day changes nothing.

    Raises NotThere, DomainError (himself, a day to come)."""
    one = _locked(membership, by)
    if on > clock.today(now):
        raise DomainError(_("日子还没到"), field="on")
    old = one.last_contact_on
    if old is None or on > old:
        one.last_contact_on, one.warned_at = on, None
        one.save(update_fields=["last_contact_on", "warned_at"])
    audit.write(act="membership.contact", by=by, about=one, old={"on": old}, new={"on": on}, reason=note, now=now)
    return one


def _membership(row: Admission, by: Viewer, now: datetime) -> Membership:
    """The row, checked but not saved. Raises DomainError."""
    if row.person.pk == by.person_id:
        raise DomainError(_("自己不能核实自己，请党委或者另一个书记来"), code="oneself")
    if row.kind not in list(Kind):
        raise DomainError(_("请选一类：正式、预备、流动或者离退休关系"), field="kind")
    if row.how not in Membership.How.values:
        raise DomainError(_("写清楚凭什么核实的"), field="how")
    home = row.home_branch.strip()[:MAX_HOME]
    if row.kind == Kind.FLOATING and not home:
        raise DomainError(_("流动党员要写原支部"), field="home_branch", code="required")
    if row.joined_on is not None and row.joined_on > clock.today(now):
        raise DomainError(_("入党的日子还没到"), field="joined_on")
    decide_on = None
    if row.kind == Kind.PROBATIONARY:
        if row.joined_on is None:
            raise DomainError(_("预备党员要写入党的日子，好算转正讨论"), field="joined_on", code="required")
        soonest = probation.decide_on(row.joined_on)
        decide_on = row.decide_on or soonest
        if decide_on < soonest:
            raise DomainError(_("预备期一年，转正讨论最早是 %(day)s") % {"day": soonest.isoformat()}, field="decide_on", code="too_early")
    return Membership(
        person=row.person, kind=row.kind, home_branch=home if row.kind in kinds.ELSEWHERE else "", joined_on=row.joined_on,
        decide_on=decide_on, verified_by_id=by.person_id, verified_at=now, verified_how=row.how,
    )  # fmt: skip


def _locked(membership: Membership, by: Viewer) -> Membership:
    """The open row, if the viewer may act on it; nobody acts on his own. Raises NotThere, DomainError."""
    one = members_for(by).select_for_update(of=("self",)).filter(pk=membership.pk).first()
    if one is None:
        raise NotThere
    if one.person_id == by.person_id:
        raise DomainError(_("自己的事要别人来办，请党委书记办"), code="oneself")
    return one


def _close(one: Membership, today: date, reason: str) -> None:
    one.ended_on, one.end_reason = today, reason.strip()[:MAX_REASON]
    one.save(update_fields=["ended_on", "end_reason"])


def _end_offices(person_id: int, today: date) -> None:
    Officer.objects.filter(person_id=person_id, ended_on=None).update(ended_on=today)


def _must_say(reason: str) -> None:
    if len(reason.strip()) < 2:
        raise DomainError(_("写一句为什么"), field="reason", code="required")


def _already() -> DomainError:
    return DomainError(_("他已经是核实过的党员了"), field="person", code="member")
