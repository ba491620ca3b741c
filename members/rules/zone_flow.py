"""A flow of least price: seats of takers are filled with what stands in groups. Pure, and knows no zones.

Takers reach nodes at a price; a node is a group with room, or a hub that leads to several groups for nothing.
The flow grows by one seat at a time along the cheapest path, which may take something from one taker and give
him another (successive shortest paths; Dijkstra with potentials). After every step the flow is the cheapest
one of its size, and it ends when no seat can be filled any more.

Prices are Python's integers, so that priorities may lie as far apart as they have to.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from heapq import heappop, heappush

Arc = tuple[int, int]  # node, price


@dataclass
class Flow:
    """Takers are 0, 1, …; nodes likewise. `arcs` of a taker come cheapest first; `seats` of a taker are the
    prices of his open seats, never falling; `inside` names a hub's groups and is empty for a group."""

    arcs: Sequence[Sequence[Arc]]
    seats: Sequence[Sequence[int]]
    inside: Sequence[Sequence[int]]
    room: list[int]

    filled: list[int] = field(init=False)
    users: list[dict[int, int]] = field(init=False)  # of a node: taker -> how many he takes through it
    feeders: list[dict[int, int]] = field(init=False)  # of a group: hub -> how many leave through it

    def __post_init__(self) -> None:
        self.filled = [0] * len(self.arcs)
        self.users = [defaultdict(int) for _ in self.room]
        self.feeders = [defaultdict(int) for _ in self.room]
        self._price = [dict(arcs) for arcs in self.arcs]
        self._next = [0] * len(self.room)  # of a hub: its first group that may have room; none ever regains it
        self._start = 0  # potentials: what is added to the start's, the takers', the nodes' distances
        self._of_taker = [0] * len(self.arcs)
        self._of_node = [0] * len(self.room)

    def grow(self) -> None:
        while path := self._cheapest():
            self._take(path)

    def pairs(self) -> Iterator[tuple[int, int]]:
        """Taker and group, once for every seat filled."""
        behind: dict[int, list[int]] = defaultdict(list)
        for group, feeders in enumerate(self.feeders):
            for hub, count in feeders.items():
                behind[hub] += [group] * count
        through = {hub: iter(groups) for hub, groups in behind.items()}
        for node, users in enumerate(self.users):
            for taker, count in sorted(users.items()):
                for _ in range(count):
                    yield taker, next(through[node]) if self.inside[node] else node

    def _roomy(self, node: int) -> int | None:
        """The group with room that this node is or leads to."""
        groups = self.inside[node]
        if not groups:
            return node if self.room[node] else None
        while self._next[node] < len(groups):
            if self.room[groups[self._next[node]]]:
                return groups[self._next[node]]
            self._next[node] += 1
        return None

    def _cheapest(self) -> list[int]:
        """Nodes and takers by turns from an open seat to a group with room: takers as -1 - number.

        Whatever is still to be taken from the heap at the end lies as far as the goal or farther."""
        best, goal = None, None
        came: dict[int, int | None] = {}
        reached: dict[int, int] = {}
        settled: dict[int, int] = {}
        heap: list[tuple[int, int]] = []
        for taker, seats in enumerate(self.seats):
            if self.filled[taker] < len(seats):
                far = seats[self.filled[taker]] + self._start - self._of_taker[taker]
                reached[-1 - taker], came[-1 - taker] = far, None
                heappush(heap, (far, -1 - taker))
        while heap:
            far, at = heappop(heap)
            if best is not None and far >= best:
                break
            if at in settled:
                continue
            settled[at] = far
            for to, there in self._onward(at, far, best):
                if (best is None or there < best) and (to not in reached or there < reached[to]):
                    reached[to], came[to] = there, at
                    if to >= 0 and self._roomy(to) is not None:
                        best, goal = there, to
                    else:
                        heappush(heap, (there, to))
        if best is None or goal is None:
            return []
        self._shift(settled, best)
        return _walk(came, goal)

    def _onward(self, at: int, far: int, best: int | None) -> Iterator[tuple[int, int]]:
        """Where the path may go from here, and how far that is."""
        if at < 0:
            here = far + self._of_taker[-1 - at]
            for node, price in self.arcs[-1 - at]:
                if best is not None and here + price >= best:
                    return  # no potential is above zero, so nothing dearer can be nearer
                yield node, here + price - self._of_node[node]
            return
        here = far + self._of_node[at]
        for taker in self.users[at]:
            yield -1 - taker, here - self._price[taker][at] - self._of_taker[taker]
        for node in self.inside[at] or self.feeders[at]:
            yield node, here - self._of_node[node]

    def _shift(self, settled: dict[int, int], best: int) -> None:
        """Move the potentials so that no arc of the remaining network becomes negative."""
        self._start -= best
        for at, far in settled.items():
            if at < 0:
                self._of_taker[-1 - at] += far - best
            else:
                self._of_node[at] += far - best

    def _take(self, path: list[int]) -> None:
        self.filled[-1 - path[0]] += 1
        for one, other in zip(path, path[1:], strict=False):
            if one < 0:
                self.users[other][-1 - one] += 1
            elif other < 0:
                _less(self.users[one], -1 - other)
            elif self.inside[one]:
                self.feeders[other][one] += 1
            else:
                _less(self.feeders[one], other)
        last = path[-1]
        group = self._roomy(last)
        if group is None:
            raise AssertionError("a path ends where there is room")
        if group != last:
            self.feeders[group][last] += 1
        self.room[group] -= 1


def _walk(came: dict[int, int | None], goal: int) -> list[int]:
    path, at = [], goal
    while at is not None:
        path.append(at)
        at = came[at]
    return path[::-1]


def _less(counts: dict[int, int], key: int) -> None:
    counts[key] -= 1
    if not counts[key]:
        del counts[key]
