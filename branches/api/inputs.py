"""What may be sent about branches. A field that is not named here is refused, never ignored."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from accounts.api import fields
from accounts.api.shapes import Input
from accounts.models import Unit
from branches.models import Branch, Membership, Officer
from branches.rules.coverage import KINDS

_WHY = _("写一句为什么")


class TransferIn(Input):
    member = serializers.UUIDField(help_text=_("党员的 key，见支部的党员"), error_messages={"required": _("写是哪名党员"), "invalid": _("key 是一个 UUID")})
    branch = serializers.CharField(max_length=24, help_text=_("转到哪个支部：代码"), error_messages={"required": _("选一个支部"), "blank": _("选一个支部")})
    reason = serializers.CharField(max_length=200, error_messages={"required": _WHY, "blank": _WHY})

    def validate_branch(self, code: str) -> Branch:
        found = Branch.objects.filter(unit__code=code, ended_on=None).first()
        if found is None:
            raise serializers.ValidationError(_("没有这个支部"))
        return found


class RefuseTransferIn(Input):
    why = serializers.CharField(max_length=200, error_messages={"required": _WHY, "blank": _WHY})


class ConfirmIn(Input):
    """No field: the act is all that is said."""


class HostIn(Input):
    host = fields.must(_("选一个中队"), max_length=24, help_text=_("依托哪个中队：代码，见 branches/hosts/"))

    def validate_host(self, code: str) -> Unit:
        found = Unit.objects.filter(code=code, kind=Unit.Kind.SQUAD, is_active=True).first()
        if found is None:
            raise serializers.ValidationError(_("支部要依托一个执法中队"))
        return found


class FoundIn(HostIn):
    name = fields.must(_("写上支部的全名"), max_length=60, help_text=_("支部的全名"))


class CoverIn(Input):
    kind = fields.pick([(each, each) for each in KINDS], _("选镇街、企业或者行业"), help_text=_("place 镇街，enterprise 企业，trade 行业"))
    key = fields.must(_("写要管的是哪一个"), max_length=40, help_text=_("覆盖里的 key"))


class ElectIn(Input):
    unit = fields.must(_("写是哪个支部"), max_length=24, help_text=_("支部或者行业党委的代码"))
    person = fields.key(_("选一个人"), help_text=_("党员的 key，或者 branches/terms/posted/ 里的 person"))
    post = fields.pick(Officer.Post.choices, _("请选一个职务"))
    since = serializers.DateField(error_messages={"required": _("写哪天选的"), "invalid": _("日期写成 2026-11-25")}, help_text=_("哪天选的"))
    group = fields.may(40, help_text=_("小组长写是哪个小组：名字"))


class EndTermIn(Input):
    officer = fields.must(_("带上列表里的 officer"), max_length=200)
    reason = fields.must(_WHY, max_length=200)


class FindMemberIn(Input):
    text = fields.must(_("写姓名里的两个字、车牌，或者手机尾号四位"), max_length=20, help_text=_("姓名里的两个字、车牌，或者手机尾号四位"))
    branch = fields.may(24, help_text=_("只在这个支部里找：代码；不写就是您的全部"))


def _day(said, help_text) -> serializers.DateField:
    return serializers.DateField(error_messages={"required": said, "null": said, "invalid": _("日期写成 2026-11-25")}, help_text=help_text)


class HeardOfIn(Input):
    on = _day(_("写哪天联系上的"), _("哪天联系上的"))
    note = fields.may(200, help_text=_("说了什么；不要写号码"))


class KindIn(Input):
    kind = fields.pick(Membership.Kind.choices, _("选改成哪一类"))
    home_branch = fields.may(80, help_text=_("原支部；改成流动才写"))
    reason = fields.must(_WHY, max_length=200)


class ProlongIn(Input):
    until = _day(_("写延长到哪天"), _("延长到哪天：半年到一年"))
    reason = fields.must(_WHY, max_length=200)


class PlaceMemberIn(Input):
    branch = fields.must(_("选一个支部"), max_length=24, help_text=_("支部的代码"))
    reason = fields.may(200, help_text=_("为什么是这个支部"))


class IntoGroupIn(Input):
    group = fields.may(40, help_text=_("小组的名字；空的是不编小组"))


class MemberLeavesIn(Input):
    reason = fields.must(_WHY, max_length=200)


class GroupIn(Input):
    branch = fields.must(_("写是哪个支部"), max_length=24, help_text=_("支部的代码"))
    name = fields.must(_("写上小组的名称"), max_length=40)
