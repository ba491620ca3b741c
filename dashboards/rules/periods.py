"""Periods of the dashboards: whole days in Xuzhou, first and last included."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from common.clock import SHANGHAI

WEEKS = 12
_DAY = timedelta(days=1)
NAMES = ("month", "12w", "year")
WORDS = {"month": "本月", "12w": "近 12 周", "year": "本年"}


@dataclass(frozen=True)
class Period:
    """`first` and `last` are dates, both inside; `word` is what people call it."""

    name: str
    word: str
    first: date
    last: date

    @property
    def start(self) -> datetime:
        """The first moment."""
        return midnight(self.first)

    @property
    def end(self) -> datetime:
        """The moment after the last."""
        return midnight(self.last + _DAY)

    @property
    def words(self) -> str:
        """"8-31 至 11-22"; with years where they differ."""
        if self.first.year != self.last.year:
            return f"{self.first.year}-{short(self.first)} 至 {self.last.year}-{short(self.last)}"
        return f"{short(self.first)} 至 {short(self.last)}"

    def holds(self, day: date) -> bool:
        return self.first <= day <= self.last


def midnight(day: date) -> datetime:
    """The first moment of a day in Xuzhou."""
    return datetime.combine(day, time(), SHANGHAI)


def short(day: date) -> str:
    """"8-31": month and day as staff write them."""
    return f"{day.month}-{day.day}"


def period(name: str, today: date) -> Period:
    """One of NAMES on the day `today`. "12w" is the twelve whole weeks before this one. Raises KeyError."""
    if name == "month":
        return Period(name, WORDS[name], today.replace(day=1), today)
    if name == "year":
        return Period(name, WORDS[name], today.replace(month=1, day=1), today)
    if name == "12w":
        monday = monday_of(today)
        return Period(name, WORDS[name], monday - timedelta(weeks=WEEKS), monday - _DAY)
    raise KeyError(name)


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def weeks(today: date) -> list[date]:
    """Mondays of the twelve whole weeks before this one, oldest first."""
    monday = monday_of(today)
    return [monday - timedelta(weeks=back) for back in range(WEEKS, 0, -1)]


def week(monday: date) -> Period:
    return Period(f"w{monday:%Y-%m-%d}", f"{short(monday)} 那一周", monday, monday + 6 * _DAY)


def quarter_of(day: date) -> Period:
    """The quarter that holds `day`, by its name "2026Q4"."""
    number = (day.month - 1) // 3
    first = date(day.year, number * 3 + 1, 1)
    after = date(day.year + (number == 3), (number * 3 + 3) % 12 + 1, 1)
    return Period(f"{day.year}Q{number + 1}", f"{day.year} 年{'一二三四'[number]}季度", first, after - _DAY)


def quarters(today: date, count: int = 4) -> list[Period]:
    """The last `count` quarters, oldest first; the last one is the present quarter, not over yet."""
    found, day = [], today
    for _ in range(count):
        found.append(quarter_of(day))
        day = found[-1].first - _DAY
    return found[::-1]


def quarter(name: str) -> Period:
    """"2026Q4" -> that quarter. Raises ValueError for anything else."""
    year, mark, number = name.partition("Q")
    if mark != "Q" or not (year.isascii() and year.isdigit()) or len(year) != 4 or number not in {"1", "2", "3", "4"}:
        raise ValueError(name)
    return quarter_of(date(int(year), int(number) * 3, 1))
