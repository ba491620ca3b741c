"""Kinds of members, and who has a vote in the branch that he is placed in.

中国共产党章程 Art. 7: a probationary member has no vote, may not elect and not be elected. 关于加强新形势下流动党员
管理的意见: a floating member studies and takes part where he drives, and votes in his home branch; so does whoever
left his relation with a branch of the retired.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """The kinds a membership may have."""

    FULL = "full"
    PROBATIONARY = "probationary"
    FLOATING = "floating"
    RETIRED = "retired"


VOTING = frozenset({Kind.FULL})
ELSEWHERE = frozenset({Kind.FLOATING, Kind.RETIRED})  # their relation stands with another branch
NO_VOTE_WORDS = {
    Kind.PROBATIONARY: "预备期里没有表决权",
    Kind.FLOATING: "关系在原支部，在那里表决",
    Kind.RETIRED: "关系在离退休支部，在那里表决",
}
# What a membership may become. Somebody who votes elsewhere gets a vote here once his relation has come over.
CHANGES = {
    Kind.PROBATIONARY: frozenset({Kind.FULL}),
    Kind.FLOATING: frozenset({Kind.FULL, Kind.PROBATIONARY}),
    Kind.RETIRED: frozenset({Kind.FULL}),
    Kind.FULL: frozenset({Kind.FLOATING, Kind.RETIRED}),
}


def has_vote(kind: str) -> bool:
    """Whether a member of this kind votes in the branch that he is placed in."""
    return kind in VOTING


def may_become(old: str, new: str) -> bool:
    """Whether a membership of kind `old` may be made one of kind `new`."""
    return new in CHANGES.get(Kind(old), frozenset())


@dataclass(frozen=True)
class Tally:
    """Members of a branch by kind. All numbers are persons; `total` is the denominator of each."""

    full: int = 0
    probationary: int = 0
    floating: int = 0
    retired: int = 0

    @property
    def total(self) -> int:
        return self.full + self.probationary + self.floating + self.retired

    @property
    def votes(self) -> int:
        return sum(getattr(self, kind.value) for kind in VOTING)

    def __add__(self, other: Tally) -> Tally:
        return Tally(*(getattr(self, kind.value) + getattr(other, kind.value) for kind in Kind))


def tally(kinds: Iterable[str]) -> Tally:
    """Count members by kind."""
    found = dict.fromkeys(Kind, 0)
    for kind in kinds:
        found[Kind(kind)] += 1
    return Tally(*found.values())
