"""Hand an appeal to the unit that can deal with it, or to the desk with the best three.

Whoever is accused, and everything that shares its staff, is ruled out before the choice, never after.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

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

log = logging.getLogger(__name__)
KIND_OF = {"咨询": Kind.CONSULTATION, "投诉": Kind.COMPLAINT, "建议": Kind.SUGGESTION, "求助": Kind.HELP}
URGENCY_OF = {"普通": Urgency.NORMAL, "紧急": Urgency.PRESSING, "特急": Urgency.URGENT}
STEP_ASIDE = timedelta(hours=1)
_RANK = {Urgency.NORMAL: 0, Urgency.PRESSING: 1, Urgency.URGENT: 2}


@dataclass
class Plan:
    """What the router would do: the decision in words of the scheme, and real units for it."""

    decision: rules.Decision
    unit: Unit | None = None
    proposals: list[tuple[Unit, str]] = field(default_factory=list)
    to_desk: bool = True
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
    if not name or name == names.NOBODY:
        return None
    if name == names.SQUAD:
        return _squad_of(place, out)
    rows = Unit.objects.filter(scheme_name=name, is_active=True, takes_appeals=True).exclude(pk__in=out)
    if name == "属地镇街":
        rows = rows.filter(place=place) if place else rows.none()
    return rows.first()


def _reachable(unit: Unit | None, *, now: datetime) -> bool:
    """Somebody works on appeals there today."""
    return unit is not None and Posting.objects.filter(in_force(now), unit=unit, role__in=HANDLING).exists()


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
    shut = out | handed_back
    wanted = [(decision.unit, ""), *decision.proposals]
    seen = set()
    for name, why in wanted:
        unit = resolve(name, place=place, out=shut)
        if unit is not None and unit.pk not in seen:
            seen.add(unit.pk)
            result.proposals.append((unit, why))
    first = resolve(decision.unit, place=place, out=shut)
    result.unit = first
    result.to_desk = decision.no_ticket or decision.to_desk or first is None or not _reachable(first, now=now)
    if decision.urgency == "特急" and result.to_desk and not decision.no_ticket:
        duty = resolve(names.DUTY, place=place, out=shut)  # danger waits for nobody
        if _reachable(duty, now=now):
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
    row = Appeal.objects.select_for_update().filter(pk=appeal_id, state=State.SUBMITTED, at_desk=False).first()
    if row is None:
        return None
    failpoint("in_the_middle:route")
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
    handed = frozenset(Leg.objects.filter(appeal=row, how="handed_back").values_list("unit_id", flat=True))
    return plan(
        row.text, place=row.place, spot=row.spot, channel=row.channel, accused=accused,
        out=legs.closure_of(accused, now=now), handed_back=handed, now=now,
    )  # fmt: skip


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
    row.save()
    step = begin(row, Move.TO_DESK, by=None, now=now)
    step.appeal.at_desk = True
    finish(step, data={"confidence": made.decision.confidence, "no_ticket": made.decision.no_ticket})
    urgent = step.appeal.urgency == Urgency.URGENT
    people = notify.desk(now=now) + (notify.duty(now=now) if urgent else [])
    notify.staff(step.appeal, "appeal.desk", people, now=now, urgent=urgent)
    return step.appeal


def _hand_over(row: Appeal, made: Plan, *, now: datetime) -> Appeal:
    row.save()
    step = begin(row, Move.ROUTE, by=None, now=now)
    legs.to_unit(step.appeal, made.unit, now=now)
    urgent = step.appeal.urgency == Urgency.URGENT
    finish(step, data={"unit": made.unit.pk, "rules": made.rules_version})
    notify.driver(step.appeal, "appeal.routed", now=now, due=step.appeal.due)
    notify.staff(step.appeal, "appeal.task", notify.of_unit(made.unit.pk, now=now), now=now, urgent=urgent)
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
