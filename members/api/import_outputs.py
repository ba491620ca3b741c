"""What is told of the rows of an import, masked as on its page."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from accounts.api import fields
from accounts.api.shapes import Output


class StagedChangeOut(Output):
    column = fields.text()
    old = fields.text()
    new = fields.text()


class StagedOut(Output):
    """One row of the workbook as it was checked."""

    sheet = fields.text()
    row = fields.number(help_text=_("表上第几行"))
    outcome = fields.text()
    column = fields.text(help_text=_("不收的：哪一列"))
    raw = fields.text(help_text=_("不收的：原来写的，遮着"))
    reason = fields.text(help_text=_("不收的：十种理由之一，给程序看"))
    why = fields.text(help_text=_("不收的：怎么改，给人看"))
    name = fields.text(help_text=_("只有姓"))
    phone = fields.text()
    changes = StagedChangeOut(many=True)
    said = serializers.ListField(child=fields.text(), help_text=_("提醒"))
    conflicts = serializers.ListField(child=fields.text(), help_text=_("要人定的"))


class ConfirmerOut(Output):
    person = serializers.UUIDField()
    name = fields.text()


class ConfirmersOut(Output):
    items = ConfirmerOut(many=True)


class HeaderOut(Output):
    header = fields.text()
    field = fields.text(help_text=_("读成哪一项；空的是不读这一列"))
    word = fields.text()
    by = fields.text()
    at = fields.moment()


class HeadersOut(Output):
    items = HeaderOut(many=True)
