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
