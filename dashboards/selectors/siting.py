"""Where to build next, for whoever leads the bureau or all stations: what is known of each place, and the best choice of sites.

Counts only: no driver, no appeal and no booking leaves here. Whoever leads stations alone is told nothing of appeals.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count

from accounts.models import Place
from accounts.rules.roles import Role
from accounts.rules.viewer import Viewer
from dashboards.rules import siting as rules
from dashboards.rules.shield import Shield, shield
from dashboards.selectors.scope import scope
from members.models import Driver
from stations.models import Arrival, PlacePoint, Site, Station
from stations.rules.life import StationState
from stations.rules.near import distance_km
from stations.selectors.scope import leads_all, stations_for

LOOKS_BACK = timedelta(days=365)
STANDING, DECIDED = (StationState.OPEN, StationState.PAUSED), (StationState.PLANNED, StationState.BUILDING)


@dataclass(frozen=True)
class Asked:
    """How many houses besides those that stand, what counts how much, and whether what is decided already stays."""

    choose: int = 3
    drivers: int = 60
    arrivals: int = 20
    appeals: int = 20
    keep: bool = True

    @property
    def shares(self) -> dict[str, int]:
        return {name: getattr(self, name) for name in rules.SHARES}


@dataclass(frozen=True)
class Spot:
    """One house on the map: "standing", "decided" or "proposed"."""

    role: str
    name: str
    place: str
    kind: str
    latitude: float
    longitude: float


@dataclass(frozen=True)
class PlaceLine:
    """One place: its counts of the year (`appeals` None: not for this viewer), metres to the nearest house before and after."""

    code: str
    name: str
    latitude: float
    longitude: float
    drivers: int
    arrivals: int
    appeals: int | None
    before: int
    after: int
    nearest: str

    @property
    def near_before(self) -> bool:
        return self.before <= rules.WITHIN

    @property
    def near_after(self) -> bool:
        return self.after <= rules.WITHIN


@dataclass(frozen=True)
class Proposal:
    """One new house: `near` drivers within 15 km of it, `new` of them with none within 15 km today, `places` whose nearest it is."""

    spot: Spot
    near: int
    new: int
    served: int
    places: tuple[str, ...]


@dataclass(frozen=True)
class Data:
    """What was used and of when: totals, and how many of them are not known by place."""

    at: datetime
    since: datetime
    drivers: int
    registered_at: datetime | None
    arrivals: int
    arrivals_known: int
    appeals: int | None
    appeals_known: int | None
    sites: int
    listed_on: date | None
    without_point: int


@dataclass(frozen=True)
class Siting:
    """The answer. Means are metres a driver."""

    asked: Asked
    data: Data
    places: tuple[PlaceLine, ...]
    standing: tuple[Spot, ...]
    proposals: tuple[Proposal, ...]
    chosen: int
    ways: int
    tried: int
    arrivals_shown: Shield
    appeals_shown: Shield

    @property
    def near_before(self) -> int:
        return sum(each.drivers for each in self.places if each.near_before)

    @property
    def near_after(self) -> int:
        return sum(each.drivers for each in self.places if each.near_after)

    @property
    def drivers(self) -> int:
        return sum(each.drivers for each in self.places)

    @property
    def mean_before(self) -> int | None:
        return self._mean("before") if self.standing else None

    @property
    def mean_after(self) -> int | None:
        return self._mean("after") if self.standing or self.proposals else None

    def _mean(self, name: str) -> int | None:
        return round(sum(each.drivers * getattr(each, name) for each in self.places) / self.drivers) if self.drivers else None


def may_site(viewer: Viewer) -> bool:
    """Leaders of the bureau, and whoever leads all stations."""
    return viewer.has_role(Role.LEADER) or leads_all(viewer)


def siting_for(viewer: Viewer, asked: Asked, *, now: datetime) -> Siting | None:
    """The best places for `asked.choose` houses; None for whoever may not ask."""
    if not may_site(viewer):
        return None
    since = now - LOOKS_BACK
    counts, data = _counts(viewer, since, now)
    points = list(PlacePoint.objects.select_related("place").order_by("place__code"))
    standing, decided = _houses(viewer, STANDING), _houses(viewer, DECIDED) if asked.keep else []
    sites = [_of_site(each) for each in Site.objects.filter(dropped_on=None).select_related("place").order_by("code")]
    by_place = {name: [found.get(each.place.code, 0) for each in points] for name, found in counts.items()}
    metres = [_metres(each, points) for each in sites]
    there = _nearest([_metres(each, points) for each in (*standing, *decided)], len(points))
    left = min(max(asked.choose - len(decided), 0), len(sites))
    problem = rules.Problem(rules.weigh(by_place, asked.shares), tuple(there), tuple(map(tuple, metres)), left)
    choice = rules.solve(problem)
    added = [*decided, *(sites[each] for each in choice.sites)]
    lines = _lines(points, by_place, standing, added, told=data.appeals is not None)
    return Siting(
        asked, data, lines, tuple(standing), tuple(_proposal(each, points, lines) for each in added), left, problem.ways, choice.tried,
        shield(counts["arrivals"]), shield(counts["appeals"]),
    )  # fmt: skip


def _counts(viewer: Viewer, since: datetime, now: datetime) -> tuple[dict[str, dict[str, int]], Data]:
    """Count -> place code -> how many, and what is to be said of them."""
    register = Driver.objects.filter(state=Driver.State.ACTIVE, merged_into=None)
    drivers = _by(register, "place__code")
    came = Arrival.objects.filter(at__gte=since, at__lte=now)
    arrivals = _by(came.filter(booking__person__driver__state=Driver.State.ACTIVE), "booking__person__driver__place__code")
    told = viewer.has_role(Role.LEADER)
    filed = scope(viewer).filter(received_at__gte=since, received_at__lte=now)
    appeals = _by(filed.filter(place__isnull=False), "place__code") if told else {}
    listed = Site.objects.filter(dropped_on=None).order_by("-listed_on").values_list("listed_on", flat=True)
    located = set(PlacePoint.objects.values_list("place__code", flat=True))
    return {"drivers": drivers, "arrivals": arrivals, "appeals": appeals}, Data(
        now, since, sum(drivers.values()), register.order_by("-registered_at").values_list("registered_at", flat=True).first(),
        came.count(), sum(arrivals.values()), filed.count() if told else None, sum(appeals.values()) if told else None,
        len(listed), listed[0] if listed else None, sum(number for code, number in drivers.items() if code not in located),
    )  # fmt: skip


def _by(rows, name: str) -> dict[str, int]:
    return dict(rows.order_by().values_list(name).annotate(n=Count("pk")))


def _houses(viewer: Viewer, states: Iterable[str]) -> list[Spot]:
    rows = stations_for(viewer).filter(state__in=states, latitude__isnull=False).order_by("slug")
    role = "standing" if StationState.OPEN in states else "decided"
    return [Spot(role, one.unit.name, one.place.name, _state_of(one), one.latitude, one.longitude) for one in rows]


def _state_of(one: Station) -> str:
    return f"{one.get_kind_display()}，{one.get_state_display()}"


def _of_site(one: Site) -> Spot:
    return Spot("proposed", one.name, one.place.name, str(one.get_kind_display()), one.latitude, one.longitude)


def _metres(spot: Spot, points: Sequence[PlacePoint]) -> list[int]:
    return [round(1000 * distance_km(spot.latitude, spot.longitude, each.latitude, each.longitude)) for each in points]


def _nearest(rows: Sequence[Sequence[int]], length: int) -> list[int]:
    return [min((row[place] for row in rows), default=rules.FAR) for place in range(length)]


def _lines(
    points: Sequence[PlacePoint], counts: dict[str, list[int]], standing: Sequence[Spot], added: Sequence[Spot], *, told: bool
) -> tuple[PlaceLine, ...]:
    before, every = _nearest([_metres(each, points) for each in standing], len(points)), [*standing, *added]
    after = [_metres(each, points) for each in every]
    lines = []
    for place, each in enumerate(points):
        best = min(range(len(every)), key=lambda house: after[house][place], default=None)
        where: Place = each.place
        lines.append(PlaceLine(
            where.code, where.name, each.latitude, each.longitude, counts["drivers"][place], counts["arrivals"][place],
            counts["appeals"][place] if told else None, before[place], rules.FAR if best is None else after[best][place],
            "" if best is None else every[best].name,
        ))  # fmt: skip
    return tuple(lines)


def _proposal(spot: Spot, points: Sequence[PlacePoint], lines: Sequence[PlaceLine]) -> Proposal:
    near = [line for line, metres in zip(lines, _metres(spot, points), strict=True) if metres <= rules.WITHIN]
    own = [line for line in lines if line.nearest == spot.name]
    return Proposal(
        spot, sum(line.drivers for line in near), sum(line.drivers for line in near if not line.near_before),
        sum(line.drivers for line in own), tuple(line.name for line in own),
    )  # fmt: skip
