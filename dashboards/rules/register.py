"""What the picture of the register counts: one line per figure, from which page, rows and explanation are made.

Nobody unverified is ever counted as a member. Of Party membership a cell under five is read in words, without a list
behind it; how far the work has come is told in numbers.
"""

from __future__ import annotations

from dataclasses import dataclass

from dashboards.rules.shield import LIMIT, Shown

PLACE, BRANCH = "place", "branch"


@dataclass(frozen=True)
class Definition:
    """One figure. `of`: key of the denominator ("" for none). `by`: the part it may be narrowed to ("" for none).
    `party`: it tells who belongs to the Party, so a cell under five has no number and no list. `period` in words."""

    key: str
    word: str
    unit: str
    of: str
    note: str
    by: str = ""
    party: bool = False
    period: str = "现在"


_TABLE = (
    Definition("drivers", "在册司机", "人", "", "信息库里在册的，合并过的只算一个", PLACE),
    Definition("checked", "一年内核过", "人", "drivers", "最近一次摸排在一年以内", PLACE),
    Definition("stale", "超过一年没核", "人", "drivers", "最近一次摸排在一年以前", PLACE),
    Definition("both", "工会里也有", "人", "drivers", "既在信息库，也在工会名册"),
    Definition("towns", "镇街", "个", "", "区里全部镇街"),
    Definition("not_in", "没报来", "个", "towns", "一年内没有交过摸排表的镇街"),
    Definition("members", "入列党员", "人", "", "一人核实、另一人入列，现在还在的；自报的不算", BRANCH, party=True),
    Definition("full", "正式党员", "人", "members", "核实并入列的里面，类别是正式", BRANCH, party=True),
    Definition("probationary", "预备党员", "人", "members", "核实并入列的里面，类别是预备", party=True),
    Definition("floating", "流动党员", "人", "members", "核实并入列的里面，类别是流动", party=True),
    Definition("retired", "离退休关系", "人", "members", "核实并入列的里面，组织关系在离退休支部", party=True),
    Definition("ending", "任期快到或已过", "个", "", "支部委员里，任期 90 天内到或已经过了的", BRANCH),
    Definition("seats", "有联系人", "人", "room", "现在有党员联系的司机，每名入列党员五个位置"),
    Definition("heard", "本月联系过", "人", "seats", "有联系人的里面，本月记过一次联系", period="本月"),
    Definition("waiting", "等联系人", "人", "drivers", "没有联系人，排着队的司机"),
    Definition("enterprises", "建会企业", "家", "", "工会名册里已建会的企业"),
    Definition("union", "工会会员", "人", "", "工会名册里没退会的，各种职业都算"),
    Definition("trucks", "货车司机会员", "人", "union", "工会会员里，职业是货车司机"),
    Definition("joins", "申请入会待办", "人", "", "还没答复、同意还在的入会申请"),
    Definition("claims", "待核实、待入列", "人", "", "认领还没办完的；核实以前不算党员"),
    Definition("late", "超过 5 个工作日", "人", "claims", "自己在手机上找来的，过了 5 个工作日还没核实"),
    Definition("sought", "组织去找的", "人", "", "摸排报的和镇街名单上的，本人撤回的不算", BRANCH),
    Definition("reached", "找到过", "人", "sought", "组织去找的里面，至少找到过本人一次，或者本人自己找来了", BRANCH),
)
DEFINITIONS: dict[str, Definition] = {each.key: each for each in _TABLE}


def alone(value: int, whole: int) -> Shown:
    """How a part of a whole is read by itself: neither it nor what it leaves may be a handful."""
    if 0 < value < LIMIT:
        return Shown.FEW
    return Shown.MANY if 0 < whole - value < LIMIT and value >= LIMIT else Shown.EXACT
