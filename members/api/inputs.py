"""What may be sent. Every field is named here; a field that is not is refused, never ignored."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from accounts.api.shapes import Input
from accounts.models import Place
from branches.models import Branch, Membership
from members.models import ContactNote, Driver, Outreach
from members.models.requests import DataRequest
from members.services.claims import KINDS
from members.services.drivers import TEXTS

STATES = [choice for choice in Driver.State.choices if choice[0] != Driver.State.WITHDRAWN]
OWN_KINDS = [choice for choice in Membership.Kind.choices if choice[0] in KINDS]
WHAT = [("drivers", _("司机")), ("members", _("党员"))]


def _must(said, **more) -> serializers.CharField:
    """A text that must be there; `said` tells what to write."""
    return serializers.CharField(error_messages={"required": said, "blank": said, "null": said}, **more)


def _maybe(most: int, **more) -> serializers.CharField:
    return serializers.CharField(required=False, allow_blank=True, default="", max_length=most, **more)


def _pick(choices, said, **more) -> serializers.ChoiceField:
    return serializers.ChoiceField(choices=choices, error_messages={"required": said, "null": said, "invalid_choice": said}, **more)


def _yes_no(said, **more) -> serializers.BooleanField:
    return serializers.BooleanField(error_messages={"required": said, "null": said, "invalid": said}, **more)


def _day(**more) -> serializers.DateField:
    return serializers.DateField(required=False, allow_null=True, default=None, error_messages={"invalid": _("日期写成 2026-11-25")}, **more)


def place_of(code: str) -> Place | None:
    """The place with this code; None for "". Raises ValidationError."""
    found = Place.objects.filter(code=code).first() if code else None
    if code and found is None:
        raise serializers.ValidationError(_("没有这个镇街，请看 choices"))
    return found


class SearchIn(Input):
    text = _must(_("写姓名里的两个字、车牌，或者手机尾号四位"), max_length=40, help_text=_("姓名里的两个字、车牌，或者手机尾号四位"))


class StateIn(Input):
    state = _pick(STATES, _("选一种情况"))
    on = _day(help_text=_("从哪天起；不写就是今天"))
    reason = _must(_("写一句怎么知道的"), max_length=200)


class CorrectIn(Input):
    """Only what is handed in changes."""

    reason = _must(_("写一句为什么改"), max_length=200)
    place = serializers.CharField(required=False, max_length=12, help_text=_("镇街的代码"))
    living_place = serializers.CharField(required=False, max_length=12, help_text=_("居住地：镇街的代码"))
    engagement = serializers.ChoiceField(required=False, choices=Driver.Engagement.choices)
    trade = serializers.CharField(required=False, allow_blank=True, max_length=TEXTS["trade"])
    licence_class = serializers.CharField(required=False, allow_blank=True, max_length=TEXTS["licence_class"])
    relation_place = serializers.CharField(required=False, allow_blank=True, max_length=TEXTS["relation_place"])
    work_place = serializers.CharField(required=False, allow_blank=True, max_length=TEXTS["work_place"])
    business_place = serializers.CharField(required=False, allow_blank=True, max_length=TEXTS["business_place"])
    note = serializers.CharField(required=False, allow_blank=True, max_length=TEXTS["note"])

    def validate_place(self, code: str) -> Place | None:
        return place_of(code)

    def validate_living_place(self, code: str) -> Place | None:
        return place_of(code)


class ClaimIn(Input):
    """What a driver says of himself. `agree` is his consent that it may be verified."""

    name = _must(_("写上您的姓名"), max_length=40)
    kind = _pick(OWN_KINDS, _("选正式党员或者预备党员"))
    relation = _must(_("写一下组织关系在哪里，不清楚就写“不清楚”"), max_length=80)
    home_branch = _maybe(80, help_text=_("原支部"))
    home_phone = _maybe(20, help_text=_("原支部电话"))
    joined_on = _day(help_text=_("入党的日子，记得年月就写 2015-07-01"))
    place = _maybe(12, help_text=_("住在哪个镇街：代码，见 choices"))
    agree = _yes_no(_("要您同意，我们才能去核实"))
    proof = serializers.FileField(required=False, help_text=_("凭据的照片，只在 multipart/form-data 里"))

    def validate_place(self, code: str) -> Place | None:
        return place_of(code)

    def validate_agree(self, yes: bool) -> bool:
        if not yes:
            raise serializers.ValidationError(_("要您同意，我们才能去核实"))
        return yes


class ContestIn(Input):
    words = _must(_("写一两句，为什么要再看一次"), max_length=300)


class NothingIn(Input):
    """No field: the act is all that is said."""


class VerifyIn(Input):
    how = _pick(Membership.How.choices, _("选怎么核实的"))
    kind = _pick(Membership.Kind.choices, _("选一种类别"))
    home_branch = _maybe(80)
    joined_on = _day()
    decide_on = _day(help_text=_("预备党员：哪天讨论转正"))
    note = _maybe(200)


class RefuseIn(Input):
    why = _must(_("写清楚为什么没核实上，司机会看到"), max_length=200)


class BranchIn(Input):
    branch = _must(_("选一个支部"), max_length=24, help_text=_("支部的代码"))

    def validate_branch(self, code: str) -> Branch:
        found = Branch.objects.filter(unit__code=code, ended_on=None).first()
        if found is None:
            raise serializers.ValidationError(_("没有这个支部"))
        return found


class PlaceIn(BranchIn):
    reason = _maybe(200, help_text=_("为什么是这个支部"))


class ReachIn(Input):
    how = _pick(Outreach.How.choices, _("选打电话或者上门"))
    reached = _yes_no(_("写找到了没有"))
    note = _maybe(200)


class HeardIn(Input):
    how = _pick(ContactNote.How.choices, _("选一样：打电话、见面还是微信"))
    words = _maybe(1000)


class ChangeIn(Input):
    none = serializers.BooleanField(required=False, default=False, help_text=_("true：不要联系人了；不写就是换一个"))
    why = _maybe(200)


class ConflictIn(Input):
    conflict = _must(_("带上列表里的 conflict"), max_length=200, help_text=_("列表里的 conflict"))
    theirs = _yes_no(_("写用表上的（true）还是库里的（false）"), help_text=_("true：用表上的；false：库里的不动"))


class ExportIn(Input):
    what = _pick(WHAT, _("选导出什么"))
    reason = _must(_("写一句做什么用，审计里留着"), max_length=200)
    columns = serializers.ListField(
        child=serializers.CharField(max_length=20), required=False, default=list, max_length=20, help_text=_("要哪几列；不写就是全部")
    )
    place = _maybe(12, help_text=_("镇街的代码，见 choices"))
    engagement = serializers.ChoiceField(required=False, choices=Driver.Engagement.choices)
    trade = _maybe(20)
    state = serializers.ChoiceField(required=False, choices=Driver.State.choices)

    def validate_place(self, code: str) -> str:
        place_of(code)
        return code


class DecideIn(Input):
    agree = _yes_no(_("写同意（true）还是不同意（false）"))


class ConsentIn(Input):
    purpose = _must(_("写收回哪一项同意"), max_length=20, help_text=_("me/data 里的 purpose"))


class DataRequestIn(Input):
    kind = _pick(DataRequest.Kind.choices, _("选改正或者删除"))
    words = _maybe(500, help_text=_("哪里不对，应该是什么"))
