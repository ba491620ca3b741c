"""Make people and keep what identifies them: one human, one Person, one proved phone, one account."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import HiddenHistory, Person
from accounts.rules.phones import silent
from accounts.rules.roles import Role
from accounts.rules.viewer import Viewer
from accounts.selectors.people import find_by_phone, masked, phone_index
from accounts.services import audit, sessions
from common.encryption import blind_index
from common.errors import DomainError, NotThere
from common.identifiers import check_phone, check_resident_id

__all__ = [
    "Proved",
    "find_by_phone",
    "make_person",
    "make_staff",
    "masked",
    "name_once",
    "open_history",
    "prove_phone",
    "reset_factor",
    "reset_password",
    "set_active",
    "set_password",
    "set_phone",
]

# No 0 and O, 1 and l: a first password is read from paper once.
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


@dataclass(frozen=True)
class Proved:
    """What a right code opened. `hidden_before`: older rows stay hidden until proved anew."""

    person: Person
    made: bool
    hidden_before: datetime | None


@transaction.atomic
def make_person(*, now: datetime, name: str = "", phone: str = "", id_number: str = "", place=None) -> Person:
    """An unactivated person: known from a census or a filing, without any way to sign in.

    Raises DomainError for a phone or ID that cannot be right, and when the ID is known already."""
    number = check_phone(phone) if phone else None
    identity = check_resident_id(id_number, field="id_number") if id_number else None
    index = blind_index(identity, "id") if identity else None
    if index and Person.objects.filter(id_index=index).exists():
        raise DomainError(_("这个身份证号已经登记过了"), field="id_number", code="known")
    person = Person(
        name=name.strip()[:80],
        phone=number,
        phone_index=phone_index(number) if number else None,
        id_number=identity,
        id_index=index,
        place=place,
        joined_at=now,
    )
    person.set_unusable_password()
    person.save()
    return person


@transaction.atomic
def prove_phone(*, phone: str, now: datetime) -> Proved:
    """The account that a right code for `phone` opens; the first code makes it.

    After a long silence what was there before is hidden and every older session ends: the number
    may belong to somebody else by now. Raises DomainError when the account is switched off."""
    number = check_phone(phone)
    index = phone_index(number)
    fresh = {"phone": number, "phone_index": index, "joined_at": now, "phone_proved_at": now}
    person, made = Person.objects.select_for_update().get_or_create(
        signin_index=index, defaults={**fresh, "password": "!"}
    )
    if not person.is_active:
        raise DomainError(_("这个账号停用了，请到办事大厅来问"), code="inactive")
    if made:
        audit.write(act="person.first_sign_in", about=person, now=now)
        return Proved(person, True, None)
    if silent(person.phone_proved_at, now=now):
        HiddenHistory.objects.update_or_create(person=person, defaults={"before": now, "opened_at": None})
        sessions.end_all(person=person)
        audit.write(act="person.silent", about=person, now=now)
    person.phone_proved_at = now
    person.save(update_fields=["phone_proved_at"])
    audit.write(act="person.sign_in", about=person, new={"how": "phone"}, now=now)
    hidden = HiddenHistory.objects.filter(person=person, opened_at=None).first()
    return Proved(person, False, hidden.before if hidden else None)


@transaction.atomic
def open_history(*, person: Person, how: str, now: datetime) -> None:
    """The person proved to be the same as before the silence (`how`: receipt, id_and_plate, hall)."""
    if HiddenHistory.objects.filter(person=person, opened_at=None).update(opened_at=now):
        audit.write(act="person.history_opened", about=person, new={"how": how}, now=now)


@transaction.atomic
def name_once(*, person: Person, name: str) -> None:
    """Keep the name a signed-in person gave himself, where none is known yet; a known one stays."""
    Person.objects.filter(pk=person.pk, name="").update(name=name.strip()[:80])


@transaction.atomic
def set_phone(*, person: Person, phone: str, by: Viewer | None, now: datetime, proved: bool = False) -> Person:
    """Change the phone. Without proof it only serves for messages and opens no account.

    Raises DomainError when another account was proved with this phone."""
    number = check_phone(phone)
    index = phone_index(number)
    person = Person.objects.select_for_update().get(pk=person.pk)
    if proved and Person.objects.filter(signin_index=index).exclude(pk=person.pk).exists():
        raise DomainError(_("这个手机号已经有账号了"), field="phone", code="taken")
    if person.phone_index != index:
        old = masked(person).phone
        person.phone, person.phone_index, person.signin_index = number, index, None
        person.phone_proved_at = None
        sessions.end_all(person=person)
        audit.write(
            act="person.phone", by=by, about=person, old={"phone": old}, new={"phone": masked(person).phone},
            actor_word="" if by else "operator", now=now,
        )  # fmt: skip
    if proved:
        person.signin_index, person.phone_proved_at = index, now
    person.save(update_fields=["phone", "phone_index", "signin_index", "phone_proved_at"])
    return person


@transaction.atomic
def make_staff(*, login: str, name: str, by: Viewer | None, now: datetime, phone: str = "") -> tuple[Person, str]:
    """A member of the staff and the first password, which is shown once and must be changed.

    `by`: a system administrator, or None for the operator at the command line.
    Raises NotThere, DomainError."""
    _must_hold(by, Role.SYSTEM)
    login = login.strip().lower()
    if not 3 <= len(login) <= 40 or not login.isascii() or not login.replace("-", "").replace("_", "").replace(".", "").isalnum():
        raise DomainError(_("账号用 3 到 40 个字母、数字"), field="login")
    if Person.objects.filter(login=login).exists():
        raise DomainError(_("这个账号已经有人用了"), field="login", code="taken")
    number = check_phone(phone) if phone else None
    person = Person(
        login=login,
        name=name.strip()[:80],
        phone=number,
        phone_index=phone_index(number) if number else None,
        joined_at=now,
        must_change_password=True,
    )
    first = _first_password()
    person.set_password(first)
    person.save()
    audit.write(
        act="person.make", by=by, about=person, new={"login": login}, actor_word="" if by else "operator", now=now
    )
    return person, first


@transaction.atomic
def reset_password(*, person: Person, by: Viewer, now: datetime) -> str:
    """A new first password, shown once; the person chooses the next one. Sessions end.

    The security administrator resets passwords, the system administrator second factors: neither of
    them alone can walk in as somebody else. Raises NotThere, DomainError."""
    _must_hold(by, Role.SECURITY)
    if by.person_id == person.pk:
        raise DomainError(_("自己的密码要请另一位管理员来重设"), code="oneself")
    first = _first_password()
    person.set_password(first)
    person.must_change_password = True
    person.save(update_fields=["password", "must_change_password"])
    sessions.end_all(person=person)
    audit.write(act="person.reset", by=by, about=person, now=now)
    return first


@transaction.atomic
def reset_factor(*, person: Person, by: Viewer, now: datetime) -> None:
    """A lost phone: the next sign-in sets up a new second factor. Sessions end. Raises NotThere, DomainError."""
    from accounts.services import second_factor

    _must_hold(by, Role.SYSTEM)
    if by.person_id == person.pk:
        raise DomainError(_("自己的要请另一位管理员来重设"), code="oneself")
    second_factor.remove(person=person)
    sessions.end_all(person=person)
    audit.write(act="person.factor_reset", by=by, about=person, now=now)


@transaction.atomic
def set_active(*, person: Person, active: bool, by: Viewer, now: datetime, reason: str = "") -> Person:
    """Switch an account on or off; off ends its sessions at once. Raises NotThere."""
    _must_hold(by, Role.SYSTEM)
    if person.is_active != active:
        person.is_active = active
        person.save(update_fields=["is_active"])
        if not active:
            sessions.end_all(person=person)
        audit.write(
            act="person.on" if active else "person.off", by=by, about=person, reason=reason, now=now
        )
    return person


@transaction.atomic
def set_password(*, person: Person, password: str, again: str, now: datetime) -> Person:
    """The person's own choice. Raises DomainError in Chinese at the field."""
    if password != again:
        raise DomainError(_("两次填的不一样"), field="again")
    if person.check_password(password):
        raise DomainError(_("要和原来的不一样"), field="password")
    try:
        validate_password(password, person)
    except ValidationError as refused:
        raise DomainError(" ".join(refused.messages), field="password") from refused
    person.set_password(password)
    person.must_change_password = False
    person.save(update_fields=["password", "must_change_password"])
    sessions.end_all(person=person)
    audit.write(act="person.password", about=person, actor_word="staff", now=now)
    return person


def _first_password() -> str:
    return "-".join("".join(secrets.choice(_LETTERS) for _n in range(5)) for _part in range(4))


def _must_hold(by: Viewer | None, *roles: str) -> None:
    """None is the operator at the command line; anybody else needs the role and the second factor."""
    if by is not None and not (by.second_factor and by.has_role(*roles)):
        raise NotThere
