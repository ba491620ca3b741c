"""What the people and money of care register downward: the payment list, what is told of oneself, what is let go, words of acts."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from accounts.admin.audit_words import FIELD_WORDS, register_acts
from accounts.registry import registry
from care.rules.retention import KEPT
from members import registry as register

ACTS = {
    "application.propose": _("关爱：提出申请"),
    "application.approve": _("关爱：批了"),
    "application.refuse": _("关爱：没有批"),
    "application.pay": _("关爱：发了"),
    "application.withdraw": _("关爱：撤回申请"),
    "application.read": _("关爱：看了申请的内容"),
    "application.forget": _("关爱：原因和证明按期删了"),
    "receipt.sign": _("关爱：签收条"),
    "receipt.take_back": _("关爱：收条撤回"),
    "fund.set_up": _("关爱：设一笔经费"),
    "fund.put_in": _("关爱：经费拨入"),
    "policy.found": _("互助保险：开一份名单"),
    "policy.insure": _("互助保险：加人"),
    "insured.helped": _("互助保险：帮助理赔"),
    "visit.plan": _("走访：计划"),
    "visit.record": _("走访：记下来"),
}
FIELDS = {"fen": _("金额（分）"), "fund": _("经费"), "papers": _("证明张数"), "added": _("加了几人"), "insured": _("参保人"), "went": _("去了几人"), "needs": _("诉求件数")}


def connect() -> None:
    """Called once, when the apps are ready."""
    from care.selectors import history, sheets
    from care.services import retention

    register_acts(ACTS)
    for name, word in FIELDS.items():
        FIELD_WORDS.setdefault(name, word)
    registry.tidy("care_papers", retention.tidy)
    register.sheets[sheets.PAYMENTS] = register.Sheet(_("发放表"), sheets.COLUMNS, sheets.may_ask, sheets.may_agree, sheets.payouts, sheets.cells)
    register.tell_own(history.own_care)
    register.kept.extend(line for line in KEPT if line not in register.kept)
