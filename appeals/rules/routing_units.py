"""Which unit answers: by category, the words that move it, the class of road; the accused never."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from appeals.rules.routing_names import stand_in
from appeals.rules.routing_words import Hit, Rule


@dataclass(frozen=True, slots=True)
class Choice:
    """A unit that may receive, with what speaks for it; `instead_of` names the barred one it stands in for."""

    unit: str
    weight: float
    hits: tuple[Hit, ...] = ()
    instead_of: str = ""


def _speaks_for(rule: Rule, category: str) -> bool:
    return not rule.category or category in rule.category.split(";")


def choose(
    category: str,
    hits: Iterable[Hit],
    defaults: Iterable[Rule],
    *,
    barred: frozenset[str],
    road: str = "",
    place: str = "",
    channel: str = "",
) -> list[Choice]:
    """Units for a category, best first. Barred ones are replaced before they are ranked, never after."""
    weights: dict[str, float] = {}
    words: dict[str, list[Hit]] = {}
    replaced: dict[str, str] = {}

    def add(unit: str, weight: float, hit: Hit | None = None) -> None:
        fit = stand_in(unit, barred)
        if not fit:
            return
        if fit != unit:
            replaced.setdefault(fit, unit)
        weights[fit] = weights.get(fit, 0.0) + weight
        if hit is not None:
            words.setdefault(fit, []).append(hit)

    for rule in defaults:
        if rule.step == "unit" and _speaks_for(rule, category) and rule.holds(place, road, channel):
            add(rule.unit, rule.weight)
    seen: set[tuple[str, str]] = set()
    for hit in sorted(hits, key=lambda hit: -hit.weight):
        key = (hit.rule.code, hit.rule.unit)
        if _speaks_for(hit.rule, category) and key not in seen:
            seen.add(key)
            add(hit.rule.unit, hit.weight, hit)
    ranked = sorted(weights, key=lambda unit: -weights[unit])
    return [
        Choice(unit, weights[unit], tuple(words.get(unit, ())), replaced.get(unit, "")) for unit in ranked
    ]
