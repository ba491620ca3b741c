"""The zones as a small network for the flow of least price. Pure.

Drivers who look the same to every member are interchangeable, so they stand in the network as one group with
a capacity. A member does not reach a thousand groups by a thousand arcs, but through hubs: "drivers of my
company in this place", "anybody in that place". Whoever takes a hub where a better one would hold pays too
much, so the cheapest flow never does; that makes the small network as exact as the large one.

A driver whom somebody declined (or who declined somebody) is in no hub: he stands alone, with an arc from
everybody else.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Any, NamedTuple

from members.rules.zone_flow import Arc, Flow

Key = tuple[Hashable, ...]
Steps = Mapping[tuple[Hashable, Hashable], int]


class Traits(NamedTuple):
    """What a pair is judged by, the weightiest first. None is unknown, and never the same as another None."""

    enterprise: Hashable | None
    place: Hashable | None
    trade: Hashable | None
    ground: Hashable | None


@dataclass(frozen=True, slots=True)
class Side:
    """One who is matched: a member with seats open and seats taken, or a driver (no seats)."""

    id: Any
    traits: Traits
    open: int = 0
    taken: int = 0


@dataclass(frozen=True, slots=True)
class Prices:
    """Penalties so far apart that no sum of a lower one outweighs a single higher one."""

    seat: int
    step: int
    ground: int
    trade: int
    place: int
    enterprise: int
    steps: Steps
    unknown: int

    @classmethod
    def of_plan(cls, *, seats: int, steps: Steps, most_taken: int) -> Prices:
        unknown = max(steps.values(), default=0) + 1  # no farther place is known than one whose way is not
        weight, found = 1, []
        for worst in (most_taken, unknown, 1, 1, 1, 1):
            found.append(weight)
            weight *= seats * worst + 1
        return cls(*found, steps=steps, unknown=unknown)

    def of(self, mine: Traits, his: Traits) -> int:
        here = _same(mine.place, his.place)
        steps = 0 if here else self.steps.get((mine.place, his.place), self.unknown)
        return (
            steps * self.step
            + (not here) * self.place
            + (not _same(mine.enterprise, his.enterprise)) * self.enterprise
            + (not _same(mine.trade, his.trade)) * self.trade
            + (not _same(mine.ground, his.ground)) * self.ground
        )


@dataclass
class _Network:
    """Groups of drivers, hubs as traits that drivers share (with None for "any"), and who stands alone."""

    groups: dict[Key, list[Side]] = field(default_factory=dict)
    hubs: dict[Traits, list[Key]] = field(default_factory=lambda: defaultdict(list))
    alone: list[tuple[Key, Side]] = field(default_factory=list)
    places: dict[Hashable, None] = field(default_factory=dict)

    def put(self, driver: Side, seen: Traits) -> None:
        if seen not in self.groups:
            self.groups[seen] = []
            self.places[seen.place] = None
            for hub in _hubs(seen):
                self.hubs[hub].append(seen)
        self.groups[seen].append(driver)

    def put_alone(self, driver: Side) -> None:
        key = ("alone", driver.id)
        self.groups[key] = [driver]
        self.alone.append((key, driver))


def assign(
    contacts: Sequence[Side], drivers: Sequence[Side], refused: Iterable[tuple[Any, Any]], price: Prices
) -> list[tuple[Any, Any]]:
    """As many pairs (contact id, driver id) as there can be, of least total price. Both sides come sorted by id."""
    refusers = _refusers(contacts, refused)
    network = _network(contacts, drivers, refusers)
    keys: list[Key] = [("hub", *hub) for hub in network.hubs] + list(network.groups)
    nodes = {key: number for number, key in enumerate(keys)}
    members = [[] for _ in network.hubs] + list(network.groups.values())
    flow = Flow(
        arcs=[sorted(_arcs(one, network, nodes, refusers, price), key=lambda arc: arc[1]) for one in contacts],
        seats=[[(one.taken + number) * price.seat for number in range(one.open)] for one in contacts],
        inside=[[nodes[key] for key in groups] for groups in network.hubs.values()] + [[] for _ in network.groups],
        room=[len(some) for some in members],
    )
    flow.grow()
    waiting = [iter(some) for some in members]
    return [(contacts[taker].id, next(waiting[group]).id) for taker, group in sorted(flow.pairs())]


def _same(one: Hashable | None, other: Hashable | None) -> bool:
    return one is not None and one == other


def _refusers(contacts: Sequence[Side], refused: Iterable[tuple[Any, Any]]) -> dict[Any, set[Any]]:
    here = {one.id for one in contacts}
    refusers: dict[Any, set[Any]] = defaultdict(set)
    for contact, driver in refused:
        if contact in here:
            refusers[driver].add(contact)
    return refusers


def _network(contacts: Sequence[Side], drivers: Sequence[Side], refusers: dict[Any, set[Any]]) -> _Network:
    """A trait that no member has tells no drivers apart."""
    enterprises, _, trades, grounds = map(set, zip(*(one.traits for one in contacts), strict=True))
    network = _Network()
    for driver in drivers:
        if driver.id in refusers:
            network.put_alone(driver)
            continue
        enterprise, place, trade, ground = driver.traits
        network.put(driver, Traits(
            enterprise if enterprise in enterprises else None,
            place,
            trade if trade in trades else None,
            ground if ground in grounds else None,
        ))  # fmt: skip
    return network


def _arcs(
    one: Side, network: _Network, nodes: dict[Key, int], refusers: dict[Any, set[Any]], price: Prices
) -> Iterator[Arc]:
    for place in network.places:
        for hub in _hubs(one.traits._replace(place=place)):
            if hub in network.hubs:
                yield nodes["hub", *hub], price.of(one.traits, hub)
    for key, driver in network.alone:
        if one.id not in refusers[driver.id]:
            yield nodes[key], price.of(one.traits, driver.traits)


def _hubs(traits: Traits) -> Iterator[Traits]:
    """Every hub of one place that somebody of these traits belongs to."""
    enterprise, place, trade, ground = traits
    for choice in product(*({value: None, None: None} for value in (enterprise, trade, ground))):
        yield Traits(choice[0], place, choice[1], choice[2])
