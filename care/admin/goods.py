"""The pages of campaigns and stock, and their places in the menu."""

from __future__ import annotations

from accounts.admin import menu
from care.admin import campaigns, goods_parts, issue, stock

__all__ = ["campaigns", "issue", "stock"]

menu.register_item(menu.CARE, "发物资", "send", "care:issue", goods_parts.KEEPERS, order=10)
menu.register_item(menu.CARE, "物资库存", "inbox", "admin:care_stock", goods_parts.READERS, order=20, pill=True)
menu.register_item(menu.CARE, "发放记录", "list", "admin:care_issued", goods_parts.READERS, order=25)
menu.register_item(menu.CARE, "活动", "megaphone", "admin:care_campaigns", goods_parts.READERS, order=30)
menu.register_item(menu.CARE, "发放点", "building", "admin:care_points", goods_parts.OFFICER, order=35)
menu.register_item(menu.CARE, "物资台账", "doc", "admin:care_ledger", stock.READERS - {"leader"}, order=40)
menu.register_item(menu.CARE, "物资对账", "scales", "admin:care_balance", stock.READERS, order=45)
