"""Codes by SMS: six digits that prove a phone. Counted, hashed, used once, bound to session and purpose.

ASVS 5.0 6.5.1, 6.5.5, 6.6.2, 6.6.3: random, at most ten minutes, out of band, limited.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import unicodedata
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import SignInCode
from accounts.registry import registry
from accounts.selectors.people import phone_index
from common import limits
from common.errors import DomainError
from common.identifiers import check_phone

SIGN_IN = "sign_in"
LIFE = timedelta(minutes=10)
DIGITS = 6
TRIES = ((5, LIFE),)
SENDS = ((1, timedelta(minutes=1)), (5, timedelta(hours=1)), (10, timedelta(days=1)))
# Many phones stand behind one address of a mobile network, so this only stops floods.
SENDS_PER_ADDRESS = ((60, timedelta(hours=1)),)


class WrongCode(DomainError):
    """Not this code, or no longer, or not for this session: one answer for all."""

    code = "wrong_code"


def issue(*, phone: str, token: str, now: datetime, purpose: str = SIGN_IN, address: str = "") -> str:
    """Send a code to a phone, known or not. Returns the blind index of the phone.

    `token` is the secret of the session that asks. Raises DomainError (no phone), TooOften."""
    number = check_phone(phone)
    index = phone_index(number)
    if address:
        limits.hit("code.address", address, now=now, limits=SENDS_PER_ADDRESS, field="phone")
    words = _("这个号码一分钟内只发一条。刚才那条还有效，请看看短信。")
    limits.hit("code.phone", index, now=now, limits=SENDS[:1], field="phone", message=words)
    words = _("这个号码今天要得太多了，请过一阵再试，或者打电话给我们。")
    limits.hit("code.phone.long", index, now=now, limits=SENDS[1:], field="phone", message=words)
    _send(number, index, token, purpose, now)
    return index


@transaction.atomic
def _send(number: str, index: str, token: str, purpose: str, now: datetime) -> None:
    code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
    try:
        with transaction.atomic():
            SignInCode.objects.create(
                phone_index=index,
                purpose=purpose,
                session_hash=_hash("session", token),
                code_hash=_code_hash(code, index, purpose),
                phone=number,
                minute=int(now.timestamp()) // 60,
                made_at=now,
                expires_at=now + LIFE,
            )
    except IntegrityError:
        return  # a second message within this minute: the first one is on its way
    registry.send_code(phone=number, code=code, purpose=purpose, now=now)


def redeem(*, index: str, code: str, token: str, now: datetime, purpose: str = SIGN_IN) -> str:
    """Use a code up. Returns the phone it proves (11 digits); of parallel right ones, one wins.

    Raises TooOften after five tries for this phone and purpose in ten minutes, right or wrong, and WrongCode."""
    words = _("试得太多次了。请过十分钟再要一条新的。")
    limits.hit("code.try", f"{purpose}:{index}", now=now, limits=TRIES, field="code", message=words)
    with transaction.atomic():
        mine = SignInCode.objects.filter(
            phone_index=index,
            purpose=purpose,
            session_hash=_hash("session", token),
            used_at=None,
            expires_at__gt=now,
        )
        right = mine.filter(code_hash=_code_hash(_digits(code), index, purpose)).first()
        # All codes of this session go at once: two different right ones still open one door once.
        if right is None or not mine.update(used_at=now):
            raise WrongCode(_("验证码不对，或者过期了。可以再试，也可以重新发一条。"), field="code")
    limits.clear("code.try", f"{purpose}:{index}")
    return right.phone


def tidy(*, now: datetime) -> int:
    """Delete codes a day after their end: until then they explain what happened."""
    return SignInCode.objects.filter(expires_at__lt=now - timedelta(days=1)).delete()[0]


def new_token() -> str:
    """The secret by which a session is bound to the codes it asked for."""
    return secrets.token_urlsafe(24)


def _digits(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text)  # full-width digits come from Chinese keyboards
    return "".join(c for c in plain if c.isascii() and c.isdigit())


def _code_hash(code: str, index: str, purpose: str) -> str:
    return _hash("code", f"{purpose}\0{index}\0{code}")


def _hash(use: str, value: str) -> str:
    return hmac.new(settings.CODE_KEY.encode(), f"{use}\0{value}".encode(), hashlib.sha256).hexdigest()
