"""Who is on duty, what he would hand over now. The name on the driver's page is public; all the rest is the house's own."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet, Sum
from django.utils.translation import gettext as _

from accounts.models import Person
from accounts.rules.roles import Role
from accounts.rules.viewer import Viewer
from accounts.selectors.units import posted_to
from common import clock
from stations.models import (
    Booking,
    BoxOpening,
    DeskPayment,
    Equipment,
    Relief,
    Repair,
    Resource,
    Shift,
    Station,
)
from stations.rules.life import BookingState
from stations.rules.shifts import LONGEST, duty_name
from stations.selectors import boxes
from stations.selectors.desk import expected, inside
from stations.selectors.scope import house_bookings, kept_by

OWED_FOR = timedelta(days=1)  # who left without paying stays on the list for a day


@dataclass(frozen=True)
class OpenItem:
    """Something that the next keeper must know of. `code` is stable, `words` are for the page; `n` rows stand behind it."""

    code: str
    n: int
    words: str

    def as_row(self) -> dict[str, str | int]:
        return {"code": self.code, "n": self.n, "words": self.words}


def on_duty(viewer: Viewer, station_ids: Iterable[int], *, now: datetime) -> dict[int, str]:
    """Station -> 孙师傅, as any driver may read it. A house without an open shift, or with one that was forgotten, is not named."""
    rows = Shift.objects.filter(station__in=list(station_ids), ended_at=None, began_at__gt=now - LONGEST, began_at__lte=now)
    return {station: duty_name(name) for station, name in rows.order_by().values_list("station", "person__name") if duty_name(name)}


def open_shift(viewer: Viewer, station: Station) -> Shift | None:
    """The shift that runs in a house that he keeps."""
    rows = Shift.objects.filter(station__in=kept_by(viewer)).filter(station=station, ended_at=None)
    return rows.select_related("person", "station__unit").first()


def pending(viewer: Viewer, station: Station) -> Relief | None:
    """The hand-over that waits for its signature, in a house that he keeps."""
    rows = Relief.objects.filter(shift__station__in=kept_by(viewer)).filter(shift__station=station, shift__ended_at=None)
    return rows.filter(signed_at=None, withdrawn_at=None).select_related("giver", "taker", "shift").first()


def past_shifts(viewer: Viewer, station: Station) -> QuerySet[Shift]:
    """Shifts that are over, the last first, each with what was handed over."""
    rows = Shift.objects.filter(station__in=kept_by(viewer)).filter(station=station, ended_at__isnull=False)
    return rows.select_related("person").prefetch_related("reliefs__taker")


def keepers_of(viewer: Viewer, station: Station, *, now: datetime) -> list[Person]:
    """Everybody who keeps this house now, himself too; empty for a house that is not his."""
    if not kept_by(viewer).filter(pk=station.pk).exists():
        return []
    units = filter(None, (station.unit_id, station.unit.parent_id))
    found = {person.pk: person for unit in units for person in posted_to(unit, Role.STATION, now=now)}
    return list(found.values())


def unpaid(viewer: Viewer, station: Station, *, now: datetime) -> QuerySet[Booking]:
    """Who is in, or left within a day, and has not paid what costs something."""
    here = Q(state=BookingState.IN_HOUSE) | Q(state=BookingState.DONE, ended_at__gt=now - OWED_FOR)
    rows = house_bookings(viewer).filter(here, station=station, service__price_fen__gt=0, payment=None)
    return rows.select_related("person").order_by("starts_at", "pk")


def due_cash(viewer: Viewer, shift: Shift) -> int:
    """Fen that should lie in the till: what he took over and what was paid in cash since."""
    rows = DeskPayment.objects.filter(station=shift.station_id, how=DeskPayment.How.CASH, at__gte=shift.began_at)
    if shift.ended_at is not None:
        rows = rows.filter(at__lt=shift.ended_at)
    return shift.opening_fen + (rows.filter(station__in=kept_by(viewer)).aggregate(sum=Sum("fen"))["sum"] or 0)


def open_items(viewer: Viewer, station: Station, *, now: datetime) -> list[OpenItem]:
    """What is open in the house as its rows say at this moment; a kind of which there is none is left out."""
    out = list(Resource.objects.filter(service__station__in=kept_by(viewer), service__station=station, out_since__isnull=False))
    owing = list(unpaid(viewer, station, now=now))
    due = Equipment.objects.filter(station__in=kept_by(viewer)).filter(station=station, gone_at=None, next_on__lte=clock.today(now)).count()
    mending = Repair.objects.filter(equipment__station__in=kept_by(viewer), equipment__station=station, closed_at=None).count()
    unsigned = BoxOpening.objects.filter(box__station__in=kept_by(viewer), box__station=station, witness=None).count()
    letters = boxes.untyped(viewer, station)
    owed = sum(one.service.price_fen for one in owing)
    found = [
        OpenItem("expected", n := expected(viewer, station, now=now).count(), _("等着来的 %(n)d 个") % {"n": n}),
        OpenItem("inside", n := inside(viewer, station).count(), _("在店的 %(n)d 个") % {"n": n}),
        OpenItem("out", len(out), _("停用的：%(names)s") % {"names": "、".join(one.name for one in out[:12])}),
        OpenItem("unpaid", len(owing), _("没付钱的 %(n)d 个，共 %(yuan)s 元") % {"n": len(owing), "yuan": f"{owed / 100:.2f}"}),
        OpenItem("due", due, _("到期要查的设备 %(n)d 样") % {"n": due}),
        OpenItem("repair", mending, _("在修的设备 %(n)d 样") % {"n": mending}),
        OpenItem("unsigned", unsigned, _("开了箱、第二人没签的 %(n)d 次") % {"n": unsigned}),
        OpenItem("letters", letters, _("意见箱里没录完的信 %(n)d 封") % {"n": letters}),
    ]
    return [one for one in found if one.n]
