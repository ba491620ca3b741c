"""What is told of the union, of enterprises and of rows that may be one human."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from accounts.api import fields
from accounts.api.shapes import Output


class UnionMemberOut(Output):
    """One member of the union, masked as on the screens. He is no driver of the register by that."""

    key = serializers.UUIDField()
    name = fields.text(help_text=_("只有姓"))
    phone = fields.text()
    enterprise = fields.text(help_text=_("单位；没有是空的"))
    occupation = fields.text()
    occupation_word = fields.text()
    joined_on = fields.maybe_day()
    is_driver = serializers.BooleanField(help_text=_("也在信息库里"))


class LeftOut(Output):
    ended_on = fields.maybe_day()


class LeftOutOut(Output):
    """A member whom an earlier register carried and the last one does not."""

    key = serializers.UUIDField()
    name = fields.text(help_text=_("只有姓"))
    phone = fields.text()
    enterprise = fields.text(help_text=_("单位；没有是空的"))
    occupation = fields.text()
    occupation_word = fields.text()
    joined_on = fields.maybe_day()
    named_at = fields.maybe_moment(help_text=_("最后一次有他的名册，什么时候写入的"))
    not_named_at = fields.maybe_moment(help_text=_("没有他的那一份，什么时候写入的"))


class StaysOut(Output):
    at = fields.moment()


class MissingOut(Output):
    key = serializers.UUIDField()
    name = fields.text(help_text=_("只有姓"))
    phone = fields.text()
    enterprise = fields.text()
    held_as = fields.text(help_text=_("信息库里有过、现在不在册的：什么状态；没有过是空的"))
    what = fields.text(help_text=_("最后一次做了什么：handed 转了，asked 问过了；空的是还没动"))
    what_word = fields.text()
    told_at = fields.maybe_moment()
    note = fields.text()


class HandedOut(Output):
    done = fields.number(help_text=_("转了几人"))


class JoinRowOut(Output):
    key = serializers.UUIDField()
    name = fields.text(help_text=_("只有姓"))
    phone = fields.text()
    occupation = fields.text()
    occupation_word = fields.text()
    enterprise = fields.text(help_text=_("对上的企业；没有是空的"))
    employer_words = fields.text(help_text=_("他写的单位"))
    asked_at = fields.moment()


class JoinMineOut(Output):
    """How far one's own request is."""

    member = serializers.BooleanField(help_text=_("已经是会员"))
    since = fields.maybe_day(help_text=_("哪天入会"))
    employer = fields.text()
    state = fields.text(help_text=_("没有申请过是空的"))
    state_word = fields.text()
    asked_at = fields.maybe_moment()
    why = fields.text(help_text=_("没有办成的理由"))


class EnterpriseRowOut(Output):
    enterprise = fields.text(help_text=_("打开或者选这一家的时候带回来"))
    name = fields.text()
    code = fields.text(help_text=_("统一社会信用代码；没有是空的"))
    place = fields.text()
    in_union = serializers.BooleanField(help_text=_("建了会"))
    members = fields.number(help_text=_("工会会员几人"))
    drivers = fields.number(help_text=_("在册司机几人"))


class CalledOut(Output):
    name = fields.text()
    source = fields.text(help_text=_("谁这样叫：摸排、工会，还是人定的"))
    stands = serializers.BooleanField(help_text=_("现在用这一个"))


class SeenPersonOut(Output):
    name = fields.text(help_text=_("只有姓"))
    phone = fields.text()
    word = fields.text(help_text=_("会员：职业；司机：身份"))


class EnterpriseOut(EnterpriseRowOut):
    vehicles = fields.number()
    branches = serializers.ListField(child=fields.text(), help_text=_("归哪个支部"))
    by_place = serializers.BooleanField(help_text=_("跟着所在的镇街"))
    names = CalledOut(many=True)
    people = SeenPersonOut(many=True, help_text=_("您这边名册里的人，最多 25 位；另一边只给数目"))
    plates = serializers.ListField(child=fields.text(), help_text=_("车牌遮着，最多 25 辆"))


class EmployerOut(Output):
    driver = serializers.UUIDField()
    name = fields.text(help_text=_("只有姓"))
    phone = fields.text()
    place = fields.text()
    census = fields.text(help_text=_("摸排里写的单位"))
    union = fields.text(help_text=_("工会名册里写的单位"))


class SettledOut(Output):
    choice = fields.text(help_text=_("撤的时候带回来"))
    name = fields.text(help_text=_("只有姓"))
    census = fields.text()
    union = fields.text()
    taken = fields.text()
    taken_word = fields.text()
    by = fields.text()
    at = fields.moment()


class EmployerSideOut(Output):
    enterprise = fields.text(help_text=_("定的时候带回来"))
    name = fields.text()
    code = fields.text(help_text=_("统一社会信用代码；没有是空的"))


class EmployerPairOut(Output):
    census = EmployerSideOut(help_text=_("摸排里写的"))
    union = EmployerSideOut(help_text=_("工会名册里写的"))
    drivers = fields.number(help_text=_("涉及几名司机"))


class PairSettledOut(Output):
    drivers = fields.number(help_text=_("定了几名司机"))


class DecisionOut(Output):
    choice = fields.text(help_text=_("撤的时候带回来"))
    census = fields.text()
    union = fields.text()
    taken = fields.text()
    taken_word = fields.text()
    by = fields.text()
    at = fields.moment()
    drivers = fields.number(help_text=_("一次定了几名司机"))


class DecisionsOut(Output):
    items = DecisionOut(many=True)


class PairBackOut(Output):
    back = fields.number(help_text=_("撤了几名"))
    left = fields.number(help_text=_("后来又改过、没有动的"))


class LineOut(Output):
    word = fields.text(help_text=_("哪一项"))
    one = fields.text()
    other = fields.text()
    same = serializers.BooleanField(help_text=_("两边一样；遮住的也比过"))


class PairOut(Output):
    pair = fields.text(help_text=_("定的时候带回来"))
    why = fields.text(help_text=_("为什么疑似"))
    found_at = fields.moment()
    lines = LineOut(many=True)
    merged = serializers.BooleanField(help_text=_("现在合并着"))
    decided_by = fields.text()
    decided_at = fields.maybe_moment()


class FoundOut(Output):
    found = fields.number(help_text=_("新找到几对"))


class AskedOfMeOut(Output):
    """What somebody asked about his own data, for the keeper."""

    key = serializers.UUIDField()
    name = fields.text(help_text=_("只有姓"))
    phone = fields.text()
    kind = fields.text()
    kind_word = fields.text()
    words = fields.text(help_text=_("他说的"))
    state = fields.text()
    state_word = fields.text()
    asked_at = fields.moment()
    due = serializers.DateField(help_text=_("哪天以前答复"))
    answer = fields.text()


class MatchedOut(Output):
    """Whether the register has whoever asks."""

    matched = serializers.BooleanField(help_text=_("登记里有您"))
    may_match = serializers.BooleanField(help_text=_("现在能用姓名和身份证后六位对一次"))
    driver = serializers.BooleanField(help_text=_("是在册的司机"))
    place = fields.text()
    employer = fields.text()
