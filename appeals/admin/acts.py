"""Every legal act of the staff: which fields its page asks for, and what it says will happen.

The view never asks for a state: which acts are offered comes from MOVES; this table only gives each a form.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from accounts.models import Unit
from accounts.rules.viewer import Viewer
from appeals.models import Appeal, CallBack, Request
from appeals.rules.life import KIND_WORDS, URGENCY_WORDS
from appeals.rules.moves import Move
from appeals.rules.routing_names import CATEGORIES
from appeals.services import handling, requests
from common.identifiers import small_number

Choices = Callable[[Appeal, Viewer, datetime], list[tuple[str, str]]]
ANSWER_PARTS = (("measure", "做了什么", 4), ("basis", "为什么", 3), ("result", "结果和下一步", 3))


@dataclass(frozen=True)
class Field:
    """One question of an act's page. `kind`: text, area, select or radio."""

    name: str
    word: str
    kind: str = "area"
    choices: Choices | None = None
    help: str = ""
    optional: bool = False


@dataclass(frozen=True)
class Act:
    """What the page of a move asks and says. `done`: when it is made; `says`: (icon, words) of what will happen."""

    done: str
    fields: tuple[Field, ...] = ()
    says: tuple[tuple[str, str], ...] = ()


def _units(appeal: Appeal, viewer: Viewer, now: datetime) -> list[tuple[str, str]]:
    """Every unit, here as in the API: a shorter list would tell who is accused. The service refuses what cannot be."""
    rows = Unit.objects.filter(takes_appeals=True, is_active=True).exclude(pk=appeal.lead_unit_id or 0)
    return [(unit.code, unit.name) for unit in rows]


def _all_units(appeal: Appeal, viewer: Viewer, now: datetime) -> list[tuple[str, str]]:
    return [(unit.code, unit.name) for unit in Unit.objects.filter(may_be_named=True, is_active=True)]


def _accused(appeal: Appeal, viewer: Viewer, now: datetime) -> list[tuple[str, str]]:
    rows = appeal.accused.filter(removed_at=None).select_related("unit")
    return [(row.unit.code, row.unit.name) for row in rows]


def _handlers(appeal: Appeal, viewer: Viewer, now: datetime) -> list[tuple[str, str]]:
    return [(str(person.key), person.name) for person in handling.candidates(appeal, now=now)]


def _fixed(words: Mapping[str, str]) -> Choices:
    return lambda appeal, viewer, now: [(str(key), word) for key, word in words.items()]


def _days(appeal: Appeal, viewer: Viewer, now: datetime) -> list[tuple[str, str]]:
    asked = appeal.requests.filter(kind=Request.Kind.EXTENSION, decision=Request.Decision.PENDING).first()
    most = asked.asked_days if asked and asked.asked_days else requests.MAX_EXTENSION
    return [(str(day), f"{day} 个工作日") for day in range(most, 0, -1)]


def _satisfied(data: Mapping[str, str]) -> bool | None:
    return {"yes": True, "no": False}.get(data.get("satisfied", ""))


def cleaned(data: Mapping[str, str]) -> dict[str, Any]:
    """What was posted, as `services.acts` wants it: numbers as numbers, nothing for what was left empty."""
    found: dict[str, Any] = {name: value for name, value in data.items() if value and name not in ("days", "satisfied")}
    if found.get("unit") == "other":
        found["unit"] = data.get("other_unit", "")
    if (days := small_number(data.get("days", ""))) is not None:
        found["days"] = days
    if data.get("satisfied"):
        found["satisfied"] = _satisfied(data)
    return found


CANNOT = "有的单位现在接不了这一件，会请您另选。"
REASON = Field("reason", "理由")
DRIVER_READS = "司机会看到这几句，请写人话，别写“依据”“予以”。"
STAYS = ("clock", "最初答应的日子不变，一直写在司机页上")

ACTS: dict[Move, Act] = {
    Move.ROUTE_BY_HAND: Act(
        "转出去了。",
        (Field("unit", "转给哪个单位", "select", _units, CANNOT),
         Field("reason", "为什么转给它", help="和系统建议一样可以不写。", optional=True)),
        (("send", "这个单位马上收到任务，1 个工作日内受理"), ("person", "司机会看到转给了谁")),
    ),
    Move.ASSIGN_FINALLY: Act(
        "已经指定。",
        (Field("unit", "由谁办", "select", _units, CANNOT), REASON),
        (("lock", "这个单位不能再退回"), STAYS),
    ),
    Move.RECLASSIFY: Act(
        "改好了。",
        (Field("category", "分类", "select", _fixed({c: f"{c} {n[1]}" for c, n in CATEGORIES.items()}), optional=True),
         Field("kind", "类型", "select", _fixed({k.value: w for k, w in KIND_WORDS.items()}), optional=True),
         Field("urgency", "紧急程度", "select", _fixed({u.value: w for u, w in URGENCY_WORDS.items()}), "只能调高。", True),
         REASON),
        (("clock", "改分类只会让时限变短，不会变长"),),
    ),
    Move.ADD_ACCUSED: Act(
        "记上了，马上起作用。",
        (Field("unit", "他说的是哪个单位", "select", _all_units),),
        (("shield", "这个单位和它托管的支部从现在起看不到这一件"), ("undo", "要去掉，只有纪检回避专员能做")),
    ),
    Move.REMOVE_ACCUSED: Act(
        "去掉了。",
        (Field("unit", "去掉哪个单位", "select", _accused), REASON),
        (("eye", "这个单位从现在起按平常的范围能看到这一件"),),
    ),
    Move.RECUSE: Act(
        "您已回避，这一件以后不在您的列表里。", (REASON,),
        (("shield", "从现在起您看不到这一件，也收不到它的提醒"), ("people", "由负责人另定经办人")),
    ),
    Move.ACCEPT: Act("受理了，您是经办人。", (), (("pencil", "您成为经办人"), ("person", "司机会看到已受理"))),
    Move.ASSIGN_HANDLER: Act(
        "换好了。", (Field("handler", "交给谁办", "select", _handlers),),
        (("doc", "写了一半的答复稿留着"), STAYS),
    ),
    Move.PROGRESS: Act("发给司机了。", (Field("words", "告诉司机办到哪一步", help=DRIVER_READS),)),
    Move.ASK_DRIVER: Act(
        "问出去了，钟停着。", (Field("words", "问司机什么", help="一次只问一件具体的事。"),),
        (("pause", "答复的钟停下，几次加起来最多 5 个工作日"),),
    ),
    Move.NOTE: Act("记下了，司机看不到。", (Field("note", "内部备注"),)),
    Move.ASK_HAND_BACK: Act(
        "申请交上去了，分拨员 1 个工作日内定。",
        (Field("ground", "为什么不归本单位", "select", _fixed(requests.GROUNDS)), REASON,
         Field("proposed", "您看应当归谁", "select", _units, optional=True)),
        (("clock", "没定之前还是您的，钟照走"), STAYS),
    ),
    Move.GRANT_HAND_BACK: Act(
        "同意退回。",
        (REASON, Field("unit", "直接转给", "select", _units, "不选就重新分拨。有的单位现在接不了，会请您另选。", True)), (STAYS,),
    ),
    Move.REFUSE_HAND_BACK: Act("没有同意，仍由原单位办。", (REASON,)),
    Move.ASK_EXTENSION: Act(
        "申请交上去了，督办科室来定。",
        (Field("days", "延几天", "select", _days), Field("reason", "为什么要延", help=DRIVER_READS)),
        (("people", "由别的科室来定，到期前没定就是没同意"), STAYS),
    ),
    Move.GRANT_EXTENSION: Act(
        "同意了，司机会知道为什么。",
        (Field("days", "同意几天", "select", _days),), (("person", "司机会看到晚几天、为什么"), STAYS),
    ),
    Move.REFUSE_EXTENSION: Act("没有同意，日子不变。", (REASON,)),
    Move.ASK_DECLINE: Act(
        "交上去了，要第二个人确认。",
        (Field("ground", "为什么不受理", "select", _fixed(requests.DECLINE_GROUNDS)),
         Field("reason", "他该找谁、几天之内", help=DRIVER_READS)),
        (("people", "第二个人同意才算"),),
    ),
    Move.DECLINE: Act(
        "已告诉司机该找谁。", (),
        (("person", "司机会看到不受理的原因和该找谁"), ("chart", "仍算在收到的件数里")),
    ),
    Move.REFUSE_DECLINE: Act("接着办。", (REASON,)),
    Move.SEND_BACK_DRAFT: Act("退给起草人了，字都在。", (Field("reason", "要改什么"),)),
    Move.HEAD_APPROVE: Act("批了，送分拨员复核。", (), (("people", "还要分拨员复核，批准的那一刻才算答复"),)),
    Move.APPROVE: Act(
        "已答复司机。", (),
        (("send", "马上告诉司机，请他评价"), ("clock", "答复时限到这一刻为止"), ("lock", "发出去的答复不能再改")),
    ),
    Move.CALL_BACK: Act(
        "记下了。",
        (Field("heard", "听到的", "radio", _fixed(dict(CallBack.Heard.choices))),
         Field("satisfied", "他满意吗", "select", _fixed({"yes": "满意", "no": "不满意"}), "没说就不选。", True),
         Field("words", "他怎么说的", optional=True)),
        (("undo", "没解决：换一个人重新办"), ("phone", "没打通：换个时段再打，一共三次")),
    ),
    Move.REOPEN: Act("换人重新办。", (REASON,), (("people", "同一单位换一个人，15 个工作日"), STAYS)),
    Move.REOPEN_CLOSED: Act("换人重新办。", (REASON,), (("people", "同一单位换一个人，15 个工作日"),)),
    Move.CLOSE: Act("办结了。", (), (("check-circle", "办结不等于解决，也不等于满意"),)),
}  # fmt: skip
