"""The names of the scheme: categories, units, kinds, and who steps in for an accused unit."""

from __future__ import annotations

from collections.abc import Iterable

CATEGORIES: dict[str, tuple[str, str]] = {
    "A1": ("执法处罚", "处罚与扣车"),
    "A2": ("执法处罚", "电子抓拍与称重"),
    "A3": ("执法处罚", "执法态度与程序"),
    "A4": ("执法处罚", "违规收费与廉洁"),
    "B1": ("证照车辆", "从业资格"),
    "B2": ("证照车辆", "营运证与年审"),
    "B3": ("证照车辆", "北斗动态监控"),
    "B4": ("证照车辆", "检测维修改装"),
    "C1": ("道路通行", "限行与通行证"),
    "C2": ("道路通行", "道路损坏与设施"),
    "C3": ("道路通行", "通行费与ETC"),
    "C4": ("道路通行", "事故拥堵救援"),
    "D1": ("运费合同", "运费拖欠"),
    "D2": ("运费合同", "装卸等待"),
    "D3": ("运费合同", "货损与扣款"),
    "D4": ("运费合同", "平台与信息费"),
    "E1": ("劳动保障", "欠薪与劳动合同"),
    "E2": ("劳动保障", "工伤与社保"),
    "E3": ("劳动保障", "职业健康"),
    "E4": ("劳动保障", "培训与就业"),
    "F1": ("金融消费", "套路运与套路贷"),
    "F2": ("金融消费", "保险理赔"),
    "F3": ("金融消费", "挂靠纠纷"),
    "F4": ("金融消费", "油品维修与消费"),
    "G1": ("生活服务", "停车与失窃"),
    "G2": ("生活服务", "司机之家与驿站"),
    "G3": ("生活服务", "就医与入学"),
    "G4": ("生活服务", "困难帮扶"),
    "H1": ("组织综合", "党员与组织关系"),
    "H2": ("组织综合", "工会入会与福利"),
    "H3": ("组织综合", "心理与人身安全"),
    "H4": ("组织综合", "其他与无效"),
}

UNITS = (
    "执法中队",
    "执法大队法制督察",
    "运输科",
    "公路站",
    "公安交警",
    "公安",
    "人社",
    "司法法援",
    "市场监管",
    "工会",
    "党组织",
    "服务驿站",
    "金融保险",
    "纪检监察",
    "高速ETC",
    "属地镇街",
    "应急值班",
    "12345外部",
    "不转办",
)
SQUAD, LEGAL, TRANSPORT, DISCIPLINE = "执法中队", "执法大队法制督察", "运输科", "纪检监察"
STATION, PARTY, DUTY, NOBODY = "服务驿站", "党组织", "应急值班", "不转办"
ROADS = "公路站"
OWN_BRANCH = "被反映支部"

SQUADS = tuple(f"执法{number}中队" for number in "一二三四五六七八九十")
KINDS = ("咨询", "投诉", "建议", "求助")
ORDINARY, PRESSING, DANGER = "普通", "紧急", "特急"

# An accused unit is replaced by the first of these that is not accused itself.
_GOES_UP = {
    SQUAD: (LEGAL, DISCIPLINE, PARTY),
    LEGAL: (DISCIPLINE, PARTY),
    STATION: (TRANSPORT, DISCIPLINE, PARTY),
    TRANSPORT: (DISCIPLINE, PARTY),
    DISCIPLINE: (PARTY,),
    PARTY: (DISCIPLINE,),
}
_OTHERS_GO_UP = (DISCIPLINE, PARTY)


def barred_units(accused: Iterable[str]) -> frozenset[str]:
    """The units of the scheme that cannot receive when these bodies are accused.

    A single squad bars the general "执法中队", a single station bars "服务驿站": who would pick the squad or
    station afterwards could pick the accused one."""
    names = frozenset(accused)
    barred = set(names)
    if any(name.endswith("中队") for name in names):
        barred.add(SQUAD)
    if any(name.endswith("驿站") for name in names):
        barred.add(STATION)
    barred.discard(NOBODY)
    return frozenset(barred)


def stand_in(unit: str, barred: frozenset[str]) -> str:
    """The unit itself, or the next one up that is not barred; "" when nobody is left."""
    for candidate in (unit, *_GOES_UP.get(unit, _OTHERS_GO_UP)):
        if candidate not in barred:
            return candidate
    return ""


def category_name(code: str) -> str:
    """The second-level name of a category, or the code itself when it is unknown."""
    return CATEGORIES.get(code, ("", code))[1]


# What a category is most easily mistaken for; fills the best three where the words name too few.
NEIGHBOURS: dict[str, tuple[str, ...]] = {
    "A1": ("A2", "A3"),
    "A2": ("A1", "C1"),
    "A3": ("A1", "A4"),
    "A4": ("A3", "A1"),
    "B1": ("B2", "E4"),
    "B2": ("B1", "F3"),
    "B3": ("B2", "A1"),
    "B4": ("B2", "F4"),
    "C1": ("A2", "C2"),
    "C2": ("C1", "C4"),
    "C3": ("C4", "A4"),
    "C4": ("C2", "F2"),
    "D1": ("D4", "E1"),
    "D2": ("D3", "D1"),
    "D3": ("D1", "D2"),
    "D4": ("D1", "F1"),
    "E1": ("E2", "D1"),
    "E2": ("E1", "E3"),
    "E3": ("E2", "G3"),
    "E4": ("B1", "E1"),
    "F1": ("F3", "D4"),
    "F2": ("C4", "E2"),
    "F3": ("F1", "B2"),
    "F4": ("C4", "B4"),
    "G1": ("G2", "C1"),
    "G2": ("G1", "F4"),
    "G3": ("G4", "E2"),
    "G4": ("G3", "H2"),
    "H1": ("H2", "G4"),
    "H2": ("H1", "G4"),
    "H3": ("G4", "C4"),
    "H4": ("H3", "G2"),
}
