"""What may be sent. Every field is named here; a field that is not is refused, never ignored."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from accounts.api.shapes import Input
from accounts.models import Place
from accounts.selectors.units import nameable_units
from appeals.models import CallBack
from appeals.rules.life import ABOUT_WORDS, KIND_WORDS, RATING_WORDS, URGENCY_WORDS, About
from appeals.rules.moves import Move
from appeals.rules.routing_names import CATEGORIES
from appeals.services.driver import MAX_WORDS
from appeals.services.engine import NEED_WORDS
from appeals.services.requests import DECLINE_GROUNDS, GROUNDS, MAX_EXTENSION

MAX_PART = 4000
NUMBER = r"^[0-9]{16}$"


def _words(need: str, **more) -> serializers.CharField:
    """A text that must be there; what is missing is said in the words of the screens."""
    said = NEED_WORDS[need]
    return serializers.CharField(error_messages={"required": said, "blank": said, "null": said}, **more)


def _choice(words, **more) -> serializers.ChoiceField:
    return serializers.ChoiceField(choices=[(str(key), word) for key, word in words.items()], **more)


class FilingIn(Input):
    """What a driver says. Only the text must be there; whatever is wrong comes back at its field, all at once."""

    text = serializers.CharField(
        allow_blank=True, trim_whitespace=False, help_text=_("发生了什么，10 到 2000 个字"),
        error_messages={"required": _("请写发生了什么，至少 10 个字"), "null": _("请写发生了什么，至少 10 个字")},
    )  # fmt: skip
    place = serializers.CharField(required=False, allow_blank=True, max_length=12, help_text=_("镇街的代码，见 choices"))
    spot = serializers.CharField(required=False, allow_blank=True, help_text=_("具体地点，如 G3 K712，最多 120 个字"))
    position = serializers.RegexField(
        r"^-?\d{1,2}(\.\d{1,6})?,-?\d{1,3}(\.\d{1,6})?$", required=False, allow_blank=True, max_length=40,
        help_text=_("手机给的位置：纬度,经度"), error_messages={"invalid": _("位置要写成 纬度,经度，如 34.26,117.28")},
    )  # fmt: skip
    happened = serializers.CharField(required=False, allow_blank=True, help_text=_("什么时候，最多 60 个字"))
    about = _choice(ABOUT_WORDS, required=False, help_text=_("说的是谁；给了 units 可以不写"))
    units = serializers.ListField(
        child=serializers.CharField(max_length=24), required=False, max_length=5,
        help_text=_("被反映单位的代码，见 choices；他们看不到这一件"),
    )  # fmt: skip
    about_words = serializers.CharField(required=False, allow_blank=True, max_length=80, help_text=_("不在名单里的单位或公司"))
    phone = serializers.CharField(required=False, allow_blank=True, max_length=30, help_text=_("手机号，可以不留"))
    caller_name = serializers.CharField(required=False, allow_blank=True, max_length=40, help_text=_("怎么称呼"))
    plate = serializers.CharField(required=False, allow_blank=True, max_length=10, help_text=_("车牌"))
    fine_on = serializers.DateField(required=False, allow_null=True, help_text=_("处罚决定的日期，知道就写"))
    tell_unit = serializers.BooleanField(required=False, default=False, help_text=_("可以告诉承办单位我是谁"))
    persons = serializers.IntegerField(required=False, default=1, min_value=1, max_value=9999, help_text=_("涉及几个人"))

    on_behalf_of = serializers.UUIDField(
        required=False, help_text=_("联系人替司机交：司机的 key，见 me/five。要登录，司机此刻同意；司机会知道，查询码不给联系人"),
    )  # fmt: skip

    def validate_place(self, code: str) -> Place | None:
        place = Place.objects.filter(code=code).first() if code else None
        if code and place is None:
            raise serializers.ValidationError(_("没有这个镇街，请看 choices"))
        return place

    def validate_units(self, codes: list[str]) -> list[int]:
        known = {unit.code: unit.pk for unit in nameable_units()} if codes else {}
        if set(codes) - set(known):
            raise serializers.ValidationError(_("有不能点名的单位，请看 choices"))
        return [known[code] for code in dict.fromkeys(codes)]

    def validate(self, data: dict) -> dict:
        if data.get("units") and data.setdefault("about", About.UNIT) != About.UNIT:
            raise serializers.ValidationError({"about": [_("给了 units，about 要写 unit")]})
        return data


class CodeIn(Input):
    """An act of the driver. `code` is the 6-digit query code; not needed when this session has opened the number."""

    code = serializers.CharField(required=False, allow_blank=True, max_length=20, help_text=_("查询码，6 位"))


class TrackIn(Input):
    number = serializers.CharField(
        max_length=40, help_text=_("编号，16 位；空格会去掉"),
        error_messages={"required": _("请填编号，16 位数字"), "blank": _("请填编号，16 位数字")},
    )  # fmt: skip
    code = serializers.CharField(
        max_length=20, help_text=_("查询码，6 位"),
        error_messages={"required": _("请填查询码，6 位数字"), "blank": _("请填查询码，6 位数字")},
    )  # fmt: skip


class WordsIn(CodeIn):
    words = _words("words", max_length=MAX_WORDS, help_text=_("写几句"))


class RateIn(CodeIn):
    value = serializers.ChoiceField(
        choices=list(RATING_WORDS.items()), help_text=_("5 很好，4 好，3 一般，2 差，1 很差"),
        error_messages={"required": NEED_WORDS["value"], "null": NEED_WORDS["value"], "invalid_choice": NEED_WORDS["value"]},
    )  # fmt: skip
    words = serializers.CharField(required=False, allow_blank=True, max_length=300)
    solved = serializers.BooleanField(required=False, allow_null=True, default=None, help_text=_("解决了没有"))


class ReasonOfDriverIn(CodeIn):
    reason = _words("reason", max_length=500, help_text=_("为什么要重新办"))


class UnitOfDriverIn(CodeIn):
    unit = _words("unit", max_length=24, help_text=_("被反映单位的代码，见 choices；他们看不到这一件"))


class PhotosIn(CodeIn):
    photos = serializers.ListField(
        child=serializers.FileField(allow_empty_file=True), max_length=9,
        help_text=_("1 到 9 张 JPEG、PNG 或 WebP，每张不超过 10 MB"),
        error_messages={"required": _("请放照片"), "empty": _("请放照片"), "max_length": _("一次最多 9 张照片")},
    )  # fmt: skip
    words = serializers.CharField(required=False, allow_blank=True, max_length=MAX_WORDS)

    def to_internal_value(self, data):
        if not data.get("photos"):
            raise serializers.ValidationError({"photos": [_("请放照片")]})
        return super().to_internal_value(data)


class VersionIn(Input):
    """An act of the staff on the version they were looking at; 409 when somebody else was first."""

    version = serializers.IntegerField(
        min_value=0, max_value=2**31 - 1, help_text=_("您看到的 version"),
        error_messages={"required": _("请带上您看到的 version"), "null": _("请带上您看到的 version")},
    )  # fmt: skip


_REASON = {"reason": _words("reason", max_length=500)}
_WORDS = {"words": _words("words", max_length=MAX_WORDS, help_text=_("司机会看到"))}
_UNIT = {"unit": _words("unit", max_length=24, help_text=_("单位的代码"))}
_PARTS = {part: _words(part, max_length=MAX_PART) for part in ("measure", "basis", "result")}


def _optional(maximum: int, **more) -> serializers.CharField:
    return serializers.CharField(required=False, allow_blank=True, max_length=maximum, **more)


def _days() -> serializers.IntegerField:
    said = NEED_WORDS["days"]
    return serializers.IntegerField(
        min_value=1, max_value=MAX_EXTENSION, help_text=_("几个工作日"), error_messages={"required": said, "null": said}
    )


def _picked(need: str, words) -> serializers.ChoiceField:
    said = NEED_WORDS[need]
    return _choice(words, error_messages={"required": said, "null": said, "invalid_choice": said})


FIELDS: dict[Move, dict[str, serializers.Field]] = {
    Move.ROUTE_BY_HAND: {**_UNIT, "reason": _optional(500, help_text=_("和系统建议不一样时要写"))},
    Move.ASK_DECLINE: {"ground": _picked("ground", DECLINE_GROUNDS), **_REASON},
    Move.REFUSE_DECLINE: _REASON,
    Move.ASSIGN_HANDLER: {"handler": _words("handler", max_length=36, help_text=_("经办人的 key，见这一件的 handlers"))},
    Move.ASK_HAND_BACK: {
        "ground": _picked("ground", GROUNDS), **_REASON, "proposed": _optional(24, help_text=_("您看应当归谁：单位的代码")),
    },
    Move.GRANT_HAND_BACK: {**_REASON, "unit": _optional(24, help_text=_("直接转给谁：单位的代码；不写就重新分拨"))},
    Move.REFUSE_HAND_BACK: _REASON,
    Move.ASSIGN_FINALLY: {**_UNIT, **_REASON},
    Move.PROGRESS: _WORDS,
    Move.NOTE: {"note": _words("note", max_length=MAX_WORDS, help_text=_("司机看不到"))},
    Move.ASK_DRIVER: _WORDS,
    Move.ASK_EXTENSION: {"days": _days(), **_REASON},
    Move.GRANT_EXTENSION: {"days": _days()},
    Move.REFUSE_EXTENSION: _REASON,
    Move.SUBMIT_ANSWER: _PARTS,
    Move.SEND_BACK_DRAFT: _REASON,
    Move.CALL_BACK: {
        "heard": _picked("heard", dict(CallBack.Heard.choices)),
        "satisfied": serializers.BooleanField(required=False, allow_null=True, default=None),
        "words": _optional(500),
    },
    Move.REOPEN: _REASON,
    Move.REOPEN_CLOSED: _REASON,
    Move.RECLASSIFY: {
        **_REASON,
        "category": _choice({code: names[1] for code, names in CATEGORIES.items()}, required=False),
        "kind": _choice(KIND_WORDS, required=False),
        "urgency": _choice(URGENCY_WORDS, required=False, help_text=_("只能调高")),
    },
    Move.ADD_ACCUSED: _UNIT,
    Move.REMOVE_ACCUSED: {**_UNIT, **_REASON},
    Move.RECUSE: _REASON,
}  # fmt: skip


def input_of(move: Move) -> type[VersionIn]:
    """The body of one move of the staff: the version, and the fields of this move alone."""
    name = f"{''.join(part.title() for part in move.value.split('_'))}In"
    return type(VersionIn)(name, (VersionIn,), {**FIELDS.get(move, {}), "__doc__": None, "__module__": __name__})


class DraftIn(Input):
    """An answer in the making. `draft_version` is the version of the draft you started from; 0 for none."""

    measure = _optional(MAX_PART, help_text=_("做了什么"), default="")
    basis = _optional(MAX_PART, help_text=_("为什么"), default="")
    result = _optional(MAX_PART, help_text=_("结果和下一步"), default="")
    draft_version = serializers.IntegerField(min_value=0, max_value=2**31 - 1)
