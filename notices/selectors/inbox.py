"""One's own messages in the house: the bell of staff, and a driver's news on his home page."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Case, When

from accounts.rules.viewer import Viewer
from notices import registry
from notices.models import Notice
from notices.registry import Where
from notices.rules.states import Audience, Channel, State
from notices.rules.words import fill

KEPT = timedelta(days=60)
MOST = 100


@dataclass(frozen=True)
class Told:
    """One line of the bell: closed words, when, where it leads ("" where nowhere), whether it was opened.

    `label` tells rows of the staff apart (尾号 9035 2716); "" in a driver's news."""

    pk: int
    words: str
    at: datetime
    url: str
    read: bool
    urgent: bool
    label: str = ""


def notices_for(viewer: Viewer, *, now: datetime, limit: int = 50, unread_first: bool = False) -> list[Told]:
    """In-app messages of the last 60 days, newest first; with `unread_first` those not opened stand above.

    The right to each is asked again here: whoever was recused after it came does not see it any more."""
    rows = _own(viewer, now)
    if unread_first:
        rows = rows.order_by(Case(When(read_at=None, then=0), default=1), "-pk")
    rows = rows[: min(limit, MOST)]
    allowed = _still_allowed(list(rows), viewer, now)
    pks: dict[str, set[str]] = defaultdict(set)
    for row in allowed:
        if _for_staff(row):
            pks[row.about_kind].add(row.about_pk)
    found = {kind: registry.where(kind, some) for kind, some in pks.items()}
    return [_told(row, found.get(row.about_kind, {}).get(row.about_pk)) for row in allowed]


def unread_for(viewer: Viewer, *, now: datetime) -> int:
    """How many of them were not opened yet; at most 100."""
    return len(_still_allowed(list(_own(viewer, now).filter(read_at=None)[:MOST]), viewer, now))


def unread_about(viewer: Viewer, *, now: datetime) -> list[tuple[str, str]]:
    """(kind, pk) that each unopened one is about, in one query; the caller asks for the right to each."""
    return list(_own(viewer, now).filter(read_at=None).values_list("about_kind", "about_pk")[:MOST])


def _own(viewer: Viewer, now: datetime):
    rows = Notice.objects.filter(channel=Channel.INAPP, state=State.SENT, settled_at__gt=now - KEPT)
    if viewer.person_id is None:
        return rows.none()
    return rows.filter(recipient_id=viewer.person_id).defer("address", "body").order_by("-pk")


def _still_allowed(rows: list[Notice], viewer: Viewer, now: datetime) -> list[Notice]:
    pks: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        pks[row.about_kind].add(row.about_pk)
    allowed = {kind: registry.may_receive(kind, viewer.person_id, some, now=now) for kind, some in pks.items()}
    return [row for row in rows if row.about_pk in allowed[row.about_kind] and registry.template(row.template)]


def _for_staff(row: Notice) -> bool:
    return registry.template(row.template).audience == Audience.STAFF


def _told(row: Notice, where: Where | None) -> Told:
    if not _for_staff(row):
        leads = registry.kind(row.about_kind).driver_link
        where = Where(leads(row.about_pk)) if leads else None
    return Told(
        pk=row.pk,
        words=fill(str(registry.template(row.template).words), row.data, due=row.due),
        at=row.settled_at,
        url=where.url if where else "",
        label=where.label if where else "",
        read=row.read_at is not None,
        urgent=row.urgent,
    )
