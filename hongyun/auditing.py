"""The head of each finished day's audit chain goes to the auditor: a tail cut off later no longer fits it."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from accounts.models import AuditHead
from accounts.rules.roles import Role
from accounts.selectors.units import posted_as
from common import clock
from notices import registry
from notices.rules.states import Audience, Hours
from notices.services import outbox

KIND, TEMPLATE = "accounts.audithead", "audit.head"


def _auditor(person_id: int, pk: str, *, now: datetime) -> bool:
    return any(person.pk == person_id for person in posted_as(Role.AUDITOR, now=now))


def connect() -> None:
    """Called once, when the apps are ready."""
    registry.register_kind(KIND, _auditor)
    registry.register_template(
        TEMPLATE, words=_("{day} 的审计链到第 {seq} 条，校验数 {mac}，请存好"), hours=Hours.OFFICE, audience=Audience.STAFF
    )


def send_heads(*, now: datetime) -> int:
    """Tell every auditor the head of each day that is over; the outbox's unique key makes it once."""
    auditors = posted_as(Role.AUDITOR, now=now)
    heads = AuditHead.objects.filter(day__lt=clock.today(now)).order_by("-day")[:7] if auditors else []
    told = 0
    for head in heads:
        told += outbox.post(
            template=TEMPLATE, about=head, to=auditors, now=now,
            data={"day": head.day, "seq": head.seq, "mac": int(head.mac[:12], 16)},
        )  # fmt: skip
    return told
