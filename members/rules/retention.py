"""How long what is kept: one table, from which the page tells it and the sweep does it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from members.rules.exports import KEPT_HOURS

ANSWER_WORKDAYS = 15  # PIPL Art. 50 asks for a handy way and a reason; the bureau answers within 15 working days


@dataclass(frozen=True)
class Period:
    """A length of time and its word. Years go by the calendar of whatever clock is handed in."""

    said: str
    years: int = 0
    days: int = 0
    hours: int = 0

    def over(self, now: datetime) -> datetime:
        """What began at this moment or earlier is over at `now`. From 29 February it counts from the 28th."""
        day = 28 if (now.month, now.day) == (2, 29) and self.years else now.day
        return now.replace(year=now.year - self.years, day=day) - timedelta(days=self.days, hours=self.hours)


class What(StrEnum):
    """What is kept for a time."""

    REGISTER = "register"
    CLAIM = "claim"
    PROOF = "proof"
    NOTE = "note"
    WORKBOOK = "workbook"
    UNSETTLED = "unsettled"
    EXPORT = "export"
    LOOKED = "looked"


@dataclass(frozen=True)
class Kept:
    """One line of the table. `words` has a place for the period: {long}."""

    what: What
    name: str
    period: Period
    words: str = "{long}"


TABLE: tuple[Kept, ...] = (
    Kept(
        What.REGISTER, "信息库里的登记", Period("三年", years=3),
        "在册期间；离开以后{long}，再删掉手机号和身份证号。还在支部、工会，还有事在办，或者还在登录的，等这些都没有了再删",
    ),
    Kept(What.CLAIM, "没核实上、收回了的认领", Period("半年", days=183), "结束以后{long}，写的内容和照片都删掉"),
    Kept(What.PROOF, "核实用的凭据照片", Period("30 天", days=30), "编入支部以后 {long}"),
    Kept(What.NOTE, "联系记录", Period("两年", years=2)),
    Kept(What.WORKBOOK, "各镇、工会交来的表", Period("30 天", days=30), "办完以后 {long}"),
    Kept(What.UNSETTLED, "交来没写入的表", Period("90 天", days=90), "交来以后 {long}，不再写入，一并删掉"),
    Kept(What.EXPORT, "导出的表", Period(f"{KEPT_HOURS} 小时", hours=KEPT_HOURS), "做好以后 {long}"),
    Kept(What.LOOKED, "谁看过我的记录", Period("六个月", days=183), "至少{long}"),  # never deleted: the audit log only grows
)  # fmt: skip
PERIOD: dict[What, Period] = {each.what: each.period for each in TABLE}
KEPT: tuple[tuple[str, str], ...] = tuple((each.name, each.words.format(long=each.period.said)) for each in TABLE)
