"""The routing rules in force, compiled once and kept until a row changes. Rules are data for everybody."""

from __future__ import annotations

from datetime import date

from django.db.models import Count, Max, Q

from appeals.models import RoutingRule
from appeals.rules.routing import RuleSet

_held: dict[tuple, RuleSet] = {}


def _in_force(day: date):
    return RoutingRule.objects.filter(Q(valid_to=None) | Q(valid_to__gt=day), valid_from__lte=day)


def rule_set(day: date) -> tuple[RuleSet, str]:
    """The compiled rules of a day and the name of their version (newest row and count)."""
    stamp = _in_force(day).aggregate(n=Count("pk"), last=Max("pk"), at=Max("entered_at"))
    key = (day, stamp["n"], stamp["last"], stamp["at"])
    held = _held.get(key)
    if held is None:
        rows = [rule.row | {"code": rule.code} for rule in _in_force(day).order_by("pk")]
        held = RuleSet.from_rows(rows)
        _held.clear()
        _held[key] = held
    return held, f"{stamp['n']} 条 · 第 {stamp['last']} 号"
