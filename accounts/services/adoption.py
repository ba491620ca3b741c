"""An account that a code opened and a row that a register made are one human: he proves it, and they are one Person.

The register's Person survives, for drivers, memberships, seats and the union hang on it; what the account gathered moves
to it, each room moving its own rows. The account's row stays, inactive and without a phone, so that whatever was written
down under it (audit lines, events) keeps its actor.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import Consent, HiddenHistory, Person, Posting, SignedIn
from accounts.registry import registry
from accounts.rules.matching import fits, plain_name, plain_tail
from accounts.services import audit, people, sessions
from common import limits
from common.errors import DomainError, Stale

LIMITS: tuple[limits.Limit, ...] = ((5, timedelta(days=1)),)
_TAKEN = ("place_id", "away_from", "away_to", "demo_slug")  # the account's word where the register has none


class NotMatched(DomainError):
    """The same words whether nobody is there, or not he, or more than one."""

    code = "not_matched"


def adopt(*, account: Person, name: str, id_tail: str, now: datetime, session_key: str = "") -> Person:
    """The register's Person that the signed-in `account` proved to be; from now on there is no other.

    `session_key`: the session that stays; every other session of the account ends. Each try counts before it is looked
    at. Raises DomainError at the field, TooOften, NotMatched, Stale (a double tap: done already)."""
    if not plain_name(name):
        raise DomainError(_("写上您的姓名"), field="name")
    if not plain_tail(id_tail):
        raise DomainError(_("身份证后六位是 5 个数字，再加 1 个数字或者 X"), field="id_tail")
    limits.hit("adopt.account", str(account.pk), now=now, limits=LIMITS)
    limits.hit("adopt.phone", account.phone_index or f"none {account.pk}", now=now, limits=LIMITS)
    try:
        return _adopt(account, name, id_tail, session_key, now)
    except NotMatched:
        audit.write(act="person.not_adopted", about=account, now=now)
        raise


@transaction.atomic
def _adopt(account: Person, name: str, id_tail: str, session_key: str, now: datetime) -> Person:
    old, rows = _locked(account)
    if not old.is_active:
        raise Stale(_("已经对上了"))
    found = [row for row in rows if fits(name=name, tail=id_tail, known_name=row.name, known_id=row.id_number or "")]
    if len(found) != 1 or not _may(old, account.phone_index):
        raise not_matched()
    new = found[0]
    _take_over(old, new, now)
    _move_own(old, new, session_key, now)
    registry.joined(old=old, new=new, now=now)
    audit.write(act="person.adopted", about=new, old={"account": old.pk}, new={"how": "id"}, now=now)
    return new


def _locked(account: Person) -> tuple[Person, list[Person]]:
    """The account, and the register's people under its phone, in one order for everybody."""
    theirs = Q(
        phone_index=account.phone_index, phone_index__isnull=False, signin_index=None, id_index__isnull=False,
        id_number__isnull=False, is_active=True, login=None,
    )  # fmt: skip
    rows = list(Person.objects.select_for_update().filter(Q(pk=account.pk) | theirs).order_by("pk"))
    return next(row for row in rows if row.pk == account.pk), [row for row in rows if row.pk != account.pk]


def _may(old: Person, index: str | None) -> bool:
    """A plain account by a code: not staff, not in a register itself, its history not hidden after a silence."""
    return (
        old.signin_index is not None
        and old.phone_index == index
        and old.login is None
        and old.id_index is None
        and not Posting.objects.filter(person=old).exists()
        and not HiddenHistory.objects.filter(person=old, opened_at=None).exists()
    )


def _take_over(old: Person, new: Person, now: datetime) -> None:
    """One phone opens one account: the old row lets go of it first."""
    phone, index, signin, proved = old.phone, old.phone_index, old.signin_index, old.phone_proved_at
    for field in _TAKEN:
        if not getattr(new, field):
            setattr(new, field, getattr(old, field))
    old.phone = old.phone_index = old.signin_index = old.phone_proved_at = None
    old.is_active, old.demo_slug = False, ""
    old.save(update_fields=["phone", "phone_index", "signin_index", "phone_proved_at", "is_active", "demo_slug"])
    new.phone, new.phone_index, new.signin_index, new.phone_proved_at = phone, index, signin, proved or now
    new.save(update_fields=["phone", "phone_index", "signin_index", "phone_proved_at", *_TAKEN])


def _move_own(old: Person, new: Person, session_key: str, now: datetime) -> None:
    """Consents, hidden history and this session. Of two open consents to one purpose the newer words stay."""
    for purpose in Consent.objects.filter(person=old, withdrawn_at=None).values_list("purpose", flat=True):
        both = Consent.objects.filter(person__in=[old, new], purpose=purpose, withdrawn_at=None).order_by("-version", "given_at", "pk")
        Consent.objects.filter(pk__in=[row.pk for row in both[1:]]).update(withdrawn_at=now)
    Consent.objects.filter(person=old).update(person=new)
    people.open_history(person=new, how="id", now=now)
    if not HiddenHistory.objects.filter(person=new).exists():
        HiddenHistory.objects.filter(person=old).update(person=new)
    sessions.end_all(person=old, except_key=session_key)
    SignedIn.objects.filter(person=old).update(person=new)


def not_matched() -> NotMatched:
    """What whoever did not fit is told, and whatever room cannot join the two: the same for all."""
    return NotMatched(_("没对上。姓名和身份证后六位要和登记的一样；登记的手机号不是这个的，请镇里先改。"))
