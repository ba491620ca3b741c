"""三个在本地: which of relation, labour and business is local decides who carries a member. A table, not a program.

The scheme of the bureau asks three questions (铜行四方 双找): where is his organisational relation, where is his labour
relation, where does he do his business. 关于加强新形势下流动党员管理的意见: who works for long in one place has his relation
moved there; until then he is a floating member of the branch that is nearest to his work.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum


class Carrier(StrEnum):
    """Who carries a member."""

    HERE = "here"  # a branch here, with a vote
    HERE_AWAY = "here_away"  # a branch here, with a vote, while he is out of the district: somebody keeps touch
    FLOATING = "floating"  # a branch here takes him in as a floating member; he votes at home
    HOME = "home"  # his home branch alone; here he is only helped


CARRIER_WORDS = {
    Carrier.HERE: "编进这里的支部，有表决权",
    Carrier.HERE_AWAY: "编进这里的支部，有表决权；人常在外地，定一个人每月联系",
    Carrier.FLOATING: "作为流动党员编进这里的支部，表决在原支部",
    Carrier.HOME: "由原支部管，这里只帮忙，不编入",
}


@dataclass(frozen=True)
class Row:
    """One line of the table: relation, labour and business are local or not."""

    carrier: Carrier
    why: str


# (relation, labour, business) -> who carries him and why
TABLE: dict[tuple[bool, bool, bool], Row] = {
    (True, True, True): Row(Carrier.HERE, "三个都在本地"),
    (True, True, False): Row(Carrier.HERE_AWAY, "关系和劳动关系在本地，车在外地跑"),
    (True, False, True): Row(Carrier.HERE, "关系在本地，活也在本地"),
    (True, False, False): Row(Carrier.HERE_AWAY, "只有关系在本地，人和车都在外地"),
    (False, True, True): Row(Carrier.FLOATING, "在本地上班、在本地跑车，劝他把关系转来"),
    (False, True, False): Row(Carrier.FLOATING, "劳动关系在本地，劝他把关系转来"),
    (False, False, True): Row(Carrier.FLOATING, "只有业务在本地，就近参加学习和活动"),
    (False, False, False): Row(Carrier.HOME, "三个都不在本地"),
}
LOCAL_WORDS = ("本地", "本区", "铜山", "徐州市铜山")


def carried(*, relation: bool, labour: bool, business: bool) -> Row:
    """The line of the table for a member."""
    return TABLE[relation, labour, business]


def is_local(words: str, places: Collection[str] = ()) -> bool:
    """Whether the words of a sheet («本地», «铜山区», «茅村镇») name this district. Empty is not local: nobody said so."""
    text = words.strip()
    return bool(text) and (text.startswith(LOCAL_WORDS) or any(name and name in text for name in places))
