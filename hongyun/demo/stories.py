"""What drivers say in the demo, and how units answer: read from hongyun/data."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

DATA = Path(__file__).resolve().parent.parent / "data"
KINDS = {"咨询": "consultation", "投诉": "complaint", "建议": "suggestion", "求助": "help", "": ""}


@dataclass(frozen=True)
class Story:
    """One appeal to be told. `unit` is the code of the unit that ends up with it; `place` a place's name."""

    id: str
    pool: str
    category: str
    kind: str
    unit: str
    place: str
    spot: str
    persons: int
    text: str
    run: int = 0  # the same story told again at a larger scale

    @property
    def seed(self) -> str:
        return f"{self.id}.{self.run}" if self.run else self.id


@cache
def stories() -> dict[str, Story]:
    """Every story by its id."""
    with (DATA / "demo-texts.csv").open(encoding="utf-8", newline="") as file:
        rows = [
            Story(**{**row, "kind": KINDS[row["kind"]], "persons": int(row["persons"])}) for row in csv.DictReader(file)
        ]
    return {story.id: story for story in rows}


def pool(name: str) -> list[Story]:
    """The stories of one pool, in their order."""
    return [story for story in stories().values() if story.pool == name]


@cache
def open_texts() -> tuple[Story, ...]:
    """The scheme's own texts that touch none of the four figures, for a larger scale; `unit` is a scheme name."""
    with (DATA / "appeals-open.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["urgency"] != "特急" and row["kind"] not in ("建议", "")]
    return tuple(
        Story(row["id"], "open", row["category"], KINDS[row["kind"]], row["unit"], row["place"], "", 1, row["text"])
        for row in rows
        if row["category"][0] not in "CD" and row["category"] not in ("F3", "H4") and row["unit"] != "司法法援"
    )


def again(story: Story, run: int) -> Story:
    """The same words from another driver."""
    return replace(story, run=run)


@cache
def replies() -> dict[str, dict[str, str]]:
    """What units write, by category: progress, ask, reply, measure, basis, result."""
    return json.loads((DATA / "demo-replies.json").read_text(encoding="utf-8"))


def reply_of(story: Story) -> dict[str, str]:
    """The unit's words for a story: those of its own id, else its unit, category, letter."""
    table = replies()
    words = dict(table[""])
    for name in (story.category[:1], story.category, story.unit, story.id):
        words |= table.get(name, {})
    return words
