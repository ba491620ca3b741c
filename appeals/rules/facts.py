"""What the guards may know: a snapshot of one appeal for one viewer at one moment. Pure data."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from appeals.rules.life import State


class Actor(StrEnum):
    """In which capacity somebody may act on this appeal."""

    DRIVER = "driver"
    SYSTEM = "system"
    CLERK = "clerk"
    LEAD_MEMBER = "lead_member"
    LEAD_HEAD = "lead_head"
    DESK = "desk"
    DUTY = "duty"
    SUPERVISOR = "supervisor"
    CALL_BACK = "call_back"
    DISCIPLINE = "discipline"


@dataclass(frozen=True)
class Facts:
    """Moments are aware. `actors` is empty for whoever may not know of the appeal at all."""

    state: State
    actors: frozenset[Actor]
    now: datetime
    viewer_id: int | None = None
    round: int = 1
    own_unit: bool = False  # the viewer is posted at the lead unit
    final_unit: bool = False
    hand_backs: int = 0
    hand_back_by: datetime | None = None  # two working days after the leg opened
    pending: dict[str, int] = field(default_factory=dict)  # request kind -> who asked
    driver_asked: int = 0  # times in this round
    pause_days_left: bool = True
    due: datetime | None = None
    extension_by: datetime | None = None  # one working day before due
    extended: bool = False
    answer_state: str = ""
    earlier_handlers: frozenset[int] = frozenset()
    drafter_id: int | None = None
    head_id: int | None = None
    needs_two: bool = True  # complaints, and a sample of the rest
    rating: int | None = None
    called_back: bool = False
    call_back_wanted: bool = False
    call_backs: int = 0
    rating_over: bool = False  # the rating window ended
    answered_at: datetime | None = None
    mend_by: datetime | None = None  # 15 working days after the answer
    closed_at: datetime | None = None
    nudged_today: bool = False
