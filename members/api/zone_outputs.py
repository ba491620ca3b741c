"""What is told a secretary of the zones 1:5 of his members. Drivers and members behind their masks."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from accounts.api import fields
from accounts.api.shapes import Output


class ZoneRowOut(Output):
    contact = serializers.UUIDField(help_text=_("党员的 key"))
    name = fields.text(help_text=_("只有姓"))
    branch = fields.text()
    place = fields.text(help_text=_("不在本区是空的"))
    seated = fields.number(help_text=_("有几名司机，最多五名"))
    heard = fields.number(help_text=_("本月联系了几名"))
    offered = fields.number(help_text=_("等您定的提议"))
    free = fields.number(help_text=_("还空几个"))


class ZoneFiguresOut(Output):
    members = fields.number()
    seats = fields.number(help_text=_("党员 × 5"))
    seated = fields.number()
    heard = fields.number(help_text=_("本月联系了几名"))
    drivers = fields.number(help_text=_("全区在册司机"))
    drivers_more = serializers.BooleanField(help_text=_("drivers 只数到这么多，实际更多"))


class ZoneDriverOut(Output):
    driver = serializers.UUIDField()
    name = fields.text(help_text=_("只有姓"))
    place = fields.text()
    employer = fields.text()
    trade = fields.text()


class ZoneProposalOut(ZoneDriverOut):
    why = fields.text(help_text=_("为什么是这两个人"))


class ZoneSeatOut(ZoneProposalOut):
    since = fields.moment()
    last = fields.maybe_moment(help_text=_("上次联系"))
    due_at = fields.maybe_moment()
    due = serializers.BooleanField(help_text=_("该联系了"))
    agreed = serializers.BooleanField(help_text=_("他同意联系人看到姓名和手机号"))
    himself = serializers.BooleanField(help_text=_("他自己能登录：同意由他自己点"))


class ZoneOut(Output):
    contact = serializers.UUIDField()
    name = fields.text(help_text=_("只有姓"))
    branch = fields.text()
    place = fields.text()
    free = fields.number(help_text=_("还空几个"))
    seats = ZoneSeatOut(many=True)
    proposals = ZoneProposalOut(many=True)


class ProposedOut(Output):
    free = fields.number(help_text=_("空着几个位置"))
    made = fields.number(help_text=_("提议了几名司机"))


class AcceptedOut(Output):
    seated = fields.number(help_text=_("定了几名"))
    lapsed = fields.number(help_text=_("已经不合适、没有定的"))


class WaitsOut(ZoneDriverOut):
    since = fields.moment(help_text=_("从什么时候等起"))
    why = fields.text(help_text=_("为什么在等"))
    said = fields.text(help_text=_("当时说的；没说是空的"))
    offered = fields.text(help_text=_("已经提议给谁，只有姓；没有是空的"))
