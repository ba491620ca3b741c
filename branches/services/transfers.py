"""转支部: a member moves once both secretaries have confirmed, two persons; until then he stays where he is.

The order of the locks is always the same, here and where a membership ends: the membership, then the transfer.
"""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.rules.viewer import Viewer
from accounts.services import audit
from branches.models import Branch, Membership, Officer, Placement, Transfer
from branches.selectors.scope import leads, transfers_for
from common import clock
from common.errors import DomainError, NotThere

MAX_WORDS = 200


@transaction.atomic
def ask(*, membership: Membership, to_branch: Branch, by: Viewer, now: datetime, reason: str) -> Transfer:
    """The secretary of either side, or of the committee, asks that a member moves.

    Raises NotThere, DomainError (himself, the same branch, one is under way)."""
    _hold(membership.pk)
    placement = _placement_of(membership)
    if not (leads(by, placement.branch) or leads(by, to_branch)):
        raise NotThere
    _not_his_own(membership, by)
    if placement.branch_id == to_branch.pk:
        raise DomainError(_("他就在这个支部"), field="branch")
    if to_branch.ended_on is not None:
        raise DomainError(_("这个支部已经撤销了"), field="branch")
    _must_say(reason, "reason")
    try:
        with transaction.atomic():
            one = Transfer.objects.create(
                placement=placement, to_branch=to_branch, reason=reason.strip()[:MAX_WORDS], asked_by_id=by.person_id, asked_at=now
            )
    except IntegrityError as clash:
        raise DomainError(_("他已经有一次转支部在办"), code="already") from clash
    audit.write(act="transfer.ask", by=by, about=one, new={"to": to_branch.pk}, reason=reason, now=now)
    return one


@transaction.atomic
def give(*, transfer: Transfer, by: Viewer, now: datetime) -> Transfer:
    """The branch that he leaves lets him go. Raises NotThere, DomainError."""
    one = _locked(transfer, by)
    if not leads(by, one.placement.branch):
        raise NotThere
    if one.given_by_id is not None:
        raise DomainError(_("转出这一边已经同意了"), code="already")
    if one.taken_by_id == by.person_id:
        raise _two_persons()
    one.given_by_id, one.given_at = by.person_id, now
    one.save(update_fields=["given_by", "given_at"])
    audit.write(act="transfer.give", by=by, about=one, now=now)
    return _move(one, by=by, now=now)


@transaction.atomic
def take(*, transfer: Transfer, by: Viewer, now: datetime) -> Transfer:
    """The branch that he joins takes him. Raises NotThere, DomainError."""
    one = _locked(transfer, by)
    if not leads(by, one.to_branch):
        raise NotThere
    if one.taken_by_id is not None:
        raise DomainError(_("转入这一边已经同意了"), code="already")
    if one.given_by_id == by.person_id:
        raise _two_persons()
    one.taken_by_id, one.taken_at = by.person_id, now
    one.save(update_fields=["taken_by", "taken_at"])
    audit.write(act="transfer.take", by=by, about=one, now=now)
    return _move(one, by=by, now=now)


@transaction.atomic
def refuse(*, transfer: Transfer, by: Viewer, now: datetime, why: str) -> Transfer:
    """Either side says no, with the reason; he stays where he is. Raises NotThere, DomainError."""
    one = _locked(transfer, by)
    _must_say(why, "why")
    one.refused_by_id, one.refused_at, one.refused_why = by.person_id, now, why.strip()[:MAX_WORDS]
    one.save(update_fields=["refused_by", "refused_at", "refused_why"])
    audit.write(act="transfer.refuse", by=by, about=one, reason=why, now=now)
    return one


def _move(one: Transfer, *, by: Viewer, now: datetime) -> Transfer:
    """Both have confirmed: the old placement ends and the new one begins, within this transaction."""
    if one.given_by_id is None or one.taken_by_id is None:
        return one
    today, old = clock.today(now), one.placement
    old.until = today
    old.save(update_fields=["until"])
    Officer.objects.filter(person_id=old.membership.person_id, unit_id=old.branch.unit_id, ended_on=None).update(ended_on=today)
    verifier = old.membership.verified_by_id
    placed_by = one.taken_by_id if one.taken_by_id != verifier else one.given_by_id  # never who verified
    Placement.objects.create(
        membership=old.membership, branch=one.to_branch, since=today, placed_by_id=placed_by, placed_at=now, reason=one.reason
    )
    one.done_at = now
    one.save(update_fields=["done_at"])
    audit.write(
        act="transfer.done", by=by, about=one, old={"branch": old.branch_id}, new={"branch": one.to_branch_id}, now=now
    )
    return one


def _placement_of(membership: Membership) -> Placement:
    found = Placement.objects.select_related("branch", "membership").filter(
        membership_id=membership.pk, until=None, membership__ended_on=None
    ).first()  # fmt: skip
    if found is None:
        raise NotThere
    return found


def _hold(membership_id: int) -> None:
    """The membership and where it is placed stay as they are until the transaction ends."""
    list(Membership.objects.select_for_update().filter(pk=membership_id).values_list("pk"))


def _locked(transfer: Transfer, by: Viewer) -> Transfer:
    """The transfer, if it is under way still once the locks are held. Raises NotThere, DomainError."""
    mine = transfers_for(by).filter(pk=transfer.pk)
    member = mine.values_list("placement__membership_id", flat=True).first()
    if member is None:
        raise NotThere
    _hold(member)
    # "under way" stands outside too: what a subquery found is not asked again after waiting for the lock
    under_way = Transfer.objects.filter(done_at=None, refused_at=None).filter(pk__in=mine.values("pk"))
    one = under_way.select_for_update(of=("self",)).select_related(
        "placement__membership", "placement__branch", "to_branch"
    ).first()  # fmt: skip
    if one is None:
        raise NotThere
    _not_his_own(one.placement.membership, by)
    return one


def _not_his_own(membership: Membership, by: Viewer) -> None:
    if membership.person_id == by.person_id:
        raise DomainError(_("自己的事要别人来办，请党委书记办"), code="oneself")


def _two_persons() -> DomainError:
    return DomainError(_("两边要两个人来定，另一边您已经同意过了"), code="second_person")


def _must_say(words: str, field: str) -> None:
    if len(words.strip()) < 2:
        raise DomainError(_("写一句为什么"), field=field, code="required")
