"""书记项目: the four facts of the article, as figures that come out of rows. Unlike units, never added.

Counted over the whole register (whenever received), within the viewer's scope, so that an appeal barred
from him is not in them. Exactly:

- project_suggestions, 条: kind `suggestion`, state `closed`.
- project_road, 个: category C1, C2, C3 or C4, state `closed`, and solved: the last call-back that was
  picked up in any round says `solved`, or the driver's last rating in any round is 3 or more.
- project_legal, 人次: lead unit with scheme name 司法法援 (code `justice`), state `closed`; the sum of
  `persons`, not the number of appeals.
- project_disputes, 件次: category D1, D2, D3, D4 or F3, state `closed`, and mediated, which is solved as
  for the road.

One appeal may stand in several of them (a closed suggestion about a road, a freight dispute led by legal
aid): each is its own question. The denominators are the same without `closed` and without solved.
"""

from __future__ import annotations

from datetime import datetime

from accounts.rules.viewer import Viewer
from dashboards.rules.figures import PROJECT
from dashboards.rules.sight import Sight, sight_of
from dashboards.selectors.board import Board, Figure, board_for


def project_figures(viewer: Viewer, *, now: datetime, board: Board | None = None) -> list[Figure]:
    """The four figures in the order of the article; nothing for viewers of one unit only."""
    if sight_of(viewer) in (None, Sight.OWN):
        return []
    board = board or board_for(viewer, "12w", now=now)
    return [board.figure(key) for key in PROJECT]
