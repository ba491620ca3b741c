"""Numbers that cannot be reached: after three failures the desk is asked to call, and we stop trying."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db.models import F

from accounts.rules.roles import Role
from accounts.selectors.units import posted_as
from common.encryption import blind_index
from notices import registry
from notices.models import Bounced, Notice
from notices.rules.states import Audience, Channel
from notices.services import codes, outbox

TEMPLATE = "notices.unreachable"
GIVEN_UP = 3


def failures(address: str) -> int:
    """How often in a row this address failed."""
    return Bounced.objects.filter(address_index=_index(address)).values_list("refused", flat=True).first() or 0


def given_up(address: str, rows: Sequence[Notice]) -> bool:
    """Nothing more goes there, but for a code that somebody at that very phone is waiting for."""
    return failures(address) >= GIVEN_UP and any(row.template != codes.TEMPLATE for row in rows)


def reached(address: str) -> None:
    """It works again."""
    Bounced.objects.filter(address_index=_index(address)).delete()


def failed(address: str, rows: Sequence[Notice], *, now: datetime) -> None:
    """Count one failure of this address; at the third, the desk gets a task for each matter."""
    index = _index(address)
    Bounced.objects.bulk_create([Bounced(address_index=index, last_at=now)], ignore_conflicts=True)
    Bounced.objects.filter(address_index=index).update(refused=F("refused") + 1, last_at=now)
    if failures(address) >= GIVEN_UP:
        ask_desk(rows, now=now)


def ask_desk(rows: Sequence[Notice], *, now: datetime) -> None:
    """A person has to telephone. About the matter itself, so that nobody who may not know of it is told."""
    for row in rows:
        known = registry.template(row.template)
        if known is None or known.audience != Audience.DRIVER or row.about_kind == codes.KIND:
            continue
        outbox.post(
            template=TEMPLATE, about=(row.about_kind, row.about_pk), now=now, to=posted_as(Role.DESK, now=now),
            channels=[Channel.INAPP], round=row.round,
        )  # fmt: skip


def _index(address: str) -> str:
    return blind_index(address, "bounced")
