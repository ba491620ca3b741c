"""What is it about? Weighted words, each stretch counted once for a category."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from appeals.rules.routing_words import Hit, Rule

CHOSEN_LETTER = 0.8  # the driver's own pick is wrong once in seven: a hint, no more


@dataclass(frozen=True, slots=True)
class Scored:
    """A category with its weight and the matches that gave it, heaviest first."""

    code: str
    weight: float
    hits: tuple[Hit, ...]


def rank(
    hits: Iterable[Hit], bare: Iterable[Rule] = (), extra: Mapping[str, float] | None = None
) -> list[Scored]:
    """Categories best first. Overlapping matches for one category count by the heaviest of them."""
    by_category: dict[str, list[Hit]] = {}
    for hit in hits:
        by_category.setdefault(hit.rule.category, []).append(hit)
    weights: dict[str, float] = {}
    kept: dict[str, list[Hit]] = {}
    for code, some in by_category.items():
        kept[code] = _once(some)
        weights[code] = sum(hit.weight for hit in kept[code])
    for rule in bare:
        if rule.step == "category" and rule.category in weights:
            weights[rule.category] += rule.weight
    for code, weight in (extra or {}).items():
        weights[code] = weights.get(code, 0.0) + weight
    scored = [
        Scored(code, weight, tuple(kept.get(code, ()))) for code, weight in weights.items() if weight > 0
    ]
    return sorted(scored, key=lambda one: (-one.weight, one.code))


def _once(hits: list[Hit]) -> list[Hit]:
    """Without repetitions and what heavier matches cover by half; words against a category cover only each other."""
    taken: list[Hit] = []
    covered: tuple[set[int], set[int]] = (set(), set())
    for hit in sorted(hits, key=lambda hit: (-abs(hit.weight), hit.parts)):
        mine = {at for start, end in hit.parts for at in range(start, end)}
        side = covered[hit.weight > 0]
        if 2 * len(mine & side) >= len(mine):
            continue
        side |= mine
        taken.append(hit)
    return taken
