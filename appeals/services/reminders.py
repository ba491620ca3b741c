"""Rungs of the clocks: each once, the present one only, and lower missed ones written as superseded.

The sweep reads the clocks whose moment has come, works out in memory who hears what, and writes the rows
of a whole batch in a handful of statements. Twice, or in two processes, makes nothing more: the outbox
has one unique key a rung, and a level only rises.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.db.models import Case, F, Value, When

from accounts.models import Person, Posting
from accounts.rules import closure as closures
from accounts.rules.roles import HANDLING, Role
from accounts.selectors.viewer import counted, unit_parents
from appeals.models import Accused, Appeal, Clock, Recusal, Request
from appeals.rules import rungs as ladder_rules
from appeals.rules.rungs import Rung, To
from appeals.services.deadlines import ladder_of
from common import clock as wall
from common.selectors import calendar
from common.workdays import Calendar
from notices.rules.states import Hours, State
from notices.services import outbox

BATCH = 500
_ANYWHERE = {
    To.DESK: Role.DESK,
    To.CALL_BACK: Role.CALL_BACK,
    To.SUPERVISOR: Role.SUPERVISOR,
    To.BUREAU_LEADER: Role.LEADER,
    To.NOTICE_LIST: Role.LEADER,
    To.DUTY_OFFICER: Role.DUTY,
    To.DUTY_LEADER: Role.DUTY,
}


@dataclass
class People:
    """Everybody a batch may need, read once: who holds what now, who counts where, who is away."""

    by_role: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    by_unit: dict[tuple[int, str], list[int]] = field(default_factory=lambda: defaultdict(list))
    staff: dict[int, frozenset[int]] = field(default_factory=dict)
    stand_ins: dict[tuple[int, int], list[int]] = field(default_factory=lambda: defaultdict(list))  # unit, for whom
    parents: dict[int, int | None] = field(default_factory=dict)
    away: frozenset[int] = frozenset()
    accused: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    recused: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    _closures: dict[frozenset[int], frozenset[int]] = field(default_factory=dict)

    def conflicted(self, appeal_id: int) -> frozenset[int]:
        """Persons who must hear nothing of this appeal."""
        units = frozenset(self.accused.get(appeal_id, ()))
        if units not in self._closures:
            inside = frozenset().union(
                *(closures.closure(unit, parents=self.parents, staff=self.staff) for unit in units)
            )
            self._closures[units] = frozenset().union(*(self.staff.get(unit, frozenset()) for unit in inside))
        return self._closures[units] | self.recused.get(appeal_id, set())


def people_for(appeals: list[int], *, now: datetime) -> People:
    """Read the people of a batch: five queries, whatever its size."""
    people = People(parents=unit_parents())
    staff: dict[int, set[int]] = defaultdict(set)
    for unit, person, role, starts, ends, instead in Posting.objects.filter(
        counted(now), person__is_active=True
    ).values_list("unit_id", "person_id", "role", "starts_at", "ends_at", "substitute_for_id"):
        staff[unit].add(person)
        if starts <= now and (ends is None or ends > now):
            people.by_role[role].append(person)
            people.by_unit[unit, role].append(person)
            if instead and role in HANDLING:
                people.stand_ins[unit, instead].append(person)
    people.staff = {unit: frozenset(persons) for unit, persons in staff.items()}
    today = wall.today(now)
    people.away = frozenset(
        Person.objects.filter(away_from__lte=today, away_to__gte=today).values_list("pk", flat=True)
    )
    for appeal, unit in Accused.objects.filter(appeal_id__in=appeals, removed_at=None).values_list("appeal_id", "unit_id"):
        people.accused[appeal].add(unit)
    for appeal, person in Recusal.objects.filter(appeal_id__in=appeals).values_list("appeal_id", "person_id"):
        people.recused[appeal].add(person)
    return people


def recipients(rung: Rung, clock: Clock, people: People) -> set[int]:
    """Persons for this rung who may know of the appeal. Nobody left: the desk, then the duty officer."""
    appeal, found = clock.appeal, set()
    barred = people.conflicted(appeal.pk) | {appeal.person_id}  # nobody is staff in his own matter
    for to in rung.to_roles:
        if to in _ANYWHERE:
            found.update(people.by_role[_role(to, clock)])
        elif to is To.HEAD:
            found.update(people.by_unit[appeal.lead_unit_id, Role.HEAD])
        elif to is To.HANDLER:
            found.update(_doers(appeal, people, barred | people.away))
    for instead in (set(), set(people.by_role[Role.DESK]), set(people.by_role[Role.DUTY])):
        allowed = (found | instead) - barred - people.away if found | instead else set()
        if allowed:
            return allowed
    return set()


def _role(to: To, clock: Clock) -> Role:
    """Who is meant, wherever he works. An extension is for the supervisor to grant, so what is the desk's is his."""
    if to is To.DESK and clock.request_id and clock.request.kind == Request.Kind.EXTENSION:
        return Role.SUPERVISOR
    return _ANYWHERE[to]


def _doers(appeal: Appeal, people: People, out: Collection[int]) -> set[int]:
    """The handler while he works there and is here; else who stands in for him; else the head, who gives it to another.

    Nobody has accepted it yet: all who may."""
    unit = appeal.lead_unit_id
    heads = set(people.by_unit[unit, Role.HEAD])
    team = set().union(*(people.by_unit[unit, role] for role in HANDLING))
    handler = appeal.handler_id
    tiers = (team & {handler}, set(people.stand_ins[unit, handler]), heads) if handler else (team - heads, heads)
    return next((some for tier in tiers if (some := tier - set(out))), set())


def _row(rung: Rung, clock: Clock, person: int, *, now: datetime, state: State) -> outbox.Row:
    any_hour = rung.any_hour
    return outbox.Row(
        template="appeal.urgent" if any_hour else f"appeal.rung.{rung.tone}",
        about_kind="appeals.appeal",
        about_pk=str(clock.appeal_id),
        recipient_id=person,
        round=clock.round,
        clock=clock.kind if clock.leg_id is None else f"{clock.kind}.{clock.leg_id}",
        rung=rung.name,
        due=clock.due,
        urgent=any_hour,
        hours=Hours.ANY if any_hour else Hours.MORNING if rung.level in (1, 3) else Hours.OFFICE,
        state=state,
    )


def batch(*, now: datetime, limit: int = BATCH) -> int:
    """One batch of due clocks. Returns how many clocks moved; 0 costs one query."""
    clocks = list(
        Clock.objects.filter(met_at=None, ended_at=None, next_rung_at__lte=now)
        .select_related("appeal", "rule", "request")
        .defer("appeal__text", "appeal__phone", "appeal__position", "request__reason", "request__decision_reason")
        .order_by("next_rung_at")[:limit]
    )
    if not clocks:
        return 0
    days = calendar()
    people = people_for([clock.appeal_id for clock in clocks], now=now)
    rows: list[outbox.Row] = []
    for clock in clocks:
        rows += _due_rows(clock, people, days, now=now)
    with transaction.atomic():
        outbox.post_many(rows, now=now)
        _raise_levels(clocks)
    return len(clocks)


def _due_rows(clock: Clock, people: People, days: Calendar, *, now: datetime) -> list[outbox.Row]:
    ladder = ladder_of(clock, days)
    send, missed = ladder_rules.present(
        ladder, now, days, after=clock.level, after_urgent=clock.urgent_level
    )
    rows = []
    for rung, state in [*((r, State.QUEUED) for r in send), *((r, State.SUPERSEDED) for r in missed)]:
        rows += [_row(rung, clock, person, now=now, state=state) for person in recipients(rung, clock, people)]
        if rung.series == "R":
            clock.level = max(clock.level, rung.level)
        else:
            clock.urgent_level = max(clock.urgent_level, rung.level)
    clock.next_rung_at = ladder_rules.next_moment(
        ladder, now, days, after=clock.level, after_urgent=clock.urgent_level
    )
    return rows


def _raise_levels(clocks: list[Clock]) -> None:
    """One statement for the batch. A clock that was met meanwhile keeps its end."""
    fields = {name: Clock._meta.get_field(name) for name in ("level", "urgent_level", "next_rung_at")}
    Clock.objects.filter(pk__in=[clock.pk for clock in clocks], met_at=None, ended_at=None).update(
        **{
            name: Case(
                *(When(pk=clock.pk, then=Value(getattr(clock, name), output_field=field)) for clock in clocks),
                default=F(name),
                output_field=field,
            )
            for name, field in fields.items()
        }
    )


def sweep(*, now: datetime, most: int = 40) -> int:
    """Batches until nothing is due (or `most` of them, so that one sweep ends)."""
    done = 0
    for _ in range(most):
        moved = batch(now=now)
        done += moved
        if moved < BATCH:
            break
    return done
