"""What each figure counts: the one table from which numbers, rows and explanations are made.

A figure is a conjunction of tests on one appeal. `selectors.compile` turns them into SQL for the rows
behind a figure; `cases.Matcher` applies the same tests to rows already read, for daily facts. Nothing
else says what is counted, so count and rows cannot part.

A figure stands in time by its anchor: RECEIVED and PROMISED are moments that never change once an
appeal is filed (bar: D6), so an appeal stays in its day whatever becomes of it. PROMISED means that the
first promise fell into the period and has come; all that is said of answers, ratings and call-backs is
said of those appeals, and everything adds up to 应答复.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from appeals.rules.life import OPEN, Kind, State


class Anchor(StrEnum):
    """How a figure stands in time."""

    NOW = "now"  # as things stand
    RECEIVED = "received"  # received in the period
    PROMISED = "promised"  # the first promise fell into the period, and its moment has come
    EVER = "ever"  # received at any time


class Op(StrEnum):
    IS = "is"
    IN = "in"
    SET = "set"
    UNSET = "unset"
    AT_LEAST = "at_least"
    AT_MOST = "at_most"
    BEFORE = "before"
    AFTER = "after"
    NOT_AFTER_FIELD = "not_after_field"
    AFTER_FIELD = "after_field"


class Moment(StrEnum):
    """Moments that a test may name; filled in when it is applied."""

    NOW = "now"
    END_OF_TODAY = "end_of_today"


@dataclass(frozen=True)
class Test:
    """One condition on a field of `cases.Case`. An unset field satisfies UNSET only."""

    field: str
    op: Op
    value: object = None


@dataclass(frozen=True)
class AnyOf:
    """At least one of these."""

    tests: tuple[Test, ...]


@dataclass(frozen=True)
class Definition:
    """One figure. `of` is the key of its denominator; `measure` is "rows" or "persons"; `note` says in
    a sentence how it is counted. `column` is where daily facts keep it (several figures may share one).
    `accused`: the unit named in a filter is the one complained of, not the one that answers."""

    key: str
    word: str
    unit: str
    anchor: Anchor
    tests: tuple[Test | AnyOf, ...] = ()
    of: str = ""
    note: str = ""
    measure: str = "rows"
    column: str = ""
    accused: bool = False

    @property
    def counted(self) -> bool:
        """Whether daily facts hold it."""
        return self.anchor != Anchor.NOW and not self.accused

    @property
    def afterwards(self) -> bool:
        """Whether it tells what drivers said after the answer."""
        return _RIPE_TEST in self.tests


RUNNING = tuple(sorted(OPEN - {State.WAITING_DRIVER}))
_OPEN = Test("state", Op.IN, tuple(sorted(OPEN)))
_RUNNING = Test("state", Op.IN, RUNNING)
_DUE = (Test("stopped", Op.UNSET),)
_ANSWERED = (*_DUE, Test("answered", Op.SET))
# What drivers said afterwards reaches a unit only when the case is closed, a squad a month later (row l).
_RIPE_TEST = Test("ripe", Op.IS, True)
_RIPE = (*_ANSWERED, _RIPE_TEST)
_ROAD = Test("category", Op.IN, ("C1", "C2", "C3", "C4"))
_DISPUTE = Test("category", Op.IN, ("D1", "D2", "D3", "D4", "F3"))
_LEGAL_AID = Test("scheme", Op.IS, "司法法援")
_SUGGESTION = Test("kind", Op.IS, Kind.SUGGESTION.value)
_CLOSED = Test("state", Op.IS, State.CLOSED.value)
_SOLVED = Test("call", Op.IS, "solved")  # the words of CallBack.Heard
_HEARD = Test("call", Op.IN, ("solved", "not_solved"))
_IN_VAIN = Test("call", Op.IS, "not_reached")
_DONE = AnyOf((_SOLVED, Test("rating", Op.AT_LEAST, 3)))
_IN_TIME = Test("answered", Op.NOT_AFTER_FIELD, "promised")
_SATISFIED = Test("rating", Op.AT_LEAST, 4)

N, R, P, E = Anchor.NOW, Anchor.RECEIVED, Anchor.PROMISED, Anchor.EVER
_TABLE = (
    Definition("registered", "收到过的", "件", E, note="登记过的全部诉求", column="received"),
    Definition("open", "未办结", "件", N, (_OPEN,), "registered", "已提交、待受理、办理中、待补充"),
    Definition("due_today", "今天到期", "件", N,
               (_RUNNING, Test("next_due", Op.AT_LEAST, Moment.NOW), Test("next_due", Op.AT_MOST, Moment.END_OF_TODAY)),
               "open", "最近一个时限今天到，还没过"),
    Definition("overdue", "已超期", "件", N, (_RUNNING, Test("next_due", Op.BEFORE, Moment.NOW)), "open",
               "最近一个时限已过；等司机补充的不算"),
    Definition("not_due", "还没到首次承诺日", "件", N, (_OPEN, Test("promised", Op.AFTER, Moment.NOW)), "open",
               "首次承诺的日子还没到，不算按期也不算逾期"),
    Definition("received", "收到", "件", R, (), "registered", "期内收到，不论后来怎样"),
    Definition("handed_back", "退回过", "件", R, (Test("hand_backs", Op.AT_LEAST, 1),), "received", "承办单位退回、分拨员同意，至少一次"),
    Definition("withdrawn", "司机撤回", "件", R, (Test("state", Op.IS, State.WITHDRAWN.value),), "received", "司机自己撤回"),
    Definition("declined", "不予受理", "件", R, (Test("state", Op.IS, State.DECLINED.value),), "received", "不归交通局办，已告诉司机找谁"),
    Definition("promised", "首次承诺到期", "件", P, (), "registered", "首次承诺的日子在期内，已经到了"),
    Definition("due", "应答复", "件", P, _DUE, "promised", "首次承诺到期，去掉到期前撤回和不予受理的"),
    Definition("answered", "已答复", "件", P, _ANSWERED, "due", "应答复的里面，第一轮答复已批"),
    Definition("in_time", "按首次承诺答复", "件", P, (*_DUE, _IN_TIME), "due", "第一轮答复不晚于首次承诺；退回、延期、重办都不改它"),
    Definition("in_time_moved", "按现应办日答复", "件", P, (*_DUE, Test("answered", Op.NOT_AFTER_FIELD, "due")), "due",
               "第一轮答复不晚于停钟、延期之后的应办日"),
    Definition("late", "没按首次承诺", "件", P,
               (*_DUE, AnyOf((Test("answered", Op.UNSET), Test("answered", Op.AFTER_FIELD, "promised")))), "due",
               "晚于首次承诺才答复，或者到现在没答复"),
    Definition("rateable", "答复了的", "件", P, _RIPE, "answered", "已答复的；单位只数办结的，中队再晚一个月"),
    Definition("rated", "司机已评", "件", P, (*_RIPE, Test("rating", Op.SET)), "rateable", "司机本人评过，算最近一次"),
    Definition("satisfied", "满意", "件", P, (*_RIPE, _SATISFIED), "rated", "评“好”“很好”，分母是评了的"),
    Definition("satisfied_all", "满意（含没评）", "件", P, (*_RIPE, _SATISFIED), "rateable", "评“好”“很好”，分母是全部答复的",
               column="satisfied"),
    Definition("middling", "一般", "件", P, (*_RIPE, Test("rating", Op.IS, 3)), "rated", "评“一般”"),
    Definition("unsatisfied", "差和很差", "件", P, (*_RIPE, Test("rating", Op.AT_MOST, 2)), "rated", "评“差”“很差”，下一轮还没评"),
    Definition("silent", "没评", "件", P, (*_RIPE, Test("rating", Op.UNSET)), "rateable", "答复了，司机没有评；单列，不算满意"),
    Definition("reached", "回访到了", "件", P, (*_RIPE, _HEARD), "rateable", "单位以外的人打通了"),
    Definition("not_reached", "没打通", "件", P, (*_RIPE, _IN_VAIN), "rateable",
               "打过，一次也没接；单列，不算满意"),
    Definition("not_called", "没回访", "件", P, (*_RIPE, Test("call", Op.UNSET)), "rateable", "抽样没抽到，或还没打"),
    Definition("told", "说了结果", "件", P, (*_RIPE, AnyOf((Test("said", Op.SET), _HEARD))), "rateable",
               "司机评价时说过，或回访时说过"),
    Definition("solved", "说解决了", "件", P,
               (*_RIPE, AnyOf((Test("said", Op.IS, True), _SOLVED))), "told", "司机说解决了，或回访时说解决了"),
    Definition("untold", "没说", "件", P, (*_RIPE, Test("said", Op.UNSET), AnyOf((Test("call", Op.UNSET), _IN_VAIN))), "rateable", "解决没有，司机没说；单列"),
    Definition("reopened", "重办过", "件", P, (*_ANSWERED, Test("round", Op.AT_LEAST, 2)), "answered", "换人重办，至少第二轮"),
    Definition("closed", "已办结", "件", P, (_CLOSED,), "promised", "首次承诺在期内到期，现在已办结"),
    Definition("accused_closed", "被反映并已办结", "件", P, (_CLOSED,), "", "反映这个中队的，首次承诺在这一季到期，现在已办结", accused=True),
    # The four facts of the secretary's project (unlike units: never added).
    Definition("suggestions", "建议", "条", E, (_SUGGESTION,), "", "类型是建议"),
    Definition("project_suggestions", "建议办结", "条", E, (_SUGGESTION, _CLOSED), "suggestions", "类型是建议，已办结"),
    Definition("road", "路上难题", "个", E, (_ROAD,), "", "分类 C1–C4"),
    Definition("project_road", "路上难题解决", "个", E,
               (_ROAD, _CLOSED, _DONE), "road",
               "分类 C1–C4，已办结，回访说解决了或最近一次评价在一般以上"),
    Definition("legal", "法律援助", "人次", E, (_LEGAL_AID,), "", "主办是司法法援，按人数加", measure="persons"),
    Definition("project_legal", "法律援助办结", "人次", E, (_LEGAL_AID, _CLOSED), "legal", "主办是司法法援，已办结，按人数加",
               measure="persons"),
    Definition("disputes", "纠纷", "件次", E, (_DISPUTE,), "", "分类 D1–D4 和 F3"),
    Definition("project_disputes", "纠纷调处", "件次", E, (_DISPUTE, _CLOSED, _DONE), "disputes",
               "分类 D1–D4 和 F3，已办结，调处成了：回访说解决了或最近一次评价在一般以上"),
)  # fmt: skip
DEFINITIONS: dict[str, Definition] = {each.key: each for each in _TABLE}
PROJECT = ("project_suggestions", "project_road", "project_legal", "project_disputes")
# Columns of the daily facts, each with the figure that fills it.
COLUMNS: dict[str, Definition] = {each.key: each for each in _TABLE if each.counted and not each.column}
# What is also counted by unit, category and place; all else is asked of the rows.
BY_PART = ("received", "promised", "due", "in_time", "late", "closed")


def column_of(key: str) -> str:
    """The column of daily facts in which `key` is kept."""
    found = DEFINITIONS[key]
    return found.column or found.key


class UnlikeUnits(ValueError):
    """件, 条, 个 and 人次 are not added."""


def added(figures) -> int:
    """The sum of figures of one unit. Raises UnlikeUnits."""
    figures = list(figures)
    if len({each.unit for each in figures}) > 1:
        raise UnlikeUnits("、".join(sorted({each.unit for each in figures})))
    return sum(each.value or 0 for each in figures)
