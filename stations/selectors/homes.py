"""The class list of a house: for its keeper with everything, for a driver only what is there for him."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Q

from accounts.rules.viewer import Viewer
from common import clock
from stations.models import HomeTick, Resource, Service, Station
from stations.rules.homes import ITEMS, Item, Level, counts_on, lacks, next_up, reached
from stations.rules.kinds import ServiceKind
from stations.rules.life import StationState
from stations.selectors.scope import kept_by


@dataclass(frozen=True)
class Line:
    """One item: the last look at it, whether that still counts, and what the rows of the house say (None: nothing).

    `places`: how many bays the rows hold where the item asks for a number."""

    item: Item
    tick: HomeTick | None
    met: bool
    old: bool
    offered: bool | None
    places: int | None

    @property
    def doubtful(self) -> bool:
        """Ticked, though the rows of the house do not bear it out."""
        return self.met and (self.offered is False or (self.places is not None and self.places < self.item.bays))


@dataclass(frozen=True)
class Checklist:
    """All lines, the class that they reach, what is missing for the next one up, the oldest look that counts."""

    lines: tuple[Line, ...]
    level: Level | None
    aims_at: Level | None
    missing: tuple[Item, ...]
    since: date | None


@dataclass(frozen=True)
class PublicHome:
    """What anybody may read: the class that was awarded ("" when none), what is free, what else there is."""

    grade: str
    grade_words: str
    free: tuple[str, ...]
    more: tuple[str, ...]


def checklist_for(viewer: Viewer, station: Station, *, now: datetime) -> Checklist | None:
    """The list of a house that he keeps; None for any other."""
    if not kept_by(viewer).filter(pk=station.pk).exists():
        return None
    ticks, today = _ticks(station), clock.today(now)
    offered, places = _rows(station)
    lines = tuple(_line(item, ticks.get(item.code), offered, places, today) for item in ITEMS)
    met = {line.item.code for line in lines if line.met}
    level = reached(met)
    aims = next_up(level)
    dates = [line.tick.seen_on for line in lines if line.tick and line.met]
    return Checklist(lines, level, aims, lacks(aims, met) if aims else (), min(dates, default=None))


def public_home(viewer: Viewer, station: Station, *, now: datetime) -> PublicHome:
    """For the page that everybody reads: no name, no note, nothing of what is missing; of a house that is not open, nothing.

    The class is the one that was awarded to the house, not the one that its keeper counts himself."""
    if station.state not in (StationState.OPEN, StationState.PAUSED):
        return PublicHome("", "", (), ())
    today = clock.today(now)
    met = {code for code, tick in _ticks(station).items() if tick.met and counts_on(tick.seen_on, today)}
    had = [item for item in ITEMS if item.code in met]
    free = tuple(item.words for item in had if item.free)
    more = tuple(item.words for item in had if not item.free and not item.bays)
    return PublicHome(station.grade, station.get_grade_display() if station.grade else "", free, more)


def _ticks(station: Station) -> dict[str, HomeTick]:
    return {tick.item: tick for tick in HomeTick.objects.filter(station=station).select_related("by")}


def _rows(station: Station) -> tuple[set[str], int]:
    """Kinds of service that are open in the house, and how many truck bays it has that are in order."""
    kinds = set(Service.objects.filter(station=station, state=Service.State.OPEN).values_list("kind", flat=True))
    bays = Resource.objects.filter(service__station=station).aggregate(
        n=Count("pk", filter=Q(service__kind=ServiceKind.PARKING, out_since=None))
    )
    return kinds, bays["n"]


def _line(item: Item, tick: HomeTick | None, offered: set[str], places: int, today: date) -> Line:
    fresh = tick is not None and counts_on(tick.seen_on, today)
    kinds = {item.kind, ServiceKind.FUEL} if item.kind == ServiceKind.REPAIR else {item.kind}
    return Line(
        item=item, tick=tick, met=bool(fresh and tick.met), old=tick is not None and not fresh,
        offered=None if item.kind is None else bool(kinds & offered), places=places if item.bays else None,
    )  # fmt: skip
