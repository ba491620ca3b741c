"""Once is once: a sender names an act with a key of his own, and every resend of it is told what the first was told.

The claim on the key, what was done and the answer stand in one transaction. So a second sending at the very same moment
waits for the first and reads its answer; an act that fails leaves the key free; a killed process leaves neither an act
without an answer nor an answer without an act. After Idempotency-Key (IETF draft, httpapi working group).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from common.encryption import keyed_hmac
from common.errors import Stale
from common.once_models import SentOnce

KEPT = timedelta(hours=72)  # as long as a phone keeps what it could not send


def once(*, who: str, key: UUID, said: str, act: Callable[[], str], now: datetime) -> str:
    """The answer of `act`, which is done for the first sending of `key` by `who` alone.

    `said`: where it was sent and what it said; the same key with other words is refused. Whatever `act` raises takes the
    claim back with it. Raises Stale (code key_used)."""
    whose, words = keyed_hmac(who, "once.who"), keyed_hmac(said, "once.said")
    with transaction.atomic():
        try:
            with transaction.atomic():  # a twin under way holds this line up until it has its answer
                row = SentOnce.objects.create(who=whose, key=key, said=words, at=now)
        except IntegrityError:
            return _told(whose, key, words)
        row.answer = act()
        row.save(update_fields=["answer"])
        return row.answer


def _told(whose: str, key: UUID, words: str) -> str:
    first = SentOnce.objects.filter(who=whose, key=key).first()
    if first is None or first.said != words:
        raise Stale(_("这个 Idempotency-Key 已经用在别的内容上了，换一个"), code="key_used")
    return first.answer


def sweep_old(now: datetime) -> int:
    """Forget the answers that nobody asks for any more; returns how many."""
    return SentOnce.objects.filter(at__lte=now - KEPT).delete()[0]
