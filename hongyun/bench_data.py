"""Synthetic appeals in bulk, for measuring: believable in their proportions, invented in every word.

`make_appeals(100_000, now=...)` writes appeals with their answer clocks, legs, events, answers, ratings,
call-backs and accused units through `bulk_create`, under every constraint and trigger of the schema.
Never part of a served installation: only `bench` and tests call it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from uuid import UUID

from django.apps import apps
from django.db import connection, transaction
from django.db.models import Max

from accounts.models import Person, Place, Posting, Unit
from accounts.rules.roles import HANDLING
from appeals.models import Accused, Answer, Appeal, CallBack, Clock, Event, Leg, Rating
from appeals.rules import clocks as engine
from appeals.rules.clock_kinds import ClockKind
from appeals.rules.life import About, FiledBy, Kind, State, Urgency
from appeals.rules.moves import Move
from appeals.selectors.clocks import clock_rules
from common import clock
from common.selectors import calendar
from dashboards.services import facts

STORIES = (
    ("D1", "help", "给料场拉了半个月石子，说好月底结，现在电话不接"), ("C2", "complaint", "路口往南坑连坑，重车一过就颠，夜里看不见"),
    ("C1", "consultation", "限行改了时间，外地车不知道几点能进，想问清楚"), ("D2", "help", "厂里排队装货等了九个小时，压车费一分不认"),
    ("F3", "complaint", "挂靠公司扣着营运证不给，要先交管理费才肯办"), ("B2", "consultation", "营运证年审要带哪些材料，网上能不能办"),
    ("C3", "complaint", "过一次收费站扣了两笔钱，打客服一直占线"), ("E1", "help", "跑了三个月，车队压着工资，说等货主回款"),
    ("G1", "suggestion", "服务区晚上没有车位，建议把南边空地划出来停大车"), ("A2", "complaint", "称重和地磅差了两吨多，罚单已经开了，想复核"),
    ("F1", "help", "买车时保证有货拉，交了定金一趟货都没派过"), ("B1", "consultation", "从业资格证快到期了，继续教育怎么报名"),
    ("D3", "help", "卸完货说少了两件，运费全扣，单子也不给看"), ("C4", "help", "追尾堵在匝道上，拖车一直没来，后面车越排越长"),
    ("H2", "consultation", "想加入工会，不知道挂靠的车算不算"), ("A3", "complaint", "拦车的人说话很冲，证件也没亮，想要个说法"),
    ("C2", "suggestion", "村口限高杆太低，建议挪到岔路口前面"), ("G2", "suggestion", "驿站热水晚上十点就停，建议延到半夜"),
)  # fmt: skip
UNIT_OF = {
    "A": "legal", "B": "transport", "C1": "police-traffic", "C2": "road", "C3": "etc", "C4": "police-traffic", "D": "transport",
    "E": "labour", "F1": "police", "F3": "transport", "G": "stations", "H": "union",
}  # fmt: skip
SQUAD_SHARE, TOWN_SHARE, LEGAL_AID_SHARE = 0.06, 0.08, 0.04
BATCH = 2000
_PRIME = 6_700_417_000_000_07  # coprime to 9·10¹⁵: numbers never meet


@dataclass
class Made:
    """Rows of one batch, to be written in the order in which they lean on each other."""

    appeals: list[Appeal] = field(default_factory=list)
    more: dict[type, list] = field(default_factory=lambda: {
        model: [] for model in (Accused, Leg, Clock, Event, Answer, Rating, CallBack)
    })  # fmt: skip

    def add(self, row) -> None:
        self.more[type(row)].append(row)


def make_appeals(
    n: int, *, now: datetime, days: int = 730, seed: int = 1, open_share: float = 0.02, accused_share: float = 0.04
) -> None:
    """Write `n` appeals received over the `days` before `now`; the newest are the open ones.

    `accused_share` of them are against a squad or a station. Daily facts are built; nothing is sent, audited or reminded of.
    """
    first = Appeal.objects.aggregate(last=Max("pk"))["last"] or 0
    world = _World(Random(seed + first), now, days, open_share, accused_share)
    for start in range(0, n, BATCH):
        made = Made()
        for index in range(start, min(start + BATCH, n)):
            world.one(made, serial=first + index, age=1 - index / n)
        _write(made)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            # our own tables only: a bare ANALYZE also waits for the catalogues that all databases share
            names = (connection.ops.quote_name(model._meta.db_table) for model in apps.get_app_config("appeals").get_models())
            cursor.execute("ANALYZE " + ", ".join(names))
    facts.rebuild(now=now)


@transaction.atomic
def _write(made: Made) -> None:
    Appeal.objects.bulk_create(made.appeals, batch_size=500)
    for model, rows in made.more.items():
        model.objects.bulk_create(rows, batch_size=500)


class _World:
    """The district the rows are drawn from."""

    def __init__(self, random: Random, now: datetime, days: int, open_share: float, accused_share: float):
        self.random, self.now, self.days = random, now, days
        self.open_share, self.accused_share = open_share, accused_share
        self.units = {unit.code: unit for unit in Unit.objects.all()}
        self.squads = [unit for code, unit in self.units.items() if code.startswith("squad-")]
        self.towns = [unit for code, unit in self.units.items() if code.startswith("town-")]
        self.stations = [unit for code, unit in self.units.items() if code.startswith("station-")]
        self.places = list(Place.objects.all())
        self.rule = clock_rules(now)[ClockKind.ANSWER]
        self.calendar = calendar()
        self.dues: dict[date, datetime] = {}
        self.staff = [_person(f"测算{word}") for word in "甲乙丙"]
        self.handlers: dict[int, int] = dict(
            Posting.objects.filter(role__in=sorted(HANDLING), ends_at=None).values_list("unit_id", "person_id")
        )

    def due(self, received: datetime) -> datetime:
        day = clock.today(received)
        if day not in self.dues:
            self.dues[day] = engine.due(self.rule.spec(), received, calendar=self.calendar).due
        return self.dues[day]

    def unit(self, category: str) -> Unit:
        draw = self.random.random()
        if draw < SQUAD_SHARE:
            return self.random.choice(self.squads)
        if draw < SQUAD_SHARE + TOWN_SHARE:
            return self.random.choice(self.towns)
        if draw < SQUAD_SHARE + TOWN_SHARE + LEGAL_AID_SHARE:
            return self.units["justice"]
        return self.units[UNIT_OF.get(category) or UNIT_OF[category[0]]]

    def one(self, made: Made, *, serial: int, age: float) -> None:
        """One appeal, `age` 1 (the oldest) to 0."""
        random = self.random
        category, kind, words = random.choice(STORIES)
        received = self.now - timedelta(days=self.days * age, minutes=random.randrange(20, 600))
        due = self.due(received)
        accused, unit = [], self.unit(category)
        if random.random() < self.accused_share:
            accused, unit = [random.choice(self.squads + self.stations)], self.units["legal"]
        is_open = age < self.open_share and due > self.now - timedelta(days=12)
        state = self._open_state() if is_open else random.choices(
            (State.CLOSED, State.ANSWERED, State.WITHDRAWN, State.DECLINED), (90, 4, 4, 2)
        )[0]  # fmt: skip
        appeal = Appeal(
            number=str(10**15 + (serial + 1) * _PRIME % (9 * 10**15)), code_hash=f"{serial:064d}",
            client_key=UUID(int=(1 << 100) + serial), content_hash=f"{serial:064d}", channel=FiledBy.WEB,
            text=f"{words}。第 {serial} 件，说得再细一点：前后打过几次电话，都没有人给个准话，希望有人管一管。", title=words[:38],
            place=random.choice(self.places) if random.random() < 0.8 else None,
            about=About.UNIT if accused else About.NOBODY, caller_name="测师傅", plate=f"苏C{serial % 90000 + 10000}",
            persons=random.choice((1, 1, 1, 2, 3)), received_at=received, entered_at=received, state=state,
            kind=Kind(kind), category=category, urgency=Urgency.NORMAL, lead_unit=None if state == State.SUBMITTED else unit,
            handler_id=self.handlers.get(unit.pk) if state != State.SUBMITTED else None, first_due=due, due=due,
            hand_backs=int(random.random() < 0.05), version=4,
        )  # fmt: skip
        made.appeals.append(appeal)
        for one in accused:
            made.add(Accused(appeal=appeal, unit=one, source="driver", since=received))
        c4 = Clock(appeal=appeal, kind=ClockKind.ANSWER, rule=self.rule, started_at=received, first_due=due, due=due)
        made.add(c4)
        self._after(made, appeal, c4)

    def _open_state(self) -> State:
        return self.random.choices((State.SUBMITTED, State.ROUTED, State.IN_HAND, State.WAITING_DRIVER), (1, 3, 9, 1))[0]

    def _after(self, made: Made, appeal: Appeal, c4: Clock) -> None:
        """What became of it: leg, events, answer, rating, call-back."""
        random, received = self.random, appeal.received_at
        steps: list[tuple[Move, datetime, State]] = [(Move.FILE, received, State.SUBMITTED)]
        if appeal.lead_unit is not None:
            steps.append((Move.ROUTE, received + timedelta(minutes=2), State.ROUTED))
        leg = Leg(appeal=appeal, unit=appeal.lead_unit, opened_at=received, handler_id=appeal.handler_id)
        answered = None
        match appeal.state:
            case State.CLOSED | State.ANSWERED:
                late = random.random() < 0.06
                span = c4.first_due - received
                answered = c4.first_due + timedelta(hours=random.randrange(2, 90)) if late else received + span * random.uniform(0.1, 1)
                answered = max(min(answered, self.now - timedelta(minutes=5)), received + timedelta(minutes=5))
                c4.met_at = appeal.answered_at = answered
                steps.append((Move.APPROVE, answered, State.ANSWERED))
                appeal.closed_at = answered + timedelta(days=7) if appeal.state == State.CLOSED else None
                appeal.ended_how = "rated" if appeal.state == State.CLOSED else ""
                self._said(made, appeal, answered)
            case State.WITHDRAWN | State.DECLINED:
                appeal.closed_at = c4.ended_at = received + timedelta(hours=30)
                appeal.ended_how = str(appeal.state)
                steps.append((Move.WITHDRAW, appeal.closed_at, appeal.state))
            case _:
                appeal.next_due, appeal.next_due_clock = c4.due, ClockKind.ANSWER
        if appeal.closed_at:
            leg.ended_at, leg.how = appeal.closed_at, "closed"
        if appeal.lead_unit is not None:
            made.add(leg)
        for seq, (move, at, state) in enumerate(steps, 1):
            made.add(Event(appeal=appeal, seq=seq, at=at, move=move, actor_word="system", to_state=state, public=True))

    def _said(self, made: Made, appeal: Appeal, answered: datetime) -> None:
        random = self.random
        drafter, approver, caller = self.staff
        made.add(Answer(
            appeal=appeal, measure="核实了情况，约谈了对方。", basis="按承运合同和交通运输的规定。", result="对方答应限期办好。",
            state=Answer.State.APPROVED, drafted_by=drafter, saved_at=answered, submitted_at=answered, approved_by=approver,
            approved_at=answered,
        ))  # fmt: skip
        if random.random() < 0.65:
            value = random.choices((5, 4, 3), (5, 4, 1))[0]
            appeal.rating = value
            at = answered + timedelta(hours=9)
            solved = random.choice((True, True, True, False, None))
            made.add(Rating(appeal=appeal, round=1, value=value, solved=solved, first_at=at, last_at=at))
        if random.random() < 0.35:
            heard = random.choices(("solved", "not_solved", "not_reached"), (7, 1, 2))[0]
            made.add(CallBack(appeal=appeal, round=1, by=caller, at=answered + timedelta(days=2), heard=heard))


def _person(name: str) -> Person:
    found = Person.objects.filter(name=name, login=None).first()
    return found or Person.objects.create(name=name, joined_at=clock.now(), is_active=False)
