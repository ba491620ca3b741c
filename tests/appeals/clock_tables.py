"""The calendar, the limits and two short ways to write a moment, for the tests of the clocks."""

from __future__ import annotations

import csv
import json
from datetime import date, datetime
from pathlib import Path

from hypothesis import strategies as st

from appeals.rules.clocks import ClockKind, ClockSpec, Unit
from common.clock import SHANGHAI
from common.workdays import Calendar

ROOT = Path(__file__).resolve().parents[2]


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def d(text: str) -> date:
    return date.fromisoformat(text)


def _rows() -> list[tuple[date, str, str]]:
    with (ROOT / "common/data/workdays.csv").open(encoding="utf-8") as file:
        return [(d(row["date"]), row["kind"], row["festival"]) for row in csv.DictReader(file)]


ROWS = _rows()
CALENDAR = Calendar(ROWS, range(2022, 2027))
SPECS = {
    rule["kind"]: ClockSpec(
        ClockKind(rule["kind"]), rule["amount"], Unit(rule["unit"]), rule["roll"], rule["version"]
    )
    for rule in json.loads((ROOT / "appeals/data/clock_rules.json").read_text(encoding="utf-8"))
}
SPECS["C1 urgent"] = ClockSpec(ClockKind.HAND_OVER, 15, Unit.WALL_MINUTES)
C4 = SPECS["C4"]
starts = st.datetimes(datetime(2026, 8, 1), datetime(2026, 12, 20)).map(lambda m: m.replace(tzinfo=SHANGHAI))


def days(result) -> list[date]:
    return [line.date for line in result.lines if line.counted]
