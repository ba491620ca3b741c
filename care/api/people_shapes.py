"""Applications, money, insurance and visits as data: what is told, and what may be sent. Money is whole fen."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from accounts.api import fields
from accounts.api.shapes import Input, Output
from care.models import Application, Payment
from care.rules.money import MOST_FEN

VERSION = _("带上读到的 version")


def fen(said, **more) -> serializers.IntegerField:
    return serializers.IntegerField(max_value=MOST_FEN * 10, error_messages={"required": said, "null": said, "invalid": _("写整数，单位是分")}, **more)


# --- told ----------------------------------------------------------------------------------------


class AskedOut(Output):
    key = serializers.UUIDField()
    kind = fields.text()
    kind_word = fields.text()
    name = fields.text(help_text=_("给谁；只有姓"))
    mine = serializers.BooleanField(help_text=_("给我自己的"))
    asked_fen = fields.number()
    approved_fen = serializers.IntegerField(allow_null=True)
    state = fields.text()
    state_word = fields.text()
    asked_at = fields.moment()
    decided_at = fields.maybe_moment()
    paid_at = fields.maybe_moment()
    due_on = fields.maybe_day(help_text=_("答应下一步最晚哪天"))
    answer = fields.text(help_text=_("没有批的，为什么"))
    signed = serializers.BooleanField(help_text=_("收条签了"))
    version = fields.number()


class ReadOut(Output):
    key = serializers.UUIDField()
    name = fields.text()
    reason = fields.text(help_text=_("只给审批的人；出纳是空的"))
    papers = fields.number(help_text=_("几张证明，在后台页面上看"))
    account = fields.text(help_text=_("只给出纳；审批的人是空的"))
    version = fields.number()


class FundOut(Output):
    code = fields.text()
    name = fields.text()
    left_fen = fields.number()
    budget_fen = serializers.IntegerField(allow_null=True)


class CarePaymentOut(Output):
    at = fields.moment()
    entry = fields.text()
    entry_word = fields.text()
    change_fen = fields.number(help_text=_("进来的是正的，出去的是负的"))
    fund = fields.text(help_text=_("经费的代号"))
    what = fields.text()
    how = fields.text()
    signed = fields.text(help_text=_("怎么签的收条；没有的是空的"))
    by = fields.text()


class PolicyOut(Output):
    number = fields.text()
    name = fields.text()
    starts_on = fields.maybe_day()
    ends_on = fields.maybe_day()
    premium_fen = fields.number()
    fund = fields.text()
    people = fields.number()


class InsuredOut(Output):
    added = fields.number()
    known = fields.number(help_text=_("本来就在名单上的，没有再交"))
    wrong = serializers.ListField(child=fields.text(), help_text=_("没有对上的行：第几行，为什么"))


class VisitOut(Output):
    key = serializers.UUIDField()
    unit = fields.text()
    name = fields.text()
    planned_on = fields.maybe_day()
    why = fields.text()
    went_at = fields.maybe_moment()
    gave = fields.text()
    follow_up_on = fields.maybe_day()


class VisitToldOut(Output):
    numbers = serializers.ListField(child=fields.text(), help_text=_("听到的诉求的编号；内容不再给出"))


# --- sent ----------------------------------------------------------------------------------------


class CareNothingIn(Input):
    """Nothing but the act itself."""


class CareAskIn(Input):
    kind = fields.pick(Application.Kind.choices, _("选慰问还是困难帮扶"))
    amount_fen = fen(_("写需要多少，单位是分"))
    reason = fields.must(_("写清楚原因，至少 5 个字"), max_length=1100)
    account = fields.may(90)
    person = serializers.UUIDField(required=False, allow_null=True, default=None, help_text=_("替谁申请；不写就是自己"))
    agree = fields.yes_no(_("要本人同意"), help_text=_("本人同意给谁看"))


class CareSignIn(Input):
    typed = fields.may(40, help_text=_("打自己的姓名"))
    drawn = fields.may(400_100, help_text=_("手写签字：data:image/png;base64,…"))


class CareApproveIn(Input):
    version = serializers.IntegerField(error_messages={"required": VERSION})
    amount_fen = fen(_("写批多少，单位是分"))
    fund = fields.must(_("选从哪笔经费出"), max_length=24, help_text=_("经费的代号"))


class CareRefuseIn(Input):
    version = serializers.IntegerField(error_messages={"required": VERSION})
    answer = fields.must(_("写一句为什么没有批，他会看到"), max_length=200)


class CarePayIn(Input):
    version = serializers.IntegerField(error_messages={"required": VERSION})
    how = fields.pick(Payment.How.choices, _("选现金还是转账"))
    drawn = fields.may(400_100, help_text=_("当面签字：data:image/png;base64,…；他在自己手机上签过就不用"))


class FundIn(Input):
    name = fields.must(_("写个名字"), max_length=60)
    budget_fen = fen(_("写预算，单位是分"))


class PutInIn(Input):
    amount_fen = fen(_("写拨入多少，单位是分"))
    why = fields.must(_("写一句钱是哪里来的"), max_length=120)


class PolicyIn(Input):
    name = fields.must(_("写个名称"), max_length=60)
    number = fields.must(_("写保险的单号"), max_length=40)
    starts_on = serializers.DateField(error_messages={"required": _("写从哪天起"), "invalid": _("日期写成 2026-11-25")})
    ends_on = serializers.DateField(error_messages={"required": _("写到哪天"), "invalid": _("日期写成 2026-11-25")})
    premium_fen = fen(_("写每人保费，单位是分"))
    fund = fields.must(_("选保费从哪笔经费出"), max_length=24)


class InsureIn(Input):
    people = serializers.ListField(
        child=serializers.CharField(max_length=40), min_length=1, max_length=1000, help_text=_("手机号或身份证号，一次最多 1000 个"),
        error_messages={"required": _("写上是谁"), "min_length": _("至少一个"), "max_length": _("一次最多 1000 个")},
    )  # fmt: skip


class VisitPlanIn(Input):
    person = fields.key(_("写看望谁"))
    unit = fields.must(_("写哪里去的"), max_length=40, help_text=_("单位的代号"))
    planned_on = serializers.DateField(error_messages={"required": _("写哪天去"), "invalid": _("日期写成 2026-11-25")})
    why = fields.may(120)


class NeedIn(Input):
    key = fields.key(_("给这一件一个 UUID"))
    text = fields.must(_("写听到了什么"), max_length=2000)
    unit = fields.may(40, help_text=_("说的是哪个单位：代号；没有说就空着"))


class VisitTellIn(Input):
    went_at = serializers.DateTimeField(error_messages={"required": _("写什么时候去的"), "invalid": _("时间写成 2026-11-25T10:00:00+08:00")})
    went = serializers.ListField(child=serializers.UUIDField(), max_length=20, help_text=_("谁去的；不写就是自己"), required=False, default=list)
    heard = fields.may(2000)
    gave = fields.may(120)
    follow_up_on = fields.on_day()
    needs = NeedIn(many=True, required=False, default=list)
