"""The staff's side of the register."""

from accounts.admin import menu
from members.admin import claims, data_requests, drivers, exports, zones

__all__ = ["claims", "data_requests", "drivers", "exports", "zones"]

menu.register_item(menu.BRANCH, "认领待核验", "check", "admin:members_claims", claims.ROLES, order=30, pill=True)
menu.register_item(menu.REGISTER, "司机", "truck", "admin:members_drivers", drivers.ROLES, order=10)
menu.register_item(menu.REGISTER, "导出", "download", "admin:members_exports", exports.ROLES, order=60)
menu.register_item(menu.REGISTER, "个人信息请求", "person", "admin:members_data_requests", data_requests.ROLES, order=50)
menu.register_item(menu.ZONES, "片区与联系人", "phone", "admin:members_zones", zones.ROLES, order=10)
menu.register_item(menu.ZONES, "待分配司机", "list", "admin:members_waiting", zones.ROLES, order=20, pill=True)
menu.register_counts(zones.waiting_counts)
