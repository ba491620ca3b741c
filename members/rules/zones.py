"""Zones 1:5: which drivers a member could keep touch with, as a proposal for people to decide. Pure.

A plan is judged as a whole, in this order: as many seats filled as can be; then as many pairs as can be of one
enterprise; then of one place; then of one trade; then of one ground of business; then the fewest kilometres
between their places; and between plans as good as that, the one that spreads: nobody gets a second driver
where another could have a first.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import asin, cos, radians, sin, sqrt

from members.rules.zone_network import Prices, Side, Traits, assign

__all__ = [
    "SEATS",
    "Candidate",
    "Change",
    "Contact",
    "Match",
    "distances_between",
    "propose",
    "reason_words",
    "replace_one",
]

SEATS = 5
STEPS_PER_KM = 10  # nearness is compared to a hundred metres
EARTH_KM = 6371.0

Id = int | str
Distances = Mapping[tuple[Hashable, Hashable], float]
Names = Mapping[Hashable, str]
Refused = set[tuple[Id, Id]] | frozenset[tuple[Id, Id]]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A driver who may be matched. `place` is where he lives, `business_place` the ground he drives on (a place
    or a scope such as 长三角); what is not known is None and is never the same as anything."""

    id: Id
    enterprise: Hashable | None = None
    place: Hashable | None = None
    business_place: Hashable | None = None
    trade: Hashable | None = None


@dataclass(frozen=True, slots=True)
class Contact:
    """A verified member with `free` of his five seats open."""

    id: Id
    enterprise: Hashable | None = None
    place: Hashable | None = None
    business_place: Hashable | None = None
    trade: Hashable | None = None
    free: int = SEATS


@dataclass(frozen=True, slots=True)
class Match:
    """One pair. `reasons` are codes, the weightiest first, empty when nothing speaks for the pair but that both
    are free; `rank` is 1 for the best of this contact's proposals; `km` lies between their places, if known."""

    contact: Contact
    candidate: Candidate
    reasons: tuple[str, ...]
    rank: int
    km: float | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """What one member's coming or going does: pairs as they were, pairs that end, new pairs to decide on, and
    drivers who lost their contact and have no other yet."""

    kept: tuple[Match, ...]
    ended: tuple[Match, ...]
    proposed: tuple[Match, ...]
    waiting: tuple[Candidate, ...]


def propose(
    contacts: Iterable[Contact],
    candidates: Iterable[Candidate],
    refused: Refused = frozenset(),
    *,
    distances: Distances | None = None,
) -> list[Match]:
    """The best plan there is. The same people give the same plan, in whatever order they are handed in.

    A driver appears at most once, a contact at most `free` times, a refused pair never."""
    members = {one.id: one for one in sorted(contacts, key=lambda one: one.id) if _open(one)}
    drivers = {one.id: one for one in sorted(candidates, key=lambda one: one.id)}
    if not members or not drivers:
        return []
    open_seats = sum(map(_open, members.values()))
    price = Prices.of_plan(seats=open_seats, steps=_steps(distances or {}), most_taken=SEATS)
    pairs = assign(
        [Side(one.id, _traits(one), _open(one), SEATS - _open(one)) for one in members.values()],
        [Side(one.id, _traits(one)) for one in drivers.values()],
        refused,
        price,
    )
    return _ranked([(members[contact], drivers[driver]) for contact, driver in pairs], price, distances or {})


def replace_one(
    kept: Sequence[Match],
    contacts: Iterable[Contact],
    candidates: Iterable[Candidate],
    refused: Refused = frozenset(),
    *,
    joins: Contact | None = None,
    leaves: Id | None = None,
    distances: Distances | None = None,
) -> Change:
    """One member comes or goes (or one goes and another takes over); every other pair stays as it is.

    `free` of a contact counts the seats that `kept` fills. The newcomer is offered the drivers of the one who
    leaves, and of `candidates` those whom nobody has. Drivers of the one who leaves whom the newcomer does not
    take are offered to contacts with a seat open, else they wait."""
    stay = tuple(one for one in kept if one.contact.id != leaves)
    ended = tuple(one for one in kept if one.contact.id == leaves)
    held = {one.candidate.id for one in stay}
    left = {one.candidate.id: one.candidate for one in ended}
    proposed: list[Match] = []
    if joins is not None:
        free = {one.id: one for one in candidates if one.id not in held} | left
        proposed += propose([joins], free.values(), refused, distances=distances)
    if left:
        taken = {one.candidate.id for one in proposed}
        rest = [one for one in left.values() if one.id not in taken]
        others = [one for one in contacts if one.id != leaves and (joins is None or one.id != joins.id)]
        proposed += propose(_with_seats_left(others, stay), rest, refused, distances=distances)
    placed = {one.candidate.id for one in proposed}
    return Change(stay, ended, tuple(proposed), tuple(left[key] for key in sorted(left) if key not in placed))


def reason_words(
    match: Match,
    *,
    enterprises: Names | None = None,
    places: Names | None = None,
    trades: Names | None = None,
    grounds: Names | None = None,
) -> str:
    """Why these two, plainly: "同一家公司：蓝海运输；同在棠张镇". Without a table of names a key is its name."""
    one, other = match.contact, match.candidate
    words = {
        "enterprise": lambda: f"同一家公司：{_name(enterprises, one.enterprise)}",
        "place": lambda: f"同在{_name(places, one.place)}",
        "trade": lambda: f"同一行业：{_name(trades, one.trade)}",
        "ground": lambda: f"都跑{_name(grounds, one.business_place)}",
        "near": lambda: (
            f"{_name(places, one.place)}和{_name(places, other.place)}相距约 {max(1, round(match.km or 0))} 公里"
        ),
    }
    return "；".join(words[code]() for code in match.reasons) or "眼下没有更近的人选"


def distances_between(positions: Mapping[Hashable, tuple[float, float]]) -> dict[tuple[Hashable, Hashable], float]:
    """Kilometres as the crow flies between all places whose latitude and longitude are known."""
    return {(a, b): _crow(here, there) for a, here in positions.items() for b, there in positions.items()}


def _crow(here: tuple[float, float], there: tuple[float, float]) -> float:
    (lat, lon), (lat2, lon2) = here, there
    half = sin(radians(lat2 - lat) / 2) ** 2
    half += cos(radians(lat)) * cos(radians(lat2)) * sin(radians(lon2 - lon) / 2) ** 2
    return 2 * EARTH_KM * asin(sqrt(min(1.0, half)))


def _name(names: Names | None, key: Hashable) -> str:
    return (names or {}).get(key, str(key))


def _open(contact: Contact) -> int:
    return max(0, min(SEATS, contact.free))


def _traits(one: Contact | Candidate) -> Traits:
    return Traits(one.enterprise, one.place, one.trade, one.business_place)


def _steps(distances: Distances) -> dict[tuple[Hashable, Hashable], int]:
    """Both ways, in whole steps; of two that differ the one that was given."""
    known = {(b, a): round(km * STEPS_PER_KM) for (a, b), km in distances.items()}
    return known | {pair: round(km * STEPS_PER_KM) for pair, km in distances.items()}


def _with_seats_left(contacts: Iterable[Contact], kept: Iterable[Match]) -> list[Contact]:
    filled: dict[Id, int] = defaultdict(int)
    for match in kept:
        filled[match.contact.id] += 1
    return [replace(one, free=_open(one) - filled[one.id]) for one in contacts]


def _reasons(one: Contact, other: Candidate, km: float | None) -> tuple[str, ...]:
    mine, his = _traits(one), _traits(other)
    shared = tuple(
        name for name in Traits._fields if getattr(mine, name) is not None and getattr(mine, name) == getattr(his, name)
    )
    return shared if "place" in shared or km is None else (*shared, "near")


def _ranked(pairs: list[tuple[Contact, Candidate]], price: Prices, distances: Distances) -> list[Match]:
    """By contact, the best first; equals by the driver's id."""
    pairs.sort(key=lambda pair: (pair[0].id, price.of(_traits(pair[0]), _traits(pair[1])), pair[1].id))
    matches: list[Match] = []
    for one, other in pairs:
        rank = matches[-1].rank + 1 if matches and matches[-1].contact.id == one.id else 1
        apart = distances.get((one.place, other.place), distances.get((other.place, one.place)))
        matches.append(Match(one, other, _reasons(one, other, apart), rank, apart))
    return matches
