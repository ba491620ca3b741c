"""Units as tables show them: squads and towns stand together, all others by themselves.

No figure of a single squad is finer than a quarter (bar: T2), and twenty-nine towns with a case or two
each would only be a list of small cells.
"""

from __future__ import annotations

SQUADS, TOWNS = "squads", "towns"
WORDS = {SQUADS: "执法中队", TOWNS: "属地镇街"}
_KINDS = {"squad": SQUADS, "town": TOWNS}


def group_of(kind: str, code: str) -> str:
    """The name of the row in which a unit is counted."""
    return _KINDS.get(kind, code)
