"""How many members a branch may have, and what it must elect.

中国共产党支部工作条例（试行） Arts 4, 5, 24, 25: three full members to form a branch, at most fifty members; from seven members
on a committee of three to five.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from branches.rules.kinds import Tally

MOST = 50
LEAST_FULL = 3
COMMITTEE_FROM = 7
COMMITTEE = (3, 5)
COMMITTEE_POSTS = frozenset({"secretary", "deputy", "organisation", "publicity", "discipline", "member"})


@dataclass(frozen=True)
class Warned:
    """Something about a branch that people have to see. `code` for programs, `words` for the screen."""

    code: str
    words: str


def warnings(tally: Tally, *, committee: int | None = None) -> list[Warned]:
    """What is wrong with the size of a branch. `committee`: how many sit on its committee (None: not asked)."""
    found = []
    if tally.total > MOST:
        found.append(Warned("too_many", f"有 {tally.total} 人，超过 {MOST} 人，考虑分设支部"))
    if tally.full < LEAST_FULL:
        found.append(Warned("too_few", f"正式党员 {tally.full} 人，不足 {LEAST_FULL} 人，考虑合并或者充实"))
    if committee is not None and tally.total >= COMMITTEE_FROM and not COMMITTEE[0] <= committee <= COMMITTEE[1]:
        words = f"{tally.total} 名党员，要选 {COMMITTEE[0]} 到 {COMMITTEE[1]} 人的支委会，现在 {committee} 人"
        found.append(Warned("committee", words))
    return found


def after_one_more(tally: Tally) -> Warned | None:
    """What the next member means: the fifty-first warns, nobody is turned away by a machine."""
    if tally.total + 1 <= MOST:
        return None
    return Warned("too_many", f"加上他是第 {tally.total + 1} 人，支部超过 {MOST} 人")


def committee_size(posts: Iterable[str]) -> int:
    """How many of these posts sit on the committee of a branch."""
    return sum(post in COMMITTEE_POSTS for post in posts)
