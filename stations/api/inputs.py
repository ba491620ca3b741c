"""What may be sent. Every field is named here; a field that is not is refused, never ignored."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from accounts.api import fields
from accounts.api.shapes import Input
from stations.models import Service, Station
from stations.models.bookings import KINDS
from stations.models.services import DAYS
from stations.rules.life import StationMove

MOVES = [
    (StationMove.BUILD, _("开始建")), (StationMove.OPEN, _("开放")), (StationMove.PAUSE, _("暂停")), (StationMove.RESUME, _("恢复开放")),
    (StationMove.CLOSE, _("关掉")),
]  # fmt: skip
FIRST_YEAR, LAST_YEAR = 2000, 9998
VERSION = _("驿站的 version，从 facts/ 里来")


def _service(**more) -> serializers.ChoiceField:
    return fields.pick(KINDS, _("选这个驿站有的一项服务"), **more)


def _whole(said, most: int, **more) -> serializers.IntegerField:
    return serializers.IntegerField(min_value=0, max_value=most, error_messages=dict.fromkeys(("invalid", "min_value", "max_value", "required", "null"), said), **more)


def _hour(**more) -> serializers.TimeField:
    return serializers.TimeField(error_messages={"invalid": _("时间写成 08:30 这样")}, **more)


def _degrees(**more) -> serializers.FloatField:
    return serializers.FloatField(required=False, allow_null=True, error_messages={"invalid": _("写成 34.1 这样的数")}, **more)


class BookIn(Input):
    """A slot as slots/ tells it. Whoever is signed in need not write a phone."""

    service = _service()
    starts_at = serializers.DateTimeField(
        error_messages=dict.fromkeys(("required", "null", "invalid", "date", "overflow"), _("用 slots/ 里的 starts_at")), help_text=_("slots/ 里的 starts_at")
    )
    phone = fields.may(20, help_text=_("手机号；登录了可以不写"))
    plate = fields.may(16, help_text=_("车牌；一车同一时间一个"))
    length_m = serializers.FloatField(
        required=False, allow_null=True, default=None, min_value=2, max_value=40, help_text=_("车长，米；停车用"),
        error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), _("车长写米数，比如 17.5")),
    )  # fmt: skip

    def validate_starts_at(self, value: datetime) -> datetime:
        if not FIRST_YEAR <= value.year <= LAST_YEAR:
            raise serializers.ValidationError(_("用 slots/ 里的 starts_at"))
        return value


class RatingIn(Input):
    value = _whole(_("1 到 5：很不好、不好、一般、好、很好"), 5, help_text=_("1 到 5"))
    words = fields.may(300, help_text=_("说几句"))


class EntryCodeIn(Input):
    code = fields.must(_("输入四位入住码，或者扫司机手机上的码"), max_length=300, help_text=_("四位入住码，或者扫到的地址"))


class KeyIn(Input):
    key = fields.key(_("写预约的 key"))


class WalkInIn(Input):
    service = fields.pick([("", _("进来坐坐")), *KINDS], _("选一项服务，或者不写"), required=False, default="", allow_blank=True)


class ArrivalIn(Input):
    arrival = fields.must(_("写 walk-in/ 给的 arrival"), max_length=400)


class OutIn(Input):
    resource = fields.must(_("写 services/ 里的 resource"), max_length=400)
    why = fields.must(_("写一句哪里坏了"), max_length=120)


class ResourceIn(Input):
    resource = fields.must(_("写 services/ 里的 resource"), max_length=400)


class WhyIn(Input):
    why = fields.must(_("写一句为什么，订了的司机会看到"), max_length=120)


class OfferIn(Input):
    kind = _service()
    how = fields.pick(Service.HOW, _("选怎么用"))
    count = _whole(_("能预约的写有几个，1 到 500"), 500, required=False, default=0, help_text=_("有几个床位、车位"))
    minutes = _whole(_("0 到 720，0 是一晚"), 720, required=False, default=60)


class TermsIn(Input):
    """Only what is handed in changes; what is booked already stays as it was booked."""

    price_fen = _whole(_("价格按分，0 是免费"), 999_999, required=False)
    price_words = serializers.CharField(required=False, allow_blank=True, max_length=60)
    words = serializers.CharField(required=False, allow_blank=True, max_length=120)
    minutes = _whole(_("0 到 720，0 是一晚"), 720, required=False)
    days_ahead = _whole(_("0 到 30 天"), 30, required=False)
    grace = _whole(_("0 到 720 分钟"), 720, required=False)


class HoursRowIn(Input):
    days = fields.pick(DAYS, _("选哪些天"))
    opens = _hour()
    closes = _hour(help_text=_("不晚于 opens 的算第二天；00:00–00:00 是全天"))


class HoursIn(Input):
    rows = HoursRowIn(many=True, max_length=21)
    service = fields.pick([("", _("整个驿站")), *KINDS], _("选一项服务，或者不写"), required=False, default="", allow_blank=True)


class DayIn(Input):
    """Both times, or none: then it is shut."""

    day = serializers.DateField(error_messages=dict.fromkeys(("required", "null", "invalid"), _("日期写成 2026-11-25")))
    opens = _hour(required=False, allow_null=True, default=None)
    closes = _hour(required=False, allow_null=True, default=None)
    why = fields.must(_("写一句为什么，司机会看到"), max_length=60)


class UsualDayIn(Input):
    day = serializers.DateField(error_messages=dict.fromkeys(("required", "null", "invalid"), _("日期写成 2026-11-25")))


class FoundHouseIn(Input):
    """A planned house, for a unit of the tree that has none yet or for a new one by its name."""

    unit = fields.may(40, help_text=_("还没有驿站的单位的代码；新的不写"))
    name = fields.may(60, help_text=_("新的写名称，2 到 60 个字"))
    kind = fields.pick(Station.Kind.choices, _("选类别"))
    place = fields.must(_("写镇街的代码，见 choices"), max_length=12)
    address = fields.must(_("写清楚在哪里，司机要找得到"), max_length=120)
    latitude = _degrees(default=None)
    longitude = _degrees(default=None)


class FactsIn(Input):
    """Only what is handed in changes."""

    version = _whole(VERSION, 2_147_483_647)
    address = serializers.CharField(required=False, max_length=120)
    host = serializers.CharField(required=False, allow_blank=True, max_length=60)
    phone = serializers.CharField(required=False, allow_blank=True, max_length=20)
    words = serializers.CharField(required=False, allow_blank=True, max_length=200)
    area_m2 = _whole(_("写一个整数"), 1_000_000, required=False, allow_null=True)
    opens_on = serializers.DateField(required=False, allow_null=True, error_messages={"invalid": _("日期写成 2026-11-25")})
    latitude = _degrees()
    longitude = _degrees()


class StationMoveIn(Input):
    to = fields.pick(MOVES, _("选要做什么"))
    version = _whole(VERSION, 2_147_483_647)
    why = fields.may(120, help_text=_("暂停和关掉要写，订了的司机会看到"))
    until = fields.on_day(help_text=_("暂停到哪天"))
