"""Figures and the rows behind them, from one table: a number here always opens exactly its rows."""

from __future__ import annotations

from datetime import datetime

from accounts.rules.viewer import Viewer
from dashboards.selectors.behind import Filters, UnknownFilter, rows
from dashboards.selectors.board import Board, Figure, board_for

__all__ = ["Board", "Figure", "Filters", "UnknownFilter", "board_for", "figure", "rows"]


def figure(viewer: Viewer, key: str, filters: Filters | None = None, *, now: datetime) -> Figure:
    """One figure at `now`; a page with many asks `board_for` once instead. Raises UnknownFilter."""
    filters = filters or Filters()
    return board_for(viewer, filters.period, now=now).figure(key, filters)
