"""What may stand in a message: closed words, and of the data only numbers and dates."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from common.clock import SHANGHAI

# On the lock screen of a phone that somebody else holds, none of these may be read.
BANNED = ("投诉", "诉求", "举报", "反映", "大队", "中队", "执法", "回避", "纪检", "支部", "党员")
LONGEST_SMS = 70  # one message, one price
_WEEK = "一二三四五六日"


class NotPlainData(TypeError):
    """Something other than a number or a date was handed to a template."""


def pack(data: Mapping[str, object] | None) -> dict[str, object]:
    """Data as it is stored: ints stay, dates and moments become ISO text. Raises NotPlainData."""
    packed: dict[str, object] = {}
    for name, value in (data or {}).items():
        if isinstance(value, bool) or not isinstance(value, int | date):
            raise NotPlainData(f"{name}: only numbers and dates may enter a notice")
        packed[name] = value if isinstance(value, int) else value.isoformat()
    return packed


def fill(words: str, data: Mapping[str, object], *, due: datetime | None = None, body: str = "") -> str:
    """The text of one message. Raises KeyError when the words ask for what the data does not hold."""
    shown = {name: value if isinstance(value, int) else say(value) for name, value in data.items()}
    if due is not None:
        shown["due"] = say(due)
    if body:
        shown["body"] = body
    return words.format_map(shown)


def say(value: object) -> str:
    """11月25日 周三 17:30, or 11月25日 周三 for a day."""
    if isinstance(value, str):
        value = datetime.fromisoformat(value) if "T" in value else date.fromisoformat(value)
    if isinstance(value, datetime):
        local = value.astimezone(SHANGHAI)
        return f"{_day(local.date())} {local:%H:%M}"
    if isinstance(value, date):
        return _day(value)
    raise NotPlainData(f"{type(value).__name__} is neither a number nor a date")


def _day(day: date) -> str:
    return f"{day.month}月{day.day}日 周{_WEEK[day.weekday()]}"


def faults(words: str, *, sms: bool = True) -> list[str]:
    """What is wrong with the words of a template: banned words, names of people in it, too long."""
    found = [word for word in BANNED if word in words]
    if sms and len(words) > LONGEST_SMS:
        found.append(f"{len(words)} characters")
    return found
