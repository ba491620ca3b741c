"""Where to build next: the weighted p-median, solved exactly. Pure.

Places have weights and distances in whole metres; houses that stand count for everybody. Of the candidate sites `choose` are
taken so that the sum of weight × metres to the nearest house is least. Few choices are all tried; many are searched in a tree
whose branches are cut where even the best that is left could not win (the gain of one more site never grows with the sites that
are there: Cornuéjols, Fisher and Nemhauser 1977), so that nothing better is ever left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import comb

TRY_ALL = 50_000  # so many choices are all tried
FAR = 1_000_000  # metres to a house where none stands yet
WITHIN = 15_000  # metres: what counts as near
SHARES = ("drivers", "arrivals", "appeals")
MOST_SHARE, MOST_CHOSEN = 100, 6


@dataclass(frozen=True)
class Problem:
    """`weights` of the places; `standing`: metres of each to the nearest house there is; `metres[site][place]`."""

    weights: tuple[int, ...]
    standing: tuple[int, ...]
    metres: tuple[tuple[int, ...], ...]
    choose: int

    @property
    def ways(self) -> int:
        """How many choices there are."""
        return comb(len(self.metres), self.choose)


@dataclass(frozen=True)
class Choice:
    """The best `sites` (by number, rising) and their `cost` (weight × metres); `tried`: how many choices were reckoned out."""

    sites: tuple[int, ...]
    cost: int
    tried: int


def solve(problem: Problem) -> Choice:
    """The best choice there is. Raises ValueError where fewer sites than wanted are offered."""
    if not 0 <= problem.choose <= len(problem.metres):
        raise ValueError("more sites wanted than offered")
    return try_all(problem) if problem.ways <= TRY_ALL else search(problem)


def cost_of(problem: Problem, sites: Sequence[int]) -> int:
    """What a choice costs: every place goes to its nearest house."""
    return sum(
        weight * min(standing, *(problem.metres[site][place] for site in sites)) if sites else weight * standing
        for place, (weight, standing) in enumerate(zip(problem.weights, problem.standing, strict=True))
    )


def _weighted(problem: Problem) -> tuple[list[int], list[list[int]]]:
    """Weight × metres, of the standing houses and of each site."""
    standing = [weight * metres for weight, metres in zip(problem.weights, problem.standing, strict=True)]
    return standing, [[weight * metres for weight, metres in zip(problem.weights, row, strict=True)] for row in problem.metres]


def try_all(problem: Problem) -> Choice:
    """Every choice, one after the other; of equals the first."""
    standing, rows = _weighted(problem)
    best: list = [(), sum(standing)] if problem.choose == 0 else [(), None]
    tried = int(problem.choose == 0)

    def down(now: list[int], first: int, taken: tuple[int, ...]) -> None:
        nonlocal tried
        left = problem.choose - len(taken)
        for site in range(first, len(rows) - left + 1):
            if left > 1:
                down(list(map(min, now, rows[site])), site + 1, (*taken, site))
                continue
            tried += 1
            cost = sum(map(min, now, rows[site]))
            if best[1] is None or cost < best[1]:
                best[:] = [(*taken, site), cost]

    if problem.choose:
        down(standing, 0, ())
    return Choice(best[0], best[1], tried)


def search(problem: Problem) -> Choice:
    """The same best cost by branch and bound, from the greedy choice mended by swaps."""
    standing, rows = _weighted(problem)
    sites, cost = _mended(standing, rows, _greedy(standing, rows, problem.choose))
    best, tried = [sites, cost], 1

    def down(now: list[int], spent: int, left: int, open_: list[int], taken: tuple[int, ...]) -> None:
        nonlocal tried
        gains = sorted(((spent - sum(map(min, now, rows[site])), site) for site in open_), key=lambda pair: (-pair[0], pair[1]))
        if left == 1:
            tried += len(gains)
            if gains and spent - gains[0][0] < best[1]:
                best[:] = [(*taken, gains[0][1]), spent - gains[0][0]]
            return
        for place, (gain, site) in enumerate(gains[: len(gains) - left + 1]):
            if spent - sum(each for each, _site in gains[place : place + left]) >= best[1]:
                return  # gains fall: whoever comes later can win even less
            rest = [each for _gain, each in gains[place + 1 :]]
            after = list(map(min, now, rows[site]))
            if _least(after, rows, rest) < best[1]:
                down(after, spent - gain, left - 1, rest, (*taken, site))

    down(standing, sum(standing), problem.choose, list(range(len(rows))), ())
    return Choice(tuple(sorted(best[0])), best[1], tried)


def _least(now: list[int], rows: list[list[int]], sites: list[int]) -> int:
    """What it would cost with every one of `sites` built: no choice among them costs less."""
    return sum(map(min, now, *(rows[site] for site in sites))) if sites else sum(now)


def _greedy(standing: list[int], rows: list[list[int]], choose: int) -> list[int]:
    now, taken = standing, list[int]()
    for _turn in range(choose):
        site = min((each for each in range(len(rows)) if each not in taken), key=lambda each: sum(map(min, now, rows[each])))
        taken.append(site)
        now = list(map(min, now, rows[site]))
    return taken


def _mended(standing: list[int], rows: list[list[int]], taken: list[int]) -> tuple[tuple[int, ...], int]:
    """Swap one site for another as long as it pays (Teitz and Bart 1968)."""

    def cost(sites: list[int]) -> int:
        return sum(map(min, standing, *(rows[site] for site in sites))) if sites else sum(standing)

    spent, better = cost(taken), True
    while better:
        better = False
        for place in range(len(taken)):
            for site in range(len(rows)):
                other = [*taken[:place], site, *taken[place + 1 :]]
                if site not in taken and (found := cost(other)) < spent:
                    taken, spent, better = other, found, True
    return tuple(sorted(taken)), spent


def weigh(counts: dict[str, Sequence[int]], shares: dict[str, int]) -> tuple[int, ...]:
    """The weight of each place in millionths: of each count its part of the whole, mixed by `shares`.

    A count of which there is nothing has no share; where all have none, every place weighs the same."""
    sums = {name: sum(counts[name]) for name in shares}
    used = {name: share for name, share in shares.items() if share and sums[name]}
    whole, length = sum(used.values()), len(next(iter(counts.values())))
    if not whole:
        return (1,) * length
    return tuple(
        round(sum(1_000_000 * share * counts[name][place] / (whole * sums[name]) for name, share in used.items())) for place in range(length)
    )
