"""The second step of the staff: TOTP codes and recovery codes, kept in allauth's rows, sealed.

allauth reads the wall clock and remembers used codes in the cache; here `now` is handed in and the
last used step stands on the row, so that a code opens once, whatever happens to the cache.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import datetime

from allauth.mfa import app_settings
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import format_hotp_value, generate_totp_secret, hotp_value
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Person
from accounts.rules import tries as rules
from accounts.services import audit, tries
from common.encryption import SealBroken, rotate, same
from common.errors import DomainError

DRIFT = 1  # one step of 30 seconds on either side: clocks of phones differ


@dataclass(frozen=True)
class Passed:
    """A right second factor: allauth's row and kind (totp, recovery_codes)."""

    authenticator_id: int
    kind: str


def has_factor(person: Person) -> bool:
    """Whether this person has set up a TOTP authenticator."""
    return Authenticator.objects.filter(user=person, type=Authenticator.Type.TOTP).exists()


def new_secret() -> str:
    """A fresh secret in base32, 160 bits."""
    return generate_totp_secret()


def address(person: Person, secret: str) -> str:
    """The otpauth:// address that an authenticator reads from the QR."""
    return get_adapter().build_totp_url(person, secret)


def code_at(secret: str, now: datetime) -> str:
    """The code of this moment (tests, and the demo)."""
    return format_hotp_value(hotp_value(secret, _step(now)))


def activate(*, person: Person, secret: str, code: str, now: datetime) -> tuple[Passed, list[str]]:
    """Bind `secret` after one right code. Returns what was passed and ten recovery codes, shown once.

    Raises DomainError at `code`; TooOften."""
    tries.claim("factor", str(person.pk), now=now)
    step = _matching_step(secret, _digits(code), now)
    if step is None:
        raise DomainError(_("这 6 位数字不对，请看认证器里现在显示的那一个"), field="code", code="wrong_code")
    with transaction.atomic():
        Person.objects.select_for_update().get(pk=person.pk)
        Authenticator.objects.filter(user=person).delete()
        made = Authenticator.objects.create(
            user=person,
            type=Authenticator.Type.TOTP,
            data={"secret": get_adapter().encrypt(secret), "last_step": step},
        )
        recovery = RecoveryCodes.activate(person)
        audit.write(act="person.factor", about=person, actor_word="staff", now=now)
    tries.clear("factor", str(person.pk))
    return Passed(made.pk, made.type), recovery.generate_codes()


def check(*, person: Person, code: str, now: datetime) -> Passed:
    """Accept a TOTP code that was not used yet, or a recovery code, once.

    Raises DomainError at `code` when it is wrong; Locked while the account has to wait."""
    count = tries.claim("factor", str(person.pk), now=now)
    digits = _digits(code)
    with transaction.atomic():
        rows = {row.type: row for row in Authenticator.objects.select_for_update().filter(user=person)}
        passed = _by_totp(rows.get(Authenticator.Type.TOTP), digits, now) or _by_recovery(
            rows.get(Authenticator.Type.RECOVERY_CODES), digits, now
        )
        if passed and passed.kind == Authenticator.Type.RECOVERY_CODES:
            audit.write(act="person.recovery_code", about=person, actor_word="staff", now=now)
    if passed is None:
        if count >= rules.STEPS[0][0]:
            audit.write(act="sign_in.delayed", about=person, new={"wrong": count}, actor_word="nobody", now=now)
        raise DomainError(_("动态码不对，或者用过了。等认证器换下一个再试。"), field="code", code="wrong_code")
    tries.clear("factor", str(person.pk))
    return passed


def remove(*, person: Person) -> None:
    """Take the second factor away: the next sign-in sets up a new one."""
    Authenticator.objects.filter(user=person).delete()


def left(person: Person) -> int:
    """How many recovery codes are unused."""
    row = Authenticator.objects.filter(user=person, type=Authenticator.Type.RECOVERY_CODES).first()
    return len(RecoveryCodes(row).get_unused_codes()) if row else 0


def rotate_secrets() -> tuple[int, int]:
    """Seal allauth's secrets with the current key. Returns (moved, broken); may be run again."""
    moved = broken = 0
    for pk in Authenticator.objects.order_by("pk").values_list("pk", flat=True):
        with transaction.atomic():
            row = Authenticator.objects.select_for_update().get(pk=pk)
            for name in ("secret", "seed"):
                old = row.data.get(name)
                if not old:
                    continue
                try:
                    new = rotate(old, "mfa.secret")
                except SealBroken:
                    broken += 1
                    continue
                if new != old:
                    row.data[name] = new
                    row.save(update_fields=["data"])
                    moved += 1
    return moved, broken


def _by_totp(row: Authenticator | None, digits: str, now: datetime) -> Passed | None:
    if row is None:
        return None
    step = _matching_step(get_adapter().decrypt(row.data["secret"]), digits, now)
    if step is None or step <= row.data.get("last_step", 0):
        return None
    row.data["last_step"], row.last_used_at = step, now
    row.save(update_fields=["data", "last_used_at"])
    return Passed(row.pk, row.type)


def _by_recovery(row: Authenticator | None, digits: str, now: datetime) -> Passed | None:
    if row is None or len(digits) != app_settings.RECOVERY_CODE_DIGITS:
        return None
    if not RecoveryCodes(row).validate_code(digits):
        return None
    Authenticator.objects.filter(pk=row.pk).update(last_used_at=now)
    return Passed(row.pk, row.type)


def _matching_step(secret: str, digits: str, now: datetime) -> int | None:
    found = None
    for step in range(_step(now) - DRIFT, _step(now) + DRIFT + 1):
        if same(digits, format_hotp_value(hotp_value(secret, step))):
            found = step
    return found


def _step(now: datetime) -> int:
    return int(now.timestamp()) // app_settings.TOTP_PERIOD


def _digits(code: str) -> str:
    plain = unicodedata.normalize("NFKC", code)
    return "".join(c for c in plain if c.isascii() and c.isdigit())
