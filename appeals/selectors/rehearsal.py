"""Rehearse changed rules over appeals that were filed: what would go elsewhere. Nothing is written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from accounts.rules.roles import Role
from accounts.rules.viewer import Viewer
from appeals.models import RoutingRule
from appeals.rules.routing import Decision, RuleSet, decide
from appeals.rules.routing_names import category_name
from appeals.selectors.rules import rule_set
from appeals.selectors.scope import appeals_for

MOST = 200


@dataclass(frozen=True)
class Change:
    """One appeal that the new rules would treat otherwise. `kind`: settled, moved or unsure."""

    title: str
    place: str
    before: str
    after: str
    kind: str


@dataclass(frozen=True)
class Rehearsal:
    """Counts over `tried` appeals; `changes` lists what differs."""

    tried: int
    same: int
    moved: int
    settled: int
    unsure: int
    changes: tuple[Change, ...]


def rules_of(viewer: Viewer, *, day: date) -> list[RoutingRule]:
    """The rules in force on `day`, for whoever may change them."""
    if not viewer.has_role(Role.DESK, Role.DUTY):
        return []
    rows = RoutingRule.objects.filter(Q(valid_to=None) | Q(valid_to__gt=day), valid_from__lte=day)
    return list(rows.order_by("step", "code"))


def _rules_with(viewer: Viewer, code: str, row: dict, day: date) -> RuleSet:
    """The rules of `day` with one row changed."""
    rules = sorted(rules_of(viewer, day=day), key=lambda rule: rule.pk)
    return RuleSet.from_rows([(row if rule.code == code else rule.row) | {"code": rule.code} for rule in rules])


def rehearse(viewer: Viewer, *, code: str, row: dict, day: date) -> Rehearsal:
    """Route the last appeals that the viewer may know of by both tables."""
    old, _version = rule_set(day)
    new = _rules_with(viewer, code, row, day)
    appeals = appeals_for(viewer).select_related("place").order_by("-id")[:MOST]
    counts = {"same": 0, "moved": 0, "settled": 0, "unsure": 0}
    changes: list[Change] = []
    tried = 0
    for appeal in appeals:
        tried += 1
        place = appeal.place.name.removesuffix("街道").removesuffix("镇") if appeal.place else ""
        given = {"place": place, "road": appeal.spot, "channel": appeal.channel}
        before, after = decide(appeal.text, rules=old, **given), decide(appeal.text, rules=new, **given)
        kind = _kind(before, after)
        counts[kind] += 1
        if kind != "same":
            changes.append(Change(appeal.title, appeal.place.name if appeal.place else "", _said(before), _said(after), kind))
    return Rehearsal(tried=tried, changes=tuple(changes), **counts)


def _kind(before: Decision, after: Decision) -> str:
    if (before.category, before.unit, before.to_desk) == (after.category, after.unit, after.to_desk):
        return "same"
    if before.to_desk and not after.to_desk:
        return "settled"
    return "unsure" if after.to_desk and not before.to_desk else "moved"


def _said(decision: Decision) -> str:
    if decision.to_desk:
        return "转人工"
    return f"{decision.category} {category_name(decision.category)} → {decision.unit}"
