"""The one table of legal moves (bar: D3). Nothing else sets a state.

Buttons, permissions, the driver's "what may happen next" and docs/moves.md are made from MOVES.
A row that is added here (5 merge, 11 co-units, 24 review, 28 void, 29 archive) needs no change elsewhere
but its own service.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

from appeals.rules import guards as g
from appeals.rules.facts import Actor, Facts
from appeals.rules.life import OPEN, State

A = Actor
S = State


class Move(StrEnum):
    """Everything that can happen to an appeal."""

    FILE = "file"
    ROUTE = "route"
    TO_DESK = "to_desk"
    ROUTE_BY_HAND = "route_by_hand"
    ASK_DECLINE = "ask_decline"
    DECLINE = "decline"
    REFUSE_DECLINE = "refuse_decline"
    ACCEPT = "accept"
    ASSIGN_HANDLER = "assign_handler"
    ASK_HAND_BACK = "ask_hand_back"
    GRANT_HAND_BACK = "grant_hand_back"
    REFUSE_HAND_BACK = "refuse_hand_back"
    ASSIGN_FINALLY = "assign_finally"
    PROGRESS = "progress"
    NOTE = "note"
    ASK_DRIVER = "ask_driver"
    DRIVER_REPLY = "driver_reply"
    PAUSE_LIMIT = "pause_limit"
    ASK_EXTENSION = "ask_extension"
    GRANT_EXTENSION = "grant_extension"
    REFUSE_EXTENSION = "refuse_extension"
    SUBMIT_ANSWER = "submit_answer"
    SEND_BACK_DRAFT = "send_back_draft"
    HEAD_APPROVE = "head_approve"
    APPROVE = "approve"
    RATE = "rate"
    CALL_BACK = "call_back"
    REOPEN = "reopen"
    CLOSE = "close"
    REOPEN_CLOSED = "reopen_closed"
    WITHDRAW = "withdraw"
    RECLASSIFY = "reclassify"
    ADD_ACCUSED = "add_accused"
    REMOVE_ACCUSED = "remove_accused"
    RECUSE = "recuse"
    KEEP_OUT = "keep_out"
    ADD_MATERIAL = "add_material"
    NUDGE = "nudge"
    CALENDAR = "calendar"


@dataclass(frozen=True)
class Legal:
    """One row: from where, to where, by whom, under which guards, with what filled in.

    `to` None leaves the state alone. `word` is the button; `driver` says in plain words what the
    driver may expect while the move is possible ("" when it is not his business). `needs` are data
    that must not be empty. `shows` lists the move to the driver on his timeline.
    """

    number: str
    frm: frozenset[State]
    by: frozenset[Actor]
    word: str
    to: State | None = None
    guards: tuple[Callable[[Facts], str], ...] = ()
    needs: frozenset[str] = field(default_factory=frozenset)
    driver: str = ""
    shows: str = ""
    primary: bool = False
    confirm: bool = False


def _row(number, frm, by, word, **more) -> Legal:
    more["needs"] = frozenset(more.get("needs", ()))
    return Legal(number=number, frm=frozenset(frm), by=frozenset(by), word=word, **more)


LEAD = (A.LEAD_MEMBER,)
MOVES: dict[Move, Legal] = {
    Move.FILE: _row("1", (), (A.DRIVER, A.CLERK), "提交", to=S.SUBMITTED, shows="收到您的诉求"),
    Move.ROUTE: _row("2", (S.SUBMITTED,), (A.SYSTEM,), "系统分拨", to=S.ROUTED,
                     driver="转给能办的单位", shows="转给{unit}"),
    Move.TO_DESK: _row("2", (S.SUBMITTED,), (A.SYSTEM,), "交分拨员", shows="请分拨员来定转给谁"),
    Move.ROUTE_BY_HAND: _row("3", (S.SUBMITTED,), (A.DESK, A.DUTY), "转给单位", to=S.ROUTED, primary=True,
                             needs=("unit",), driver="分拨员来定转给谁", shows="转给{unit}"),
    Move.ASK_DECLINE: _row("4", (S.SUBMITTED, S.ROUTED), (A.DESK,), "不予受理…", guards=(g.no_pending("decline"),),
                           needs=("ground", "reason"), confirm=True),
    Move.DECLINE: _row("4", (S.SUBMITTED, S.ROUTED), (A.DESK, A.DUTY), "同意不予受理", to=S.DECLINED,
                       guards=(g.pending("decline"), g.not_the_asker("decline")), confirm=True,
                       shows="这件事不归交通局办，下面写了该找谁"),
    Move.REFUSE_DECLINE: _row("4", (S.SUBMITTED, S.ROUTED), (A.DESK, A.DUTY), "不同意不予受理", needs=("reason",),
                              guards=(g.pending("decline"), g.not_the_asker("decline"))),
    Move.ACCEPT: _row("6", (S.ROUTED,), LEAD, "受理", to=S.IN_HAND, primary=True,
                      driver="单位受理，定下经办人", shows="{unit}接下了"),
    Move.ASSIGN_HANDLER: _row("6", (S.ROUTED, S.IN_HAND, S.WAITING_DRIVER), (A.LEAD_HEAD,), "换经办人", needs=("handler",)),
    Move.ASK_HAND_BACK: _row("7", (S.ROUTED, S.IN_HAND), (A.LEAD_HEAD,), "申请退回", needs=("ground", "reason"),
                             guards=(g.not_final, g.hand_back_in_time, g.hand_back_not_third,
                                     g.no_pending("hand_back"))),
    Move.GRANT_HAND_BACK: _row("8", (S.ROUTED, S.IN_HAND), (A.DESK, A.DUTY), "同意退回", to=S.SUBMITTED,
                               guards=(g.pending("hand_back"), g.not_own_unit), needs=("reason",),
                               shows="不归{unit}办，重新分拨；最初答应的日子不变"),
    Move.REFUSE_HAND_BACK: _row("9", (S.ROUTED, S.IN_HAND), (A.DESK, A.DUTY), "不同意退回",
                                guards=(g.pending("hand_back"), g.not_own_unit), needs=("reason",)),
    Move.ASSIGN_FINALLY: _row("10", OPEN, (A.DUTY,), "指定办理", to=S.ROUTED, needs=("unit", "reason"),
                              guards=(g.handed_back_or_disputed,), confirm=True, shows="定下由{unit}办"),
    Move.PROGRESS: _row("12", (S.IN_HAND,), LEAD, "发进展", needs=("words",),
                        driver="单位告诉您办到哪一步", shows="告诉您办到哪一步"),
    Move.NOTE: _row("12", (S.ROUTED, S.IN_HAND, S.WAITING_DRIVER, S.ANSWERED), LEAD, "内部备注", needs=("note",)),
    Move.ASK_DRIVER: _row("13", (S.IN_HAND,), LEAD, "问司机", to=S.WAITING_DRIVER, needs=("words",),
                          guards=(g.may_ask_again, g.pause_left),
                          driver="单位可能问您一件事，等您回话时停钟", shows="{unit}想问您一件事"),
    Move.DRIVER_REPLY: _row("14", (S.WAITING_DRIVER,), (A.DRIVER,), "回话", to=S.IN_HAND, needs=("words",),
                            driver="您回话以后接着办", shows="您回了话"),
    Move.PAUSE_LIMIT: _row("14", (S.WAITING_DRIVER,), (A.SYSTEM,), "到时间接着办", to=S.IN_HAND,
                           shows="没等到回话，先按现有材料办"),
    Move.ASK_EXTENSION: _row("15", (S.IN_HAND,), (A.LEAD_HEAD,), "申请延期", needs=("reason", "days"),
                             guards=(g.extension_in_time, g.not_extended_yet, g.no_pending("extension"))),
    Move.GRANT_EXTENSION: _row("16", (S.IN_HAND, S.WAITING_DRIVER), (A.SUPERVISOR,), "同意延期", needs=("days",),
                               guards=(g.pending("extension"), g.not_the_asker("extension"), g.not_own_unit,
                                       g.before_due),
                               shows="答复要晚 {days} 个工作日，最初答应的日子照样算数"),
    Move.REFUSE_EXTENSION: _row("16", (S.IN_HAND, S.WAITING_DRIVER), (A.SUPERVISOR,), "不同意延期", needs=("reason",),
                                guards=(g.pending("extension"), g.not_the_asker("extension"), g.not_own_unit)),
    Move.SUBMIT_ANSWER: _row("17", (S.IN_HAND,), LEAD, "送审答复", primary=True, guards=(g.answer_not_submitted, g.fresh_handler),
                             needs=("measure", "basis", "result"), driver="写好答复，送别人审"),
    Move.SEND_BACK_DRAFT: _row("18", (S.IN_HAND,), (A.LEAD_HEAD, A.DESK, A.SUPERVISOR), "退回修改", needs=("reason",),
                               guards=(g.answer_waits, g.not_the_drafter)),
    Move.HEAD_APPROVE: _row("18", (S.IN_HAND,), (A.LEAD_HEAD, A.SUPERVISOR), "批准并送复核", primary=True,
                            guards=(g.answer_waits_for_head, g.not_the_drafter, g.two_approve)),
    Move.APPROVE: _row("18", (S.IN_HAND,), (A.LEAD_HEAD, A.DESK, A.SUPERVISOR), "批准并答复司机", to=S.ANSWERED,
                       primary=True, guards=(g.answer_waits, g.not_the_drafter, g.last_approver),
                       driver="批准以后，答复马上告诉您", shows="{unit}答复了您"),
    Move.RATE: _row("19", (S.ANSWERED,), (A.DRIVER,), "评价", guards=(g.not_called_back,), needs=("value",),
                    driver="您来评：评“差”，会换一个人重新办", shows="您评了“{value}”"),
    Move.CALL_BACK: _row("20", (S.ANSWERED, S.CLOSED, S.WITHDRAWN), (A.CALL_BACK,), "记回访", needs=("heard",),
                         primary=True, guards=(g.call_back_wanted, g.not_own_unit),
                         driver="别的科室可能打电话问您办得怎么样"),
    Move.REOPEN: _row("21", (S.ANSWERED,), (A.SYSTEM, A.DRIVER, A.DESK, A.CALL_BACK), "重新办", to=S.IN_HAND,
                      needs=("reason",), guards=(g.round_left, g.within_mending), confirm=True,
                      shows="换了人重新办，这是第 {round} 轮"),
    Move.CLOSE: _row("22", (S.ANSWERED,), (A.SYSTEM, A.DESK), "办结", to=S.CLOSED, guards=(g.may_close,),
                     driver="7 天没有别的话，就办结；办结不等于满意", shows="办结了"),
    Move.REOPEN_CLOSED: _row("23", (S.CLOSED,), (A.DRIVER, A.DESK), "重新办", to=S.IN_HAND, needs=("reason",),
                             guards=(g.round_left, g.within_sixty_days), confirm=True,
                             driver="60 天内还能要求重新办", shows="换了人重新办，这是第 {round} 轮"),
    Move.WITHDRAW: _row("25", OPEN, (A.DRIVER,), "撤回", to=S.WITHDRAWN, confirm=True,
                        driver="您随时可以撤回", shows="您撤回了"),
    Move.RECLASSIFY: _row("26", OPEN, (A.DESK, A.DUTY), "改分类或紧急程度", needs=("reason",)),
    Move.ADD_ACCUSED: _row("27", (*OPEN, S.ANSWERED), (A.DESK, A.DISCIPLINE, A.DRIVER), "补记被反映单位", needs=("unit",)),
    Move.REMOVE_ACCUSED: _row("27", tuple(S), (A.DISCIPLINE,), "去掉被反映单位", needs=("unit", "reason"), confirm=True),
    Move.RECUSE: _row("27", (*OPEN, S.ANSWERED), (A.LEAD_MEMBER, A.DESK, A.SUPERVISOR, A.CALL_BACK, A.DISCIPLINE),
                      "我要回避", needs=("reason",), confirm=True),
    Move.KEEP_OUT: _row("27", (*OPEN, S.ANSWERED), (A.SYSTEM,), "系统收回"),
    Move.ADD_MATERIAL: _row("1", (*OPEN, S.ANSWERED), (A.DRIVER,), "补充材料", needs=("words",),
                            driver="想起什么，随时补充", shows="您补充了材料"),
    Move.NUDGE: _row("–", OPEN, (A.DRIVER,), "催一下", guards=(g.not_nudged_today,),
                     driver="一天能催一次", shows="您催了一下"),
    Move.CALENDAR: _row("–", tuple(S), (A.SYSTEM,), "日历更正", shows="放假安排公布了，日子重新算过"),
}  # fmt: skip


@dataclass(frozen=True)
class Offer:
    """A move as a viewer sees it: possible, or not and why."""

    move: Move
    legal: Legal
    why_not: str = ""


def why_not(move: Move, facts: Facts) -> str | None:
    """None when the move may be made; "" when it is not this person's or not this state's; else why, in words."""
    legal = MOVES[move]
    if facts.state not in legal.frm or not (facts.actors & legal.by):
        return ""
    for guard in legal.guards:
        reason = guard(facts)
        if reason:
            return reason
    return None


def offers(facts: Facts) -> list[Offer]:
    """Moves to show as buttons, primary ones first; those with `why_not` stand beside with their reason.

    A guard that answers with a leading "-" hides the button altogether: there is nothing to explain.
    """
    found = []
    for move, legal in MOVES.items():
        reason = why_not(move, facts)
        if reason is None:
            found.append(Offer(move, legal))
        elif reason and not reason.startswith("-"):
            found.append(Offer(move, legal, reason))
    return sorted(found, key=lambda offer: (bool(offer.why_not), not offer.legal.primary))


def may_happen_next(state: State) -> list[str]:
    """What the driver may expect from `state`, in the table's own words."""
    return list(dict.fromkeys(legal.driver for legal in MOVES.values() if state in legal.frm and legal.driver))
