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


def rank(hits: Iterable[Hit], bare: Iterable[Rule] = (), extra: Mapping[str, float] | None = None) -> list[Scored]:
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
    scored = [Scored(code, weight, tuple(kept.get(code, ()))) for code, weight in weights.items() if weight > 0]
    return sorted(scored, key=lambda one: (-one.weight, one.code))


def _once(hits: list[Hit]) -> list[Hit]:
    """Without overlaps and repetitions; words against a category are never pushed out by words for it."""
    taken: list[Hit] = []
    words: set[tuple[str, frozenset[tuple[int, int]]]] = set()
    for hit in sorted(hits, key=lambda hit: (-abs(hit.weight), hit.parts)):
        key = (hit.rule.code, frozenset(hit.parts))
        if key in words or any(hit.overlaps(other) and (hit.weight > 0) == (other.weight > 0) for other in taken):
            continue
        words.add(key)
        taken.append(hit)
    return taken
