"""What is told of coverage. Numbers alone: nobody is named."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from accounts.api import fields
from accounts.api.shapes import Output


class CountedOut(Output):
    code = fields.text(help_text=_("镇街的代码，或者统一社会信用代码；没有是空的"))
    name = fields.text()
    declared = fields.number(allow_null=True, help_text=_("报了几名；没有人报过是 null"))
    held = fields.number(help_text=_("库里在册几名"))
    checked = fields.number(help_text=_("一年内核过的"))
    missing = fields.number(allow_null=True, help_text=_("报了、库里还没有的；没有人报过是 null"))
    stale = fields.number(help_text=_("超过一年没核的"))


class TownCountedOut(CountedOut):
    handed_in = fields.maybe_moment(help_text=_("最近一次报的时候；一年内没报是 null"))
    late = serializers.BooleanField(help_text=_("一年内没有报"))


class CompanyCountedOut(CountedOut):
    in_union = serializers.BooleanField(help_text=_("建了会：报了几名按工会名册里的货车司机"))


class CensusCoverageOut(Output):
    at = fields.moment(help_text=_("什么时候数的"))
    towns = fields.number(help_text=_("镇街几个"))
    handed_in = fields.number(help_text=_("一年内报了的镇街"))
    held = fields.number()
    checked = fields.number()
    missing = fields.number()
    stale = fields.number()
    as_of = fields.maybe_day(help_text=_("问的那一天"))
    then = fields.number(allow_null=True, help_text=_("那一天结束时在册几名"))
    places = TownCountedOut(many=True)
    enterprises = CompanyCountedOut(many=True, help_text=_("司机最多的 50 家"))
