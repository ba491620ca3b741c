"""The pages of people and money, and their places in the menu."""

from __future__ import annotations

from accounts.admin import menu
from care.admin import applications, applications_nominate, insurance, money, visits
from care.selectors.menu import rows_that_wait

__all__ = ["applications", "applications_nominate", "insurance", "money", "visits"]


menu.register_item(menu.CARE, "慰问和帮扶", "heart", "admin:care_applications", applications.ROLES, order=50, pill=True)
menu.register_item(menu.CARE, "资金台账", "table", "admin:care_money", money.ROLES, order=60, pill=True)
menu.register_item(menu.CARE, "互助保险", "shield", "admin:care_policies", insurance.OFFICER, order=70)
menu.register_item(menu.CARE, "走访", "people", "admin:care_visits", visits.ROLES, order=80, pill=True)
menu.register_rows(rows_that_wait)
