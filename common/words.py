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


def day_list(days: Iterable[date], *, run: int = 3) -> str:
    """Dates in a row: "16、17、19、20 日"; `run` or more in a row become "14–16".

    More than one month: "9月30日、10月8–9日"."""
    groups: list[list[date]] = []
    for day in sorted(days):
        last = groups[-1][-1] if groups else None
        if last and day - last == timedelta(days=1) and day.month == last.month:
            groups[-1].append(day)
        else:
            groups.append([day])
    pieces: list[tuple[date, str]] = []
    for group in groups:
        if len(group) >= run:
            pieces.append((group[0], f"{group[0].day}–{group[-1].day}"))
        else:
            pieces += [(day, str(day.day)) for day in group]
    if not pieces:
        return ""
    if len({(day.year, day.month) for day, _text in pieces}) == 1:
        return "、".join(text for _day_, text in pieces) + " 日"
    return "、".join(f"{day.month}月{text}日" for day, text in pieces)


def circled(number: int) -> str:
    """Say "①" … "㉚"; beyond that plain digits."""
    return CIRCLED[number - 1] if 1 <= number <= len(CIRCLED) else str(number)


def _day(day: date | datetime) -> date:
    return day.astimezone(SHANGHAI).date() if isinstance(day, datetime) else day
