"""Danger first: is life at risk now, or is something held or running out?

Evidence of different sorts adds up (a tanker, something yellow dripping, a smell that stings), so a leak is
found without the word leak; news of the past, rumours and proposals take evidence away.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from appeals.rules.routing_names import DANGER, ORDINARY, PRESSING
from appeals.rules.routing_words import Hit

ENOUGH = 1.0
MOST_FROM_NOW = 0.4  # "快来" alone is no danger, beside a danger it settles the matter
MOST_FROM_PAST = 1.2
MORE_OF_THE_SAME = 0.5


@dataclass(frozen=True, slots=True)
class Alarm:
    """How urgent, by which words, and for danger where it leads (may be "")."""

    level: str
    hits: tuple[Hit, ...] = ()
    category: str = ""
    unit: str = ""


def judge(hits: Iterable[Hit]) -> Alarm:
    """The urgency that these urgency hits amount to."""
    danger: dict[str, list[Hit]] = {}
    pressing: dict[str, list[Hit]] = {}
    now: list[Hit] = []
    past: dict[str, list[Hit]] = {}
    for hit in sorted(hits, key=lambda hit: -hit.weight):
        rule = hit.rule
        if rule.label == "now":
            now.append(hit)
        elif rule.label == "past":
            _keep(past.setdefault(rule.code, []), hit)
        else:
            _keep((danger if rule.urgency == DANGER else pressing).setdefault(rule.label, []), hit)
    weight = sum(map(_sort_weight, danger.values()))
    if all(label.startswith("+") for label in danger):
        weight = 0.0
    if weight > 0:
        weight += min(sum(hit.weight for hit in now[:1]), MOST_FROM_NOW) - min(
            -sum(map(_sort_weight, past.values())), MOST_FROM_PAST
        )
    if weight >= ENOUGH - 1e-9:
        ranked = sorted((hit for same in danger.values() for hit in same), key=lambda hit: -hit.weight)
        leads = next((hit.rule for hit in ranked if hit.rule.unit), None)
        return Alarm(DANGER, tuple(ranked), leads.category if leads else "", leads.unit if leads else "")
    if sum(map(_sort_weight, pressing.values())) >= ENOUGH - 1e-9:
        ranked = sorted((hit for same in pressing.values() for hit in same), key=lambda hit: -hit.weight)
        return Alarm(PRESSING, tuple(ranked))
    return Alarm(ORDINARY)


def _keep(same: list[Hit], hit: Hit) -> None:
    if not any(hit.overlaps(other) for other in same):
        same.append(hit)


def _sort_weight(same: list[Hit]) -> float:
    """One sort of evidence: its strongest sign in full, the others by half."""
    return same[0].weight + MORE_OF_THE_SAME * sum(hit.weight for hit in same[1:])
