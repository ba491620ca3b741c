"""The roles a posting can carry: the table «role × data» of the bar, by the names used there."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """What a person is posted as. Drivers and outsiders hold no posting."""

    ZONE_CONTACT = "zone_contact"
    SECRETARY = "secretary"
    SQUAD_HANDLER = "squad_handler"
    HANDLER = "handler"
    LIAISON = "liaison"
    STATION = "station"
    CASHIER = "cashier"
    APPROVER = "approver"
    UNION = "union"
    SYSTEM = "system"
    SECURITY = "security"
    AUDITOR = "auditor"
    DISCIPLINE = "discipline"
    LEADER = "leader"
    DESK = "desk"
    HEAD = "head"
    DUTY = "duty"
    SUPERVISOR = "supervisor"
    CALL_BACK = "call_back"
    CLERK = "clerk"
    REGISTRAR = "registrar"


ROLE_WORDS = {
    Role.ZONE_CONTACT: "联系人",
    Role.SECRETARY: "支部书记",
    Role.SQUAD_HANDLER: "中队经办",
    Role.HANDLER: "经办",
    Role.LIAISON: "联络员",
    Role.STATION: "驿站工作人员",
    Role.CASHIER: "关爱出纳",
    Role.APPROVER: "关爱审批",
    Role.UNION: "工会干事",
    Role.SYSTEM: "系统管理员",
    Role.SECURITY: "安全管理员",
    Role.AUDITOR: "审计员",
    Role.DISCIPLINE: "纪检回避专员",
    Role.LEADER: "局领导",
    Role.DESK: "分拨员",
    Role.HEAD: "负责人",
    Role.DUTY: "值班长",
    Role.SUPERVISOR: "督办",
    Role.CALL_BACK: "回访员",
    Role.CLERK: "大厅收件员",
    Role.REGISTRAR: "信息库管理员",
}

# 三员分立 (GB/T 22239-2019, 管理用户权限分离): no person holds two of these, nor one with desk work.
SEPARATED = frozenset({Role.SYSTEM, Role.SECURITY, Role.AUDITOR})

# Who works on appeals for the unit of the posting.
HANDLING = frozenset({Role.HANDLER, Role.SQUAD_HANDLER, Role.LIAISON, Role.HEAD, Role.UNION, Role.DUTY})
# Who acts on appeals of every unit, minus his own closures.
BUREAU_WIDE = frozenset({Role.DESK, Role.DUTY, Role.SUPERVISOR, Role.CALL_BACK, Role.DISCIPLINE})


def may_combine(held: set[str], wanted: str) -> bool:
    """Whether one person may hold `wanted` beside `held` (separation of the three administrators)."""
    if wanted in SEPARATED:
        return not (held - {wanted})
    return not (held & SEPARATED)
