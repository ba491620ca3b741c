"""What is told. The shapes stand here field by field; `outline.py` and `sheet.py` fill them."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from accounts.api.shapes import Output
from appeals.rules.life import KIND_WORDS, RATING_WORDS, STATE_WORDS, URGENCY_WORDS


def _text(**more) -> serializers.CharField:
    return serializers.CharField(**more)


def _moment(**more) -> serializers.DateTimeField:
    return serializers.DateTimeField(**more)


def _maybe(**more) -> serializers.DateTimeField:
    return serializers.DateTimeField(allow_null=True, **more)


class DatesOut(Output):
    """The first promises; what moves later stands beside them in track."""

    hand_over = _maybe(help_text=_("最晚什么时候转给单位"))
    progress = _maybe(help_text=_("最晚什么时候告诉您办到哪一步"))
    answer = _maybe(help_text=_("最晚什么时候答复"))
    review = _maybe(help_text=_("罚款：最晚哪天申请行政复议；不是罚款为 null"))
    provisional = serializers.BooleanField(help_text=_("true：暂定，放假安排公布后重算"))


class ReceiptOut(Output):
    number = _text(help_text=_("编号，16 位"))
    code = _text(help_text=_("查询码，6 位；只在这里给一次，重发同一件再给。替司机交的是空的"))
    received_at = _moment()
    dates = DatesOut()


class StepOut(Output):
    at = _moment()
    round = serializers.IntegerField()
    what = _text(help_text=_("发生了什么"))
    words = _text(help_text=_("单位写给您的话；您自己写的不在这里"))


class OfferOut(Output):
    move = _text()
    word = _text(help_text=_("按钮上的字"))
    url = _text()
    needs = serializers.ListField(child=serializers.CharField(), help_text=_("必须填的项"))
    why_not = _text(help_text=_("现在为什么不能做；空的是能做"))


class AnswerOut(Output):
    round = serializers.IntegerField()
    unit = _text()
    at = _moment()
    measure = _text(help_text=_("做了什么"))
    basis = _text(help_text=_("为什么"))
    result = _text(help_text=_("结果和下一步"))


class QuestionOut(Output):
    words = _text()
    asked_at = _moment()
    reply_by = _maybe()


class RatingOut(Output):
    value = serializers.ChoiceField(choices=list(RATING_WORDS.items()))
    word = _text()
    solved = serializers.BooleanField(allow_null=True)


class NextOut(Output):
    what = _text()
    due = _moment()
    provisional = serializers.BooleanField()


def _state() -> serializers.ChoiceField:
    return serializers.ChoiceField(choices=[(str(state), word) for state, word in STATE_WORDS.items()])


class BriefOut(Output):
    """One line of the driver's own list."""

    number = _text()
    state = _state()
    state_word = _text()
    round = serializers.IntegerField()
    section = _text(help_text=_("在谁手里：单位，不是人"))
    received_at = _moment()
    first_due = _maybe(help_text=_("最初答应哪天答复"))
    due = _maybe(help_text=_("现在答应哪天答复"))
    provisional = serializers.BooleanField()


class TrackOut(BriefOut):
    """What number and code open: steps, section, dates, answer. No text of the driver, no person."""

    next = NextOut(allow_null=True, help_text=_("下一个日子"))
    dates = DatesOut()
    steps = StepOut(many=True)
    question = QuestionOut(allow_null=True)
    answer = AnswerOut(allow_null=True)
    rating = RatingOut(allow_null=True, help_text=_("这一轮的评价"))
    may_happen_next = serializers.ListField(child=serializers.CharField())
    moves = OfferOut(many=True, help_text=_("您现在能做什么"))


class PhotosOut(Output):
    kept = serializers.IntegerField(help_text=_("新存了几张"))
    known = serializers.IntegerField(help_text=_("早就有的几张"))


class NamedOut(Output):
    code = _text()
    name = _text()


class ChoicesOut(Output):
    places = NamedOut(many=True)
    units = NamedOut(many=True, help_text=_("司机可以点名的单位"))
    about = NamedOut(many=True)
    ratings = NamedOut(many=True)


class HandleChoicesOut(Output):
    units = NamedOut(many=True, help_text=_("能接诉求的单位"))
    categories = NamedOut(many=True)
    kinds = NamedOut(many=True)
    urgencies = NamedOut(many=True)
    hand_back_grounds = NamedOut(many=True)
    decline_grounds = NamedOut(many=True)
    heard = NamedOut(many=True)


class RowOut(Output):
    """One line of a handler's list."""

    number = _text()
    title = _text(help_text=_("第一句话"))
    state = _state()
    state_word = _text()
    kind = serializers.ChoiceField(choices=[(str(kind), word) for kind, word in KIND_WORDS.items()], allow_blank=True)
    category = _text()
    urgency = serializers.ChoiceField(choices=[(str(level), word) for level, word in URGENCY_WORDS.items()])
    round = serializers.IntegerField()
    place = _text()
    unit = _text()
    handler = _text()
    received_at = _moment()
    next_clock = _text(help_text=_("下一个要办的时限"))
    next_due = _maybe()
    overdue = serializers.BooleanField()
    first_due = _maybe()
    due = _maybe()
    provisional = serializers.BooleanField()
    version = serializers.IntegerField()


class PersonOut(Output):
    name = _text(help_text=_("只有姓"))
    phone = _text(help_text=_("中间四位不显示；要看全号在后台写理由"))
    plate = _text()


class EventOut(Output):
    at = _moment()
    round = serializers.IntegerField()
    move = _text()
    word = _text()
    who = _text()
    unit = _text()
    words = _text()
    note = _text()
    reason = _text()
    public = serializers.BooleanField(help_text=_("司机能看到"))


class RequestOut(Output):
    kind = _text()
    word = _text()
    asked_by = _text()
    asked_at = _moment()
    ground = _text()
    reason = _text()
    asked_days = serializers.IntegerField(allow_null=True)
    proposed = _text()
    decide_by = _moment()


class DraftOut(Output):
    measure = _text()
    basis = _text()
    result = _text()
    state = _text()
    drafted_by = _text()
    sent_back = _text(help_text=_("退回修改的理由"))
    draft_version = serializers.IntegerField()


class ClockOut(Output):
    clock = _text()
    word = _text()
    round = serializers.IntegerField()
    started_at = _moment()
    first_due = _moment()
    due = _moment()
    provisional = serializers.BooleanField()
    met_at = _maybe()
    ended_at = _maybe()


class PhotoOut(Output):
    url = _text(help_text=_("JPEG，没有位置信息"))
    width = serializers.IntegerField()
    height = serializers.IntegerField()
    added_at = _moment()


class HandlerOut(Output):
    key = serializers.UUIDField()
    name = _text()


class SheetOut(RowOut):
    """One appeal as its handler sees it. The driver stays masked."""

    text = _text()
    spot = _text()
    happened = _text()
    channel = _text()
    persons = serializers.IntegerField()
    photos = PhotoOut(many=True)
    driver = PersonOut(allow_null=True)
    accused = NamedOut(many=True, help_text=_("只有纪检回避专员看得到"))
    clocks = ClockOut(many=True)
    events = EventOut(many=True)
    requests = RequestOut(many=True)
    draft = DraftOut(allow_null=True, help_text=_("这一轮的答复稿"))
    answers = AnswerOut(many=True)
    rating = RatingOut(allow_null=True)
    handlers = HandlerOut(many=True, help_text=_("能换给谁；不能换时是空的"))
    moves = OfferOut(many=True)
