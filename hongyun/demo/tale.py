"""One appeal of the demo and everything that can happen to it, each act through the service that does it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from accounts.models import Person
from accounts.rules.viewer import Viewer
from appeals.models import Appeal, DraftPhoto
from appeals.rules.life import About, FiledBy, Kind, State
from appeals.selectors.facts import CALL_BACK_ONE_IN, TWO_APPROVE_ONE_IN, sampled
from appeals.services import answers, calls, desk, drafts, driver, filing, handling, requests, routing
from common.clock import local
from hongyun.demo import names, pictures
from hongyun.demo.stories import Story, reply_of
from hongyun.demo.world import Script, World

# Whom a driver pointed at on the form; elsewhere the words of the text speak.
ABOUT = {"K01": "station-03", "K24": "squad-03", "P06": "squad-03", "P29": "station-03", "K27": "squad-06", "P07": "squad-07"}
PHOTOS = {
    "K01": ("price",), "K02": ("slip", "chat"), "K08": ("melon",), "K25": ("slip",), "K29": ("hole", "road"), "R01": ("hole",),
    "R10": ("hole",), "P27": ("slip",), "K30": ("road",),
}  # fmt: skip
BY_CLERK = {FiledBy.HALL, FiledBy.HOTLINE, FiledBy.BOX, FiledBy.QUESTIONNAIRE, FiledBy.MEETING}
WORDS_OF_CHANNEL = {
    FiledBy.HOTLINE: "12328 工单", FiledBy.BOX: "棠张驿站意见箱", FiledBy.QUESTIONNAIRE: "第 3 期问卷",
    FiledBy.MEETING: "司机座谈会记录", FiledBy.HALL: "大厅 1 号窗口",
}  # fmt: skip


@dataclass
class Tale:
    """`driver_no` names a driver; None picks one. `lead` is who acts for the unit, once somebody accepted."""

    world: World
    story: Story
    channel: FiledBy = FiledBy.WEB
    driver_no: int | None = None
    worker: str = ""
    pk: int = 0
    appeal: Appeal | None = None  # as the last act left it
    lead: Viewer | None = None
    draw: Random = field(init=False)
    person: Person | None = field(init=False)

    def __post_init__(self) -> None:
        self.draw = names.chance("tale", self.story.seed)
        base = self.world.cast.drivers[:400]
        number = self.draw.randrange(1, len(base)) if self.driver_no is None else self.driver_no
        self.number, self.person = number, base[number]
        self.said = reply_of(self.story)

    # seen from here

    def soon(self, low: int, high: int) -> datetime:
        """Some office minutes from now."""
        return self.world.office(self.world.at, self.draw.randrange(low, high))

    @property
    def caller(self) -> Viewer:
        """The driver as he acts: by his account, or by number and code."""
        if self.channel not in BY_CLERK and self.person.signin_index:
            return Viewer(person_id=self.person.pk)
        return Viewer(granted=frozenset({self.pk}))

    def accused(self) -> set[int]:
        return set(self.appeal.accused.filter(removed_at=None).values_list("unit_id", flat=True))

    def head(self) -> Viewer:
        code = self.world.codes[self.appeal.lead_unit_id]
        return self.world.viewer(self.world.cast.head(code))

    def desk(self) -> Viewer:
        return self.world.staff(self.draw.choice(("desk", "desk2", "desk3")))

    def needs_two(self) -> bool:
        appeal = self.appeal
        return appeal.kind == Kind.COMPLAINT or sampled(appeal.number, TWO_APPROVE_ONE_IN)

    def wants_call(self) -> bool:
        """As the service counts it: complaints, silence, a bad rating, and a sample of the rest."""
        appeal = self.appeal
        bad = appeal.ratings.filter(value__lte=2).exists()
        return appeal.kind == Kind.COMPLAINT or bad or appeal.rating is None or sampled(appeal.number, CALL_BACK_ONE_IN)

    # filing

    def file(self) -> None:
        """Filed by the driver himself, or by the clerk for what came by telephone, paper or talk."""
        world, story, clerk = self.world, self.story, self.channel in BY_CLERK
        about = world.units.get(ABOUT.get(story.id, ""))
        told = filing.Filing(
            client_key=names.key("form", story.seed),
            text=story.text,
            place=world.place(story),
            spot=story.spot,
            happened=self.draw.choice(("", "昨天", "今天上午", "前天下午", "这个星期", "上个月起")),
            about=About.UNIT if about else About.NOBODY,
            accused=(about.pk,) if about else (),
            phone=self.person.phone if clerk or self.person.signin_index or self.draw.random() < 0.8 else "",
            caller_name=self.person.name,
            plate="苏CA7245" if self.number == 0 else names.plate(self.number),
            fine_on=local(world.at - timedelta(days=2)).date() if story.category == "A1" else None,
            tell_unit=self.draw.random() < 0.6,
            persons=story.persons,
            channel=self.channel,
            channel_note=WORDS_OF_CHANNEL.get(self.channel, ""),
            received_at=world.at - timedelta(minutes=self.draw.randrange(4, 25)) if clerk else None,
            photos=self._photos(),
        )
        by = world.staff(self.draw.choice(("hall1", "hall2"))) if clerk else self.caller if self.person.signin_index else Viewer()
        self.appeal = filing.file(filing=told, by=by, caller=f"demo {story.seed}", now=world.at)
        self.pk = self.appeal.pk
        world.appeals[story.seed] = self.pk
        for photo in told.photos[:1]:
            drafts.drop(draft=photo.draft)  # its photos are the appeal's by now

    def _photos(self) -> list[DraftPhoto]:
        wanted = PHOTOS.get(self.story.id, ()) if not self.story.run else ()
        return pictures.take(wanted, seed=self.story.seed, now=self.world.at)

    def route(self) -> None:
        self.appeal = routing.route(appeal_id=self.pk, now=self.world.at)

    def settle(self) -> Script:
        """Until the right unit has it under the right name: the desk decides, a wrong unit hands back."""
        unit = self.world.unit_of(self.story)
        if self.appeal.state == State.SUBMITTED:
            yield self.soon(12, 75)
            self.rename()
            best = self.appeal.decisions.order_by("-id").values_list("unit_id", flat=True).first()
            reason = "按司机说的事，归这个单位办" if best and best != unit.pk else ""
            self.appeal = desk.route_by_hand(appeal=self.appeal, unit=unit, by=self.desk(), version=None, now=self.world.at, reason=reason)
        elif self.appeal.lead_unit_id != unit.pk:
            yield self.soon(30, 150)
            self.ask_hand_back(f"这件事归{unit.name}办，请转给他们", unit)
            yield self.soon(20, 90)
            self.grant_hand_back(unit)
        self.rename()

    def rename(self) -> None:
        """The desk mends the category, and tells a suggestion from the rest."""
        appeal, story = self.appeal, self.story
        wrong_kind = (appeal.kind == Kind.SUGGESTION) != (story.kind == Kind.SUGGESTION) or not appeal.kind
        if appeal.category == story.category and not wrong_kind:
            return
        self.appeal = desk.reclassify(
            appeal=appeal, by=self.desk(), version=None, now=self.world.at, reason="看了全文，按说的事改分类",
            category=story.category, kind=story.kind if wrong_kind else "",
        )  # fmt: skip

    # at the unit

    def accept(self) -> None:
        appeal = self.appeal
        self.lead = self.world.worker(self.world.codes[appeal.lead_unit_id], self.draw, self.accused(), self.worker)
        self.appeal = handling.accept(appeal=appeal, by=self.lead, version=None, now=self.world.at)

    def progress(self, words: str = "") -> None:
        self.appeal = handling.progress(
            appeal=self.appeal, words=words or self.said["progress"], by=self.lead, version=None, now=self.world.at
        )

    def note(self, words: str) -> None:
        self.appeal = handling.note(appeal=self.appeal, note=words, by=self.lead, version=None, now=self.world.at)

    def ask(self) -> None:
        self.appeal = handling.ask_driver(appeal=self.appeal, words=self.said["ask"], by=self.lead, version=None, now=self.world.at)

    def reply(self) -> None:
        self.appeal = driver.reply(appeal=self.appeal, words=self.said["answer_ask"], by=self.caller, now=self.world.at)

    def ask_hand_back(self, reason: str, unit=None) -> None:
        self.appeal = requests.ask_hand_back(
            appeal=self.appeal, ground="not_ours", reason=reason, by=self.head(), version=None, now=self.world.at, proposed=unit
        )

    def grant_hand_back(self, unit) -> None:
        self.appeal = requests.grant_hand_back(
            appeal=self.appeal, reason="核对过，改由能办的单位办", by=self.desk(), version=None, now=self.world.at, unit=unit
        )

    def ask_extension(self, days: int, reason: str) -> None:
        self.appeal = requests.ask_extension(
            appeal=self.appeal, days=days, reason=reason, by=self.head(), version=None, now=self.world.at
        )

    def grant_extension(self, days: int) -> None:
        self.appeal = requests.grant_extension(
            appeal=self.appeal, days=days, by=self.world.staff("supervisor1"), version=None, now=self.world.at
        )

    def ask_decline(self, ground: str, reason: str) -> None:
        self.appeal = requests.ask_decline(
            appeal=self.appeal, ground=ground, reason=reason, by=self.world.staff("desk2"), version=None, now=self.world.at
        )

    def decline(self) -> None:
        self.appeal = requests.decline(appeal=self.appeal, by=self.world.staff("desk3"), version=None, now=self.world.at)

    def draft(self) -> None:
        answers.save_draft(
            appeal=self.appeal, parts=self._parts(), by=self.lead, draft_version=None, now=self.world.at
        )

    def _parts(self) -> dict[str, str]:
        parts = {part: self.said[part] for part in ("measure", "basis", "result")}
        if self.appeal.round > 1:
            parts["measure"] = self.said["round2"]
        return parts

    def submit(self) -> None:
        self.appeal = answers.submit_answer(appeal=self.appeal, parts=self._parts(), by=self.lead, version=None, now=self.world.at)

    def send_back(self, reason: str) -> None:
        self.appeal = answers.send_back_draft(appeal=self.appeal, reason=reason, by=self.head(), version=None, now=self.world.at)

    def head_approve(self) -> None:
        self.appeal = answers.head_approve(appeal=self.appeal, by=self.head(), version=None, now=self.world.at)

    def approve(self) -> None:
        """The last yes: the desk's for complaints and the sample, else the head's."""
        by = self.desk() if self.needs_two() else self.head()
        self.appeal = answers.approve(appeal=self.appeal, by=by, version=None, now=self.world.at)

    # after the answer

    def rate(self, value: int, words: str = "") -> None:
        self.appeal = driver.rate(appeal=self.appeal, value=value, by=self.caller, now=self.world.at, words=words)
        appeal = self.appeal
        if appeal.state == State.IN_HAND and appeal.handler_id:  # a bad one opened the next round
            self.lead = self.world.viewer(appeal.handler)

    def call(self, heard: str) -> None:
        said = {"solved": "说办好了，没有别的要求", "not_solved": "说还没解决", "not_reached": "没人接"}[heard]
        self.appeal = calls.call_back(
            appeal=self.appeal, heard=heard, by=self.world.staff(self.draw.choice(("callback1", "callback2"))),
            version=None, now=self.world.at, words=said, satisfied=True if heard == "solved" else None,
        )  # fmt: skip
        appeal = self.appeal
        if appeal.state == State.IN_HAND and appeal.handler_id:
            self.lead = self.world.viewer(appeal.handler)

    def nudge(self) -> None:
        self.appeal = driver.nudge(appeal=self.appeal, by=self.caller, now=self.world.at)

    def material(self, words: str) -> None:
        self.appeal = driver.add_material(appeal=self.appeal, words=words, by=self.caller, now=self.world.at)

    def withdraw(self) -> None:
        self.appeal = driver.withdraw(appeal=self.appeal, by=self.caller, now=self.world.at)
