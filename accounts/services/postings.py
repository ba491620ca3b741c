"""Grant and end postings. Rights follow them at once; nobody grants anything to himself.

GB/T 22239-2019 管理用户权限分离: the security administrator grants and never uses.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import Person, Posting, Unit
from accounts.rules.roles import ROLE_WORDS, Role, may_combine
from accounts.rules.viewer import Viewer
from accounts.selectors.units import closure_of
from accounts.selectors.viewer import in_force
from accounts.services import audit, sessions
from common.errors import DomainError, NotThere


class Refused(DomainError):
    """This posting may not be."""

    code = "refused"


@transaction.atomic
def grant(
    *,
    person: Person,
    unit: Unit,
    role: str,
    by: Viewer | None,
    now: datetime,
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
    substitute_for: Person | None = None,
    reason: str = "",
) -> Posting:
    """Post `person` to `unit` as `role`, from `starts_at` (now) to `ends_at` (open).

    `by`: a security administrator, or None for the operator at the command line. A substitute needs
    an end and somebody who holds that role there. The person's sessions end: rights changed.
    Raises NotThere, Refused."""
    _must_grant(by)
    starts = starts_at or now
    person = Person.objects.select_for_update().get(pk=person.pk)  # two grants at once see each other
    if by is not None and by.person_id == person.pk:
        raise Refused(_("不能给自己授权"), field="person")
    if role not in {each.value for each in Role}:
        raise Refused(_("没有这个角色"), field="role")
    if not unit.is_active:
        raise Refused(_("这个单位停用了"), field="unit")
    if not person.is_active or person.login is None:
        raise Refused(_("这个人没有工作人员账号，或者已停用"), field="person")
    if ends_at is not None and ends_at <= starts:
        raise Refused(_("结束要晚于开始"), field="ends_at")
    _keep_apart(person, role, starts, ends_at)
    if Posting.objects.filter(person=person, unit=unit, role=role).filter(_overlaps(starts, ends_at)).exists():
        raise Refused(_("他在这里已经是这个角色了"), field="role", code="already")
    if substitute_for is not None:
        _check_substitute(person, unit, role, ends_at, substitute_for, starts)
    posting = Posting.objects.create(
        person=person,
        unit=unit,
        role=role,
        starts_at=starts,
        ends_at=ends_at,
        substitute_for=substitute_for,
        granted_by_id=by.person_id if by else None,
    )
    sessions.end_all(person=person)
    _write("posting.grant", posting, by, reason, now)
    return posting


@transaction.atomic
def end(*, posting: Posting, by: Viewer | None, now: datetime, reason: str = "") -> Posting | None:
    """End a posting at once, with the sessions that stand on it; one that never began is removed (None).

    Raises NotThere, Refused."""
    _must_grant(by)
    posting = Posting.objects.select_for_update().get(pk=posting.pk)
    if by is not None and by.person_id == posting.person_id:
        raise Refused(_("不能改自己的任职"), field="person")
    if posting.ends_at is not None and posting.ends_at <= now:
        return posting
    _write("posting.end", posting, by, reason, now)
    sessions.end_all(person=posting.person)
    if posting.starts_at >= now:
        posting.delete()
        return None
    posting.ends_at = now
    posting.save(update_fields=["ends_at"])
    return posting


@transaction.atomic
def set_fallback(*, unit: Unit, fallback: Unit | None, by: Viewer | None, now: datetime) -> Unit:
    """Who receives appeals of `unit` when it is itself accused. Refused inside its own closure.

    Raises NotThere, Refused."""
    _must_grant(by)
    unit = Unit.objects.select_for_update().get(pk=unit.pk)
    if fallback is not None:
        if not fallback.is_active or not fallback.takes_appeals:
            raise Refused(_("这个单位不接诉求"), field="fallback")
        if fallback.pk in closure_of([unit.pk], now=now):
            raise Refused(_("它和被反映的单位是一家人，得换一个"), field="fallback", code="inside_closure")
    old = unit.fallback_id
    unit.fallback = fallback
    unit.save(update_fields=["fallback"])
    audit.write(
        act="unit.fallback", by=by, about=unit, old={"fallback": old}, new={"fallback": unit.fallback_id},
        actor_word="" if by else "operator", now=now,
    )  # fmt: skip
    return unit


def _keep_apart(person: Person, role: str, starts: datetime, ends: datetime | None) -> None:
    held = set(Posting.objects.filter(person=person).filter(_overlaps(starts, ends)).values_list("role", flat=True))
    if not may_combine(held, role):
        words = "、".join(ROLE_WORDS[Role(other)] for other in sorted(held - {role}))
        raise Refused(
            _("三员分立：%(role)s不能和%(held)s是同一个人") % {"role": ROLE_WORDS[Role(role)], "held": words},
            field="role",
            code="separated",
        )


def _overlaps(starts: datetime, ends: datetime | None) -> Q:
    after_start = Q(ends_at=None) | Q(ends_at__gt=starts)
    return after_start & Q(starts_at__lt=ends) if ends else after_start


def _check_substitute(
    person: Person, unit: Unit, role: str, ends: datetime | None, other: Person, starts: datetime
) -> None:
    if ends is None:
        raise Refused(_("代班要写到哪天为止"), field="ends_at")
    if other.pk == person.pk:
        raise Refused(_("不能代自己"), field="substitute_for")
    if not Posting.objects.filter(in_force(starts), person=other, unit=unit, role=role).exists():
        raise Refused(_("被代的人在这里没有这个角色"), field="substitute_for")


def _must_grant(by: Viewer | None) -> None:
    if by is not None and not (by.second_factor and by.has_role(Role.SECURITY)):
        raise NotThere


def _write(act: str, posting: Posting, by: Viewer | None, reason: str, now: datetime) -> None:
    audit.write(
        act=act,
        by=by,
        about=posting.person,
        new={
            "posting": posting.pk,
            "unit": posting.unit.code,
            "role": posting.role,
            "starts": posting.starts_at.isoformat(),
            "ends": posting.ends_at.isoformat() if posting.ends_at else "",
            "substitute_for": posting.substitute_for_id,
        },
        reason=reason,
        actor_word="" if by else "operator",
        now=now,
    )
