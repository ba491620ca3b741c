"""A due date told in Chinese: one sentence, and the four rows of the clock card."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import groupby
from typing import TYPE_CHECKING

from appeals.rules.clock_kinds import Unit
from common.words import day_list, length_words, short_day_words, short_words

if TYPE_CHECKING:
    from appeals.rules.clocks import Due, Line

PROVISIONAL = "暂定"


def explain(due: Due) -> str:
    """Why the limit ends when it does, in one Chinese sentence that names every day or its group."""
    spec = due.spec
    end = f"到 {short_words(due.due, now=due.start)} 止"
    if spec.unit is Unit.WALL_MINUTES:
        text = f"{spec.words}，从 {short_words(due.start)} 起昼夜连续计，{end}。"
    elif spec.unit is Unit.OFFICE_MINUTES:
        days = "；".join(f"{short_day_words(line.date)} {line.why}" for line in due.lines)
        text = f"{spec.words}，从 {short_words(due.start)} 起只计办公时间：{days}；{end}。"
    elif spec.unit is Unit.CALENDAR_DAYS:
        last = max((line for line in due.lines if line.number), key=lambda line: line.number)
        rolled = "；最后一天休息，顺延到下一个工作日" if due.lines[-1].date > last.date and spec.roll else ""
        text = f"{spec.words}，休息日也计：{short_day_words(due.start)}收到，当天不计，第 {last.number} 天是 {short_day_words(last.date)}{rolled}；{end}。"
    else:
        rows = "；".join(f"{label}：{said}" for label, said in card_rows(due))
        extended = f"，加上延期 {due.extension_days} 个工作日" if due.extension_days else ""
        text = f"{spec.words}{extended}，{short_day_words(due.start)}收到，从第二天起找第一个工作日开始计。{rows}；{end}。"
    if due.provisional:
        years = "、".join(str(year) for year in due.unknown_years)
        text += f"{years} 年的放假安排还没有录入，先按周末休息推算，日期{PROVISIONAL}。"
    return text


def card_rows(due: Due, *, first_due: datetime | None = None) -> list[tuple[str, str]]:
    """The rows of the clock card: ("计 5 天", "16、17、19、20、23 日；收到当天不计"), 不计, 停钟, 首次承诺."""
    counted = [line.date for line in due.lines if line.counted]
    part = [line for line in due.lines if line.counted is None]
    resting = [line for line in due.lines[1:] if line.rest]
    near = due.start.date()
    rows: list[tuple[str, str]] = []
    if due.spec.hourly:
        rows.append(
            (
                f"计 {sum(line.minutes for line in due.lines)} 分钟",
                "；".join(f"{short_day_words(line.date)} {line.why}" for line in due.lines if line.minutes),
            )
        )
        resting = [line for line in due.lines if line.rest]
    else:
        tail = f"；{short_day_words(part[0].date)}{part[0].why}" if part else ""
        rows.append((f"计 {len(counted)} 天", f"{day_list(counted, near=near)}；收到当天不计{tail}"))
    if resting:
        rows.append((f"不计 {len(resting)} 天", _by_reason(resting, near)))
    stops = [line for line in due.lines if line.paused]
    if stops:
        total = sum(line.paused for line in stops)
        rows.append((f"停钟 {held_words(total)}", pause_words(due) + "，等司机补充"))
    if first_due is not None:
        rows.append(("首次承诺", f"{short_words(first_due)}，一直写在司机页上，不改"))
    return rows


def pause_words(due: Due) -> str:
    """Say "11-17 周二 15:10 至 11-18 周三 15:10"; an open pause says 还没结束."""
    said = []
    for pause in due.pauses:
        if pause.start >= due.due:
            continue
        end = f"至 {short_words(pause.end)}" if pause.end else "起，还没结束"
        said.append(f"{short_words(pause.start)} {end}")
    return "、".join(said)


def _by_reason(lines: list[Line], near: date) -> str:
    """Say "14–15、21–22 日周末"; several reasons are joined with 、 in the order of their first day."""
    reasons: dict[str, list[date]] = {}
    for why, group in groupby(lines, key=lambda line: line.why):
        reasons.setdefault(why, []).extend(line.date for line in group)
    return "，".join(f"{day_list(days, run=2, near=near)}{why}" for why, days in reasons.items())


def held_words(minutes: int, day_minutes: int = 420) -> str:
    """Say "1 天", "1 天 2 小时 30 分钟", "2 小时": held office time, a day being a whole office day."""
    days, rest = divmod(minutes, day_minutes)
    said = [f"{days} 天"] if days else []
    if rest or not days:
        said.append(length_words(timedelta(minutes=rest)))
    return " ".join(said)
