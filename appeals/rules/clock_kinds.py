"""What kinds of clock there are and what one limit looks like. Pure data, no reading of the time."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ClockKind(StrEnum):
    """The clocks of an appeal. C8 belongs to petitions (信访), which this portal only points to."""

    HAND_OVER = "C1"
    ACCEPT = "C2"
    PROGRESS = "C3"
    ANSWER = "C4"
    RATE = "C5"
    CALL_BACK = "C6"
    MEND = "C7"
    DECIDE = "C9"
    REVIEW_ADVICE = "C10"


class Unit(StrEnum):
    """What a limit is counted in. Wall minutes run day and night, office minutes in office hours only."""

    WALL_MINUTES = "wall_minutes"
    OFFICE_MINUTES = "office_minutes"
    WORKING_DAYS = "working_days"
    CALENDAR_DAYS = "calendar_days"


CLOCK_NAMES: dict[ClockKind, str] = {
    ClockKind.HAND_OVER: "转办",
    ClockKind.ACCEPT: "受理",
    ClockKind.PROGRESS: "首次进展",
    ClockKind.ANSWER: "答复",
    ClockKind.RATE: "评价",
    ClockKind.CALL_BACK: "回访",
    ClockKind.MEND: "整改",
    ClockKind.DECIDE: "审批",
    ClockKind.REVIEW_ADVICE: "申请复议",
}

UNIT_NAMES: dict[Unit, str] = {
    Unit.WALL_MINUTES: "分钟（昼夜连续）",
    Unit.OFFICE_MINUTES: "分钟（办公时间）",
    Unit.WORKING_DAYS: "个工作日",
    Unit.CALENDAR_DAYS: "天（自然日）",
}

# Only the unit's own work waits for the driver; every other clock runs on.
PAUSABLE = frozenset({ClockKind.ANSWER, ClockKind.MEND})
EXTENDABLE = PAUSABLE


@dataclass(frozen=True, slots=True)
class ClockSpec:
    """One limit: `amount` counted in `unit`, by version `version` of the rule.

    `roll`: a calendar-day limit whose last day is a rest day ends on the next working day.

    Raises ValueError when amount is below 1."""

    kind: ClockKind
    amount: int
    unit: Unit
    roll: bool = False
    version: int = 1

    def __post_init__(self) -> None:
        if self.amount < 1:
            raise ValueError(f"时限至少是 1，不能是 {self.amount}")

    @property
    def hourly(self) -> bool:
        """True for limits counted in minutes, False for those counted in days."""
        return self.unit in (Unit.WALL_MINUTES, Unit.OFFICE_MINUTES)

    @property
    def words(self) -> str:
        """The limit as people say it: "2 小时", "5 个工作日", "60 天"."""
        if not self.hourly:
            return f"{self.amount} 个工作日" if self.unit is Unit.WORKING_DAYS else f"{self.amount} 天"
        hours, minutes = divmod(self.amount, 60)
        said = f"{hours} 小时" if hours and not minutes else f"{self.amount} 分钟"
        return said if self.unit is Unit.WALL_MINUTES else f"{said}（办公时间）"

    def shorter_than(self, other: ClockSpec) -> bool:
        """True when this limit is over before `other`, whatever units the two are counted in."""
        return _nominal_minutes(self) < _nominal_minutes(other)


# Office minutes that a unit stands for, good enough to tell which of two limits is longer.
_OFFICE_DAY = 420


def _nominal_minutes(spec: ClockSpec) -> float:
    per_unit = {
        Unit.OFFICE_MINUTES: 1,
        Unit.WALL_MINUTES: _OFFICE_DAY / 1440,
        Unit.WORKING_DAYS: _OFFICE_DAY,
        Unit.CALENDAR_DAYS: _OFFICE_DAY * 5 / 7,
    }
    return spec.amount * per_unit[spec.unit]


# The first of a pair may never be longer than the second: it would be hidden by it.
ORDERED = (
    (ClockKind.PROGRESS, ClockKind.ANSWER),
    (ClockKind.PROGRESS, ClockKind.MEND),
)


def must_not_exceed(one: ClockSpec, other: ClockSpec) -> str:
    """Why these two limits may not stand together, in Chinese; "" when they may."""
    for first, second in ORDERED:
        for short, long in ((one, other), (other, one)):
            if (short.kind, long.kind) == (first, second) and long.shorter_than(short):
                return (
                    f"{CLOCK_NAMES[first]}（{short.words}）不能比{CLOCK_NAMES[second]}（{long.words}）还长，"
                    f"请先改{CLOCK_NAMES[second]}的时限。"
                )
    return ""
