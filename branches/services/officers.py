"""Elections of a branch and of the committee, and the end of an office. Rights come from postings, not from here."""

from __future__ import annotations

from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import Person, Posting, Unit
from accounts.rules.roles import Role
from accounts.rules.viewer import Viewer
from accounts.selectors.viewer import in_force
from accounts.services import audit
from branches.models import Group, Membership, Officer
from branches.rules import size, terms
from branches.rules.kinds import VOTING
from branches.selectors.scope import branches_for, is_committee, officers_for
from common import clock
from common.errors import DomainError, NotThere

Post = Officer.Post
SINGLE = frozenset({Post.SECRETARY, Post.DEPUTY, Post.ORGANISATION, Post.PUBLICITY, Post.DISCIPLINE})
LED_FROM_OUTSIDE = frozenset({Post.SECRETARY, Post.DEPUTY})  # somebody of the host squad may hold these


@transaction.atomic
def elect(
    *, unit: Unit, person: Person, post: str, since: date, by: Viewer, now: datetime, group: Group | None = None,
    term_ends: date | None = None,
) -> Officer:  # fmt: skip
    """Write down that `person` was elected: who held the post before leaves it, the term is three years.

    A branch's own secretary or the committee's writes it down, never about himself.
    Raises NotThere, DomainError (no vote here, a sixth seat, a group of another branch, a day to come)."""
    _must_lead(unit, by)
    today = clock.today(now)
    if person.pk == by.person_id:
        raise DomainError(_("自己当选要别人来记，请党委书记记"), code="oneself")
    if post not in Post.values:
        raise DomainError(_("请选一个职务"), field="post")
    if since > today:
        raise DomainError(_("选举的日子还没到"), field="since")
    if (post == Post.GROUP_LEADER) != (group is not None):
        raise DomainError(_("小组长要写是哪个小组，别的职务不写"), field="group")
    if group is not None and (group.ended_on is not None or group.branch.unit_id != unit.pk):
        raise DomainError(_("这个小组不是这个支部的"), field="group")
    if not _may_hold(person, unit, post, now):
        raise DomainError(_("要在这个支部有表决权才能当选"), field="person", code="no_vote")
    list(Unit.objects.select_for_update().filter(pk=unit.pk).values_list("pk"))  # two elections at once would both find room
    before = Officer.objects.filter(unit=unit, ended_on=None)
    if before.filter(person=person, post=post, group=group, since=since).exists():
        raise DomainError(_("这一次已经记过了"), code="already")
    _room(before, person, post)
    ended = before.filter(group=group) if post == Post.GROUP_LEADER else before.filter(post=post)
    (ended if post in SINGLE or post == Post.GROUP_LEADER else ended.filter(person=person)).update(ended_on=since)
    try:
        with transaction.atomic():
            one = Officer.objects.create(
                unit=unit, person=person, post=post, group=group, since=since, term_ends=term_ends or terms.ends(since)
            )
    except IntegrityError as clash:
        raise DomainError(_("同时有人记了别人，请刷新再看"), code="stale") from clash
    audit.write(
        act="officer.elect", by=by, about=one, new={"unit": unit.code, "post": post, "term_ends": one.term_ends}, now=now
    )
    return one


@transaction.atomic
def end(*, officer: Officer, by: Viewer, now: datetime, reason: str) -> Officer:
    """Somebody leaves an office before or at the end of his term. Raises NotThere, DomainError."""
    one = officers_for(by).select_for_update().filter(pk=officer.pk).first()
    if one is None:
        raise NotThere
    if one.person_id == by.person_id:
        raise DomainError(_("自己的职务要别人来记，请党委书记记"), code="oneself")
    if len(reason.strip()) < 2:
        raise DomainError(_("写一句为什么"), field="reason", code="required")
    one.ended_on = clock.today(now)
    one.save(update_fields=["ended_on"])
    audit.write(act="officer.end", by=by, about=one, new={"ended_on": one.ended_on}, reason=reason, now=now)
    return one


def _must_lead(unit: Unit, by: Viewer) -> None:
    if unit.kind == Unit.Kind.COMMITTEE:
        allowed = is_committee(by)
    else:
        allowed = branches_for(by).filter(unit=unit).exists()
    if not allowed:
        raise NotThere


def _may_hold(person: Person, unit: Unit, post: str, now: datetime) -> bool:
    """A full member placed in the branch; its secretary and deputy may be posted there from the host squad.

    The committee's officers are cadres of the trade: whoever is active may be written down."""
    if unit.kind == Unit.Kind.COMMITTEE:
        return person.is_active
    if Membership.objects.filter(
        person=person, ended_on=None, kind__in=VOTING, placements__until=None, placements__branch__unit=unit
    ).exists():
        return True
    posted = Posting.objects.filter(in_force(now), person=person, unit=unit, role=Role.SECRETARY)
    return post in LED_FROM_OUTSIDE and posted.exists()


def _room(before, person: Person, post: str) -> None:
    """A committee has five seats at most; whoever replaces somebody takes his."""
    if post not in size.COMMITTEE_POSTS:
        return
    staying = before.filter(post__in=size.COMMITTEE_POSTS).exclude(person=person)
    if post in SINGLE:
        staying = staying.exclude(post=post)
    if staying.values("person_id").distinct().count() >= size.COMMITTEE[1]:
        raise DomainError(_("支委会最多 %(most)s 人") % {"most": size.COMMITTEE[1]}, field="post", code="too_many")
