"""司机之家: what a house must have for each class, and which class it reaches. Data and plain functions.

Five things are free everywhere; class B and class A ask for more (the yearly notices of 交通运输部 and 全国总工会).
A class is reached when all its items were seen in place within a year.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from stations.rules.kinds import ServiceKind

HOLDS = timedelta(days=365)  # a look at an item counts for a year


class Level(StrEnum):
    BASIC = "basic"
    B = "B"
    A = "A"


LEVEL_WORDS = {Level.BASIC: "基本项", Level.B: "B 类", Level.A: "A 类"}
UPWARD = (Level.BASIC, Level.B, Level.A)


@dataclass(frozen=True)
class Item:
    """One line of the list. `kind`: the service whose rows speak for it; `bays`: how many places of it are asked for."""

    code: str
    words: str
    level: Level
    free: bool = False
    kind: ServiceKind | None = None
    bays: int = 0


ITEMS: tuple[Item, ...] = (
    Item("rest", "停车休息", Level.BASIC, free=True, kind=ServiceKind.PARKING),
    Item("water", "热水", Level.BASIC, free=True),
    Item("wash", "如厕和洗漱", Level.BASIC, free=True),
    Item("charge", "手机充电", Level.BASIC, free=True),
    Item("read", "阅读和上网", Level.BASIC, free=True, kind=ServiceKind.READING),
    Item("shower", "淋浴", Level.B, kind=ServiceKind.SHOWER),
    Item("meals", "用餐", Level.B, kind=ServiceKind.MEALS),
    Item("bays-30", "货车停车 30 个以上", Level.B, kind=ServiceKind.PARKING, bays=30),
    Item("lodging", "住宿", Level.A, kind=ServiceKind.LODGING),
    Item("laundry", "洗衣", Level.A, kind=ServiceKind.LAUNDRY),
    Item("repair", "修车或加油", Level.A, kind=ServiceKind.REPAIR),
    Item("bays-60", "货车停车 60 个以上", Level.A, kind=ServiceKind.PARKING, bays=60),
)
BY_CODE: Mapping[str, Item] = {one.code: one for one in ITEMS}


def counts_on(seen_on: date, today: date) -> bool:
    """Whether a look at an item still counts."""
    return today - seen_on <= HOLDS


def lacks(level: Level, met: Collection[str]) -> tuple[Item, ...]:
    """What is missing for this class, in the order of the list; a class asks for all that the ones below it ask for."""
    below = UPWARD[: UPWARD.index(level) + 1]
    return tuple(one for one in ITEMS if one.level in below and one.code not in met)


def reached(met: Collection[str]) -> Level | None:
    """The highest class of which nothing is missing; None while one of the five free things is."""
    found = None
    for level in UPWARD:
        if lacks(level, met):
            break
        found = level
    return found


def next_up(level: Level | None) -> Level | None:
    """The class above; None above the highest."""
    place = 0 if level is None else UPWARD.index(level) + 1
    return UPWARD[place] if place < len(UPWARD) else None
