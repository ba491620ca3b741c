"""Codes for signing in and for proving a phone leave through the outbox like everything else."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.utils.translation import gettext as _

from common.errors import TooOften
from notices.rules.states import Channel
from notices.services import budget, outbox

KIND = TEMPLATE = "accounts.code"
LIFE = timedelta(minutes=10)


def send_code(*, phone: str, code: str, purpose: str, now: datetime) -> None:
    """Queue one code. Its text is sealed on the row and wiped when it has gone.

    Raises TooOften, with the hall's number in the words, when today's messages are used up."""
    if not budget.left(now=now):
        words = _("今天的短信发完了。请打电话到大厅：%(phone)s，或者明天再试。") % {"phone": settings.HALL_PHONE}
        raise TooOften(words, retry_after=budget.seconds_to_tomorrow(now=now), field="phone")
    outbox.post(
        template=TEMPLATE,
        about=(KIND, uuid.uuid4().hex),
        now=now,
        address=phone,
        channels=[Channel.SMS],
        body=code,
        not_after=now + LIFE,
    )
