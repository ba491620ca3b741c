"""The staff's bell: one's own messages, what did not go out, what is held back."""

from accounts.admin import menu
from accounts.rules.roles import Role
from notices.admin import held, pages
from notices.selectors.trouble import holds_for

__all__ = ["held", "pages"]

menu.register_item(menu.TODAY, "通知", "bell", "admin:notices", pages.ALL, order=20)
menu.register_item(menu.APPEALS, "没发出去的", "mail", "admin:notices_trouble", pages.CALLERS, order=48)
menu.register_item(
    menu.SYSTEM, "暂停发送", "pause", "admin:notices_holds", {Role.SYSTEM}, lambda viewer: len(holds_for(viewer)), order=50
)
