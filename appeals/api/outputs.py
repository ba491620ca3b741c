"""What is told. The shapes stand here field by field; `outline.py` and `sheet.py` fill them."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from accounts.api import fields
from accounts.api.shapes import Output
from appeals.rules.life import KIND_WORDS, RATING_WORDS, STATE_WORDS, URGENCY_WORDS


class DatesOut(Output):
    """The first promises; what moves later stands beside them in track."""

    hand_over = fields.maybe_moment(help_text=_("最晚什么时候转给单位"))
    progress = fields.maybe_moment(help_text=_("最晚什么时候告诉您办到哪一步"))
    answer = fields.maybe_moment(help_text=_("最晚什么时候答复"))
    review = fields.maybe_moment(help_text=_("罚款：最晚哪天申请行政复议；不是罚款为 null"))
    provisional = serializers.BooleanField(help_text=_("true：暂定，放假安排公布后重算"))


class ReceiptOut(Output):
    number = fields.text(help_text=_("编号，16 位"))
    code = fields.text(help_text=_("查询码，6 位；只在这里给一次，重发同一件再给。替司机交的是空的"))
    received_at = fields.moment()
    dates = DatesOut()


class StepOut(Output):
    at = fields.moment()
    round = serializers.IntegerField()
    what = fields.text(help_text=_("发生了什么"))
    words = fields.text(help_text=_("单位写给您的话；您自己写的不在这里"))


class OfferOut(Output):
    move = fields.text()
    word = fields.text(help_text=_("按钮上的字"))
    url = fields.text()
    needs = serializers.ListField(child=serializers.CharField(), help_text=_("必须填的项"))
    why_not = fields.text(help_text=_("现在为什么不能做；空的是能做"))


class AnswerOut(Output):
    round = serializers.IntegerField()
    unit = fields.text()
    at = fields.moment()
    measure = fields.text(help_text=_("做了什么"))
    basis = fields.text(help_text=_("为什么"))
    result = fields.text(help_text=_("结果和下一步"))


class QuestionOut(Output):
    words = fields.text()
    asked_at = fields.moment()
    reply_by = fields.maybe_moment()


class RatingOut(Output):
    value = serializers.ChoiceField(choices=list(RATING_WORDS.items()))
    word = fields.text()
    solved = serializers.BooleanField(allow_null=True)


class NextOut(Output):
    what = fields.text()
    due = fields.moment()
    provisional = serializers.BooleanField()


def _state() -> serializers.ChoiceField:
    return serializers.ChoiceField(choices=[(str(state), word) for state, word in STATE_WORDS.items()])


class BriefOut(Output):
    """One line of the driver's own list."""

    number = fields.text()
    state = _state()
    state_word = fields.text()
    round = serializers.IntegerField()
    section = fields.text(help_text=_("在谁手里：单位，不是人"))
    received_at = fields.moment()
    first_due = fields.maybe_moment(help_text=_("最初答应哪天答复"))
    due = fields.maybe_moment(help_text=_("现在答应哪天答复"))
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
    code = fields.text()
    name = fields.text()


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

    number = fields.text()
    title = fields.text(help_text=_("第一句话"))
    state = _state()
    state_word = fields.text()
    kind = serializers.ChoiceField(choices=[(str(kind), word) for kind, word in KIND_WORDS.items()], allow_blank=True)
    category = fields.text()
    urgency = serializers.ChoiceField(choices=[(str(level), word) for level, word in URGENCY_WORDS.items()])
    round = serializers.IntegerField()
    place = fields.text()
    unit = fields.text()
    handler = fields.text()
    received_at = fields.moment()
    next_clock = fields.text(help_text=_("下一个要办的时限"))
    next_due = fields.maybe_moment()
    overdue = serializers.BooleanField()
    first_due = fields.maybe_moment()
    due = fields.maybe_moment()
    provisional = serializers.BooleanField()
    version = serializers.IntegerField()


class PersonOut(Output):
    name = fields.text(help_text=_("只有姓"))
    phone = fields.text(help_text=_("中间四位不显示；要看全号在后台写理由"))
    plate = fields.text()


class EventOut(Output):
    at = fields.moment()
    round = serializers.IntegerField()
    move = fields.text()
    word = fields.text()
    who = fields.text()
    unit = fields.text()
    words = fields.text()
    note = fields.text()
    reason = fields.text()
    public = serializers.BooleanField(help_text=_("司机能看到"))


class RequestOut(Output):
    kind = fields.text()
    word = fields.text()
    asked_by = fields.text()
    asked_at = fields.moment()
    ground = fields.text()
    reason = fields.text()
    asked_days = serializers.IntegerField(allow_null=True)
    proposed = fields.text()
    decide_by = fields.moment()


class DraftOut(Output):
    measure = fields.text()
    basis = fields.text()
    result = fields.text()
    state = fields.text()
    drafted_by = fields.text()
    sent_back = fields.text(help_text=_("退回修改的理由"))
    draft_version = serializers.IntegerField()


class ClockOut(Output):
    clock = fields.text()
    word = fields.text()
    round = serializers.IntegerField()
    started_at = fields.moment()
    first_due = fields.moment()
    due = fields.moment()
    provisional = serializers.BooleanField()
    met_at = fields.maybe_moment()
    ended_at = fields.maybe_moment()


class PhotoOut(Output):
    url = fields.text(help_text=_("JPEG，没有位置信息"))
    width = serializers.IntegerField()
    height = serializers.IntegerField()
    added_at = fields.moment()


class HandlerOut(Output):
    key = serializers.UUIDField()
    name = fields.text()


class SheetOut(RowOut):
    """One appeal as its handler sees it. The driver stays masked."""

    text = fields.text()
    spot = fields.text()
    happened = fields.text()
    channel = fields.text()
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
