"""How long what is kept, in the words of the page where a person sees his own data."""

from __future__ import annotations

ANSWER_WORKDAYS = 15  # PIPL Art. 50 asks for a handy way and a reason; the bureau answers within 15 working days
KEPT: tuple[tuple[str, str], ...] = (
    ("信息库里的登记", "在册期间；离开以后三年，再删掉手机号和身份证号"),
    ("没核实上的认领", "结束以后半年"),
    ("联系记录", "两年"),
    ("导出的表", "做好以后 24 小时"),
    ("谁看过我的记录", "至少六个月"),
)
