"""The demo outbox: what would have left the house. There is none in production."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings

from accounts.rules.viewer import Viewer
from common.masks import mask_phone
from notices import registry
from notices.models import Notice
from notices.rules.states import CHANNEL_WORDS, OUTSIDE, Channel, State
from notices.wording import text_of

CODE = "accounts.code"
CODE_SHOWN_FOR = timedelta(hours=1)
MOST = 40


@dataclass(frozen=True)
class Shown:
    """One message as it would have left: to whom (masked), by what, when, its very words.

    `code` is the code in it, or ""; `rows` how many notices left in it."""

    to: str
    channel: str
    at: datetime
    text: str
    code: str
    rows: int


def outbox_shown(viewer: Viewer, *, now: datetime, limit: int = MOST) -> list[Shown]:
    """Newest first. Staff see what concerns rows they may know of; codes are for whoever holds the phone."""
    if not settings.DEMO:
        return []
    sent = Notice.objects.filter(channel__in=list(OUTSIDE), state=State.SENT).exclude(out_id="")
    if viewer.is_staff:
        sent = sent.exclude(template=CODE)
    rows = sent.select_related("recipient").order_by("-settled_at", "-pk")[: limit * 4]
    bundles: dict[str, list[Notice]] = defaultdict(list)
    for row in _allowed(rows, viewer, now):
        bundles[row.out_id].append(row)
    return [_shown(bundle) for bundle in bundles.values()][:limit]


def _allowed(rows: Iterable[Notice], viewer: Viewer, now: datetime) -> list[Notice]:
    """Staff of a unit that is complained of learn nothing here either."""
    known = [row for row in rows if registry.template(row.template) and not _wiped(row, now)]
    if not viewer.is_staff:
        return known
    pks: dict[str, set[str]] = defaultdict(set)
    for row in known:
        pks[row.about_kind].add(row.about_pk)
    may = {kind: registry.may_receive(kind, viewer.person_id, some, now=now) for kind, some in pks.items()}
    return [row for row in known if row.recipient_id == viewer.person_id or row.about_pk in may[row.about_kind]]


def _wiped(row: Notice, now: datetime) -> bool:
    return row.template == CODE and (not row.body or row.settled_at <= now - CODE_SHOWN_FOR)


def _shown(bundle: list[Notice]) -> Shown:
    row = bundle[0]
    return Shown(
        to=_to(row),
        channel=CHANNEL_WORDS[row.channel],
        at=row.settled_at,
        text=text_of(bundle),
        code=row.body or "" if row.template == CODE else "",
        rows=len(bundle),
    )


def _to(row: Notice) -> str:
    address = row.address or (row.recipient.phone if row.recipient else "") or ""
    if row.channel == Channel.EMAIL:
        name, _, host = address.partition("@")
        return f"{name[:1]}***@{host}"
    return mask_phone(address)
