"""The staff's side of the register."""

from accounts.admin import menu
from members.admin import (
    claims,
    conflicts,
    coverage,
    data_requests,
    drivers,
    duplicates,
    enterprises,
    exports,
    headers,
    joins,
    twice,
    union,
    uploads,
    zones,
)
from members.selectors.menu import rows_that_wait

__all__ = [
    "claims",
    "conflicts",
    "coverage",
    "data_requests",
    "drivers",
    "duplicates",
    "enterprises",
    "exports",
    "headers",
    "joins",
    "twice",
    "union",
    "uploads",
    "zones",
]

menu.register_item(menu.BRANCH, "认领待核验", "check", "admin:members_claims", claims.ROLES, order=30, pill=True)
menu.register_item(menu.REGISTER, "司机", "truck", "admin:members_drivers", drivers.ROLES, order=10)
menu.register_item(menu.REGISTER, "摸排导入", "upload", "admin:members_uploads", uploads.ROLES, order=20, pill=True)
menu.register_item(menu.REGISTER, "冲突待定", "scales", "admin:members_conflicts", conflicts.ROLES, order=30, pill=True)
menu.register_item(menu.REGISTER, "记住的表头", "list", "admin:members_headers", headers.ROLES, order=25)
menu.register_item(menu.REGISTER, "覆盖与缺报", "flag", "admin:members_coverage", coverage.ROLES, order=40)
menu.register_item(menu.REGISTER, "导出", "download", "admin:members_exports", exports.ROLES, order=60, pill=True)
menu.register_item(menu.REGISTER, "个人信息请求", "person", "admin:members_data_requests", data_requests.ROLES, order=50, pill=True)
menu.register_item(menu.ZONES, "片区与联系人", "phone", "admin:members_zones", zones.ROLES, order=10)
menu.register_item(menu.ZONES, "待分配司机", "list", "admin:members_waiting", zones.ROLES, order=20, pill=True)
menu.register_rows(rows_that_wait)
menu.register_item(menu.REGISTER, "疑似重复", "merge", "admin:members_duplicates", duplicates.ROLES, order=35, pill=True)
menu.register_item(menu.UNION, "工会名册", "people", "admin:members_union", union.OFFICER, order=10)
menu.register_item(menu.UNION, "入会申请", "check", "admin:members_joins", joins.ROLES, order=20, pill=True)
menu.register_item(menu.UNION, "名册里少了的", "alert", "admin:members_left_out", union.OFFICER, order=25, pill=True)
menu.register_item(menu.UNION, "不在信息库", "truck", "admin:members_missing", union.BOTH, order=30)
menu.register_item(menu.UNION, "企业", "building", "admin:members_enterprises", enterprises.ROLES, order=40)
