"""Put messages into the outbox, and take back those that nobody needs any more. Nothing is sent here."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any

from django.db import models, transaction
from django.db.models import Q

from accounts.models import Person
from common.encryption import blind_index
from common.queue import is_quiet, kick
from common.selectors import calendar
from notices import registry
from notices.models import Notice
from notices.rules.hours import next_allowed
from notices.rules.keys import unique_key
from notices.rules.states import Audience, Channel, Hours, State, rank_of
from notices.rules.words import pack

BATCH = 500
About = models.Model | tuple[str, Any]


@dataclass(frozen=True, slots=True)
class Row:
    """One message of many. Without `channel` the usual ones are chosen; without `hours` the template's."""

    template: str
    about_kind: str
    about_pk: str
    recipient_id: int | None = None
    address: str | None = None
    channel: Channel | None = None
    round: int = 1
    clock: str = ""
    rung: str = ""
    due: datetime | None = None
    urgent: bool = False
    hours: Hours | None = None
    state: State = State.QUEUED
    data: Mapping[str, object] | None = None
    body: str | None = None
    first_try_at: datetime | None = None
    not_after: datetime | None = None


def post(*, now: datetime, **message: Any) -> int:
    """Queue one message for each of `to` (and for `address`) on each channel, once whatever is repeated.

    Takes what `rows_for` takes. Returns the rows offered; those already there stay as they are.

    Raises NotPlainData."""
    return post_many(rows_for(**message), now=now)


def rows_for(
    *,
    template: str,
    about: About,
    to: Iterable[Person] = (),
    address: str | None = None,
    channels: Sequence[Channel] | None = None,
    round: int = 1,
    clock: str = "",
    rung: str = "",
    due: datetime | None = None,
    urgent: bool = False,
    data: Mapping[str, object] | None = None,
    body: str | None = None,
    first_try_at: datetime | None = None,
    not_after: datetime | None = None,
) -> list[Row]:
    """The rows of one message to several, for `post_many`: what belongs to one act is written in one statement.

    The usual channels: staff in-app, urgent ones by SMS too; a driver by SMS and, with an account, in-app.
    `data` takes numbers and dates alone."""
    kind, pk = _about(about)
    row = Row(
        template=template, about_kind=kind, about_pk=pk, round=round, clock=clock, rung=rung, due=due, urgent=urgent,
        data=data, body=body, first_try_at=first_try_at, not_after=not_after,
    )  # fmt: skip
    rows = [replace(row, recipient_id=person.pk) for person in to]
    if address:
        rows.append(replace(row, address=address))
    if channels is not None:
        rows = [replace(one, channel=channel) for one in rows for channel in channels]
    return rows


def post_many(rows: Sequence[Row], *, now: datetime) -> int:
    """Queue many messages in batches of 500, one statement a batch, all or none. Returns the rows offered."""
    rows = _with_channels(rows)
    if not rows:
        return 0
    days = None
    if any(_hours(row) != Hours.ANY and row.state == State.QUEUED for row in rows):
        days = calendar()
    moment = partial(_first_moment, now=now, days=days)
    made = [_notice(row, moment(row), now) for row in rows]
    Notice.objects.bulk_create(made, batch_size=BATCH, ignore_conflicts=True)
    if any(one.next_try_at is not None and one.next_try_at <= now for one in made):
        _ring_once()
    return len(made)


def cancel(
    *,
    about: About,
    now: datetime,
    audience: str | None = None,
    person_ids: Collection[int] | None = None,
    rungs: bool = False,
    why: str = "",
) -> int:
    """Take back what has not left yet, narrowed by whatever is named (`rungs`: reminders of a clock alone).
    Returns how many rows.

    A message whose call is under way cannot be taken back; one that is only claimed can."""
    kind, pk = _about(about)
    rows = Notice.objects.filter(about_kind=kind, about_pk=pk)
    if audience is not None:
        rows = rows.filter(template__in=[one.name for one in registry.templates(audience=audience)])
    if person_ids is not None:
        rows = rows.filter(recipient_id__in=list(person_ids))
    if rungs:
        rows = rows.exclude(clock="")
    taken = rows.filter(Q(state=State.QUEUED) | Q(state=State.SENDING, called_at=None)).update(
        state=State.CANCELLED, settled_at=now, next_try_at=None, token=None, lease_until=None, body=None, error=why[:200]
    )
    # What may have left stays unknown; only the second try is given up.
    return taken + rows.filter(state=State.UNKNOWN, next_try_at__isnull=False).update(
        next_try_at=None, settled_at=now, body=None
    )


def cancel_for(*, person_ids: Collection[int], about: About, now: datetime) -> int:
    """Nothing about this row goes to these people any more: they may not know of it."""
    return cancel(about=about, now=now, person_ids=person_ids, why="收件人不能知道这件事")


def _about(about: About) -> tuple[str, str]:
    if isinstance(about, tuple):
        return about[0], str(about[1])
    return about._meta.label_lower, str(about.pk)


def _hours(row: Row) -> Hours:
    if row.urgent:
        return Hours.ANY
    if row.hours is not None:
        return row.hours
    known = registry.template(row.template)
    return known.hours if known else Hours.OFFICE


def _with_channels(rows: Sequence[Row]) -> list[Row]:
    """Each row once for each channel. One query at most: who of those that an SMS is for has a phone."""
    wanted = {row.recipient_id for row in rows if row.channel is None and (row.urgent or _for_driver(row))} - {None}
    phones = set(Person.objects.filter(pk__in=wanted, phone__isnull=False).values_list("pk", flat=True)) if wanted else set()
    spread = []
    for row in rows:
        if row.channel is not None:
            spread.append(row)
            continue
        for channel in _usual(row, phones):
            spread.append(replace(row, channel=channel))
    return spread


def _usual(row: Row, phones: set[int]) -> tuple[Channel, ...]:
    if row.recipient_id is None:
        return (Channel.SMS,)
    if (row.urgent or _for_driver(row)) and row.recipient_id in phones:
        return Channel.INAPP, Channel.SMS
    return (Channel.INAPP,)


def _for_driver(row: Row) -> bool:
    known = registry.template(row.template)
    return known is not None and known.audience == Audience.DRIVER


def _first_moment(row: Row, *, now: datetime, days: Any) -> datetime | None:
    if row.state != State.QUEUED:
        return None
    return next_allowed(_hours(row), max(now, row.first_try_at or now), days)


def _notice(row: Row, moment: datetime | None, now: datetime) -> Notice:
    hours = _hours(row)
    recipient = f"p{row.recipient_id}" if row.recipient_id is not None else "a" + blind_index(row.address or "", "notice")[:24]
    return Notice(
        template=row.template,
        about_kind=row.about_kind,
        about_pk=row.about_pk,
        unique_key=unique_key(
            template=row.template, kind=row.about_kind, pk=row.about_pk, round=row.round, clock=row.clock,
            rung=row.rung, due=row.due, recipient=recipient, channel=str(row.channel),
        ),
        recipient_id=row.recipient_id,
        address=row.address,
        channel=row.channel,
        hours=hours,
        round=row.round,
        clock=row.clock,
        rung=row.rung,
        due=row.due,
        urgent=row.urgent,
        rank=rank_of(urgent=row.urgent, hours=hours, clock=row.clock, rung=row.rung),
        data=pack(row.data),
        body=row.body,
        state=row.state,
        made_at=now,
        next_try_at=moment,
        not_after=row.not_after,
        settled_at=None if row.state == State.QUEUED else now,
    )  # fmt: skip


def _ring_once() -> None:
    """One bell a transaction, however many messages it posts."""
    if is_quiet():
        return
    connection = transaction.get_connection()
    if any(getattr(entry[1], "rings_the_outbox", False) for entry in connection.run_on_commit):
        return

    def ring() -> None:
        kick("notices.send")

    ring.rings_the_outbox = True  # type: ignore[attr-defined]
    transaction.on_commit(ring)
