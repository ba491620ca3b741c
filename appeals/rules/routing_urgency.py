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


@dataclass(frozen=True, slots=True)
class Alarm:
    """How urgent, by which words, and for danger where it leads (may be "")."""

    level: str
    hits: tuple[Hit, ...] = ()
    category: str = ""
    unit: str = ""


def judge(hits: Iterable[Hit]) -> Alarm:
    """The urgency that these urgency hits amount to."""
    danger: dict[str, Hit] = {}
    pressing: dict[str, Hit] = {}
    now = past = 0.0
    seen_past: set[str] = set()
    for hit in hits:
        rule = hit.rule
        if rule.label == "now":
            now = max(now, hit.weight)
        elif rule.label == "past":
            if rule.code not in seen_past:
                seen_past.add(rule.code)
                past += -hit.weight
        else:
            best = danger if rule.urgency == DANGER else pressing
            if rule.label not in best or hit.weight > best[rule.label].weight:
                best[rule.label] = hit
    weight = sum(hit.weight for hit in danger.values())
    if weight > 0:
        weight += min(now, MOST_FROM_NOW) - min(past, MOST_FROM_PAST)
    if weight >= ENOUGH - 1e-9:
        ranked = sorted(danger.values(), key=lambda hit: -hit.weight)
        leads = next((hit.rule for hit in ranked if hit.rule.unit), None)
        return Alarm(DANGER, tuple(ranked), leads.category if leads else "", leads.unit if leads else "")
    if sum(hit.weight for hit in pressing.values()) >= ENOUGH - 1e-9:
        return Alarm(PRESSING, tuple(sorted(pressing.values(), key=lambda hit: -hit.weight)))
    return Alarm(ORDINARY)
