"""What a phone kept while there was no signal, as it sends it: words and codes, each row with when it happened.

A row that names nothing of ours is refused in words beside the others; each good one is a transaction of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.utils.translation import gettext as _

from accounts.rules.viewer import Viewer
from care.models import Campaign, Good, Point
from care.selectors.scope import campaigns_for, points_kept
from care.services.issuing import MOST_ROWS, Give, Said, replay
from care.services.stock import Heap
from common.errors import DomainError

MOST_SKEW = timedelta(days=3650)  # a phone whose clock was never set


@dataclass(frozen=True)
class Row:
    """One hand-out as the phone wrote it. `at`: by the clock of the phone."""

    client_key: UUID
    at: datetime
    point: str
    campaign: str
    good: str
    quantity: int = 1
    plate: str = ""
    tail: str = ""
    card: str = ""
    anyway: str = ""


def take_in(*, rows: Sequence[Row], by: Viewer, now: datetime, sent_at: datetime | None = None) -> list[Said]:
    """One answer a row, in their order. `sent_at`: what the phone's clock said when it sent them, which tells how far that
    clock is off. Raises DomainError for more rows than a phone can have written."""
    if len(rows) > MOST_ROWS:
        raise DomainError(_("一次最多传 %(most)d 行，请分几次") % {"most": MOST_ROWS}, field="rows", code="too_many")
    known = _Known(by)
    off = _clamped(now - sent_at) if sent_at else timedelta()
    gives: list[tuple[Give, datetime]] = []
    said: list[Said | None] = []
    for row in rows:
        try:
            gives.append((known.give(row), row.at + off))
            said.append(None)
        except DomainError as error:
            said.append(Said(row.client_key, "refused", code=error.code, words=error.message))
    answers = iter(replay(rows=gives, by=by, now=now))
    return [one if one is not None else next(answers) for one in said]


def _clamped(off: timedelta) -> timedelta:
    return max(-MOST_SKEW, min(MOST_SKEW, off))


class _Known:
    """Points, campaigns and goods by the names a phone has, asked once for all its rows."""

    def __init__(self, by: Viewer):
        self.points: dict[str, Point] = {row.code: row for row in points_kept(by)}
        self.campaigns: dict[str, Campaign] = {row.code: row for row in campaigns_for(by)}
        self.goods: dict[str, Good] = {row.name: row for row in Good.objects.all()}

    def give(self, row: Row) -> Give:
        """Raises DomainError at what is not known (any more)."""
        point, campaign, good = self.points.get(row.point), self.campaigns.get(row.campaign), self.goods.get(row.good)
        if point is None:
            raise DomainError(_("这个发放点不归您管了，请打电话给工会补记"), field="point", code="not_found")
        if campaign is None:
            raise DomainError(_("没有这个活动"), field="campaign", code="not_found")
        if good is None:
            raise DomainError(_("没有这样东西"), field="good", code="not_found")
        return Give(
            row.client_key, Heap(campaign, point, good), row.quantity, plate=row.plate, tail=row.tail, card=row.card, anyway=row.anyway,
        )  # fmt: skip
