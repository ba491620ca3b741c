"""The services of a station: fifteen kinds, and how each is had."""

from __future__ import annotations

from enum import StrEnum


class ServiceKind(StrEnum):
    DESK = "desk"
    APPEALS = "appeals"
    PARKING = "parking"
    LODGING = "lodging"
    SHOWER = "shower"
    LAUNDRY = "laundry"
    MEALS = "meals"
    READING = "reading"
    GYM = "gym"
    TRAINING = "training"
    INSPECTION = "inspection"
    FUEL = "fuel"
    REPAIR = "repair"
    MEDIATION = "mediation"
    HEALTH = "health"


class How(StrEnum):
    """Booked for a time, waited for in a queue at the desk, or simply there."""

    BOOK = "book"
    QUEUE = "queue"
    WALK_IN = "walk_in"


KIND_WORDS = {
    ServiceKind.DESK: "党群服务台",
    ServiceKind.APPEALS: "诉求受理",
    ServiceKind.PARKING: "货车停车",
    ServiceKind.LODGING: "住宿",
    ServiceKind.SHOWER: "淋浴",
    ServiceKind.LAUNDRY: "洗衣",
    ServiceKind.MEALS: "用餐",
    ServiceKind.READING: "阅读和学习",
    ServiceKind.GYM: "健身",
    ServiceKind.TRAINING: "培训",
    ServiceKind.INSPECTION: "车辆检测",
    ServiceKind.FUEL: "充电和加油",
    ServiceKind.REPAIR: "修车",
    ServiceKind.MEDIATION: "法律和调解",
    ServiceKind.HEALTH: "健康检查",
}
# 司机之家 (JT/T 1412 and the yearly notices of 交通运输部): five things that are free everywhere, then what A and B add.
FREE_BASICS = ("停车休息", "热水", "如厕和洗漱", "手机充电", "阅读和上网")
CLASS_ITEMS: dict[str, tuple[str, ...]] = {
    "A": ("住宿", "淋浴", "洗衣", "用餐", "修车或加油", "货车停车 60 个以上"),
    "B": ("淋浴", "用餐", "货车停车 30 个以上"),
}
