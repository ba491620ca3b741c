"""The staff's side of the register."""

from accounts.admin import menu
from members.admin import claims, drivers, exports

__all__ = ["claims", "drivers", "exports"]

menu.register_item(menu.BRANCH, "认领待核验", "check", "admin:members_claims", claims.ROLES, order=30, pill=True)
menu.register_item(menu.REGISTER, "司机", "truck", "admin:members_drivers", drivers.ROLES, order=10)
menu.register_item(menu.REGISTER, "导出", "download", "admin:members_exports", exports.ROLES, order=60)
