"""Which version of a clock's limit holds at a moment. Limits are public, so no viewer is asked for."""

from __future__ import annotations

from datetime import date, datetime

from django.db.models import Q

from appeals.models.clocks import ClockRule
from appeals.rules.clocks import ClockKind, ClockSpec
from common import clock
from common.errors import DomainError


class NoClockRule(DomainError):
    """No version of this clock holds on that day."""

    code = "no_clock_rule"


def clock_rules(at: datetime) -> dict[ClockKind, ClockRule]:
    """The version of every clock that holds at `at`, in one query."""
    rows = _in_force(clock.today(at)).order_by("kind", "version")
    return {ClockKind(rule.kind): rule for rule in rows}  # of two, the later version stands last and wins


def clock_rule(kind: ClockKind | str, at: datetime) -> ClockRule:
    """The version of `kind` that holds at `at`.

    Raises NoClockRule."""
    rule = _in_force(clock.today(at)).filter(kind=str(kind)).order_by("-version").first()
    if rule is None:
        raise NoClockRule(f"{kind} 在 {clock.today(at)} 没有起用的时限。", field="clock")
    return rule


def clock_spec(kind: ClockKind | str, at: datetime, urgent: bool = False) -> ClockSpec:
    """The limit of `kind` that holds at `at`, as the engine reads it; the urgent one where there is one.

    Raises NoClockRule."""
    return clock_rule(kind, at).spec(urgent=urgent)


def rule_versions() -> list[ClockRule]:
    """Every version ever, the newest of each kind first, kinds in their order C1 … C10."""
    order = {kind.value: n for n, kind in enumerate(ClockKind)}
    return sorted(ClockRule.objects.all(), key=lambda rule: (order.get(rule.kind, 99), -rule.version))


def _in_force(day: date):
    return ClockRule.objects.filter(Q(valid_to=None) | Q(valid_to__gte=day), valid_from__lte=day)
