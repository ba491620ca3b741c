"""Words of an appeal's life: states, kinds, channels, urgency."""

from __future__ import annotations

from enum import StrEnum


class State(StrEnum):
    SUBMITTED = "submitted"
    ROUTED = "routed"
    IN_HAND = "in_hand"
    WAITING_DRIVER = "waiting_driver"
    ANSWERED = "answered"
    CLOSED = "closed"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    MERGED = "merged"


STATE_WORDS = {
    State.SUBMITTED: "已提交",
    State.ROUTED: "待受理",
    State.IN_HAND: "办理中",
    State.WAITING_DRIVER: "待补充",
    State.ANSWERED: "已答复",
    State.CLOSED: "已办结",
    State.DECLINED: "不予受理",
    State.WITHDRAWN: "已撤回",
    State.MERGED: "已并入",
}
OPEN = frozenset({State.SUBMITTED, State.ROUTED, State.IN_HAND, State.WAITING_DRIVER})
WITH_UNIT = frozenset({State.ROUTED, State.IN_HAND, State.WAITING_DRIVER, State.ANSWERED})
ENDED = frozenset({State.CLOSED, State.DECLINED, State.WITHDRAWN, State.MERGED})


class Kind(StrEnum):
    CONSULTATION = "consultation"
    COMPLAINT = "complaint"
    SUGGESTION = "suggestion"
    HELP = "help"


KIND_WORDS = {
    Kind.CONSULTATION: "咨询",
    Kind.COMPLAINT: "投诉",
    Kind.SUGGESTION: "建议",
    Kind.HELP: "求助",
}


class Urgency(StrEnum):
    NORMAL = "normal"
    PRESSING = "pressing"
    URGENT = "urgent"


URGENCY_WORDS = {Urgency.NORMAL: "普通", Urgency.PRESSING: "紧急", Urgency.URGENT: "特急"}


class FiledBy(StrEnum):
    """The channel (渠道) an appeal came by."""

    WEB = "web"
    API = "api"
    HALL = "hall"
    HOTLINE = "hotline"
    BOX = "box"
    QUESTIONNAIRE = "questionnaire"
    MEETING = "meeting"
    STATION = "station"
    CONTACT = "contact"  # his contact (1:5) wrote it down for him, with his consent


FILED_BY_WORDS = {
    FiledBy.WEB: "手机网页",
    FiledBy.API: "接口",
    FiledBy.HALL: "大厅代填",
    FiledBy.HOTLINE: "12328 电话",
    FiledBy.BOX: "意见箱",
    FiledBy.QUESTIONNAIRE: "问卷",
    FiledBy.MEETING: "座谈",
    FiledBy.STATION: "驿站代填",
    FiledBy.CONTACT: "联系人代填",
}


class About(StrEnum):
    """Whom the driver speaks of."""

    UNIT = "unit"
    OTHER = "other"  # a company, a person, a unit that is not in the list: free words
    UNKNOWN = "unknown"
    NOBODY = "nobody"


ABOUT_WORDS = {
    About.UNIT: "一个单位",
    About.OTHER: "别的单位、公司或驿站",
    About.UNKNOWN: "不知道是谁",
    About.NOBODY: "没有说谁",
}
RATING_WORDS = {5: "很好", 4: "好", 3: "一般", 2: "差", 1: "很差"}
BAD_RATING = 2  # 2 and below open the next round
