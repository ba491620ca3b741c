"""When a general meeting may decide, and what it has decided.

中国共产党支部工作条例（试行） Art. 11: it is held when more than half of those with a vote are there; a resolution
needs more than half of those with a vote who should attend, present or not.
"""

from __future__ import annotations


def needed(votes: int) -> int:
    """How many with a vote are «more than half» of `votes`: 26 -> 14, 27 -> 14."""
    return votes // 2 + 1


def may_meet(present: int, votes: int) -> bool:
    """Whether `present` of `votes` persons with a vote are enough to hold the meeting."""
    return votes > 0 and present >= needed(votes)


def passes(ayes: int, votes: int) -> bool:
    """Whether `ayes` carry a resolution: the denominator is all who should attend, not those who came."""
    return votes > 0 and ayes >= needed(votes)
