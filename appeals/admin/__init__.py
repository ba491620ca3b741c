"""The staff's side of an appeal: pages, the one door of acts, and what stands in the menu."""

from accounts.admin import menu
from accounts.admin.audit_words import register_acts
from accounts.rules.roles import Role
from appeals.admin import (
    act,
    appeal_list,
    appeal_page,
    bulk,
    counts,
    desk,
    files,
    find,
    queues,
    register,
    rules,
    settings,
    today,
)
from appeals.rules.moves import MOVES

__all__ = ["act", "appeal_list", "appeal_page", "bulk", "desk", "files", "find", "queues", "register", "rules", "settings", "today"]

menu.register_item(menu.TODAY, "我今天要办的", "today", "admin:index", order=1, pill=True)
menu.register_item(menu.APPEALS, "分拨台", "route", "admin:appeals_desk", {Role.DESK, Role.DUTY}, order=10, pill=True)
menu.register_item(menu.APPEALS, "诉求列表", "list", "admin:appeals_list", appeal_list.ROLES, order=20)
menu.register_item(menu.APPEALS, "待我批", "check", "admin:appeals_decide", queues.DECIDERS, order=30)
menu.register_item(menu.APPEALS, "回访", "phone", "admin:appeals_call_backs", {Role.CALL_BACK}, order=40)
menu.register_item(
    menu.APPEALS, "答复模板", "chat", "admin:appeals_replytemplate_changelist", settings.ReplyTemplateAdmin.roles_view, order=50
)
menu.register_item(menu.APPEALS, "代司机登记", "plus", "admin:appeals_register", register.ROLES, order=45)
menu.register_item(menu.SETTINGS, "分拨规则", "filter", "admin:appeals_rules", rules.ROLES, order=10)
menu.register_item(
    menu.SETTINGS, "时限版本", "clock", "admin:appeals_clockrule_changelist", settings.ClockRuleAdmin.roles_view, order=20
)
register_acts({f"appeal.{move}": "诉求：" + row.word.rstrip("…") for move, row in MOVES.items()})
menu.register_counts(counts.menu_counts)
menu.register_bell("admin:notices")
