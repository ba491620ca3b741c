"""A keeper goes through the class list of 司机之家 and ticks what he sees; which class it makes is counted, never typed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.rules.viewer import Viewer
from accounts.services import audit
from common import clock
from common.errors import DomainError, NotThere
from stations.models import HomeTick, Station
from stations.rules.homes import BY_CODE, counts_on
from stations.selectors.scope import keeps


@dataclass(frozen=True)
class Seen:
    """What was found for one item: there or not, and a word about it."""

    item: str
    met: bool
    note: str = ""


@transaction.atomic
def look(*, station: Station, seen: Sequence[Seen], on: date, by: Viewer, now: datetime) -> int:
    """Write down a walk through the list; items that are not named keep their last look. Returns how many were written.

    Raises NotThere, DomainError at `on` or at `note-<item>`."""
    if not keeps(by, station):
        raise NotThere
    today = clock.today(now)
    if on > today:
        raise DomainError(_("看的日子不能晚于今天"), field="on", code="future")
    if not counts_on(on, today):
        raise DomainError(_("一年以前看的不算了，请再去看一遍"), field="on", code="too_old")
    if not seen:
        raise DomainError(_("至少点一项有还是没有"), field="on", code="required")
    for one in seen:
        if one.item not in BY_CODE:
            raise NotThere
        if len(one.note) > 80:
            raise DomainError(_("说明最多 80 个字"), field=f"note-{one.item}", code="too_long")
    old = {tick.item: tick for tick in HomeTick.objects.select_for_update().filter(station=station)}
    for one in seen:
        if one.item in old and old[one.item].seen_on > on:
            raise DomainError(_("“%(item)s”后来又看过，不能用早的盖掉晚的") % {"item": BY_CODE[one.item].words}, field="on", code="older")
        values = {"met": one.met, "seen_on": on, "note": one.note.strip(), "by_id": by.person_id, "at": now}
        HomeTick.objects.update_or_create(station=station, item=one.item, defaults=values)
    was = {one.item: old[one.item].met for one in seen if one.item in old}
    audit.write(act="home.look", by=by, about=station, old=was, new={"on": on.isoformat()} | {one.item: one.met for one in seen}, now=now)
    return len(seen)
