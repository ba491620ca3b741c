"""Dates and lengths as people here say them. Pure; moments are shown in Asia/Shanghai."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from common.clock import SHANGHAI

WEEKDAYS = "一二三四五六日"
CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳㉑㉒㉓㉔㉕㉖㉗㉘㉙㉚"


def weekday_words(day: date) -> str:
    """Say "周一" … "周日"."""
    return f"周{WEEKDAYS[day.weekday()]}"


def date_words(moment: datetime) -> str:
    """For a driver: "11月30日 周一 17:30 前"."""
    at = moment.astimezone(SHANGHAI)
    return f"{day_words(at)} {at:%H:%M} 前"


def day_words(day: date | datetime) -> str:
    """For a driver: "11月30日 周一"."""
    day = _day(day)
    return f"{day.month}月{day.day}日 {weekday_words(day)}"


def whole_day_words(day: date | datetime) -> str:
    """Where the year matters: "2026年11月25日"."""
    day = _day(day)
    return f"{day.year}年{day.month}月{day.day}日"


def short_words(moment: datetime, *, now: datetime | None = None) -> str:
    """For staff: "11-23 周一 17:30"; with the year in front when `now` is given and lies in another."""
    at = moment.astimezone(SHANGHAI)
    return f"{short_day_words(at, now=now)} {at:%H:%M}"


def short_day_words(day: date | datetime, *, now: datetime | None = None) -> str:
    """For staff: "11-20 周五"; with the year in front when `now` lies in another."""
    day = _day(day)
    year = f"{day.year}-" if now is not None and now.astimezone(SHANGHAI).year != day.year else ""
    return f"{year}{day:%m-%d} {weekday_words(day)}"


def moment_words(moment: datetime, now: datetime) -> str:
    """Say "今天 17:30", "明天 17:30", "昨天 09:00", else the short form."""
    at, today = moment.astimezone(SHANGHAI), now.astimezone(SHANGHAI).date()
    near = {0: "今天", 1: "明天", -1: "昨天"}.get((at.date() - today).days)
    return f"{near} {at:%H:%M}" if near else short_words(at, now=now)


def length_words(length: timedelta) -> str:
    """Say "2 小时 30 分钟", "45 分钟", "3 小时"; less than a minute is "不到 1 分钟"."""
    hours, minutes = divmod(int(length.total_seconds() // 60), 60)
    if not hours:
        return f"{minutes} 分钟" if minutes else "不到 1 分钟"
    return f"{hours} 小时 {minutes} 分钟" if minutes else f"{hours} 小时"


def day_list(days: Iterable[date], *, run: int = 3, near: date | None = None) -> str:
    """Dates in a row: "16、17、19、20 日"; `run` or more in a row become "14–16".

    Months are named when there are several, or when the one differs from that of `near`:
    "10月8–10、12、13日", "9月30日、10月8日"."""
    months: dict[tuple[int, int], list[list[date]]] = {}
    previous: date | None = None
    for day in sorted(days):
        groups = months.setdefault((day.year, day.month), [])
        if groups and previous is not None and day - previous == timedelta(days=1):
            groups[-1].append(day)
        else:
            groups.append([day])
        previous = day
    said = {month: "、".join(_run_words(group, run) for group in groups) for month, groups in months.items()}
    if len(said) == 1:
        (month, text), *_rest = said.items()
        if near is None or (near.year, near.month) == month:
            return f"{text} 日"
    return "、".join(f"{month}月{text}日" for (_year, month), text in said.items())


def _run_words(group: list[date], run: int) -> str:
    if len(group) >= run:
        return f"{group[0].day}–{group[-1].day}"
    return "、".join(str(day.day) for day in group)


def circled(number: int) -> str:
    """Say "①" … "㉚"; beyond that plain digits."""
    return CIRCLED[number - 1] if 1 <= number <= len(CIRCLED) else str(number)


def _day(day: date | datetime) -> date:
    return day.astimezone(SHANGHAI).date() if isinstance(day, datetime) else day
