"""Campaigns, points, stock and hand-outs as data: what is told, and what may be sent."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from accounts.api import fields
from accounts.api.shapes import Input, Output
from care.rules.ledger import MOST
from care.services.issuing import MOST_ROWS

# --- told ----------------------------------------------------------------------------------------


class CampaignOfferOut(Output):
    good = fields.text(help_text=_("发什么；发放时照这个写"))
    unit_word = fields.text()
    period = fields.text(help_text=_("day 每天、week 每周、campaign 整个活动"))
    period_word = fields.text()
    each = fields.number(help_text=_("一人一次最多几份"))


class CampaignOut(Output):
    code = fields.text()
    name = fields.text()
    words = fields.text()
    starts_at = fields.moment()
    ends_at = fields.moment(help_text=_("到这一刻为止，这一刻不发了"))
    who = fields.text(help_text=_("everyone 来往司机都可以，registered 登记过的"))
    who_word = fields.text()
    running = serializers.BooleanField(help_text=_("现在在发"))
    offers = CampaignOfferOut(many=True)


class PointOut(Output):
    code = fields.text()
    name = fields.text()
    kind = fields.text()
    kind_word = fields.text()
    unit = fields.text(help_text=_("哪个单位管；空的是工会"))
    place = fields.text()
    mine = serializers.BooleanField(help_text=_("归您管，您能在这里发"))


class HeapOut(Output):
    point = fields.text()
    campaign = fields.text()
    good = fields.text()
    unit_word = fields.text()
    left = fields.number()


class IssuedOut(Output):
    at = fields.moment()
    point = fields.text()
    good = fields.text()
    quantity = fields.number()
    repeat = serializers.BooleanField(help_text=_("这一期已经领过，还是发了"))
    registered = serializers.BooleanField(help_text=_("库里有他"))
    left = fields.number(help_text=_("这里还剩几份"))


class SaidOut(Output):
    client_key = serializers.UUIDField()
    what = fields.text(help_text=_("made 记下了、known 早就记过、refused 没有收"))
    repeat = serializers.BooleanField()
    code = fields.text()
    words = fields.text(help_text=_("没有收的，为什么"))


class SaidsOut(Output):
    rows = SaidOut(many=True)


# --- sent ----------------------------------------------------------------------------------------


class ToIn(Input):
    point = fields.must(_("写哪个发放点"), max_length=24)
    campaign = fields.must(_("写哪个活动"), max_length=24)
    good = fields.must(_("写发什么"), max_length=40)
    quantity = serializers.IntegerField(
        required=False, default=1, min_value=1, max_value=MOST,
        error_messages={name: _("写 1 或更大的整数") for name in ("invalid", "min_value", "null", "max_string_length")} | {"max_value": _("一次最多 %s，请看看是不是多打了几个零") % MOST},
    )  # fmt: skip
    plate = fields.may(16, help_text=_("车牌，和 tail 一起"))
    tail = fields.may(4, help_text=_("手机号最后 4 位"))
    card = fields.may(300, help_text=_("司机出示的四位数，或者扫出来的码；有它就不用车牌"))
    anyway = fields.may(120, help_text=_("这一期领过还要发：为什么"))


class RowIn(ToIn):
    client_key = fields.key(_("每一行带一个自己生成的 UUID，重发时不变"))
    at = serializers.DateTimeField(help_text=_("什么时候发的，照手机的钟"), error_messages={"invalid": _("时间写成 2026-11-23T14:36:00+08:00")})


class ReplayIn(Input):
    rows = RowIn(many=True, allow_empty=False, max_length=MOST_ROWS)
    sent_at = serializers.DateTimeField(required=False, allow_null=True, default=None, help_text=_("手机的钟现在几点：差多少就扣掉多少"))
