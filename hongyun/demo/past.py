"""Appeals that are over: from the filing to the close, some late, some asked back, some opened twice."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from appeals.rules.life import FiledBy, State
from common.clock import SHANGHAI, local
from hongyun.demo import names
from hongyun.demo.stories import Story
from hongyun.demo.tale import Tale
from hongyun.demo.world import Script, World


@dataclass(frozen=True)
class Plan:
    """How an appeal went. `rating` 0: the driver kept silent. `heard`: what the call-back heard, try by try.

    `late`: answered after its date. `extend`: working days that were asked for and granted. `then`: the next
    round, where the rating or the call-back opened one."""

    rating: int = 5
    heard: tuple[str, ...] = ("solved",)
    late: bool = False
    ask: bool = False
    extend: int = 0
    send_back: bool = False
    then: Plan | None = None
    worker: str = ""


AGAIN = Plan(rating=2, then=Plan(rating=4))
SOLVED_PLANS = (
    Plan(), Plan(rating=4), Plan(ask=True), Plan(rating=0), Plan(rating=4, send_back=True), Plan(),
    Plan(rating=3), Plan(rating=0, heard=("not_reached", "solved")), Plan(rating=5, late=True), Plan(rating=4, extend=3),
    Plan(rating=5), AGAIN, Plan(rating=0),
)  # fmt: skip
OTHER_PLANS = (
    Plan(rating=4), Plan(rating=0), Plan(), Plan(rating=0, heard=("not_reached",) * 3), Plan(rating=3, ask=True),
    Plan(rating=4, late=True), Plan(), Plan(rating=2, then=Plan(rating=3)), Plan(rating=5, send_back=True), Plan(rating=0),
)  # fmt: skip
RECENT_PLANS = (
    Plan(worker="handler"), Plan(rating=4, worker="handler"), Plan(rating=0, worker="handler"), Plan(rating=4),
    Plan(rating=3, late=True, worker="handler"), Plan(rating=5, ask=True, worker="handler"), Plan(rating=0),
)  # fmt: skip
CHANNELS = (
    FiledBy.WEB, FiledBy.WEB, FiledBy.HOTLINE, FiledBy.WEB, FiledBy.HALL, FiledBy.WEB, FiledBy.HOTLINE, FiledBy.WEB,
)  # fmt: skip
PAPER = (FiledBy.BOX, FiledBy.QUESTIONNAIRE, FiledBy.MEETING, FiledBy.WEB)


def closed(tale: Tale, filed_at: datetime, plan: Plan) -> Script:
    """The whole way to the close. The sweep closes what waits for nothing more."""
    yield filed_at
    tale.file()
    yield tale.world.at + timedelta(minutes=1)
    tale.route()
    yield from tale.settle()
    yield tale.soon(25, 260)
    tale.worker = plan.worker
    tale.accept()
    yield tale.soon(120, 380)
    if plan.ask:
        tale.ask()
        yield tale.soon(200, 500)
        tale.reply()
    else:
        tale.progress()
    if plan.extend:
        yield tale.soon(30, 120)
        tale.ask_extension(plan.extend, "要等对方单位把材料送来，多要几天")
        yield tale.soon(40, 160)
        tale.grant_extension(plan.extend)
    yield from answered(tale, plan)


def answered(tale: Tale, plan: Plan) -> Script:
    """Draft, approvals, the driver's word, the call-back; and the next round where one opens."""
    yield _when_to_answer(tale, plan)
    tale.submit()
    if plan.send_back:
        yield tale.soon(20, 120)
        tale.send_back("“为什么”写得太硬，换成司机听得懂的话")
        yield tale.soon(15, 90)
        tale.submit()
    if tale.needs_two():
        yield tale.soon(10, 90)
        tale.head_approve()
    yield tale.soon(10, 70)
    tale.approve()
    if plan.rating:
        yield _waking(tale, tale.world.at + timedelta(minutes=tale.draw.randrange(60, 1500)))
        words = tale.said["good"] if plan.rating == 5 else tale.said["bad"] if plan.rating <= 2 else ""
        tale.rate(plan.rating, words)
    if tale.appeal.state == State.ANSWERED and tale.wants_call():
        for heard in plan.heard:
            yield tale.soon(180, 420)
            tale.call(heard)
    if plan.then and tale.appeal.state == State.IN_HAND:
        yield tale.soon(120, 600)
        tale.progress("换了人，重新给您办；今天先和您通了电话，把没办到的记下来了。")
        yield from answered(tale, plan.then)


def _when_to_answer(tale: Tale, plan: Plan) -> datetime:
    """Some way into what is left, or after the date."""
    world, due = tale.world, tale.appeal.due
    if plan.late:
        return world.office(due, tale.draw.randrange(60, 600))
    left = world.days.office_minutes_between(world.at, due)
    return world.office(world.at, int(left * tale.draw.uniform(0.15, 0.6)))


def _waking(tale: Tale, moment: datetime) -> datetime:
    """Drivers rate between seven and half past nine."""
    at = local(moment)
    if at.time() < time(7):
        return datetime.combine(at.date(), time(7, tale.draw.randrange(60)), SHANGHAI)
    if at.time() > time(21, 30):
        return datetime.combine(at.date() + timedelta(days=1), time(7, tale.draw.randrange(60)), SHANGHAI)
    return at


def filed_at(world: World, story: Story, back: int, *, working: bool) -> datetime:
    """A moment so many days ago (working days if `working`): most in office hours, some in the evening."""
    draw = names.chance("filed", story.seed)
    hour = draw.choice((8, 9, 9, 10, 10, 11, 13, 14, 15, 15, 16, 17, 19, 21))
    day = world.day(-back, hour) if working else world.back(back, hour)
    return day + timedelta(minutes=draw.randrange(60))


def spread(stories: Iterable[Story], first: int, last: int) -> list[tuple[Story, int]]:
    """Stories with days back from `first` (longest ago) to `last`, shuffled, evenly over the time."""
    mixed = list(stories)
    names.chance("spread", first, last, len(mixed)).shuffle(mixed)
    step = (first - last) / max(1, len(mixed) - 1)
    return [(story, round(first - index * step)) for index, story in enumerate(mixed)]


def tell(world: World, stories: Iterable[Story], *, first: int, last: int, plans, channels, working=False) -> None:
    """Take up these stories, `first` to `last` (working) days ago, with plans and channels in turn."""
    for index, (story, back) in enumerate(spread(stories, first, last)):
        plan = plans[index % len(plans)]
        channel = FiledBy.HALL if story.persons > 1 else channels[index % len(channels)]
        clerk = channel not in (FiledBy.WEB, FiledBy.API)
        at = filed_at(world, story, back, working=working)
        if clerk:
            at = world.days.next_office_moment(at) + timedelta(minutes=30)
        world.tell(closed(Tale(world, story, channel=channel), at, plan))
