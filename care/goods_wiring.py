"""What the goods of care register downward: cards that are over, words of acts."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from accounts.admin.audit_words import FIELD_WORDS, register_acts
from accounts.registry import registry

ACTS = {
    "campaign.start": _("关爱：记一个活动"), "campaign.change": _("关爱：改活动"), "campaign.stop": _("关爱：活动停了"), "campaign.resume": _("关爱：活动接着发"),
    "campaign.offer": _("关爱：定发放规则"), "campaign.withdraw": _("关爱：活动里去掉一样"), "good.make": _("关爱：加一样物品"),
    "point.open": _("发放点：记一个"), "point.change": _("发放点：改了"), "point.shut": _("发放点：停用"), "point.reopen": _("发放点：又用"),
    "stock.received": _("物资：收到"), "stock.moved_out": _("物资：调出"), "stock.moved_in": _("物资：调入"), "stock.issued": _("物资：发出"), "stock.issued_list": _("物资：照名单发出"),
    "stock.returned": _("物资：退回"), "stock.counted": _("物资：盘点差数"), "stock.lost": _("物资：损失"), "stock.count": _("物资：盘点，没有差"),
    "stock.tally": _("物资：盘点，等第二位签"), "stock.tally_dropped": _("物资：盘点作废"),
}  # fmt: skip
FIELDS = {
    "change": _("数量"), "point": _("发放点"), "good": _("物品"), "campaign": _("活动"), "second": _("第二位"), "booked": _("账上"), "found": _("点到"),
    "period": _("多久一次"), "each": _("一次几份"),
}  # fmt: skip


def connect() -> None:
    """Called once, when the apps are ready."""
    from care.services import cards

    register_acts(ACTS)
    for name, word in FIELDS.items():
        FIELD_WORDS.setdefault(name, word)
    registry.tidy("cards", cards.tidy)
