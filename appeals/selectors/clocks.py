"""Which version of a clock's limit holds at a moment. Limits are public, so no viewer is asked for."""

from __future__ import annotations

from datetime import date, datetime

from django.db import connection
from django.db.models import Q

from appeals.models.clocks import ClockRule
from appeals.rules.clocks import ClockKind, ClockSpec
from common import clock
from common.errors import DomainError


class NoClockRule(DomainError):
    """No version of this clock holds on that day."""

    code = "no_clock_rule"


_FIELDS = tuple(field.attname for field in ClockRule._meta.concrete_fields)
# Asked by each filing, so it is written out: putting it together anew cost five times what asking it does.
_STAMP = f"""
    SELECT {", ".join(_FIELDS)} FROM {ClockRule._meta.db_table}
    WHERE (valid_to IS NULL OR valid_to >= %s) AND valid_from <= %s ORDER BY kind, version"""  # nosec B608
_held: tuple[tuple, dict[ClockKind, ClockRule]] = ((), {})


def clock_rules(at: datetime) -> dict[ClockKind, ClockRule]:
    """The version of every clock that holds at `at`, in one query. Rows that are what they were are kept as objects."""
    global _held
    day = connection.ops.adapt_datefield_value(clock.today(at))
    with connection.cursor() as cursor:
        cursor.execute(_STAMP, [day, day])
        key = tuple(cursor.fetchall())
    held = _held
    if held[0] != key:
        rows = ClockRule.objects.in_bulk([row[0] for row in key])
        in_order = (rows[row[0]] for row in key if row[0] in rows)
        held = _held = (key, {ClockKind(rule.kind): rule for rule in in_order})  # of two, the later version wins
    return dict(held[1])


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
