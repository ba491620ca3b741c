"""What can be booked: the slots of a service on a date, and whether a wish is one of them. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from common.clock import SHANGHAI
from stations.rules.hours import Span

NIGHT_FROM, NIGHT_TO = time(14, 0), time(12, 0)  # a bed is had from two in the afternoon till noon


@dataclass(frozen=True)
class Plan:
    """`minutes` of one slot; 0: a night. `days_ahead`: how many days after today may be booked."""

    minutes: int
    days_ahead: int


@dataclass(frozen=True)
class Refusal:
    """Why a wish cannot be booked, in words, and at which field."""

    code: str
    words: str
    field: str = "starts_at"


def slots(plan: Plan, day: date, spans: Sequence[Span]) -> list[Span]:
    """The slots that begin on this date, in order. A night begins when the house is open at two that day."""
    if plan.minutes == 0:
        start = datetime.combine(day, NIGHT_FROM, SHANGHAI)
        open_then = any(span.holds(start) for span in spans)
        return [Span(start, datetime.combine(day + timedelta(days=1), NIGHT_TO, SHANGHAI))] if open_then else []
    length, found = timedelta(minutes=plan.minutes), []
    for span in spans:
        start = span.starts
        while start + length <= span.ends and start.astimezone(SHANGHAI).date() == day:
            found.append(Span(start, start + length))
            start += length
    return found


def refusal(plan: Plan, starts: datetime, *, now: datetime, offered: Sequence[Span]) -> Refusal | None:
    """What is wrong with a wish to begin at `starts`; None when it is one of `offered` and in time."""
    today, day = now.astimezone(SHANGHAI).date(), starts.astimezone(SHANGHAI).date()
    slot = next((one for one in offered if one.starts == starts), None)
    if slot.ends <= now if slot else starts <= now - timedelta(days=1):
        return Refusal("past", "这个时间已经过去了，请选后面的")
    if day > today + timedelta(days=plan.days_ahead):
        return Refusal("too_far", f"最多提前 {plan.days_ahead} 天订，请选近一点的日子")
    if slot is None:
        return Refusal("no_slot", "这个时间不开放，请从列出来的时间里选")
    return None
