"""What may be sent. Every field is named here; a field that is not is refused, never ignored."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from accounts.api import fields
from accounts.api.shapes import Input
from accounts.models import Consent, Place
from branches.models import Branch, Membership
from members.models import ContactNote, Driver, EmployerChoice, HandOver, Outreach, UnionMember, Upload
from members.models.requests import DataRequest
from members.services.claims import KINDS
from members.services.contacts import DRIVERS_OWN
from members.services.corrections import IDENTITY
from members.services.drivers import TEXTS

STATES = [choice for choice in Driver.State.choices if choice[0] != Driver.State.WITHDRAWN]
OWN_KINDS = [choice for choice in Membership.Kind.choices if choice[0] in KINDS]
GIVEN = [choice for choice in Consent.Purpose.choices if choice[0] in DRIVERS_OWN]
PAIR_ACTS = [("one", _("留前一条")), ("other", _("留后一条")), ("apart", _("是两个人")), ("undo", _("撤掉合并"))]
WHAT = [("drivers", _("司机")), ("members", _("党员"))]


def place_of(code: str) -> Place | None:
    """The place with this code; None for "". Raises ValidationError."""
    found = Place.objects.filter(code=code).first() if code else None
    if code and found is None:
        raise serializers.ValidationError(_("没有这个镇街，请看 choices"))
    return found


class SearchIn(Input):
    text = fields.must(_("写姓名里的两个字、车牌，或者手机尾号四位"), max_length=40, help_text=_("姓名里的两个字、车牌，或者手机尾号四位"))


class StateIn(Input):
    state = fields.pick(STATES, _("选一种情况"))
    on = fields.on_day(help_text=_("从哪天起；不写就是今天"))
    reason = fields.must(_("写一句怎么知道的"), max_length=200)


class CorrectIn(Input):
    """Only what is handed in changes."""

    reason = fields.must(_("写一句为什么改"), max_length=200)
    place = serializers.CharField(required=False, max_length=12, help_text=_("镇街的代码"))
    living_place = serializers.CharField(required=False, max_length=12, help_text=_("居住地：镇街的代码"))
    engagement = serializers.ChoiceField(required=False, choices=Driver.Engagement.choices)
    trade = serializers.CharField(required=False, allow_blank=True, max_length=TEXTS["trade"])
    licence_class = serializers.CharField(required=False, allow_blank=True, max_length=TEXTS["licence_class"])
    relation_place = serializers.CharField(required=False, allow_blank=True, max_length=TEXTS["relation_place"])
    work_place = serializers.CharField(required=False, allow_blank=True, max_length=TEXTS["work_place"])
    business_place = serializers.CharField(required=False, allow_blank=True, max_length=TEXTS["business_place"])
    note = serializers.CharField(required=False, allow_blank=True, max_length=TEXTS["note"])

    name = serializers.CharField(required=False, max_length=IDENTITY["name"], help_text=_("姓名"))
    phone = serializers.CharField(required=False, max_length=IDENTITY["phone"], help_text=_("手机号；原来的登录同时退出"))
    certificate_number = serializers.CharField(required=False, max_length=IDENTITY["certificate_number"], help_text=_("从业资格证号"))
    certificate_expiry = serializers.DateField(required=False, help_text=_("从业资格证有效期"))
    plate_add = serializers.CharField(required=False, max_length=IDENTITY["plate_add"], help_text=_("加一辆车"))
    plate_end = serializers.CharField(required=False, max_length=IDENTITY["plate_end"], help_text=_("不开了的车"))
    enterprise = serializers.CharField(required=False, max_length=80, help_text=_("企业的全名或者统一社会信用代码"))

    def validate_place(self, code: str) -> Place | None:
        return place_of(code)

    def validate_living_place(self, code: str) -> Place | None:
        return place_of(code)


class ClaimIn(Input):
    """What a driver says of himself. `agree` is his consent that it may be verified."""

    name = fields.must(_("写上您的姓名"), max_length=40)
    kind = fields.pick(OWN_KINDS, _("选正式党员或者预备党员"))
    relation = fields.must(_("写一下组织关系在哪里，不清楚就写“不清楚”"), max_length=80)
    home_branch = fields.may(80, help_text=_("原支部"))
    home_phone = fields.may(20, help_text=_("原支部电话"))
    joined_on = fields.on_day(help_text=_("入党的日子，记得年月就写 2015-07-01"))
    place = fields.may(12, help_text=_("住在哪个镇街：代码，见 choices"))
    agree = fields.yes_no(_("要您同意，我们才能去核实"))
    proof = serializers.FileField(required=False, help_text=_("凭据的照片，只在 multipart/form-data 里"))

    def validate_place(self, code: str) -> Place | None:
        return place_of(code)

    def validate_agree(self, yes: bool) -> bool:
        if not yes:
            raise serializers.ValidationError(_("要您同意，我们才能去核实"))
        return yes


class ContestIn(Input):
    words = fields.must(_("写一两句，为什么要再看一次"), max_length=300)


class LeaveIn(Input):
    on = fields.on_day(help_text=_("哪天退的；不写就是今天"))
    reason = fields.must(_("写一句为什么退会"), max_length=200)


class StaysIn(Input):
    why = fields.must(_("写一句怎么知道他还是会员"), max_length=200)


class IdentityIn(Input):
    show = fields.yes_no(_("写亮 true，还是不亮 false"))


class NothingIn(Input):
    """No field: the act is all that is said."""


class VerifyIn(Input):
    how = fields.pick(Membership.How.choices, _("选怎么核实的"))
    kind = fields.pick(Membership.Kind.choices, _("选一种类别"))
    home_branch = fields.may(80)
    joined_on = fields.on_day()
    decide_on = fields.on_day(help_text=_("预备党员：哪天讨论转正"))
    note = fields.may(200)


class RefuseIn(Input):
    why = fields.must(_("写清楚为什么没核实上，司机会看到"), max_length=200)


class BranchIn(Input):
    branch = fields.must(_("选一个支部"), max_length=24, help_text=_("支部的代码"))

    def validate_branch(self, code: str) -> Branch:
        found = Branch.objects.filter(unit__code=code, ended_on=None).first()
        if found is None:
            raise serializers.ValidationError(_("没有这个支部"))
        return found


class PlaceIn(BranchIn):
    reason = fields.may(200, help_text=_("为什么是这个支部"))


class ReachIn(Input):
    how = fields.pick(Outreach.How.choices, _("选打电话或者上门"))
    reached = fields.yes_no(_("写找到了没有"))
    note = fields.may(200)


class HeardIn(Input):
    how = fields.pick(ContactNote.How.choices, _("选一样：打电话、见面还是微信"))
    words = fields.may(1000)


class ChangeIn(Input):
    none = serializers.BooleanField(required=False, default=False, help_text=_("true：不要联系人了；不写就是换一个"))
    why = fields.may(200)


class ConflictIn(Input):
    conflict = fields.must(_("带上列表里的 conflict"), max_length=200, help_text=_("列表里的 conflict"))
    theirs = fields.yes_no(_("写用表上的（true）还是库里的（false）"), help_text=_("true：用表上的；false：库里的不动"))


class ExportIn(Input):
    what = fields.pick(WHAT, _("选导出什么"))
    reason = fields.must(_("写一句做什么用，审计里留着"), max_length=200)
    columns = serializers.ListField(
        child=serializers.CharField(max_length=20), required=False, default=list, max_length=20, help_text=_("要哪几列；不写就是全部")
    )
    place = fields.may(12, help_text=_("镇街的代码，见 choices"))
    engagement = serializers.ChoiceField(required=False, choices=Driver.Engagement.choices)
    trade = fields.may(20)
    state = serializers.ChoiceField(required=False, choices=Driver.State.choices)

    def validate_place(self, code: str) -> str:
        place_of(code)
        return code


class FileIn(Input):
    kind = fields.pick(Upload.Kind.choices, _("选摸排（census）还是工会名册（union）"))
    file = serializers.FileField(allow_empty_file=True, error_messages={"required": _("选一个 .xlsx 或 .csv 文件"), "invalid": _("文件没有收到")})


class AnswersIn(Input):
    answers = serializers.DictField(
        child=serializers.CharField(allow_blank=True, max_length=40), help_text=_("表头 → 是哪一项；空的就不读这一列"),
        error_messages={"required": _("写每个表头是什么"), "not_a_dict": _("写成 表头: 项")},
    )  # fmt: skip
    remember = serializers.BooleanField(required=False, default=False, help_text=_("以后遇到同样的表头也这样读"))


class ConfirmUploadIn(Input):
    sha256 = fields.must(_("带上您看过的那份文件的 sha256"), max_length=64, help_text=_("看过的那份的 sha256；不一样就不写"))


class AskSecondIn(Input):
    whom = fields.key(_("请选另一位能确认的人"), help_text=_("uploads/…/confirmers/ 里的 person"))


class ForgetHeaderIn(Input):
    header = fields.must(_("写是哪个表头"), max_length=80, help_text=_("列表里的 header"))


class UndoIn(Input):
    reason = fields.must(_("写一句为什么撤"), max_length=200)


class MissingIn(Input):
    what = fields.pick(HandOver.What.choices, _("选转给信息库，或者问过了"))
    note = fields.may(200, help_text=_("问到了什么；转的可以不写"))


class HandOverIn(Input):
    enterprise = fields.may(200, help_text=_("只转这一家的：企业列表里的 enterprise；不写就是全部"))


class JoinIn(Input):
    """What a driver says. `agree` is his consent that the union may have it."""

    name = fields.must(_("写上您的姓名"), max_length=40)
    occupation = fields.pick(UnionMember.Occupation.choices, _("选一样您现在干的活"))
    employer = fields.may(80, help_text=_("在哪家干：企业的全名，或者您自己的叫法"))
    agree = fields.yes_no(_("要您同意，工会才能给您办"))

    def validate_agree(self, yes: bool) -> bool:
        if not yes:
            raise serializers.ValidationError(_("要您同意，工会才能给您办"))
        return yes


class AcceptJoinIn(Input):
    enterprise = fields.may(200, help_text=_("企业列表里的 enterprise；不写就照他写的"))
    joined_on = fields.on_day(help_text=_("入会的日子；不写就是今天"))


class RefuseJoinIn(Input):
    why = fields.must(_("写清楚为什么没有办成，司机会看到"), max_length=200)


class EnterpriseNameIn(Input):
    name = fields.must(_("写上企业名称"), max_length=80)


class EmployerIn(Input):
    driver = fields.key(_("写是哪一位"), help_text=_("列表里的 driver"))
    taken = fields.pick(EmployerChoice.Taken.choices, _("选按摸排，或者按工会"))


class EmployerBackIn(Input):
    choice = fields.must(_("带上列表里的 choice"), max_length=200)


class EmployerPairIn(Input):
    census = fields.must(_("写摸排的那一家"), max_length=200, help_text=_("列表里 census 的 enterprise"))
    union = fields.must(_("写工会的那一家"), max_length=200, help_text=_("列表里 union 的 enterprise"))
    taken = fields.pick(EmployerChoice.Taken.choices, _("选按摸排，或者按工会"))


class PairIn(Input):
    pair = fields.must(_("带上列表里的 pair"), max_length=200)
    do = fields.pick(PAIR_ACTS, _("选一样：留前一条、留后一条、是两个人，或者撤掉合并"))


class AnswerIn(Input):
    done = fields.yes_no(_("写办好了（true）还是不能办（false）"))
    answer = fields.must(_("写一句给他看的话：办了什么，或者为什么不能办"), max_length=300)


class LetGoIn(Input):
    why = fields.must(_("写一句为什么，支部好另外安排"), max_length=200)


class GiveConsentIn(Input):
    purpose = fields.pick(GIVEN, _("选同意哪一项"), help_text=_("zone：让联系人看到我的姓名和手机号；speak_for_me：让他替我说诉求"))


class MatchMeIn(Input):
    name = fields.must(_("写上您的姓名"), max_length=80)
    id_tail = fields.must(_("身份证后六位是 5 个数字，再加 1 个数字或者 X"), max_length=20, help_text=_("身份证的后六位"))


class DecideIn(Input):
    agree = fields.yes_no(_("写同意（true）还是不同意（false）"))


class ConsentIn(Input):
    purpose = fields.must(_("写收回哪一项同意"), max_length=20, help_text=_("me/data 里的 purpose"))


class DataRequestIn(Input):
    kind = fields.pick(DataRequest.Kind.choices, _("选改正或者删除"))
    words = fields.may(500, help_text=_("哪里不对，应该是什么"))


class ProposeIn(Input):
    branch = fields.may(24, help_text=_("只给这个支部的：代码；不写就是您的全部"))
    contact = serializers.UUIDField(required=False, allow_null=True, default=None, error_messages={"invalid": _("key 是一个 UUID")}, help_text=_("只给这名党员"))
    only_waiting = serializers.BooleanField(required=False, default=False, help_text=_("true：只提议在等的司机"))


class AcceptAllIn(Input):
    branch = fields.may(24, help_text=_("只定这个支部的：代码"))
    contact = serializers.UUIDField(required=False, allow_null=True, default=None, error_messages={"invalid": _("key 是一个 UUID")}, help_text=_("只定这名党员的"))


class SeatIn(Input):
    contact = fields.key(_("选一名党员"), help_text=_("片区里的 contact"))
    driver = fields.key(_("写是哪一位"), help_text=_("待分配里的 driver"))


class MoveIn(Input):
    to = fields.key(_("选一名党员"), help_text=_("片区里的 contact"))


class EndSeatIn(Input):
    reason = fields.must(_("写一句为什么"), max_length=200)
