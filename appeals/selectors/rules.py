"""The routing rules in force, compiled once and kept until a row changes. Rules are data for everybody."""

from __future__ import annotations

from datetime import date, datetime

from django.db.models import Count, Max, Q

from appeals.models import RoutingRule
from appeals.rules.routing import RuleSet

_held: dict[tuple, RuleSet] = {}
_compiled: tuple[tuple, RuleSet] | None = None
DAYS_HELD = 400


def _in_force(day: date):
    return RoutingRule.objects.filter(Q(valid_to=None) | Q(valid_to__gt=day), valid_from__lte=day)


def rule_set(day: date) -> tuple[RuleSet, str]:
    """The compiled rules of a day and the name of their version (newest row and count)."""
    stamp = _in_force(day).aggregate(n=Count("pk"), last=Max("pk"), at=Max("entered_at"))
    key = (day, stamp["n"], stamp["last"], stamp["at"])
    held = _held.get(key)
    if held is None:
        held = _compile(day, stamp["at"])
        if len(_held) >= DAYS_HELD:
            _held.clear()
        _held[key] = held
    return held, f"{stamp['n']} 条 · 第 {stamp['last']} 号"


def _compile(day: date, entered_at: datetime | None) -> RuleSet:
    """Compile what holds on a day, unless the very same rows were compiled for another one."""
    global _compiled
    rows = list(_in_force(day).order_by("pk"))
    same = (entered_at, tuple((rule.pk, rule.valid_to) for rule in rows))
    if _compiled is None or _compiled[0] != same:
        _compiled = same, RuleSet.from_rows([rule.row | {"code": rule.code} for rule in rows])
    return _compiled[1]
