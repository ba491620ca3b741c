"""Guards of the move table. Each answers "" (go on) or why not, in words for the screen.

An answer that starts with "-" means: do not even show the button.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from appeals.rules.facts import Actor, Facts
from appeals.rules.life import BAD_RATING

MAX_ROUNDS = 3
MAX_HAND_BACKS = 2
REOPEN_DAYS = 60


def pending(kind: str) -> Callable[[Facts], str]:
    """There must be an undecided request of this kind."""
    return lambda f: "" if kind in f.pending else "-没有要定的申请"


def no_pending(kind: str) -> Callable[[Facts], str]:
    return lambda f: "已经申请过，等别人来定" if kind in f.pending else ""


def not_the_asker(kind: str) -> Callable[[Facts], str]:
    return lambda f: "自己申请的，要由别人来定" if f.pending.get(kind) == f.viewer_id else ""


def not_own_unit(f: Facts) -> str:
    return "-要由别的单位来定" if f.own_unit else ""


def not_final(f: Facts) -> str:
    return "这件是指定办理的，不能退回" if f.final_unit else ""


def hand_back_in_time(f: Facts) -> str:
    return "" if f.hand_back_by is None or f.now <= f.hand_back_by else "不能退回：接件已满 2 个工作日"


def hand_back_not_third(f: Facts) -> str:
    return "已经退回过两次，由值班长指定" if f.hand_backs >= MAX_HAND_BACKS else ""


def handed_back_or_disputed(f: Facts) -> str:
    return "" if f.hand_backs >= MAX_HAND_BACKS or "hand_back" in f.pending else "-没有争议，不用指定"


def may_ask_again(f: Facts) -> str:
    """Once a round; the second time with the head's consent, who then asks himself."""
    if f.driver_asked == 0 or (f.driver_asked == 1 and Actor.LEAD_HEAD in f.actors):
        return ""
    return "这一轮已经问过一次，再问由负责人来问" if f.driver_asked == 1 else "这一轮已经问过两次"


def pause_left(f: Facts) -> str:
    return "" if f.pause_days_left else "停钟已满 5 个工作日"


def extension_in_time(f: Facts) -> str:
    return "" if f.extension_by is None or f.now <= f.extension_by else "不能延期：要在到期前 1 个工作日提出"


def not_extended_yet(f: Facts) -> str:
    return "这一轮已经延期过一次" if f.extended else ""


def before_due(f: Facts) -> str:
    return "" if f.due is None or f.now < f.due else "已经到期，不能再同意延期"


def answer_not_submitted(f: Facts) -> str:
    return "-已经送审" if f.answer_state in ("submitted", "head_approved") else ""


def fresh_handler(f: Facts) -> str:
    """A new round is answered by somebody else than the rounds before."""
    return "上一轮是您办的，这一轮换人办" if f.viewer_id in f.earlier_handlers else ""


def answer_waits(f: Facts) -> str:
    return "" if f.answer_state in ("submitted", "head_approved") else "-没有要批的答复"


def answer_waits_for_head(f: Facts) -> str:
    return "" if f.answer_state == "submitted" else "-没有要批的答复"


def not_the_drafter(f: Facts) -> str:
    return "您自己起草的，不能自己批" if f.viewer_id is not None and f.viewer_id == f.drafter_id else ""


def two_approve(f: Facts) -> str:
    return "" if f.needs_two else "-一个人批就行"


def last_approver(f: Facts) -> str:
    """Complaints and sampled ones: the head first, then the desk. The rest: the head alone."""
    if f.needs_two:
        if f.answer_state != "head_approved":
            return "-先由负责人批"
        if not f.actors & {Actor.DESK, Actor.SUPERVISOR}:
            return "-等分拨员复核"
        return "要由另一个人复核" if f.viewer_id == f.head_id else ""
    return "" if f.actors & {Actor.LEAD_HEAD, Actor.SUPERVISOR} else "-由负责人批"


def not_called_back(f: Facts) -> str:
    return "已经回访过，这一轮的评价定下来了" if f.called_back else ""


def call_back_wanted(f: Facts) -> str:
    if not f.call_back_wanted or f.called_back:
        return "-不用回访"
    return "已经打过三次" if f.call_backs >= 3 else ""


def round_left(f: Facts) -> str:
    return "" if f.round < MAX_ROUNDS else "已经办过三轮，请到大厅当面说"


def within_mending(f: Facts) -> str:
    return "" if f.mend_by is None or f.now <= f.mend_by else "答复过了 15 个工作日，请重新提一件"


def within_sixty_days(f: Facts) -> str:
    if f.closed_at is None or f.now - f.closed_at <= timedelta(days=REOPEN_DAYS):
        return ""
    return "办结满 60 天了，请重新提一件"


def may_close(f: Facts) -> str:
    """Rated 3 or better and called back or sampled out; or the window over and called back or not reached.

    A bad word opens the next round; only where none is left may the appeal end on it."""
    bad = f.rating is not None and f.rating <= BAD_RATING
    if bad and not round_left(f) and not within_mending(f):
        return "-评了差，要重新办"
    if f.call_back_wanted and not f.called_back and f.call_backs < 3:
        return "还没回访"
    return "" if (f.rating is not None and not bad) or f.rating_over else "还在等司机评价"


def not_nudged_today(f: Facts) -> str:
    return "今天已经催过了，明天还能催" if f.nudged_today else ""
