"""Who is told what. Closed templates; recipients are asked again at the moment of sending."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from accounts.models import Person, Posting
from accounts.rules.roles import HANDLING, Role
from accounts.selectors.units import posted_as, posted_to
from accounts.selectors.viewer import in_force, viewers_for
from appeals.models import Appeal
from appeals.selectors.knowing import open_to
from common import clock
from notices.services import outbox


def driver(appeal: Appeal, template: str, *, now: datetime, due: datetime | None = None, **data) -> None:
    """Tell the driver by every channel he has; nothing when he left none."""
    tell(for_driver(appeal, template, due=due, **data), now=now)


def staff(appeal: Appeal, template: str, people: Iterable[Person], *, now: datetime, urgent: bool = False) -> None:
    """Tell staff, leaving out whoever may not know of the appeal."""
    tell(for_staff(appeal, template, people, now=now, urgent=urgent), now=now)


def tell(*messages: list[outbox.Row], now: datetime) -> None:
    """Post what one move says to several, in one statement."""
    outbox.post_many([row for message in messages for row in message], now=now)


def for_driver(appeal: Appeal, template: str, *, due: datetime | None = None, **data) -> list[outbox.Row]:
    """What `driver` posts."""
    to, address = ([appeal.person], None) if appeal.person_id else ([], appeal.phone)
    key = f"{appeal.version}"  # one message a move, whatever is retried
    return outbox.rows_for(template=template, about=appeal, to=to, address=address, round=appeal.round, rung=key, due=due, data=data)


def for_staff(appeal: Appeal, template: str, people: Iterable[Person], *, now: datetime, urgent: bool = False) -> list[outbox.Row]:
    """What `staff` posts."""
    people = list(people)
    known_to = may_know(people, appeal, now=now)
    allowed = [person for person in people if person.pk in known_to]
    return outbox.rows_for(template=template, about=appeal, to=allowed, round=appeal.round, rung=f"v{appeal.version}", urgent=urgent)


def may_know(people: list[Person], appeal: Appeal, *, now: datetime) -> set[int]:
    """Which of these people may know of the appeal at `now` as staff."""
    return open_to(viewers_for(people, now=now), appeal.pk)


def of_unit(unit_id: int, *, now: datetime) -> list[Person]:
    """Who works on appeals at a unit."""
    return posted_to(unit_id, *HANDLING, now=now)


def workers(appeal: Appeal, *, now: datetime) -> list[Person]:
    """His handler while he works at the unit and is here; else who stands in for him, else the heads."""
    team, today = of_unit(appeal.lead_unit_id, now=now), clock.today(now)
    here = [p for p in team if not (p.away_from and p.away_to and p.away_from <= today <= p.away_to)]
    mine = [person for person in here if person.pk == appeal.handler_id]
    stand_in = Posting.objects.filter(in_force(now), unit_id=appeal.lead_unit_id, substitute_for_id=appeal.handler_id or 0)
    instead = set(stand_in.values_list("person_id", flat=True)) if not mine else set()
    return mine or [person for person in here if person.pk in instead] or heads(appeal.lead_unit_id, now=now)


def heads(unit_id: int, *, now: datetime) -> list[Person]:
    return posted_to(unit_id, Role.HEAD, now=now)


def desk(*, now: datetime) -> list[Person]:
    return posted_as(Role.DESK, now=now)


def duty(*, now: datetime) -> list[Person]:
    return posted_as(Role.DUTY, now=now)


def drop(appeal: Appeal, *, now: datetime, rungs: bool = False) -> None:
    """An ended or moved matter cancels what still waits in the outbox for staff; a moved date its `rungs` alone."""
    outbox.cancel(about=appeal, now=now, audience="staff", rungs=rungs)
