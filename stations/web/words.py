"""How a house, its hours, its prices and its nights are said on a phone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from django.utils.translation import gettext as _

from common import clock
from common.words import day_words, weekday_words
from stations.models import Service, Station
from stations.rules.hours import Days, Hours, Row, Span
from stations.rules.kinds import KIND_WORDS, ServiceKind
from stations.rules.life import StationState
from stations.rules.week import Times, grouped
from stations.services.bookings import kept_until

SHORT = {ServiceKind.LODGING: "床位", ServiceKind.PARKING: "车位", ServiceKind.SHOWER: "淋浴"}
# What a driver calls the rest of it; the desk keeps the names of its papers.
HIS = {ServiceKind.MEALS: "餐厅", ServiceKind.INSPECTION: "车辆年检", ServiceKind.READING: "学习室", ServiceKind.APPEALS: "反映问题"}
WEEKDAYS = "一二三四五六日"
UNIT = {ServiceKind.LODGING: "张", ServiceKind.PARKING: "个"}


def open_words(station: Station, hours: Hours, *, now: datetime) -> tuple[str, str]:
    """(tone, words) of a house at this moment: "ok" 现在开门, "warn" for what is closed for a time, "" for the rest."""
    if station.state == StationState.PLANNED:
        when = _("，%(day)s开") % {"day": day_words(station.opens_on)} if station.opens_on else ""
        return "", _("计划中，还不能去") + when
    if station.state == StationState.BUILDING:
        return "", _("正在建，还不能去")
    if station.state == StationState.PAUSED:
        until = _("，%(day)s再开") % {"day": day_words(station.paused_until)} if station.paused_until else ""
        return "warn", _("暂停：%(why)s") % {"why": station.paused_why} + until
    if station.state == StationState.CLOSED:
        return "", _("已经关了")
    span = hours.open_at(now)
    if span is not None:
        return "ok", _("现在开门")
    following = hours.opens_next(now)
    return "warn", _("现在关门，%(when)s开") % {"when": near_words(following, now)} if following else _("现在关门")


def until_words(hours: Hours, *, now: datetime) -> str:
    """Until when it is open: 全天有人, or 开到 21:00."""
    span = hours.open_at(now)
    if span is None:
        return ""
    if span.ends - span.starts >= timedelta(hours=24):
        return _("全天有人")
    return _("开到 %(time)s") % {"time": f"{clock.local(span.ends):%H:%M}"}


def today_words(hours: Hours, *, now: datetime) -> str:
    """The hours of today for a list: 全天, 6:30–21:00, 今天不开."""
    spans = hours.spans(clock.today(now))
    if not spans:
        return _("今天不开")
    if spans[0].ends - spans[0].starts >= timedelta(hours=24):
        return _("全天")
    return "、".join(f"{_time(one.starts)}–{_time(one.ends)}" for one in spans)


def week_words(rows: Sequence[Row]) -> str:
    """The hours of a week: 6:30–21:00; 工作日 8:30–17:30; 周一到周五 8:30–17:00，周六 8:30–12:00."""
    return "，".join(f"{_days(group.days)}{_times(group.times)}" for group in grouped(rows))


def _days(days: str | tuple[int, int]) -> str:
    """周一到周六, 周日, 工作日, each with the blank behind it; nothing for every day."""
    if isinstance(days, str):
        return {Days.WORKDAY: _("工作日") + " ", Days.RESTDAY: _("休息日") + " "}.get(Days(days), "")
    first, last = (_("周%(day)s") % {"day": WEEKDAYS[day - 1]} for day in days)
    if days == (1, 7):
        return ""
    if first == last:
        return first + " "
    return (_("%(first)s到%(last)s") if days[1] - days[0] > 1 else _("%(first)s、%(last)s")) % {"first": first, "last": last} + " "


def _times(times: Times) -> str:
    if any(opens == closes for opens, closes in times):
        return _("全天")
    return "、".join(f"{_clock(opens)}–{_clock(closes)}" for opens, closes in times)


def _clock(at: time) -> str:
    return f"{at.hour}:{at:%M}"


def his_name(service: Service) -> str:
    """What the list calls a service that is not booked: 餐厅, 车辆年检."""
    return _(HIS.get(ServiceKind(service.kind)) or KIND_WORDS[ServiceKind(service.kind)])


def near_words(moment: datetime, now: datetime) -> str:
    """今天 6:30, 明天 6:30, 周五 6:30."""
    return f"{day_near(clock.today(moment), now)} {_time(moment)}"


def day_near(day: date, now: datetime) -> str:
    ahead = (day - clock.today(now)).days
    return {0: _("今天"), 1: _("明天"), 2: _("后天")}.get(ahead) or weekday_words(day)


def night_near(day: date, now: datetime) -> str:
    """今晚, 明晚, 后天晚上, 周五晚上."""
    ahead = (day - clock.today(now)).days
    return {0: _("今晚"), 1: _("明晚"), 2: _("后天晚上")}.get(ahead) or _("%(day)s晚上") % {"day": weekday_words(day)}


def slot_words(service: Service, span: Span, now: datetime) -> str:
    """When a booking is: 今晚 14:00 到明天 12:00; 今天 18:00–19:00."""
    day = clock.today(span.starts)
    if service.minutes == 0:
        return _("%(night)s，%(from)s 到第二天 %(to)s") % {"night": night_near(day, now), "from": _time(span.starts), "to": _time(span.ends)}
    return f"{day_near(day, now)} {_time(span.starts)}–{_time(span.ends)}"


def short_name(service: Service) -> str:
    return _(SHORT.get(ServiceKind(service.kind)) or KIND_WORDS[ServiceKind(service.kind)])


def free_name(service: Service) -> str:
    """空床, 空车位, 空淋浴: what a number of free ones is called."""
    return _("空%(what)s") % {"what": _("床") if service.kind == ServiceKind.LODGING else short_name(service)}


def left_words(service: Service, free: int) -> str:
    """剩 6 张, 订满了."""
    if free <= 0:
        return _("订满了")
    return _("剩 %(free)s %(unit)s") % {"free": free, "unit": UNIT.get(ServiceKind(service.kind), "个")}


def price_words(service: Service) -> str:
    """免费, 20 元一晚, 12.50 元."""
    if service.price_fen == 0:
        return service.price_words or _("免费")
    yuan = f"{service.price_fen // 100}" + (f".{service.price_fen % 100:02d}" if service.price_fen % 100 else "")
    return _("%(yuan)s 元%(each)s") % {"yuan": yuan, "each": service.price_words}


def keep_words(service: Service, span: Span, made: datetime) -> str:
    """Until when the place is kept for who has not come, for a booking made at `made`."""
    if service.minutes and span.starts <= made:
        return _("订好后 %(minutes)d 分钟没到会让给别人，随时能取消。") % {"minutes": service.grace}
    until = kept_until(service, span.starts, made)
    said = _time(until) if clock.today(until) == clock.today(span.starts) else near_words(until, made)
    return _("%(time)s 没到会让给别人，随时能取消。") % {"time": said}


def do_words(service: Service, when: str = "") -> str:
    """The main button. Without `when` it names no time: which one is chosen beside it may change without a script."""
    if service.kind == ServiceKind.LODGING:
        return _("订%(when)s一张床") % {"when": when}
    if service.kind == ServiceKind.PARKING:
        return _("订%(when)s一个车位") % {"when": when}
    return _("订%(when)s的%(what)s") % {"when": when, "what": short_name(service)} if when else _("订这个时间")


def first_words(service: Service) -> str:
    """The head above the choices: what he gets when he comes."""
    ends = {ServiceKind.LODGING: _("先订好，到了就住"), ServiceKind.PARKING: _("先订好，到了就停"), ServiceKind.SHOWER: _("先订好，到了就洗")}
    return ends.get(ServiceKind(service.kind)) or _("先订好，到了就用")


def _time(moment: datetime) -> str:
    at = clock.local(moment)
    return f"{at.hour}:{at:%M}"
