"""Every legal act of the staff: which fields its page asks for, what it says will happen, which service it calls.

The view never asks for a state: which acts are offered comes from MOVES; this table only gives each a form.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from accounts.models import Person, Unit
from accounts.rules.viewer import Viewer
from appeals.models import Appeal, CallBack, Request
from appeals.rules.life import KIND_WORDS, URGENCY_WORDS
from appeals.rules.moves import Move
from appeals.rules.routing_names import CATEGORIES
from appeals.services import answers, calls, desk, driver, handling, legs, requests, rounds

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
    """`run(appeal, viewer, data, version, now)` calls the service. `says`: (icon, words) of what will happen."""

    run: Callable[..., Appeal]
    done: str
    fields: tuple[Field, ...] = ()
    says: tuple[tuple[str, str], ...] = ()
    title: str = ""


def _units(appeal: Appeal, viewer: Viewer, now: datetime) -> list[tuple[str, str]]:
    """Units that may get it. What was ruled out is simply not in the list."""
    out = legs.ruled_out(appeal, now=now)
    rows = Unit.objects.filter(takes_appeals=True, is_active=True).exclude(pk=appeal.lead_unit_id or 0)
    return [(str(unit.pk), unit.name) for unit in rows if unit.pk not in out]


def _all_units(appeal: Appeal, viewer: Viewer, now: datetime) -> list[tuple[str, str]]:
    return [(str(unit.pk), unit.name) for unit in Unit.objects.filter(may_be_named=True, is_active=True)]


def _accused(appeal: Appeal, viewer: Viewer, now: datetime) -> list[tuple[str, str]]:
    rows = appeal.accused.filter(removed_at=None).select_related("unit")
    return [(str(row.unit_id), row.unit.name) for row in rows]


def _handlers(appeal: Appeal, viewer: Viewer, now: datetime) -> list[tuple[str, str]]:
    return [(str(person.pk), person.name) for person in handling.candidates(appeal, now=now)]


def _fixed(words: Mapping[str, str]) -> Choices:
    return lambda appeal, viewer, now: [(str(key), word) for key, word in words.items()]


def _days(appeal: Appeal, viewer: Viewer, now: datetime) -> list[tuple[str, str]]:
    asked = appeal.requests.filter(kind=Request.Kind.EXTENSION, decision=Request.Decision.PENDING).first()
    most = asked.asked_days if asked and asked.asked_days else requests.MAX_EXTENSION
    return [(str(day), f"{day} 个工作日") for day in range(most, 0, -1)]


def _unit(data: Mapping[str, str]) -> Unit | None:
    wanted = data.get("unit", "")
    if wanted == "other":
        wanted = data.get("other_unit", "")
    return Unit.objects.filter(pk=int(wanted)).first() if wanted.isdigit() else None


def _person(data: Mapping[str, str]) -> Person | None:
    wanted = data.get("handler", "")
    return Person.objects.filter(pk=int(wanted)).first() if wanted.isdigit() else None


def _call(service: Callable[..., Appeal], *names: str, **more: Callable[[Mapping[str, str]], Any]) -> Callable[..., Appeal]:
    """A runner that hands `names` over as typed and `more` as worked out from the posted data."""

    def run(appeal: Appeal, viewer: Viewer, data: Mapping[str, str], version: int | None, now: datetime) -> Appeal:
        given = {name: data.get(name, "") for name in names} | {name: make(data) for name, make in more.items()}
        return service(appeal=appeal, by=viewer, version=version, now=now, **given)

    return run


def _unversioned(service: Callable[..., Appeal], *names: str, **more) -> Callable[..., Appeal]:
    """As `_call`, for services that need no version: they only add."""

    def run(appeal: Appeal, viewer: Viewer, data: Mapping[str, str], version: int | None, now: datetime) -> Appeal:
        given = {name: data.get(name, "") for name in names} | {name: make(data) for name, make in more.items()}
        return service(appeal=appeal, by=viewer, now=now, **given)

    return run


def _number(name: str) -> Callable[[Mapping[str, str]], int]:
    return lambda data: int(data[name]) if data.get(name, "").isdigit() else 0


def _satisfied(data: Mapping[str, str]) -> bool | None:
    return {"yes": True, "no": False}.get(data.get("satisfied", ""))


REASON = Field("reason", "理由")
DRIVER_READS = "司机会看到这几句，请写人话，别写“依据”“予以”。"
STAYS = ("clock", "最初答应的日子不变，一直写在司机页上")

ACTS: dict[Move, Act] = {
    Move.ROUTE_BY_HAND: Act(
        _call(desk.route_by_hand, "reason", unit=_unit), "转出去了。",
        (Field("unit", "转给哪个单位", "select", _units, "选不到的单位不能转。"),
         Field("reason", "为什么转给它", help="和系统建议一样可以不写。", optional=True)),
        (("send", "这个单位马上收到任务，1 个工作日内受理"), ("person", "司机会看到转给了谁")),
    ),
    Move.ASSIGN_FINALLY: Act(
        _call(desk.assign_finally, "reason", unit=_unit), "已经指定。",
        (Field("unit", "由谁办", "select", _units), REASON),
        (("lock", "这个单位不能再退回"), STAYS),
    ),
    Move.RECLASSIFY: Act(
        _call(desk.reclassify, "reason", "category", "kind", "urgency"), "改好了。",
        (Field("category", "分类", "select", _fixed({c: f"{c} {n[1]}" for c, n in CATEGORIES.items()}), optional=True),
         Field("kind", "类型", "select", _fixed({k.value: w for k, w in KIND_WORDS.items()}), optional=True),
         Field("urgency", "紧急程度", "select", _fixed({u.value: w for u, w in URGENCY_WORDS.items()}), "只能调高。", True),
         REASON),
        (("clock", "改分类只会让时限变短，不会变长"),),
    ),
    Move.ADD_ACCUSED: Act(
        _unversioned(desk.add_accused, unit=_unit), "记上了，马上起作用。",
        (Field("unit", "他说的是哪个单位", "select", _all_units),),
        (("shield", "这个单位和它托管的支部从现在起看不到这一件"), ("undo", "要去掉，只有纪检回避专员能做")),
    ),
    Move.REMOVE_ACCUSED: Act(
        _unversioned(desk.remove_accused, "reason", unit=_unit), "去掉了。",
        (Field("unit", "去掉哪个单位", "select", _accused), REASON),
        (("eye", "这个单位从现在起按平常的范围能看到这一件"),),
    ),
    Move.RECUSE: Act(
        _unversioned(desk.recuse, "reason"), "您已回避，这一件以后不在您的列表里。", (REASON,),
        (("shield", "从现在起您看不到这一件，也收不到它的提醒"), ("people", "由负责人另定经办人")),
    ),
    Move.ACCEPT: Act(_call(handling.accept), "受理了，您是经办人。", (), (("pencil", "您成为经办人"), ("person", "司机会看到已受理"))),
    Move.ASSIGN_HANDLER: Act(
        _call(handling.assign_handler, handler=_person), "换好了。", (Field("handler", "交给谁办", "select", _handlers),),
        (("doc", "写了一半的答复稿留着"), STAYS),
    ),
    Move.PROGRESS: Act(_call(handling.progress, "words"), "发给司机了。", (Field("words", "告诉司机办到哪一步", help=DRIVER_READS),)),
    Move.ASK_DRIVER: Act(
        _call(handling.ask_driver, "words"), "问出去了，钟停着。", (Field("words", "问司机什么", help="一次只问一件具体的事。"),),
        (("pause", "答复的钟停下，几次加起来最多 5 个工作日"),),
    ),
    Move.NOTE: Act(_call(handling.note, "note"), "记下了，司机看不到。", (Field("note", "内部备注"),)),
    Move.ASK_HAND_BACK: Act(
        _call(requests.ask_hand_back, "ground", "reason", proposed=_unit), "申请交上去了，分拨员 1 个工作日内定。",
        (Field("ground", "为什么不归本单位", "select", _fixed(requests.GROUNDS)), REASON,
         Field("unit", "您看应当归谁", "select", _units, optional=True)),
        (("clock", "没定之前还是您的，钟照走"), STAYS),
    ),
    Move.GRANT_HAND_BACK: Act(
        _call(requests.grant_hand_back, "reason", unit=_unit), "同意退回。",
        (REASON, Field("unit", "直接转给", "select", _units, "不选就重新分拨。", True)), (STAYS,),
    ),
    Move.REFUSE_HAND_BACK: Act(_call(requests.refuse_hand_back, "reason"), "没有同意，仍由原单位办。", (REASON,)),
    Move.ASK_EXTENSION: Act(
        _call(requests.ask_extension, "reason", days=_number("days")), "申请交上去了，督办科室来定。",
        (Field("days", "延几天", "select", _days), Field("reason", "为什么要延", help=DRIVER_READS)),
        (("people", "由别的科室来定，到期前没定就是没同意"), STAYS),
    ),
    Move.GRANT_EXTENSION: Act(
        _call(requests.grant_extension, days=_number("days")), "同意了，司机会知道为什么。",
        (Field("days", "同意几天", "select", _days),), (("person", "司机会看到晚几天、为什么"), STAYS),
    ),
    Move.REFUSE_EXTENSION: Act(_call(requests.refuse_extension, "reason"), "没有同意，日子不变。", (REASON,)),
    Move.ASK_DECLINE: Act(
        _call(requests.ask_decline, "ground", "reason"), "交上去了，要第二个人确认。",
        (Field("ground", "为什么不受理", "select", _fixed(requests.DECLINE_GROUNDS)),
         Field("reason", "他该找谁、几天之内", help=DRIVER_READS)),
        (("people", "第二个人同意才算"),),
    ),
    Move.DECLINE: Act(
        _call(requests.decline), "已告诉司机该找谁。", (),
        (("person", "司机会看到不受理的原因和该找谁"), ("undo", "他 30 天内可以要求复查"), ("chart", "仍算在收到的件数里")),
    ),
    Move.REFUSE_DECLINE: Act(_call(requests.refuse_decline, "reason"), "接着办。", (REASON,)),
    Move.SEND_BACK_DRAFT: Act(_call(answers.send_back_draft, "reason"), "退给起草人了，字都在。", (Field("reason", "要改什么"),)),
    Move.HEAD_APPROVE: Act(_call(answers.head_approve), "批了，送分拨员复核。", (), (("people", "还要分拨员复核，批准的那一刻才算答复"),)),
    Move.APPROVE: Act(
        _call(answers.approve), "已答复司机。", (),
        (("send", "马上告诉司机，请他评价"), ("clock", "答复时限到这一刻为止"), ("lock", "发出去的答复不能再改")),
    ),
    Move.CALL_BACK: Act(
        _call(calls.call_back, "heard", "words", satisfied=_satisfied), "记下了。",
        (Field("heard", "听到的", "radio", _fixed(dict(CallBack.Heard.choices))),
         Field("satisfied", "他满意吗", "select", _fixed({"yes": "满意", "no": "不满意"}), "没说就不选。", True),
         Field("words", "他怎么说的", optional=True)),
        (("undo", "没解决：换一个人重新办"), ("phone", "没打通：换个时段再打，一共三次")),
    ),
    Move.REOPEN: Act(_call(rounds.reopen, "reason"), "换人重新办。", (REASON,), (("people", "同一单位换一个人，15 个工作日"), STAYS)),
    Move.REOPEN_CLOSED: Act(_call(rounds.reopen, "reason"), "换人重新办。", (REASON,), (("people", "同一单位换一个人，15 个工作日"),)),
    Move.CLOSE: Act(_call(rounds.close), "办结了。", (), (("check-circle", "办结不等于解决，也不等于满意"),)),
    Move.ADD_MATERIAL: Act(_unversioned(driver.add_material, "words"), "补上了。", (Field("words", "司机补充的话"),)),
    Move.DRIVER_REPLY: Act(_unversioned(driver.reply, "words"), "记下了，接着办。", (Field("words", "司机怎么说"),)),
}  # fmt: skip
