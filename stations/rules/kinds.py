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
