"""Hand an appeal to the unit that can deal with it, or to the desk with the best three.

Whoever is accused, and everything that shares its staff, is ruled out before the choice, never after.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from accounts.models import Place, Posting, Unit
from accounts.rules.roles import HANDLING
from accounts.selectors.viewer import in_force
from appeals.models import Accused, Appeal, Leg, RouteDecision
from appeals.rules import routing as rules
from appeals.rules import routing_names as names
from appeals.rules.clock_kinds import ClockKind
from appeals.rules.life import Kind, State, Urgency
from appeals.rules.moves import Move
from appeals.selectors.rules import rule_set
from appeals.services import deadlines, legs, notify
from appeals.services.engine import begin, finish
from common import clock
from common.failpoints import failpoint
from common.selectors import one_calendar

log = logging.getLogger(__name__)
KIND_OF = {"咨询": Kind.CONSULTATION, "投诉": Kind.COMPLAINT, "建议": Kind.SUGGESTION, "求助": Kind.HELP}
URGENCY_OF = {"普通": Urgency.NORMAL, "紧急": Urgency.PRESSING, "特急": Urgency.URGENT}
TOWN = "属地镇街"
STEP_ASIDE = timedelta(hours=1)
_RANK = {Urgency.NORMAL: 0, Urgency.PRESSING: 1, Urgency.URGENT: 2}


@dataclass
class Plan:
    """What the router would do: the decision in words of the scheme, and real units for it."""

    decision: rules.Decision
    unit: Unit | None = None
    proposals: list[tuple[Unit, str]] = field(default_factory=list)
    to_desk: bool = True
    out: frozenset[int] = frozenset()  # the closure of the accused: nobody in it may get the appeal
    rules_version: str = ""


def short_name(place: Place | None) -> str:
    """柳新镇 → 柳新: how people, and the scheme, say a place."""
    return place.name.removesuffix("街道").removesuffix("镇") if place else ""


def _squad_of(place: Place | None, out: frozenset[int]) -> Unit | None:
    if place is None:
        return None
    return Unit.objects.filter(kind=Unit.Kind.SQUAD, areas=place, is_active=True).exclude(pk__in=out).first()


def resolve(name: str, *, place: Place | None, out: frozenset[int]) -> Unit | None:
    """The real unit that a name of the scheme means here; None when it is ruled out or nobody receives there."""
    return _units_of([name], place=place, out=out).get(name)


def _units_of(wanted: Iterable[str], *, place: Place | None, out: frozenset[int], now: datetime | None = None) -> dict[str, Unit]:
    """As `resolve` for several names, in one query (and one for the squad of a place).

    With `now` each unit knows whether it is `staffed`: somebody works on appeals there today."""
    wanted = set(wanted) - {"", names.NOBODY}
    found: dict[str, Unit] = {}
    if names.SQUAD in wanted and (squad := _squad_of(place, out)):
        squad.staffed = now is not None and Posting.objects.filter(in_force(now), unit=squad, role__in=HANDLING).exists()
        found[names.SQUAD] = squad
    here = Q(scheme_name__in=sorted(wanted - {names.SQUAD, TOWN}))
    if TOWN in wanted and place:
        here |= Q(scheme_name=TOWN, place=place)
    rows = Unit.objects.filter(here, is_active=True, takes_appeals=True).exclude(pk__in=out)
    if now is not None:
        rows = rows.annotate(staffed=Exists(Posting.objects.filter(in_force(now), unit=OuterRef("pk"), role__in=HANDLING)))
    for unit in rows:
        found.setdefault(unit.scheme_name, unit)
    return found


def plan(
    text: str, *, place: Place | None, spot: str = "", channel: str = "", accused: frozenset[int] = frozenset(),
    out: frozenset[int] = frozenset(), handed_back: frozenset[int] = frozenset(), now: datetime,
) -> Plan:  # fmt: skip
    """Decide without writing anything. `out` is the closure of `accused`; `handed_back` are units that said no."""
    ruleset, version = rule_set(clock.today(now))
    barred = frozenset(Unit.objects.filter(pk__in=out).exclude(scheme_name="").values_list("scheme_name", flat=True))
    decision = rules.decide(
        text, rules=ruleset, place=short_name(place), road=spot, channel=channel, accused=barred
    )
    result = Plan(decision, rules_version=version)
    wanted = [(decision.unit, ""), *decision.proposals]
    found = _units_of({name for name, _why in wanted} | {names.DUTY}, place=place, out=out | handed_back, now=now)
    seen = set()
    for name, why in wanted:
        unit = found.get(name)
        if unit is not None and unit.pk not in seen:
            seen.add(unit.pk)
            result.proposals.append((unit, why))
    result.unit = found.get(decision.unit)
    result.to_desk = decision.no_ticket or decision.to_desk or result.unit is None or not result.unit.staffed
    if decision.urgency == "特急" and result.to_desk and not decision.no_ticket:
        duty = found.get(names.DUTY)  # danger waits for nobody
        if duty is not None and duty.staffed:
            result.unit, result.to_desk = duty, False
    return result


def _named(decision: rules.Decision) -> list[Unit]:
    """Units the text itself accuses. A squad without its number may be any of the ten: all are barred.

    Nothing for 被反映支部: which branch is his is not known here, and no branch ever receives an appeal."""
    wanted = Q(scheme_name__in=decision.hidden_from - {""})
    if names.SQUAD in decision.hidden_from:
        wanted |= Q(kind=Unit.Kind.SQUAD)
    return list(Unit.objects.filter(wanted, is_active=True))


@transaction.atomic
def route(*, appeal_id: int, now: datetime) -> Appeal | None:
    """Route one appeal that waits. Twice does nothing the second time. None: nothing to do."""
    waiting = Appeal.objects.filter(pk=appeal_id, state=State.SUBMITTED, at_desk=False)
    row = waiting.select_related("place").select_for_update(of=("self",)).first()
    if row is None:
        return None
    failpoint("in_the_middle:route")
    with one_calendar():
        return _route(row, now=now)


def _route(row: Appeal, *, now: datetime) -> Appeal:
    """The row is locked and waits: whoever is accused is ruled out first, then the choice is made and written."""
    accused = frozenset(legs.accused_units(row))
    made = _plan_for(row, accused, now=now)
    named = [unit for unit in _named(made.decision) if unit.pk not in accused]
    if named:
        Accused.objects.bulk_create(
            [Accused(appeal=row, unit=unit, source="text", since=now) for unit in named], ignore_conflicts=True
        )
        made = _plan_for(row, accused | {unit.pk for unit in named}, now=now)
    _remember(row, made, now=now)
    _label(row, made.decision, now=now)
    if made.to_desk:
        return _to_desk(row, made, now=now)
    return _hand_over(row, made, now=now)


def _plan_for(row: Appeal, accused: frozenset[int], *, now: datetime) -> Plan:
    handed = frozenset()
    if row.version:  # at version 0 nothing has happened to it yet
        handed = frozenset(Leg.objects.filter(appeal=row, how="handed_back").values_list("unit_id", flat=True))
    out = legs.closure_of(accused, now=now)
    made = plan(
        row.text, place=row.place, spot=row.spot, channel=row.channel, accused=accused, out=out, handed_back=handed, now=now
    )
    made.out = out
    return made


def _remember(row: Appeal, made: Plan, *, now: datetime) -> None:
    decision = made.decision
    RouteDecision.objects.create(
        appeal=row, at=now, category=decision.category, candidates=list(decision.candidates),
        kind=KIND_OF.get(decision.kind, ""), urgency=URGENCY_OF[decision.urgency], unit=made.unit,
        proposals=[{"unit": unit.pk, "name": unit.name, "why": why} for unit, why in made.proposals[:3]],
        second_category=decision.second_category, confidence=decision.confidence, to_desk=made.to_desk,
        reasons=[
            {"step": reason.step, "words": list(reason.words), "spans": list(reason.spans), "said": reason.said}
            for reason in decision.reasons
        ],
        rules_version=made.rules_version,
    )  # fmt: skip


def _label(row: Appeal, decision: rules.Decision, *, now: datetime) -> None:
    """Category, kind, urgency. An urgency can only rise; a fine's 复议 date goes where there is no fine."""
    row.category = row.category or decision.category
    row.kind = row.kind or KIND_OF.get(decision.kind, "")
    urgency = URGENCY_OF[decision.urgency]
    if _RANK[urgency] > _RANK[Urgency(row.urgency)]:
        row.urgency = urgency
        if urgency == Urgency.URGENT:
            deadlines.hurry(row, now=now)
    if not row.category.startswith("A") and row.fine_on is None and not decision.no_ticket:
        deadlines.stop(row, at=now, kinds=[ClockKind.REVIEW_ADVICE])


def _to_desk(row: Appeal, made: Plan, *, now: datetime) -> Appeal:
    step = begin(row, Move.TO_DESK, by=None, now=now, held=True)
    step.appeal.at_desk = True
    finish(step, data={"confidence": made.decision.confidence, "no_ticket": made.decision.no_ticket})
    urgent = step.appeal.urgency == Urgency.URGENT
    people = notify.desk(now=now) + (notify.duty(now=now) if urgent else [])
    notify.staff(step.appeal, "appeal.desk", people, now=now, urgent=urgent)
    return step.appeal


def _hand_over(row: Appeal, made: Plan, *, now: datetime) -> Appeal:
    step = begin(row, Move.ROUTE, by=None, now=now, held=True)
    legs.to_unit(row, made.unit, now=now, out=made.out)
    urgent = step.appeal.urgency == Urgency.URGENT
    finish(step, data={"unit": made.unit.pk, "rules": made.rules_version})
    notify.tell(
        notify.for_driver(step.appeal, "appeal.routed", due=step.appeal.due),
        notify.for_staff(step.appeal, "appeal.task", notify.of_unit(made.unit.pk, now=now), now=now, urgent=urgent),
        now=now,
    )
    if urgent:
        notify.staff(step.appeal, "appeal.urgent", notify.duty(now=now), now=now, urgent=True)
    return step.appeal


def sweep(*, now: datetime, limit: int = 500) -> int:
    """Route whatever waits, however its message was lost. A row that fails steps aside for an hour."""
    waiting = (
        Appeal.objects.filter(Q(route_after=None) | Q(route_after__lte=now), state=State.SUBMITTED, at_desk=False)
        .order_by("id")
        .values_list("pk", flat=True)[:limit]
    )
    done = 0
    for pk in list(waiting):
        try:
            done += route(appeal_id=pk, now=now) is not None
        except Exception:  # noqa: BLE001 - whatever is wrong with one row must not stop the others
            log.exception("routing stepped aside for appeal %s", pk)
            Appeal.objects.filter(pk=pk).update(route_after=now + STEP_ASIDE)
    return done
