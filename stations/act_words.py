"""What the audit log calls the acts of the stations, in words."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from accounts.admin.audit_words import register_acts

ACTS = {
    "booking.book": _("预约：订下"),
    "booking.moved": _("预约：换一个位置"),
    "booking.rated": _("预约：评价"),
    "arrival.walk_in": _("到站：没预约就来"),
    "arrival.taken_back": _("到站：记错了，撤回"),
    "waiting.join": _("排队：排上"),
    "waiting.leave": _("排队：不排了"),
    "waiting.moved_up": _("排队：轮到了"),
    "waiting.ended": _("排队：驿站结束了排队"),
    "resource.out": _("位置：停用"),
    "resource.back": _("位置：恢复"),
    "service.offer": _("服务：开设"),
    "service.pause": _("服务：暂停"),
    "service.resume": _("服务：恢复"),
    "service.terms": _("服务：改条件和价格"),
    "station.found": _("驿站：设立"),
    "station.facts": _("驿站：改情况"),
    "station.hours": _("驿站：改开放时间"),
    "station.exception": _("驿站：某天不照常开"),
    "station.exception_gone": _("驿站：那天还是照常开"),
    "station.photo_added": _("驿站：加一张照片"),
    "station.photo_removed": _("驿站：撤一张照片"),
    "home.look": _("司机之家：对照清单看一遍"),
    "shift.begin": _("值班：当班"),
    "shift.hand_over": _("值班：写交接"),
    "shift.withdrawn": _("值班：收回交接"),
    "shift.signed": _("值班：签收接班"),
    "shift.taken": _("值班：没有交接，自己接班"),
    "shift.end": _("值班：下班，没有人接"),
    "booking.paid": _("驿站：收款"),
    "box.hang": _("意见箱：挂一个箱"),
    "box.down": _("意见箱：取下一个箱"),
    "box.open": _("意见箱：开箱"),
    "box.recount": _("意见箱：改数目"),
    "box.witness": _("意见箱：第二人签"),
    "box.letter": _("意见箱：录一封信"),
    "thing.add": _("设备：加一样"),
    "thing.check": _("设备：查一次"),
    "thing.broken": _("设备：坏了，要修"),
    "thing.mended": _("设备：修好"),
    "thing.drop": _("设备：不用了"),
}


def connect() -> None:
    """Called once, when the apps are ready."""
    register_acts(ACTS)
