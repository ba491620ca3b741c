"""入列归队: the second person puts a verified member into exactly one branch. Proposals are a selector's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.rules.viewer import Viewer
from accounts.services import audit
from branches import registry
from branches.models import Branch, Group, Membership, Officer, Placement
from branches.selectors.scope import branches_for, leads
from common import clock
from common.errors import DomainError, NotThere

BATCH = 500
MAX_REASON = 200


@dataclass(frozen=True, slots=True)
class Place:
    """One placement of many, for `place_many`."""

    membership: Membership
    branch: Branch
    group: Group | None = None
    reason: str = ""


@transaction.atomic
def place(
    *, membership: Membership, branch: Branch, by: Viewer, now: datetime, group: Group | None = None, reason: str = ""
) -> Placement:
    """Place a verified member in a branch. `by` leads the branch, is not who verified and not himself.

    A branch of fifty takes the fifty-first: it warns (rules.size), people decide.
    Raises NotThere, DomainError (himself, the same person twice, already placed, a group of another branch)."""
    return place_many(rows=[Place(membership, branch, group, reason)], by=by, now=now)[0]


@transaction.atomic
def place_many(*, rows: Sequence[Place], by: Viewer, now: datetime) -> list[Placement]:
    """As `place` for many, all or none, in statements of 500 rows; one audit line each. Raises NotThere, DomainError."""
    mine = set(branches_for(by).values_list("pk", flat=True))
    if not rows or not {row.branch.pk for row in rows} <= mine:
        raise NotThere
    ids = [row.membership.pk for row in rows]
    known = {one.pk: one for one in Membership.objects.select_for_update().filter(pk__in=ids, ended_on=None)}
    if len(known) < len(ids):
        raise NotThere
    for row in rows:
        _check(row, known[row.membership.pk], by)
    if Placement.objects.filter(membership_id__in=ids, until=None).exists():
        raise _placed()
    today = clock.today(now)
    made = [
        Placement(membership_id=row.membership.pk, branch=row.branch, group=row.group, since=today, placed_by_id=by.person_id,
                  placed_at=now, reason=row.reason.strip()[:MAX_REASON])
        for row in rows
    ]  # fmt: skip
    try:
        with transaction.atomic():
            made = Placement.objects.bulk_create(made, batch_size=BATCH)
    except IntegrityError as clash:  # somebody else placed him at the same moment
        raise _placed() from clash
    for one in made:
        audit.write(act="placement.place", by=by, about=one, new={"branch": one.branch_id}, reason=one.reason, now=now)
        one.membership = known[one.membership_id]
    registry.placed(placements=made, now=now)
    return made


@transaction.atomic
def set_group(*, placement: Placement, group: Group | None, by: Viewer, now: datetime) -> Placement:
    """Put somebody into a group of his branch, or into none. Raises NotThere, DomainError."""
    one = Placement.objects.select_for_update().filter(pk=placement.pk, until=None, branch__in=branches_for(by)).first()
    if one is None:
        raise NotThere
    _own_group(group, one.branch_id)
    old, one.group = one.group_id, group
    one.save(update_fields=["group"])
    audit.write(act="placement.group", by=by, about=one, old={"group": old}, new={"group": one.group_id}, now=now)
    return one


@transaction.atomic
def make_group(*, branch: Branch, name: str, by: Viewer, now: datetime) -> Group:
    """A new Party group within a branch. Raises NotThere, DomainError."""
    if not leads(by, branch):
        raise NotThere
    name = name.strip()[:40]
    if len(name) < 2:
        raise DomainError(_("写上小组的名称"), field="name", code="required")
    if Group.objects.filter(branch=branch, name=name, ended_on=None).exists():
        raise DomainError(_("已经有这个小组了"), field="name", code="already")
    group = Group.objects.create(branch=branch, name=name)
    audit.write(act="group.make", by=by, about=group, new={"branch": branch.pk}, now=now)
    return group


@transaction.atomic
def end_group(*, group: Group, by: Viewer, now: datetime) -> Group:
    """A group is no longer; whoever was in it stays in the branch, its leader's office ends. Raises NotThere."""
    one = Group.objects.select_for_update(of=("self",)).filter(pk=group.pk, ended_on=None, branch__in=branches_for(by)).first()
    if one is None:
        raise NotThere
    one.ended_on = clock.today(now)
    one.save(update_fields=["ended_on"])
    Placement.objects.filter(group=one, until=None).update(group=None)
    Officer.objects.filter(group=one, ended_on=None).update(ended_on=one.ended_on)
    audit.write(act="group.end", by=by, about=one, new={"ended_on": one.ended_on}, now=now)
    return one


def _check(row: Place, membership: Membership, by: Viewer) -> None:
    if membership.person_id == by.person_id:
        raise DomainError(_("自己不能编自己"), code="oneself")
    if membership.verified_by_id == by.person_id:
        raise DomainError(_("是您核实的，编进支部要换一个人"), code="second_person")
    _own_group(row.group, row.branch.pk)


def _own_group(group: Group | None, branch_id: int) -> None:
    if group is not None and (group.branch_id != branch_id or group.ended_on is not None):
        raise DomainError(_("这个小组不是这个支部的"), field="group")


def _placed() -> DomainError:
    return DomainError(_("他已经在一个支部里了，要换支部请办转支部"), field="branch", code="placed")
