"""Things of a house: written down, looked at on their day, broken and mended. A broken one may take its bed out of order."""

from __future__ import annotations

from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.rules.viewer import Viewer
from accounts.services import audit
from common import clock
from common.errors import DomainError, NotThere
from stations.models import Equipment, EquipmentCheck, Repair, Resource, Station
from stations.rules.equipment import MOST_DAYS, next_day
from stations.selectors.scope import keeps, kept_by
from stations.services import houses


@transaction.atomic
def add(
    *, station: Station, name: str, every_days: int, next_on: date, by: Viewer, now: datetime, spot: str = "", resource: Resource | None = None
) -> Equipment:
    """One more thing to be looked at. Raises NotThere, DomainError at its field."""
    if not keeps(by, station) or (resource is not None and resource.service.station_id != station.pk):
        raise NotThere
    if not 2 <= len(name.strip()) <= 40:
        raise DomainError(_("写名称，2 到 40 个字"), field="name", code="required")
    if len(spot) > 60:
        raise DomainError(_("在哪里最多写 60 个字"), field="spot", code="too_long")
    if not 1 <= every_days <= MOST_DAYS:
        raise DomainError(_("几天查一次写 1 到 %(most)d") % {"most": MOST_DAYS}, field="every_days", code="invalid")
    if abs((next_on - clock.today(now)).days) > MOST_DAYS:
        raise DomainError(_("下次查的日子太远了，请看看年份"), field="next_on", code="far")
    try:
        with transaction.atomic():
            row = Equipment.objects.create(
                station=station, name=name.strip(), spot=spot.strip(), every_days=every_days, next_on=next_on, resource=resource
            )
    except IntegrityError as clash:
        raise DomainError(_("这个名称用过了，加个编号分开"), field="name", code="twice") from clash
    audit.write(act="thing.add", by=by, about=row, new={"name": row.name, "every": every_days, "next": next_on.isoformat()}, now=now)
    return row


@transaction.atomic
def check(*, thing: Equipment, on: date, ok: bool, words: str, by: Viewer, now: datetime, take_out: bool = False) -> EquipmentCheck:
    """He looked at it. Not in order: a repair begins, and with `take_out` its bed goes out of order.

    Raises NotThere, DomainError at on or words (or what `houses.take_out` raises)."""
    row, today = _thing(thing, by), clock.today(now)
    if on > today:
        raise DomainError(_("查的日子不能晚于今天"), field="on", code="future")
    if (today - on).days > MOST_DAYS:
        raise DomainError(_("查的日子太早了，请看看年份"), field="on", code="far")
    if not ok and len(words.strip()) < 2:
        raise DomainError(_("写一句哪里坏了"), field="words", code="required")
    if len(words) > 200:
        raise DomainError(_("最多写 200 个字"), field="words", code="too_long")
    made = EquipmentCheck.objects.create(equipment=row, on=on, ok=ok, words=words.strip(), by_id=by.person_id, at=now)
    row.next_on = next_day(on, row.every_days, row.next_on)
    row.save(update_fields=["next_on"])
    audit.write(act="thing.check", by=by, about=row, new={"on": on.isoformat(), "ok": ok, "next": row.next_on.isoformat()}, now=now)
    if not ok and not Repair.objects.filter(equipment=row, closed_at=None).exists():
        _break(row, words, take_out=take_out, by=by, now=now)
    return made


@transaction.atomic
def mended(*, thing: Equipment, words: str, by: Viewer, now: datetime, cost_fen: int = 0) -> Repair:
    """It works again; the bed that was out of order for it is had again. Raises NotThere, DomainError at words."""
    row = _thing(thing, by)
    repair = Repair.objects.select_for_update().filter(equipment=row, closed_at=None).first()
    if repair is None:
        raise NotThere
    if not 2 <= len(words.strip()) <= 200:
        raise DomainError(_("写一句怎么修的，最多 200 个字"), field="done_words", code="required")
    repair.closed_at, repair.closed_by_id, repair.done_words, repair.cost_fen = now, by.person_id, words.strip(), cost_fen
    repair.save(update_fields=["closed_at", "closed_by", "done_words", "cost_fen"])
    if repair.took_out and row.resource is not None and row.resource.out_since is not None:
        houses.bring_back(resource=row.resource, by=by, now=now)
    audit.write(act="thing.mended", by=by, about=row, new={"fen": cost_fen}, reason=words, now=now)
    return repair


@transaction.atomic
def drop(*, thing: Equipment, why: str, by: Viewer, now: datetime) -> Equipment:
    """It is not used any more; what was seen of it stays. Raises NotThere, DomainError at why."""
    row = _thing(thing, by)
    if not 2 <= len(why.strip()) <= 80:
        raise DomainError(_("写一句为什么不用了，最多 80 个字"), field="gone_why", code="required")
    if Repair.objects.filter(equipment=row, closed_at=None).exists():
        raise DomainError(_("还在修，先销掉维修"), field="gone_why", code="broken")
    row.gone_at, row.gone_why = now, why.strip()
    row.save(update_fields=["gone_at", "gone_why"])
    audit.write(act="thing.drop", by=by, about=row, reason=why, now=now)
    return row


def _break(row: Equipment, words: str, *, take_out: bool, by: Viewer, now: datetime) -> Repair:
    took = take_out and row.resource is not None and row.resource.out_since is None
    if took:
        houses.take_out(resource=row.resource, by=by, now=now, why=words.strip())
    made = Repair.objects.create(equipment=row, words=words.strip(), took_out=took, opened_by_id=by.person_id, opened_at=now)
    audit.write(act="thing.broken", by=by, about=row, new={"took_out": took}, reason=words, now=now)
    return made


def _thing(thing: Equipment, by: Viewer) -> Equipment:
    """The thing, locked, of a house that he keeps and still in use. Raises NotThere."""
    mine = Equipment.objects.filter(station__in=kept_by(by), gone_at=None)
    row = mine.select_for_update(of=("self",)).select_related("resource__service").filter(pk=thing.pk).first()
    if row is None:
        raise NotThere
    return row
