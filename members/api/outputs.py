"""What is told. The shapes stand here field by field; `outline.py` fills them."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from accounts.api import fields
from accounts.api.shapes import Output


class DriverRowOut(Output):
    """One line of the register, masked as on the screens."""

    key = serializers.UUIDField()
    name = fields.text(help_text=_("只有姓"))
    phone = fields.text(help_text=_("中间四位不显示；要看全号在后台写理由"))
    place = fields.text()
    employer = fields.text(help_text=_("企业；没有企业的写挂靠或者个体"))
    trade = fields.text()
    licence = fields.text()
    plates = serializers.ListField(child=fields.text())
    expiry = fields.maybe_day(help_text=_("从业资格证有效期"))
    state = fields.text()
    state_word = fields.text()


class DriverChangeOut(Output):
    at = fields.maybe_moment()
    field = fields.text()
    word = fields.text(help_text=_("哪一项"))
    old = fields.text()
    new = fields.text()
    by = fields.text()


class VehicleOut(Output):
    plate = fields.text()
    kind = fields.text()
    since = fields.maybe_day()
    until = fields.maybe_day()


class FactOut(Output):
    word = fields.text()
    value = fields.text()


class DriverOut(DriverRowOut):
    identity = fields.text(help_text=_("身份证号，只有头尾"))
    facts = FactOut(many=True)
    vehicles = VehicleOut(many=True)
    contact = fields.text(help_text=_("他的联系人，只有姓；没有是空的"))
    changes = DriverChangeOut(many=True, help_text=_("改过什么，新的在前，最多 30 条"))


class ClaimStepOut(Output):
    what = fields.text()
    at = fields.text(help_text=_("哪天，用话说"))
    said = fields.text()


class ClaimMineOut(Output):
    """How far one's own claim is. Nobody else is told of it before he is placed."""

    state = fields.text(help_text=_("没有认领、也不在支部时是空的"))
    state_word = fields.text()
    at = fields.maybe_moment()
    refused_why = fields.text()
    steps = ClaimStepOut(many=True)
    may_withdraw = serializers.BooleanField()
    may_contest = serializers.BooleanField()
    branch = fields.text(help_text=_("入列的支部；还没入列是空的"))
    since = fields.maybe_day(help_text=_("哪天入列"))


class ClaimRowOut(Output):
    key = serializers.UUIDField()
    name = fields.text(help_text=_("只有姓"))
    phone = fields.text()
    place = fields.text()
    source = fields.text()
    source_word = fields.text()
    state = fields.text()
    state_word = fields.text()
    kind = fields.text(help_text=_("自报类别"))
    at = fields.maybe_moment()
    branch = fields.text(help_text=_("归哪个支部核实；空的是行业党委"))
    contested = serializers.BooleanField(help_text=_("他要求换人再看一次"))
    has_proof = serializers.BooleanField()


class TryOut(Output):
    at = fields.maybe_moment()
    by = fields.text()
    how = fields.text()
    reached = serializers.BooleanField()
    note = fields.text()


class ProposalOut(Output):
    branch = fields.text(help_text=_("支部的代码"))
    name = fields.text()
    reasons = serializers.ListField(child=fields.text())
    warning = fields.text(help_text=_("加上他会怎样，比如超过 50 人"))


class ClaimOut(ClaimRowOut):
    routed_by = fields.text(help_text=_("按什么分的：enterprise、trade、place、office；several_ 开头的是有几个支部在管；nobody、assigned、contested"))
    routed_words = fields.text(help_text=_("为什么归这里核实；以前的没有记，是空的"))
    relation_place = fields.text()
    home_branch = fields.text()
    home_phone = fields.text()
    joined_on = fields.maybe_day()
    refused_why = fields.text()
    contest_words = fields.text()
    verified_at = fields.maybe_moment()
    verified_how = fields.text()
    why_not_verify = fields.text(help_text=_("您现在为什么不能核实；空的是能"))
    why_not_place = fields.text(help_text=_("您现在为什么不能入列；空的是能"))
    tries = TryOut(many=True)
    proposals = ProposalOut(many=True, help_text=_("核实以后：提议的支部"))


class TwiceSideOut(Output):
    key = serializers.UUIDField(help_text=_("党员的 key，在这一份上记离开时用"))
    name = fields.text(help_text=_("只有姓"))
    phone = fields.text()
    branch = fields.text(help_text=_("在哪个支部；还没入列是空的"))
    kind = fields.text()
    joined_on = fields.maybe_day()
    verified_on = serializers.DateField()


class TwiceOut(Output):
    """Two open memberships that may be one human's."""

    why = fields.text(help_text=_("phone 姓名手机号一样，register 信息库里疑似同一个人"))
    why_words = fields.text()
    sides = TwiceSideOut(many=True)


class MatchOut(Output):
    contact = serializers.UUIDField()
    contact_name = fields.text()
    driver = serializers.UUIDField()
    driver_name = fields.text()
    place = fields.text()
    employer = fields.text()
    trade = fields.text()
    why = fields.text(help_text=_("为什么是这两个人"))


class FiveOut(Output):
    """One of a member's five. Name and phone in full only while the driver agrees."""

    key = serializers.UUIDField()
    known = serializers.BooleanField(help_text=_("他同意让您看到姓名和手机号"))
    name = fields.text()
    phone = fields.text()
    town = fields.text()
    job = fields.text()
    trade = fields.text()
    last = fields.text(help_text=_("上次联系，用话说；空的是还没有"))
    due = serializers.BooleanField(help_text=_("该联系了"))
    due_at = fields.maybe_moment()
    speaks = serializers.BooleanField(help_text=_("他同意您替他说诉求"))


class HeardOut(Output):
    at = fields.moment()
    how = fields.text()
    how_word = fields.text()
    words = fields.text()


class OneOfFiveOut(FiveOut):
    plates = serializers.ListField(child=fields.text(), help_text=_("遮着"))
    himself = serializers.BooleanField(help_text=_("他自己能登录：同意由他自己点"))
    notes = HeardOut(many=True, help_text=_("最近 12 次，新的在前"))


class FivesOut(Output):
    items = FiveOut(many=True)
    free = fields.number(help_text=_("还空几个"))


class IdentityOut(Output):
    shown = serializers.BooleanField(help_text=_("公开亮着"))


class ContactOut(Output):
    name = fields.text(help_text=_("王师傅；没有联系人是空的"))
    badge = fields.text()
    last = fields.text()
    phone = fields.text()
    waiting = serializers.BooleanField(help_text=_("在等一个联系人"))
    none = serializers.BooleanField(help_text=_("说过不要联系人"))


class UploadOut(Output):
    key = serializers.UUIDField()
    kind = fields.text()
    name = fields.text(help_text=_("文件名"))
    state = fields.text()
    state_word = fields.text()
    by = fields.text(help_text=_("谁交的；空的是在机器上"))
    at = fields.maybe_moment()
    rows = fields.number()
    read = fields.number()
    written = fields.number()
    sha256 = fields.text(help_text=_("写入的时候带回来：写的就是看过的那一份"))
    questions = serializers.ListField(child=fields.text(), help_text=_("不认识的表头，请答一下"))
    counts = serializers.DictField(child=serializers.IntegerField(), help_text=_("新增、更新、没变、不收、要人定各多少"))
    why_failed = fields.text()
    applied_by = fields.text()
    applied_at = fields.maybe_moment()
    undone_at = fields.maybe_moment()


class ConflictOut(Output):
    conflict = fields.text(help_text=_("定的时候带回来"))
    kind = fields.text()
    kind_word = fields.text()
    driver = serializers.UUIDField()
    name = fields.text()
    ours = fields.text(help_text=_("库里写的"))
    theirs = fields.text(help_text=_("表上写的"))
    file = fields.text()
    sheet = fields.text()
    row = fields.number(help_text=_("表上第几行"))
    found_at = fields.maybe_moment()


class ExportOut(Output):
    key = serializers.UUIDField()
    what = fields.text()
    columns = serializers.ListField(child=fields.text())
    rows = fields.number()
    reason = fields.text()
    state = fields.text()
    state_word = fields.text()
    asked_by = fields.text()
    asked_at = fields.maybe_moment()
    expires_at = fields.maybe_moment()


class GroupOut(Output):
    name = fields.text()
    facts = FactOut(many=True)


class OwnConsentOut(Output):
    purpose = fields.text()
    title = fields.text()
    after = fields.text(help_text=_("收回以后会怎样"))
    since = fields.maybe_moment()


class DataRequestOut(Output):
    key = serializers.UUIDField()
    kind = fields.text()
    kind_word = fields.text()
    state = fields.text()
    state_word = fields.text()
    asked_at = fields.maybe_moment()
    answer = fields.text()


class LookedOut(Output):
    word = fields.text(help_text=_("什么角色的人"))
    times = fields.number()


class OwnDataOut(Output):
    groups = GroupOut(many=True)
    consents = OwnConsentOut(many=True)
    requests = DataRequestOut(many=True)
    looked = LookedOut(many=True, help_text=_("谁看过您的全号：角色和次数"))
