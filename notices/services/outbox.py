"""Write messages down before anything is sent: one row under one unique key."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models

from accounts.models import Person
from common.encryption import keyed_hmac
from common.queue import kick
from notices import registry
from notices.models import Notice
from notices.rules.states import Channel, Hours, State

BATCH = 500


@dataclass
class Row:
    """One message to be written. `state` is queued, or superseded for a missed rung."""

    template: str
    about_kind: str
    about_pk: str
    recipient_id: int | None = None
    address: str | None = None
    channel: str = Channel.INAPP
    round: int = 1
    clock: str = ""
    rung: str = ""
    due: datetime | None = None
    urgent: bool = False
    hours: str = Hours.OFFICE
    state: str = State.QUEUED
    data: dict[str, Any] | None = None
    body: str | None = None

    def key(self) -> str:
        who = f"p{self.recipient_id}" if self.recipient_id else "a" + keyed_hmac(self.address or "", "outbox")[:16]
        due = f"{self.due:%Y%m%dT%H%M%z}" if self.due else ""
        return "|".join(
            (self.template, self.about_kind, self.about_pk, str(self.round), self.clock, self.rung, due, who, self.channel)
        )


def post_many(rows: Sequence[Row], *, now: datetime) -> int:
    """Write rows in batches; those whose key exists stay as they are. Returns how many were offered."""
    made = [
        Notice(
            template=row.template, about_kind=row.about_kind, about_pk=row.about_pk, unique_key=row.key()[:200],
            recipient_id=row.recipient_id, address=row.address, channel=row.channel, hours=row.hours, rung=row.rung,
            urgent=row.urgent, data=row.data or {}, body=row.body, state=row.state, made_at=now,
            next_try_at=now if row.state == State.QUEUED else None,
        )
        for row in rows
    ]  # fmt: skip
    Notice.objects.bulk_create(made, batch_size=BATCH, ignore_conflicts=True)
    if any(row.state == State.QUEUED for row in rows):
        kick("notices.send")
    return len(made)


def post(
    *, template: str, about: models.Model | tuple[str, str], now: datetime, to: Iterable[Person] = (),
    address: str | None = None, channels: Sequence[Channel] | None = None, round: int = 1, clock: str = "",
    rung: str = "", due: datetime | None = None, urgent: bool = False, data: dict[str, Any] | None = None,
    body: str | None = None,
) -> int:  # fmt: skip
    """Post one message to people, or to an address without an account."""
    kind, pk = about if isinstance(about, tuple) else (about._meta.label_lower, str(about.pk))
    known = registry.templates.get(template)
    driver = known is not None and known.audience == "driver"
    hours = known.hours if known else Hours.OFFICE
    common = {
        "template": template, "about_kind": kind, "about_pk": pk, "round": round, "clock": clock, "rung": rung,
        "due": due, "urgent": urgent, "hours": Hours.ANY if urgent else hours, "data": data, "body": body,
    }  # fmt: skip
    rows = [
        Row(recipient_id=person.pk, channel=channel, **common)
        for person in to
        for channel in channels or ([Channel.INAPP, Channel.SMS] if (driver or urgent) and person.phone else [Channel.INAPP])
    ]
    if address:
        rows.append(Row(address=address, channel=Channel.SMS, **common))
    return post_many(rows, now=now) if rows else 0


def cancel(*, about: models.Model, now: datetime, audience: str | None = None) -> int:
    """Cancel what still waits about this row (for one audience, or all)."""
    rows = Notice.objects.filter(
        about_kind=about._meta.label_lower, about_pk=str(about.pk), state=State.QUEUED
    )
    if audience:
        names = [name for name, template in registry.templates.items() if template.audience == audience]
        rows = rows.filter(template__in=names)
    return rows.update(state=State.CANCELLED, settled_at=now, next_try_at=None, body=None)


def cancel_for(*, person_ids: Iterable[int], about: models.Model, now: datetime) -> int:
    """Cancel what waits for these persons about this row: recusal beats what was queued."""
    return Notice.objects.filter(
        about_kind=about._meta.label_lower, about_pk=str(about.pk), state=State.QUEUED, recipient_id__in=list(person_ids)
    ).update(state=State.CANCELLED, settled_at=now, next_try_at=None, body=None)
