"""How far a viewer of the dashboards sees: every case, sums only, or his own unit's."""

from __future__ import annotations

from enum import StrEnum

from accounts.rules.roles import HANDLING, Role
from accounts.rules.viewer import Viewer

OWN_UNIT = HANDLING
EVERY_CASE = frozenset({Role.DESK, Role.DUTY, Role.SUPERVISOR, Role.DISCIPLINE})
AUDIENCE = OWN_UNIT | EVERY_CASE | {Role.LEADER}


class Sight(StrEnum):
    """ALL: bureau-wide, may open each case. SUMS: bureau-wide, numbers only. OWN: what his unit handled.

    Whatever the sight, what lies in the viewer's closures is not there.
    """

    ALL = "all"
    SUMS = "sums"
    OWN = "own"


def sight_of(viewer: Viewer) -> Sight | None:
    """None: the dashboards do not exist for this viewer."""
    if viewer.has_role(*EVERY_CASE):
        return Sight.ALL
    if viewer.has_role(Role.LEADER):
        return Sight.SUMS
    if viewer.has_role(*OWN_UNIT):
        return Sight.OWN
    return None


def sees_accused(viewer: Viewer) -> bool:
    """Who may see how often a squad was complained of, by quarter and closed only (matrix, row k)."""
    return viewer.has_role(Role.LEADER, Role.DISCIPLINE)
