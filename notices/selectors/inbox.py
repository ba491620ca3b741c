"""One's own messages in the house: the bell of staff, and a driver's news on his home page."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Case, Count, When

from accounts.rules.viewer import Viewer
from notices import registry
from notices.models import Notice
from notices.registry import Where
from notices.rules.states import Audience, Channel, State
from notices.rules.words import fill
from notices.selectors.rights import allowed_among

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


def notices_for(
    viewer: Viewer, *, now: datetime, limit: int = 50, unread_first: bool = False, audience: str | None = None
) -> list[Told]:
    """In-app messages of the last 60 days, newest first; with `unread_first` those not opened stand above.

    The right to each is asked again here, before the page is cut: whoever was recused after it came does not see
    it any more, and who has many hidden ones sees as many of the others as anybody."""
    if viewer.person_id is None:
        return []
    rows = _own(viewer, now)
    if audience is not None:
        rows = rows.filter(template__in=[one.name for one in registry.templates(audience=audience)])
    rows = allowed_among(viewer, rows, now=now)
    if unread_first:
        rows = rows.order_by(Case(When(read_at=None, then=0), default=1), "-pk")
    shown = list(rows[: min(limit, MOST)])
    pks: dict[str, set[str]] = defaultdict(set)
    for row in shown:
        if _for_staff(row):
            pks[row.about_kind].add(row.about_pk)
    found = {kind: registry.where(kind, viewer, some) for kind, some in pks.items()}
    return [_told(row, found.get(row.about_kind, {}).get(row.about_pk)) for row in shown]


def unread_for(viewer: Viewer, *, now: datetime) -> int:
    """How many of them were not opened yet; at most 100."""
    if viewer.person_id is None:
        return 0
    return len(allowed_among(viewer, _own(viewer, now).filter(read_at=None), now=now).values_list("pk")[:MOST])


def unread_about(viewer: Viewer, *, now: datetime) -> dict[tuple[str, str], int]:
    """(kind, pk) that unopened ones are about -> how many, in one query; the caller asks for the right to each."""
    rows = _own(viewer, now).filter(read_at=None, template__in=[one.name for one in registry.templates()])
    found = rows.order_by().values_list("about_kind", "about_pk").annotate(n=Count("pk"))
    return {(kind, pk): n for kind, pk, n in found}


def _own(viewer: Viewer, now: datetime):
    rows = Notice.objects.filter(channel=Channel.INAPP, state=State.SENT, settled_at__gt=now - KEPT)
    if viewer.person_id is None:
        return rows.none()
    return rows.filter(recipient_id=viewer.person_id).defer("address", "body").order_by("-pk")


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
