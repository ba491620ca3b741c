"""The words a person agrees to, by purpose and version. PIPL Art. 14: informed; Art. 29: apart from everything else."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Words:
    """One version of one purpose: what is agreed to, and what withdrawing does."""

    version: int
    title: str
    body: str
    after: str


WORDS: dict[str, Words] = {
    "find_branch": Words(
        1,
        "帮我找组织",
        "支部书记和行业党委会看到我的姓名、手机号和我填的组织关系，用来打电话核实。核实之前，谁也不当我是党员，哪里也不公开。",
        "收回以后不再核实，填过的只留收回这件事。",
    ),
    "show_identity": Words(
        1,
        "公开亮身份",
        "在公开的页面上写我的姓和“党员”。不写手机号、车牌和住处。",
        "收回以后马上就不显示。",
    ),
    "join_union": Words(
        1,
        "加入工会",
        "工会联合会会看到我的姓名、手机号、身份证号和工作单位，用来办入会。",
        "收回以后不再办理；已经入会的，退会另外说一声。",
    ),
    "zone": Words(
        1,
        "让联系人知道我的电话",
        "我的联系人会看到我的姓名和手机号，一个月左右跟我联系一次。",
        "收回以后联系人就看不到我的手机号，也可以换一个人。",
    ),
    "speak_for_me": Words(
        1,
        "请联系人替我反映",
        "联系人会替我把事情写下来交上去，他会看到这一件办到哪一步。",
        "收回以后他就看不到了，这一件照样办。",
    ),
    "ask_care": Words(
        1,
        "申请慰问、帮扶",
        "审批的人会看到我的姓名、原因和证明，看不到收款账户；出纳会看到姓名、金额和收款账户，看不到原因。",
        "收回以后，还没批的就不办了；批了的照样发。原因和证明谁也不能再看。",
    ),
}


def current(purpose: str) -> Words:
    """The words in force for `purpose`. Raises KeyError."""
    return WORDS[purpose]
