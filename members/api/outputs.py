"""What is told. The shapes stand here field by field; `outline.py` fills them."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from accounts.api.shapes import Output


def _text(**more) -> serializers.CharField:
    return serializers.CharField(**more)


def _number(**more) -> serializers.IntegerField:
    return serializers.IntegerField(**more)


def _moment(**more) -> serializers.DateTimeField:
    return serializers.DateTimeField(allow_null=True, **more)


def _day(**more) -> serializers.DateField:
    return serializers.DateField(allow_null=True, **more)


class DriverRowOut(Output):
    """One line of the register, masked as on the screens."""

    key = serializers.UUIDField()
    name = _text(help_text=_("只有姓"))
    phone = _text(help_text=_("中间四位不显示；要看全号在后台写理由"))
    place = _text()
    employer = _text(help_text=_("企业；没有企业的写挂靠或者个体"))
    trade = _text()
    licence = _text()
    plates = serializers.ListField(child=_text())
    expiry = _day(help_text=_("从业资格证有效期"))
    state = _text()
    state_word = _text()


class DriverChangeOut(Output):
    at = _moment()
    field = _text()
    word = _text(help_text=_("哪一项"))
    old = _text()
    new = _text()
    by = _text()


class VehicleOut(Output):
    plate = _text()
    kind = _text()
    since = _day()
    until = _day()


class FactOut(Output):
    word = _text()
    value = _text()


class DriverOut(DriverRowOut):
    identity = _text(help_text=_("身份证号，只有头尾"))
    facts = FactOut(many=True)
    vehicles = VehicleOut(many=True)
    contact = _text(help_text=_("他的联系人，只有姓；没有是空的"))
    changes = DriverChangeOut(many=True, help_text=_("改过什么，新的在前，最多 30 条"))


class ClaimStepOut(Output):
    what = _text()
    at = _text(help_text=_("哪天，用话说"))
    said = _text()


class ClaimMineOut(Output):
    """How far one's own claim is. Nobody else is told of it before he is placed."""

    state = _text(help_text=_("没有认领、也不在支部时是空的"))
    state_word = _text()
    at = _moment()
    refused_why = _text()
    steps = ClaimStepOut(many=True)
    may_withdraw = serializers.BooleanField()
    may_contest = serializers.BooleanField()
    branch = _text(help_text=_("入列的支部；还没入列是空的"))
    since = _day(help_text=_("哪天入列"))


class ClaimRowOut(Output):
    key = serializers.UUIDField()
    name = _text(help_text=_("只有姓"))
    phone = _text()
    place = _text()
    source = _text()
    source_word = _text()
    state = _text()
    state_word = _text()
    kind = _text(help_text=_("自报类别"))
    at = _moment()
    branch = _text(help_text=_("归哪个支部核实；空的是行业党委"))
    contested = serializers.BooleanField(help_text=_("他要求换人再看一次"))
    has_proof = serializers.BooleanField()


class TryOut(Output):
    at = _moment()
    by = _text()
    how = _text()
    reached = serializers.BooleanField()
    note = _text()


class ProposalOut(Output):
    branch = _text(help_text=_("支部的代码"))
    name = _text()
    reasons = serializers.ListField(child=_text())
    warning = _text(help_text=_("加上他会怎样，比如超过 50 人"))


class ClaimOut(ClaimRowOut):
    relation_place = _text()
    home_branch = _text()
    home_phone = _text()
    joined_on = _day()
    refused_why = _text()
    contest_words = _text()
    verified_at = _moment()
    verified_how = _text()
    why_not_verify = _text(help_text=_("您现在为什么不能核实；空的是能"))
    why_not_place = _text(help_text=_("您现在为什么不能入列；空的是能"))
    tries = TryOut(many=True)
    proposals = ProposalOut(many=True, help_text=_("核实以后：提议的支部"))


class MatchOut(Output):
    contact = serializers.UUIDField()
    contact_name = _text()
    driver = serializers.UUIDField()
    driver_name = _text()
    place = _text()
    employer = _text()
    trade = _text()
    why = _text(help_text=_("为什么是这两个人"))


class FiveOut(Output):
    """One of a member's five. Name and phone in full only while the driver agrees."""

    key = serializers.UUIDField()
    known = serializers.BooleanField(help_text=_("他同意让您看到姓名和手机号"))
    name = _text()
    phone = _text()
    town = _text()
    job = _text()
    trade = _text()
    last = _text(help_text=_("上次联系，用话说；空的是还没有"))
    due = serializers.BooleanField(help_text=_("该联系了"))
    due_at = _moment()
    speaks = serializers.BooleanField(help_text=_("他同意您替他说诉求"))


class FivesOut(Output):
    items = FiveOut(many=True)
    free = _number(help_text=_("还空几个"))


class ContactOut(Output):
    name = _text(help_text=_("王师傅；没有联系人是空的"))
    badge = _text()
    last = _text()
    phone = _text()
    waiting = serializers.BooleanField(help_text=_("在等一个联系人"))
    none = serializers.BooleanField(help_text=_("说过不要联系人"))


class UploadOut(Output):
    key = serializers.UUIDField()
    kind = _text()
    name = _text(help_text=_("文件名"))
    state = _text()
    state_word = _text()
    by = _text(help_text=_("谁交的；空的是在机器上"))
    at = _moment()
    rows = _number()
    read = _number()
    written = _number()
    counts = serializers.DictField(child=serializers.IntegerField(), help_text=_("新增、更新、没变、不收、要人定各多少"))
    why_failed = _text()
    applied_by = _text()
    applied_at = _moment()
    undone_at = _moment()


class ConflictOut(Output):
    conflict = _text(help_text=_("定的时候带回来"))
    kind = _text()
    kind_word = _text()
    driver = serializers.UUIDField()
    name = _text()
    ours = _text(help_text=_("库里写的"))
    theirs = _text(help_text=_("表上写的"))
    file = _text()
    sheet = _text()
    row = _number(help_text=_("表上第几行"))
    found_at = _moment()


class ExportOut(Output):
    key = serializers.UUIDField()
    what = _text()
    columns = serializers.ListField(child=_text())
    rows = _number()
    reason = _text()
    state = _text()
    state_word = _text()
    asked_by = _text()
    asked_at = _moment()
    expires_at = _moment()


class GroupOut(Output):
    name = _text()
    facts = FactOut(many=True)


class OwnConsentOut(Output):
    purpose = _text()
    title = _text()
    after = _text(help_text=_("收回以后会怎样"))
    since = _moment()


class DataRequestOut(Output):
    key = serializers.UUIDField()
    kind = _text()
    kind_word = _text()
    state = _text()
    state_word = _text()
    asked_at = _moment()
    answer = _text()


class LookedOut(Output):
    word = _text(help_text=_("什么角色的人"))
    times = _number()


class OwnDataOut(Output):
    groups = GroupOut(many=True)
    consents = OwnConsentOut(many=True)
    requests = DataRequestOut(many=True)
    looked = LookedOut(many=True, help_text=_("谁看过您的全号：角色和次数"))
