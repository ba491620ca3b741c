"""Which branch a verified member might join: enterprise first, then place, squad area, trade; never an overfull one first.

The order is the one of the responsibility zones (1+N: enterprise, area, trade). A proposal is words for the person who
decides; nothing is placed by it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from branches.rules.kinds import Tally
from branches.rules.size import LEAST_FULL, after_one_more

WEIGHTS = {"enterprise": 8, "place": 4, "area": 2, "trade": 1}


@dataclass(frozen=True)
class About:
    """What is known of a member: codes and names of his place, enterprise and trade; "" where nothing is."""

    place: str = ""
    place_name: str = ""
    enterprise: str = ""
    enterprise_name: str = ""
    trade: str = ""


@dataclass(frozen=True)
class Choice:
    """A branch that could take him: what it covers, the area of its host squad, its members."""

    branch: int
    tally: Tally = Tally()
    places: frozenset[str] = frozenset()
    enterprises: frozenset[str] = frozenset()
    trades: frozenset[str] = frozenset()
    area: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Proposal:
    """A branch with its reasons, the best first. `warning`: what the next member would mean for it."""

    branch: int
    reasons: tuple[str, ...] = field(default=())
    warning: str = ""
    weight: int = 0


def propose(about: About, choices: Iterable[Choice], *, most: int = 3) -> list[Proposal]:
    """The best `most` branches. With no match at all the smallest ones, and the words say so."""
    proposed = [(_one(about, choice), choice) for choice in choices]
    matched = [pair for pair in proposed if pair[0].weight > 0]
    if not matched:
        words = ("没有支部覆盖到他，先列人最少的",)
        matched = [(Proposal(each.branch, words, each.warning), choice) for each, choice in proposed]
    matched.sort(key=lambda pair: (bool(pair[0].warning), -pair[0].weight, pair[1].tally.total, pair[0].branch))
    return [each for each, _choice in matched[:most]]


def _one(about: About, choice: Choice) -> Proposal:
    reasons, weight = [], 0
    if about.enterprise and about.enterprise in choice.enterprises:
        weight += WEIGHTS["enterprise"]
        reasons.append(f"管{about.enterprise_name or '他的企业'}")
    if about.place and about.place in choice.places:
        weight += WEIGHTS["place"]
        reasons.append(f"管{about.place_name or '他的镇街'}")
    elif about.place and about.place in choice.area:
        weight += WEIGHTS["area"]
        reasons.append(f"{about.place_name or '他的镇街'}是依托中队的管片")
    if about.trade and about.trade in choice.trades:
        weight += WEIGHTS["trade"]
        reasons.append(f"管{about.trade}运输")
    reasons.append(f"现有 {choice.tally.total} 人")
    if choice.tally.full < LEAST_FULL:
        reasons.append(f"正式党员只有 {choice.tally.full} 人，要充实")
    warned = after_one_more(choice.tally)
    return Proposal(choice.branch, tuple(reasons), warned.words if warned else "", weight)
