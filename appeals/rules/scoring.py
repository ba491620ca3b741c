"""Scores decisions against labelled texts by the scheme of the test appeals.

A row is a mapping with text, place, chosen, channel, category, urgency, unit, unit_also_ok, must_not_see,
second_category (lists joined by ";").
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from appeals.rules.routing import Decision
from appeals.rules.routing_names import DANGER, NOBODY, barred_units

Row = Mapping[str, str]


@dataclass
class Score:
    """Counts over `rows` texts; the lists hold the ids that went wrong."""

    rows: int = 0
    category: int = 0
    top3: int = 0
    unit: int = 0
    kind: int = 0
    urgency: int = 0
    to_desk: int = 0
    sure: int = 0
    sure_unit: int = 0
    dangers: int = 0
    wrong_category: list[str] = field(default_factory=list)
    not_in_top3: list[str] = field(default_factory=list)
    wrong_unit: list[str] = field(default_factory=list)
    missed_danger: list[str] = field(default_factory=list)
    false_alarms: list[str] = field(default_factory=list)
    told_the_accused: list[str] = field(default_factory=list)
    not_hidden: list[str] = field(default_factory=list)
    wrong_tickets: list[str] = field(default_factory=list)

    def share(self, name: str) -> float:
        """A count such as "unit" as a share of all rows."""
        return getattr(self, name) / self.rows if self.rows else 0.0

    def lines(self) -> list[str]:
        """The score as printed lines."""
        on_the_rest = self.sure_unit / self.sure if self.sure else 0.0
        return [
            f"rows {self.rows}  unit {self.share('unit'):.3f}  category {self.share('category'):.3f}  "
            f"top3 {self.share('top3'):.3f}  kind {self.share('kind'):.3f}  urgency {self.share('urgency'):.3f}",
            f"to a person {self.share('to_desk'):.3f}  unit right on the rest {on_the_rest:.3f}",
            f"danger {self.dangers - len(self.missed_danger)} of {self.dangers}  missed {self.missed_danger}  "
            f"false alarms {self.false_alarms}",
            f"told the accused {self.told_the_accused}  not hidden {self.not_hidden}  "
            f"wrong tickets {self.wrong_tickets}",
            f"wrong unit {self.wrong_unit}",
            f"not in the first three {self.not_in_top3}",
            f"wrong category {self.wrong_category}",
        ]


def read_rows(path: Path) -> list[dict[str, str]]:
    """Labelled rows from a CSV with the scheme's columns."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def receivers(decision: Decision) -> frozenset[str]:
    """Everybody who is told of the appeal."""
    return frozenset({decision.unit, *decision.co_units}) - {"", NOBODY}


def score(rows: Iterable[Row], decide: Callable[[Row], Decision]) -> Score:
    """Score what `decide` makes of each row."""
    total = Score()
    for row in rows:
        _add(total, row, decide(row))
    return total


def _add(total: Score, row: Row, got: Decision) -> None:
    name, no_ticket = row["id"], row["unit"] == NOBODY
    best_three = (got.category, *got.candidates)[:3]
    proposed_second = row["second_category"] and got.category == row["second_category"]
    category_right = got.category == row["category"] or bool(
        proposed_second and row["category"] in (got.second_category, *got.candidates[:1])
    )
    must_not_see = frozenset(filter(None, row["must_not_see"].split(";")))
    told = bool(receivers(got) & (must_not_see | barred_units(must_not_see)))
    unit_right = got.unit in {row["unit"], *row["unit_also_ok"].split(";")} - {""} and not told
    total.rows += 1
    total.kind += got.kind == row["kind"]
    total.urgency += got.urgency == row["urgency"]
    total.to_desk += got.to_desk
    _count(total, "category", category_right, name, total.wrong_category)
    _count(total, "top3", category_right or row["category"] in best_three, name, total.not_in_top3)
    _count(total, "unit", unit_right, name, total.wrong_unit)
    if not got.to_desk:
        total.sure += 1
        total.sure_unit += unit_right
    if told:
        total.told_the_accused.append(name)
    if not must_not_see <= got.hidden_from:
        total.not_hidden.append(name)
    if no_ticket != got.no_ticket:
        total.wrong_tickets.append(name)
    if row["urgency"] == DANGER:
        total.dangers += 1
        if got.urgency != DANGER:
            total.missed_danger.append(name)
    elif got.urgency == DANGER:
        total.false_alarms.append(name)


def _count(total: Score, field_name: str, right: bool, name: str, wrong: list[str]) -> None:
    if right:
        setattr(total, field_name, getattr(total, field_name) + 1)
    else:
        wrong.append(name)
