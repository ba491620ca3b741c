"""The staff side of this room, and the base that every other room's admin stands on."""

from accounts.admin import audit, calendar, menu, people
from accounts.rules.roles import Role
from accounts.selectors.people import KEEPERS

__all__ = ["audit", "calendar", "people"]

menu.register_item(menu.SETTINGS, "工作日历", "calendar", "admin:calendar", calendar.LOOKERS, order=30)
menu.register_item(menu.SYSTEM, "人员与任职", "people", "admin:people", KEEPERS, order=10)
menu.register_item(menu.SYSTEM, "审计记录", "shield", "admin:audit", {Role.AUDITOR}, order=20)
