"""领取码: what a driver shows so that nobody types his name. A sealed text in the QR code, four digits beside it.

The sealed text tells who and when by itself, so that a phone without signal can keep it; the digits need the server.
"""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import Person
from accounts.rules.viewer import Viewer
from care.models import Card
from common.encryption import SealBroken, open_, seal
from common.errors import DomainError, NotThere

LASTS = timedelta(minutes=15)
SLACK = timedelta(minutes=5)  # two clocks differ
MARK = "HYLQ:"  # so that another QR code is known as another
_PURPOSE = "care.card"
_TRIES = 40


def standing(*, by: Viewer, now: datetime) -> Card | None:
    """The digits of whoever looks while they last for some minutes more; nothing is written."""
    return Card.objects.filter(person=by.person_id or 0, ends_at__gt=now + LASTS / 3).first()


def card_of(*, by: Viewer, now: datetime) -> Card:
    """The digits that stand, or new ones. Raises NotThere without an account."""
    if by.person_id is None:
        raise NotThere
    for _turn in range(_TRIES):
        row = standing(by=by, now=now)
        if row is not None:
            return row
        code = f"{secrets.randbelow(10_000):04d}"
        Card.objects.filter(code=code, ends_at__lte=now).delete()
        try:
            with transaction.atomic():
                return Card.objects.update_or_create(person_id=by.person_id, defaults={"code": code, "ends_at": now + LASTS})[0]
        except IntegrityError:
            continue  # somebody shows these very digits now, or his other phone was first
    raise DomainError(_("现在出示的人太多，请报车牌和手机尾号"), code="full")


def sealed(*, by: Viewer, now: datetime) -> str:
    """What stands in the QR code. Raises NotThere without an account."""
    if by.person_id is None:
        raise NotThere
    return MARK + seal(f"{by.person_id} {int(now.timestamp())}", _PURPOSE)


def person_of(shown: str, *, at: datetime) -> Person:
    """Who showed it at `at`. Raises DomainError at "card": no code of ours, or one that was over."""
    text = shown.strip()
    found = _by_seal(text.removeprefix(MARK), at) if text.startswith(MARK) else _by_digits(text, at)
    if found is None:
        raise DomainError(_("这个码认不出来，或者过了 15 分钟；请他重新打开，或者写车牌和手机尾号"), field="card", code="unknown")
    return found


def _by_seal(text: str, at: datetime) -> Person | None:
    try:
        pk, made = open_(text, _PURPOSE).split()
        shown = datetime.fromtimestamp(int(made), UTC)
    except (SealBroken, ValueError):
        return None
    if not shown - SLACK <= at <= shown + LASTS + SLACK:
        return None
    return Person.objects.filter(pk=int(pk)).first()


def _by_digits(text: str, at: datetime) -> Person | None:
    if not (text.isascii() and text.isdigit() and len(text) == 4):
        return None
    row = Card.objects.select_related("person").filter(code=text, ends_at__gt=at, ends_at__lte=at + LASTS + SLACK).first()
    return row.person if row else None


def tidy(now: datetime) -> int:
    """Delete what is over; returns how many."""
    return Card.objects.filter(ends_at__lte=now).delete()[0]
