"""Who may get what how often. Pure; days are those of Xuzhou, handed in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

MOST_AT_ONCE = 50  # of one good to one driver in one act; more is a slip of the finger
KEPT_ON_PHONE = timedelta(days=7)  # how long a phone without signal may hold its rows


class Period(StrEnum):
    DAY = "day"
    WEEK = "week"
    CAMPAIGN = "campaign"


class Who(StrEnum):
    EVERYONE = "everyone"  # an outsider with only a plate and a phone's last four too
    REGISTERED = "registered"  # whoever has an account or stands in the register


@dataclass(frozen=True)
class Offer:
    """What a campaign gives of one good: `each` pieces once a `period`, to `who`, from `starts` up to `ends`."""

    starts: datetime
    ends: datetime
    stopped: bool
    period: str
    each: int
    who: str


@dataclass(frozen=True)
class Refusal:
    """Why not: stable code, the field it belongs to, plain words (a `%(n)d` takes `number`)."""

    code: str
    field: str
    words: str
    number: int = 0


def period_key(period: str, day: date) -> str:
    """One word for the day, the ISO week or the whole campaign: "2026-11-23", "2026-W48", "all"."""
    if period == Period.DAY:
        return day.isoformat()
    if period == Period.WEEK:
        year, week, _weekday = day.isocalendar()
        return f"{year}-W{week:02d}"
    return "all"


def refusal(offer: Offer, *, at: datetime, quantity: int, registered: bool) -> Refusal | None:
    """The first thing that stands in the way, or None."""
    if offer.stopped:
        return Refusal("stopped", "campaign", "这个活动停了，不再发")
    if at < offer.starts:
        return Refusal("not_yet", "campaign", "这个活动还没有开始")
    if at >= offer.ends:
        return Refusal("ended", "campaign", "这个活动已经结束，不能再发")
    if quantity < 1:
        return Refusal("quantity", "quantity", "至少发 1 份")
    if quantity > min(offer.each, MOST_AT_ONCE):
        return Refusal("quantity", "quantity", "一人一次最多 %(n)d 份，请看看数量", min(offer.each, MOST_AT_ONCE))
    if offer.who == Who.REGISTERED and not registered:
        return Refusal("registered_only", "plate", "这个活动只发给登记过的司机；他先登记，再来领")
    return None


def moment_of(said: datetime, *, now: datetime) -> datetime | None:
    """When a row from a phone happened: never later than now; None when the phone held it too long."""
    if said > now:
        return now  # its clock runs ahead
    return said if said >= now - KEPT_ON_PHONE else None
