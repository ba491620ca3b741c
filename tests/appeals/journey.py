"""Steps of a journey, said once: file, route, accept, answer, rate, call back."""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

from accounts.models import Place, Unit
from accounts.rules.viewer import Viewer
from appeals.models import Appeal
from appeals.rules.life import About
from appeals.services import answers, filing, handling, routing

FREIGHT = "给柳新一个料场拉了半个月石子，说好月底结，现在电话不接微信拉黑，八千六运费咋要"
RUDE = "执法三中队有个人拦下我就骂，证件也不亮，手机录像还给我打掉了"
PARTS = {
    "measure": "11 月 24 日我们约谈了货主，对方认可欠款。",
    "basis": "运费是承运合同的钱，不是工资。",
    "result": "对方答应 12 月 1 日前付清；到期不付，司法局免费帮您起诉。",
}


def place(name: str = "柳新镇") -> Place:
    return Place.objects.get(name=name)


def file(text: str = FREIGHT, *, now: datetime, by: Viewer | None = None, accused: tuple[str, ...] = (), **more) -> Appeal:
    """File as a driver would. `accused` are unit codes."""
    units = tuple(Unit.objects.filter(code__in=accused).values_list("pk", flat=True))
    fields = {"client_key": uuid4(), "text": text, "place": place(), "phone": "13800000009"} | more
    if units:
        fields |= {"about": About.UNIT, "accused": units}
    return filing.file(filing=filing.Filing(**fields), by=by or Viewer(), caller=str(uuid4()), now=now)


def routed(*, now: datetime, **more) -> Appeal:
    appeal = file(now=now, **more)
    routing.route(appeal_id=appeal.pk, now=now)
    appeal.refresh_from_db()
    return appeal


def in_hand(cast, *, now: datetime, handler: str = "handler", **more) -> Appeal:
    appeal = routed(now=now, **more)
    return handling.accept(appeal=appeal, by=cast.viewer(handler, now), version=None, now=now)


def answered(cast, *, now: datetime, handler: str = "handler", head: str = "head", desk: str = "desk", **more) -> Appeal:
    return answer(cast, in_hand(cast, now=now, handler=handler, **more), now=now, handler=handler, head=head, desk=desk)


def answer(cast, appeal: Appeal, *, now: datetime, handler: str = "handler", head: str = "head", desk: str = "desk") -> Appeal:
    """Draft, and every approval the table wants."""
    from appeals.rules.moves import Move
    from appeals.selectors.facts import facts_for

    answers.submit_answer(appeal=appeal, parts=PARTS, by=cast.viewer(handler, now), version=None, now=now)
    appeal.refresh_from_db()
    if facts_for(appeal, cast.viewer(head, now), now=now).needs_two:
        answers.head_approve(appeal=appeal, by=cast.viewer(head, now), version=None, now=now)
        appeal = answers.approve(appeal=appeal, by=cast.viewer(desk, now), version=None, now=now)
    else:
        appeal = answers.approve(appeal=appeal, by=cast.viewer(head, now), version=None, now=now)
    assert Move.APPROVE in appeal.events.values_list("move", flat=True)
    return appeal


def driver_of(appeal: Appeal) -> Viewer:
    """Whoever holds number and code."""
    return Viewer(granted=frozenset({appeal.pk}))
