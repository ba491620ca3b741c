"""The number and the query code a driver holds: all he needs, from any phone, without an account.

The number is random (a serial would tell a squad that something was filed); the code is derived from
the form's own key by a key outside the database, so that a resend shows the same one, and is stored only
as a keyed HMAC for checking.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

from django.conf import settings

from appeals.models import Appeal
from common import limits
from common.errors import DomainError

PER_NUMBER = ((5, timedelta(hours=24)),)
PER_CALLER = ((30, timedelta(minutes=10)),)
EVERYBODY = ((3000, timedelta(minutes=10)),)
WRONG = "编号或查询码不对，请再看一眼收据；输错 5 次要等一天"


@dataclass(frozen=True)
class Receipt:
    """What the driver is shown once. `number` 16 digits, `code` 6 digits."""

    number: str
    code: str

    @property
    def grouped(self) -> str:
        return " ".join(self.number[i : i + 4] for i in range(0, 16, 4))


class WrongPair(DomainError):
    """No such number, or not its code: the two are not told apart."""

    code = "wrong_pair"


_numbers: ContextVar[Callable[[], str] | None] = ContextVar("numbers", default=None)


@contextmanager
def numbers_from(source: Callable[[], str]) -> Iterator[None]:
    """Numbers from `source` inside: the demo's are the same at each load. Nothing else may use it."""
    token = _numbers.set(source)
    try:
        yield
    finally:
        _numbers.reset(token)


def new_number() -> str:
    """16 random digits that do not start with 0."""
    source = _numbers.get()
    if source is not None:
        return source()
    return str(secrets.randbelow(9 * 10**15) + 10**15)


def _keyed(*parts: str) -> bytes:
    return hmac.new(settings.CODE_KEY.encode(), "|".join(parts).encode(), sha256).digest()


def code_of(client_key: UUID) -> str:
    """The 6-digit query code that belongs to one form."""
    return f"{int.from_bytes(_keyed('query-code', str(client_key))[:8], 'big') % 10**6:06d}"


def code_hash(number: str, code: str) -> str:
    """What is stored: keyed, so that a stolen table gives no code."""
    return _keyed("code-hash", number, code).hex()


def receipt_of(appeal: Appeal) -> Receipt:
    """The receipt of an appeal whose form the caller holds (same session, or the API's own key)."""
    return Receipt(appeal.number, code_of(appeal.client_key))


def look_up(*, number: str, code: str, caller: str, now: datetime) -> Appeal:
    """The appeal that this number and code open.

    Limits: five tries a number and day, thirty a caller and ten minutes, a ceiling for all; all in the
    database. Raises WrongPair (same words and time whether or not the number exists) or TooOften.
    """
    number = "".join(sign for sign in number if sign.isdigit())
    code = "".join(sign for sign in code if sign.isdigit())
    limits.hit("track.everybody", "all", now=now, limits=EVERYBODY)
    limits.hit("track.caller", caller, now=now, limits=PER_CALLER)
    limits.hit("track.number", number, now=now, limits=PER_NUMBER)
    appeal = Appeal.objects.filter(number=number).first()
    expected = appeal.code_hash if appeal else code_hash("0" * 16, "000000")
    right = hmac.compare_digest(expected, code_hash(number, code))
    if appeal is None or not right:
        raise WrongPair(WRONG, field="code")
    limits.clear("track.number", number)
    return appeal
