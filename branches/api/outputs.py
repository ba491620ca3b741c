"""What is told about branches."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from accounts.api import fields
from accounts.api.shapes import Output


class BranchOut(Output):
    """One branch with its figures. Nobody unverified is counted."""

    code = serializers.CharField()
    name = serializers.CharField()
    host = serializers.CharField(help_text=_("依托哪个中队"))
    total = serializers.IntegerField(help_text=_("核实过、编进来的党员"))
    full = serializers.IntegerField()
    probationary = serializers.IntegerField()
    floating = serializers.IntegerField(help_text=_("流动：在这里没有表决权"))
    retired = serializers.IntegerField()
    votes = serializers.IntegerField(help_text=_("有表决权的"))
    quorum = serializers.IntegerField(help_text=_("开会要到几个有表决权的"))
    committee = serializers.IntegerField(help_text=_("支委会几个人"))
    warnings = serializers.ListField(child=serializers.CharField())


class BranchesOut(Output):
    items = BranchOut(many=True)
    district = serializers.IntegerField(allow_null=True, help_text=_("全区核实过的党员"))


class MemberOut(Output):
    key = serializers.UUIDField()
    name = serializers.CharField(help_text=_("只有姓"))
    phone = serializers.CharField()
    kind = serializers.CharField()
    kind_word = serializers.CharField()
    vote = serializers.BooleanField()
    place = serializers.CharField()
    group = serializers.CharField()
    joined_on = serializers.DateField(allow_null=True)
    decide_on = serializers.DateField(allow_null=True, help_text=_("预备党员：哪天讨论转正"))
    heard_on = serializers.DateField(allow_null=True, help_text=_("最近联系"))


class PlacedOut(Output):
    branch = fields.text()
    since = serializers.DateField()
    until = fields.maybe_day()
    reason = fields.text(help_text=_("为什么是这个支部"))


class OfficeOut(Output):
    post = fields.text()
    post_word = fields.text()
    unit = fields.text()
    group = fields.text()
    since = serializers.DateField()
    term_ends = serializers.DateField()


class BranchChoiceOut(Output):
    branch = fields.text(help_text=_("支部的代码"))
    name = fields.text()
    reasons = serializers.ListField(child=fields.text())
    warning = fields.text(help_text=_("加上他会怎样，比如超过 50 人"))


class MemberSheetOut(MemberOut):
    """One member, for the secretary of his branch and of the committee alone."""

    branch = fields.text(help_text=_("支部的代码；还没编进支部是空的"))
    branch_name = fields.text()
    home_branch = fields.text(help_text=_("原支部"))
    full_on = fields.maybe_day(help_text=_("哪天转正"))
    verified_at = fields.moment()
    verified_how = fields.text()
    verified_how_word = fields.text()
    verified_by = fields.text(help_text=_("党员只有姓；派来的书记写全名"))
    placements = PlacedOut(many=True, help_text=_("现在的和以前的，新的在前"))
    offices = OfficeOut(many=True)
    moving_to = fields.text(help_text=_("正在转去的支部；没有是空的"))
    proposals = BranchChoiceOut(many=True, help_text=_("还没编进支部的：提议编进哪个"))
    may = serializers.ListField(child=fields.text(), help_text=_("您现在能办的；office 见 branches/terms/elect/，transfer 见 branches/transfers/ask/"))
    warning = fields.text(help_text=_("刚编进去的支部怎样，比如超过 50 人；没有是空的"))


class PartyGroupOut(Output):
    branch = fields.text(help_text=_("支部的代码"))
    name = fields.text()
    heads = fields.number(help_text=_("组里几人"))
    leader = fields.text(help_text=_("小组长，只有姓；没有是空的"))


class PartyGroupsOut(Output):
    items = PartyGroupOut(many=True)


class TransferOut(Output):
    member = serializers.UUIDField(help_text=_("党员的 key；一名党员一次只转一回"))
    name = serializers.CharField()
    frm = serializers.CharField(help_text=_("从哪个支部"))
    to = serializers.CharField(help_text=_("到哪个支部"))
    reason = serializers.CharField()
    asked_at = serializers.DateTimeField()
    given = serializers.BooleanField(help_text=_("转出同意了"))
    taken = serializers.BooleanField(help_text=_("转入同意了"))
    done = serializers.BooleanField(help_text=_("两边都同意，转过去了"))
    waits_for_me = serializers.BooleanField()


class CoveredOut(Output):
    key = serializers.CharField(help_text=_("归它管的时候带回来"))
    kind = serializers.CharField(help_text=_("place 镇街，enterprise 企业，trade 行业"))
    name = serializers.CharField()
    branches = serializers.ListField(child=serializers.CharField(), help_text=_("归哪个支部；一个才对"))
    by_place = serializers.BooleanField(help_text=_("跟着所在的镇街"))


class CoverageOut(Output):
    lines = CoveredOut(many=True, help_text=_("按 kind 选的那一类"))
    gaps = CoveredOut(many=True, help_text=_("没有支部管的"))
    overlaps = CoveredOut(many=True, help_text=_("不止一个支部管的"))


class HostOut(Output):
    code = fields.text()
    name = fields.text()


class HostsOut(Output):
    items = HostOut(many=True)


class FoundedOut(Output):
    code = fields.text()
    name = fields.text()
    host = fields.text(help_text=_("依托哪个中队"))


class OfficerOut(Output):
    officer = fields.text(help_text=_("记卸任的时候带回来"))
    unit = fields.text()
    unit_name = fields.text()
    post = fields.text()
    post_word = fields.text()
    group = fields.text()
    name = fields.text(help_text=_("党员只有姓；派来的书记写全名"))
    since = serializers.DateField()
    term_ends = serializers.DateField()
    reminded_at = fields.maybe_moment()
    ended_on = fields.maybe_day()


class PostedPersonOut(Output):
    person = serializers.UUIDField()
    name = fields.text()
    unit = fields.text()
    unit_name = fields.text()


class PostedOut(Output):
    items = PostedPersonOut(many=True)
