"""The life of a claim (认领): what may follow what, and by when a branch has to look at it."""

from __future__ import annotations

from dataclasses import dataclass

VERIFY_WORKDAYS = 5  # as the bureau answers appeals: whoever comes hears within five working days
REFUSALS = (
    ("not_found", "原支部查不到这个人"),
    ("ended", "组织关系已经转走或者停了"),
    ("no_answer", "打了三次都没联系上本人"),
    ("proof_unclear", "凭据看不清，请重新拍一张"),
    ("not_driver", "不是本区的货车司机"),
)


ASSIGNED, CONTESTED, SEVERAL = "assigned", "contested", "several_"  # SEVERAL stands before a kind of row
ROUTED = {  # why a claim is looked at by this branch, or by the committee
    "enterprise": "他的企业（{enterprise}）归这个支部管",
    "trade": "他跑的行业（{trade}）归这个支部管",
    "place": "他说的镇街（{place}）归这个支部管",
    "office": "没说住在哪，按他企业（{enterprise}）所在的镇街分",
    "several_enterprise": "他的企业（{enterprise}）有两个以上支部在管，先由行业党委定",
    "several_trade": "他跑的行业（{trade}）有两个以上支部在管，先由行业党委定",
    "several_place": "他说的镇街（{place}）有两个以上支部在管，先由行业党委定",
    "several_office": "他企业（{enterprise}）所在的镇街有两个以上支部在管，先由行业党委定",
    "nobody": "他的企业、行业和镇街都没有支部管，先由行业党委定",
    ASSIGNED: "行业党委交给这个支部的",
    CONTESTED: "他请换人再看一次，由行业党委来看",
}


def routed_by(branch: int | None, by: str) -> str:
    """A key of ROUTED for where the coverage puts somebody: `by` the kind of row, "" for none."""
    if branch is None:
        return f"{SEVERAL}{by}" if by else "nobody"
    return by


def routed_words(why: str, **known: str) -> str:
    """Why a claim stands where it stands, in words; "" for one from before this was written down. `known`: enterprise,
    trade, place by name; what is not known any more is left out with its brackets."""
    said = ROUTED.get(why, "")
    for word in ("enterprise", "trade", "place"):
        said = said.replace(f"（{{{word}}}）", f"（{known[word]}）" if known.get(word) else "")
    return said


@dataclass(frozen=True)
class Facts:
    """What decides about one claim."""

    state: str
    person_id: int
    verified_by: int | None
    refused_by: int | None
    erased: bool = False  # its time is over, what he said is gone


def may_verify(facts: Facts, person_id: int | None) -> str:
    """"" when this person may verify or refuse it now, else why not."""
    if facts.state != "open":
        return "这一份已经有结果了"
    if person_id is None or person_id == facts.person_id:
        return "自己的要请别人核实"
    if facts.refused_by is not None and facts.refused_by == person_id:
        return "上次是您看的，这次要换一个人看"
    return ""


def may_place(facts: Facts, person_id: int | None) -> str:
    """"" when this person may place the verified member now, else why not. Verified by one, placed by another."""
    if facts.state != "verified":
        return "核实以后才能入列"
    if person_id is None or person_id == facts.person_id:
        return "自己的要请别人来办"
    if facts.verified_by == person_id:
        return "核实的是您，入列要另一个人来定"
    return ""


def may_contest(facts: Facts) -> str:
    """"" when the driver may ask for a second look: as long as there is something to look at."""
    return "" if facts.state == "refused" and not facts.erased else "没有可以再看的"


def may_withdraw(facts: Facts) -> str:
    """"" when the driver may take it back: any time before he is placed."""
    return "" if facts.state in {"open", "verified", "refused"} else "已经入列了，要离开请跟支部说"
