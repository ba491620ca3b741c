"""Appeals that are open today, in every state: what 我今天要办的, the desk and the leader's board live on.

Each line of `OPEN` tells one appeal: who filed it how, and its steps as `name day hh:mm`, the day counted in
working days from today, or as `name now-40`, forty minutes before loading. Answers fall due five working days
after the day of filing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from appeals.rules.life import FiledBy
from hongyun.demo.stories import stories
from hongyun.demo.tale import Tale
from hongyun.demo.world import Script, World

NOTES = {
    "K02": "约谈货主，认可欠款 8,600 元，谈话记录在卷。",
    "K01": "站长说价目表是老的，没换；要收费记录。",
    "K24": "记录仪已封存，约当事人员明天谈。",
}
MORE = {"K29": "又掉下去一块，天黑前能不能先拦一下", "K03": "刚才有人来登记了车号，还没卸"}
EXTENSIONS = {"K13": (3, "收货方在外地，对账要等他们财务回来"), "K25": (5, "检定证书要向省计量院调取"), "K41": (4, "要等保险公司总部复勘")}
HAND_BACKS = {"K22": ("信息部是市场主体，定金纠纷归市场监管", "market"), "K31": ("限高架在村道上，归镇里管", "")}
DECLINES = {
    "N01": ("court", "这件事法院已经立案，请按传票的日子出庭；对判决不服，15 天内上诉。"),
    "N02": ("court", "仲裁已经受理，请向仲裁委补交材料；裁决不服，15 天内可以起诉。"),
    "N03": ("no_matter", "查路况请打 12122 或看导航；路上遇到事，随时再提。"),
    "K56": ("no_matter", "没有写要办什么事，请打 12328 说清楚，我们再记一件。"),
}


@dataclass(frozen=True)
class Open:
    """One line of the table."""

    id: str
    filed: str
    steps: str = ""
    channel: FiledBy = FiledBy.WEB
    driver: int | None = None
    worker: str = ""
    desk: bool = False  # stays with the desk


HOT, HALL, API, STATION = FiledBy.HOTLINE, FiledBy.HALL, FiledBy.API, FiledBy.STATION
OPEN = (
    # the transport section, as on the pictures
    Open("K01", "-6 10:12", "accept -6 14:20; progress -5 10:02; note -3 11:05; nudge -1 18:10", worker="handler"),
    Open("K02", "-6 16:20", "accept -5 10:20; progress -5 16:02; ask -4 15:10; reply -3 15:10; note -2 15:30; draft -1 14:12",
         driver=0, worker="handler"),
    Open("K03", "-5 08:40", "accept -5 10:35; progress -4 09:40; material -2 19:20", worker="handler"),
    Open("K04", "-2 09:05", "accept -2 11:40", channel=HALL, worker="handler"),
    Open("K05", "-1 14:26"),
    Open("K06", "-1 15:08", channel=API),
    Open("K07", "now-75"),
    Open("K08", "-3 09:30", "accept -3 14:30; progress -2 10:10; ask -1 10:25", driver=0, worker="handler"),
    Open("K09", "-4 10:40", "accept -4 15:05; progress -3 10:12; submit -1 10:12", worker="liuyang"),
    Open("K10", "-3 11:40", "accept -3 15:15; progress -2 11:40; submit -1 16:40", worker="liuyang"),
    Open("K11", "-4 09:10", "accept -4 11:10; progress -3 15:20", worker="handler"),
    Open("K12", "-3 08:50", "accept -3 10:45; progress -2 09:35", worker="handler"),
    Open("K13", "-3 14:10", "accept -3 16:10; progress -2 14:30; ask_extension -1 15:10", worker="liuyang"),
    Open("K14", "-2 10:20", "accept -2 15:00; progress -1 10:30", worker="handler"),
    Open("K15", "-2 13:45", "accept -1 09:20; progress -1 16:10", channel=HOT, worker="liuyang"),
    Open("K16", "-2 15:30", "accept -1 10:05; progress -1 15:45", worker="handler"),
    Open("K17", "-4 13:20", "accept -3 09:40; progress -3 14:50", worker="liuyang"),
    Open("K18", "-1 09:25", "accept -1 14:40", worker="handler"),
    Open("K19", "-1 10:50", "accept -1 15:20", channel=STATION, worker="liuyang"),
    Open("K20", "-9 10:00", "accept -9 14:00; progress -8 10:00; submit -5 15:00; approve -4 10:20"),
    Open("K21", "-8 09:00", "accept -8 11:00; progress -7 10:00; submit -4 10:00; approve -3 09:50"),
    Open("K22", "-1 09:10", "accept -1 10:40; ask_hand_back -1 16:30", worker="liuyang"),
    # against squads: nobody there knows
    Open("K23", "-4 08:30", "accept -4 10:30; progress -3 09:30", channel=HOT),
    Open("K24", "-3 10:15", "accept -3 15:40; progress -2 10:20; note -1 15:00"),
    Open("K27", "-17 09:40", "accept -17 14:40; progress -16 10:00; submit -13 10:00; approve -12 15:00; rate2 -12 19:20; progress -10 10:00"),
    Open("K28", "-2 20:15", "accept -1 09:40"),
    # the rest of the district
    Open("K25", "-3 15:20", "accept -3 17:00; progress -2 15:00; ask_extension -1 16:20"),
    Open("K26", "-5 11:10", "accept -5 13:50; progress -5 16:00; submit -2 10:30; head_approve -1 15:20"),
    Open("K29", "now-52", "accept now-40; progress now-31; material now-14"),
    Open("K30", "-8 09:20", "accept -8 13:50; progress -7 10:10"),
    Open("K31", "-1 08:20", "accept -1 10:10; ask_hand_back -1 15:40"),
    Open("K32", "-8 10:30", "accept -8 15:00; progress -7 10:00; submit -4 10:00; approve -2 10:00", driver=0),
    Open("K33", "-4 21:05", "accept -3 10:30; progress -2 09:50"),
    Open("K34", "-5 09:00", "accept -5 11:00; progress -4 10:00; submit -1 14:00", channel=HOT),
    Open("K35", "-1 11:30", "accept -1 14:10"),
    Open("K36", "-7 15:40", "accept -7 15:52; progress -7 16:10; submit -6 10:00; approve -6 15:00"),
    Open("K37", "-4 14:40", "accept -3 09:00; progress -3 15:00; ask -2 10:00"),
    Open("K38", "-6 09:50", "accept -6 14:00; progress -5 11:00; ask -4 10:00; reply -2 20:10", channel=HALL),
    Open("K39", "-3 09:20", "accept -3 11:20; progress -2 10:00; ask -1 09:30"),
    Open("K40", "-2 08:50", "accept -2 14:30; progress -1 10:40"),
    Open("K41", "-4 10:10", "accept -4 15:20; progress -3 10:10; ask_extension -2 10:20"),
    Open("K42", "-1 18:40"),
    Open("K43", "-9 10:20", "accept -9 15:00; progress -8 10:20; submit -6 10:00; approve -5 10:00; rate4 -5 20:00"),
    Open("K44", "-1 07:50", "accept -1 09:30; progress -1 15:10"),
    Open("K45", "-2 16:40", "accept -1 10:10; progress -1 15:30"),
    Open("K46", "-7 10:00", "accept -7 14:10; progress -6 10:00; submit -4 15:00; approve -3 10:00", channel=HALL),
    Open("K47", "-6 16:10", "accept -5 09:30; progress -5 15:00; submit -4 10:00; approve -4 15:00; rate5 -3 12:10"),
    Open("K48", "-2 12:20", "accept -2 15:10; progress -1 11:00; ask -1 15:20"),
    Open("K49", "-3 16:50", "accept -2 09:10; progress -2 14:40", channel=STATION),
    Open("K50", "-1 13:40"),
    Open("K51", "-1 12:10", "accept -1 13:40; progress -1 14:20"),
    Open("K61", "-2 11:20", "accept -2 15:20; progress -1 10:20"), Open("K62", "-1 17:40"),
    Open("K52", "-5 15:50", "accept -4 09:20; progress -4 14:00; submit -2 14:00; send_back -1 10:00", channel=HOT),
    Open("K53", "-1 16:20"),
    Open("P37", "-4 07:40", "accept -4 10:00; progress -3 10:00; submit -2 10:00; approve -1 10:00"),
    # nobody could tell where they belong
    Open("K54", "now-20", desk=True), Open("K55", "now-38", desk=True), Open("K56", "now-70", "ask_decline now-25", desk=True),
    Open("K57", "now-55", desk=True), Open("K58", "now-12", desk=True), Open("K59", "-1 18:20", desk=True),
    Open("K60", "now-95", desk=True),
    # ended another way
    Open("W01", "-12 10:10", "accept -12 14:00; progress -11 10:00; withdraw -6 19:00"),
    Open("W02", "-9 09:40", "withdraw -9 12:30"), Open("W03", "-5 10:30", "accept -5 14:40; progress -4 10:00; withdraw -4 18:30"),
    Open("N01", "-14 10:00", "ask_decline -14 11:00; decline -14 15:20", desk=True),
    Open("N02", "-20 14:00", "ask_decline -20 15:00; decline -19 09:30", desk=True),
    Open("N03", "-10 08:30", "ask_decline -10 09:10; decline -10 10:00", desk=True),
    # his earlier one, long over
    Open("P14", "-32 10:20", "accept -32 15:00; progress -31 10:00; submit -29 15:00; approve -28 09:40; rate5 -28 18:50; call -27 10:30", driver=0,
         worker="handler"),
)  # fmt: skip


def tell(world: World) -> None:
    """Take up every line."""
    table = stories()
    for line in OPEN:
        tale = Tale(world, table[line.id], channel=line.channel, driver_no=line.driver, worker=line.worker)
        world.tell(_live(tale, line))


def _live(tale: Tale, line: Open) -> Script:
    yield _moment(tale.world, line.filed)
    tale.file()
    yield tale.world.at + timedelta(minutes=1)
    tale.route()
    if not line.desk:
        yield from tale.settle()
    for step in filter(None, map(str.strip, line.steps.split(";"))):
        name, when = step.split(" ", 1)
        yield _moment(tale.world, when)
        yield from _act(tale, name)


def _moment(world: World, when: str) -> datetime:
    if when.startswith("now-"):
        return world.end - timedelta(minutes=int(when[4:]))
    day, clock = when.split()
    hour, minute = clock.split(":")
    return world.day(int(day), int(hour), int(minute))


def _act(tale: Tale, name: str) -> Script:
    """One step by its name. An approval that needs two takes the head first."""
    story = tale.story.id
    if name.startswith("rate"):
        tale.rate(int(name[4:]), tale.said["bad"] if name[4:] in "12" else "")
    elif name == "call":
        if tale.wants_call():
            tale.call("solved")
    elif name == "note":
        tale.note(NOTES[story])
    elif name == "material":
        tale.material(MORE[story])
    elif name == "ask_extension":
        tale.ask_extension(*EXTENSIONS[story])
    elif name == "ask_hand_back":
        reason, unit = HAND_BACKS[story]
        tale.ask_hand_back(reason, tale.world.units.get(unit))
    elif name == "ask_decline":
        tale.ask_decline(*DECLINES[story])
    elif name == "send_back":
        tale.send_back("没有写多收的钱退到哪里，补上再送")
    elif name == "approve" and tale.needs_two():
        tale.head_approve()
        yield tale.soon(15, 60)
        tale.approve()
    elif name == "head_approve" and not tale.needs_two():
        return
    else:
        getattr(tale, name)()
