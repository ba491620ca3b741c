"""What is told about houses, bookings and places in a line. A driver is masked as on the desk's page."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from accounts.api import fields
from accounts.api.shapes import Output


def _flag(**more) -> serializers.BooleanField:
    return serializers.BooleanField(**more)


def _degrees() -> serializers.FloatField:
    return serializers.FloatField(allow_null=True)


class FreeOut(Output):
    kind = fields.text()
    kind_word = fields.text()
    free = fields.number(help_text=_("现在空几个"))
    all = fields.number(help_text=_("能用的一共几个；停用的不算"))


class HouseRowOut(Output):
    """One house in a list, as it is now."""

    slug = fields.text()
    name = fields.text()
    kind = fields.text()
    kind_word = fields.text()
    state = fields.text(help_text=_("planned building open paused closed"))
    state_word = fields.text()
    open_now = _flag(help_text=_("现在开着门"))
    opening = fields.text(help_text=_("现在开门、几点再开、暂停的原因"))
    address = fields.text()
    place = fields.text(help_text=_("镇街的代码"))
    latitude = _degrees()
    longitude = _degrees()
    phone = fields.text()
    km = serializers.FloatField(allow_null=True, help_text=_("直线距离；没给位置是空的"))
    free = FreeOut(many=True, help_text=_("能预约的，现在空几个"))
    as_of = fields.moment()


class NearOut(Output):
    items = HouseRowOut(many=True)


class ServiceOut(Output):
    kind = fields.text()
    kind_word = fields.text()
    how = fields.text(help_text=_("book 可以预约，queue 到店排队，walk_in 直接来"))
    how_word = fields.text()
    state = fields.text(help_text=_("open paused"))
    paused_why = fields.text()
    price_fen = fields.number(help_text=_("0 是免费"))
    price = fields.text()
    words = fields.text()
    today = fields.text(help_text=_("今天几点到几点"))
    minutes = fields.number(help_text=_("一次多少分钟；0 是一晚"))
    days_ahead = fields.number()
    grace = fields.number(help_text=_("过点保留几分钟"))
    free = serializers.IntegerField(allow_null=True, help_text=_("现在空几个；不预约的是空的"))
    all = serializers.IntegerField(allow_null=True)


class HoursOut(Output):
    days = fields.text()
    days_word = fields.text()
    opens = serializers.TimeField()
    closes = serializers.TimeField()


class ExceptionOut(Output):
    day = serializers.DateField()
    opens = serializers.TimeField(allow_null=True)
    closes = serializers.TimeField(allow_null=True)
    why = fields.text()


class HouseOut(HouseRowOut):
    """All that is said of one house."""

    host = fields.text(help_text=_("设在哪里"))
    words = fields.text()
    area_m2 = serializers.IntegerField(allow_null=True)
    opens_on = fields.maybe_day()
    paused_until = fields.maybe_day()
    hours = HoursOut(many=True)
    exceptions = ExceptionOut(many=True, help_text=_("今天起特别的日子；两个时间都空是不开"))
    services = ServiceOut(many=True)


class SlotOut(Output):
    starts_at = fields.moment()
    ends_at = fields.moment()
    free = fields.number()
    all = fields.number()


class SlotsOut(Output):
    service = fields.text()
    day = serializers.DateField()
    items = SlotOut(many=True)
    as_of = fields.moment()


class TicketOut(Output):
    """His booking. The code is shown at the desk."""

    key = serializers.UUIDField(help_text=_("拿着它就能看和取消；登录订的只有本人"))
    code = fields.text(help_text=_("四位入住码"))
    state = fields.text(help_text=_("booked in_house done cancelled no_show"))
    state_word = fields.text()
    why = fields.text(help_text=_("没有了的原因"))
    house = fields.text(help_text=_("驿站的 slug"))
    house_name = fields.text()
    address = fields.text()
    house_phone = fields.text()
    service = fields.text()
    service_word = fields.text()
    resource = fields.text(help_text=_("几号床、几号车位"))
    plate = fields.text()
    starts_at = fields.moment()
    ends_at = fields.moment()
    keep_until = fields.moment(help_text=_("过了这时没到，让给别人"))
    price = fields.text()
    may_cancel = _flag()
    may_rate = _flag()
    rating = serializers.IntegerField(allow_null=True, help_text=_("1 到 5"))


class StandByOut(Output):
    """His place in a line."""

    key = serializers.UUIDField()
    state = fields.text(help_text=_("waiting booked left lapsed"))
    state_word = fields.text()
    house = fields.text()
    house_name = fields.text()
    service = fields.text()
    service_word = fields.text()
    starts_at = fields.moment()
    ends_at = fields.moment()
    place = serializers.IntegerField(allow_null=True, help_text=_("排第几；不排了是空的"))
    ticket = serializers.UUIDField(allow_null=True, help_text=_("排到了：预约的 key"))


class StandBysOut(Output):
    items = StandByOut(many=True)


class DeskRowOut(Output):
    """A booking, or a place in the line, as the desk sees it: no code, the driver behind his masks."""

    key = serializers.UUIDField()
    service = fields.text()
    service_word = fields.text()
    resource = fields.text()
    who = fields.text(help_text=_("一颗星的姓名、手机尾号、遮着的车牌"))
    state = fields.text()
    starts_at = fields.moment()
    ends_at = fields.moment()
    late = _flag(help_text=_("过了开始的时间还没来"))


class CameOut(Output):
    service = fields.text(help_text=_("空的是进来坐坐"))
    booked = fields.number()
    walked_in = fields.number()


class DeskOut(Output):
    """Today at one house. Each list holds at most 60."""

    as_of = fields.moment()
    coming = DeskRowOut(many=True)
    inside = DeskRowOut(many=True)
    line = DeskRowOut(many=True)
    came = CameOut(many=True)


class ArrivalOut(Output):
    arrival = fields.text(help_text=_("十分钟内撤回用"))
    service = fields.text()
    at = fields.moment()


class ResourceOut(Output):
    resource = fields.text(help_text=_("停用和恢复的时候带回来"))
    name = fields.text()
    length_dm = serializers.IntegerField(allow_null=True)
    out_since = fields.maybe_moment()
    out_why = fields.text()


class KeptServiceOut(ServiceOut):
    resources = ResourceOut(many=True)


class KeptServicesOut(Output):
    items = KeptServiceOut(many=True)


class ConsequenceOut(Output):
    moved = fields.number(help_text=_("换到别的空位的"))
    lost = fields.number(help_text=_("没有位置了、已经告诉了的"))


class EndedOut(Output):
    ended = fields.number(help_text=_("到时候不开门、已经告诉了的"))


class FactsOut(Output):
    """What is said of a house, for whoever leads them all."""

    slug = fields.text()
    name = fields.text()
    kind = fields.text()
    state = fields.text()
    state_word = fields.text()
    version = fields.number(help_text=_("改的时候带回来；别人先改过是 409"))
    moves = serializers.ListField(child=serializers.CharField(), help_text=_("现在能做的"))
    address = fields.text()
    place = fields.text()
    host = fields.text()
    phone = fields.text()
    words = fields.text()
    area_m2 = serializers.IntegerField(allow_null=True)
    opens_on = fields.maybe_day()
    latitude = _degrees()
    longitude = _degrees()
