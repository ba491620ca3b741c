"""Rehearse changed rules over appeals that were filed: what would go elsewhere. Nothing is written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from accounts.rules.viewer import Viewer
from appeals.models import RoutingRule
from appeals.rules.routing import Decision, RuleSet, decide
from appeals.rules.routing_names import category_name
from appeals.selectors.rules import in_force, rule_set
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


def rules_with(code: str, row: dict, day: date) -> RuleSet:
    """The rules of `day` with one row changed."""
    rows = [(row if rule.code == code else rule.row) | {"code": rule.code} for rule in in_force(day).order_by("pk")]
    return RuleSet.from_rows(rows)


def rehearse(viewer: Viewer, *, code: str, row: dict, day: date) -> Rehearsal:
    """Route the last appeals that the viewer may know of by both tables."""
    old, _version = rule_set(day)
    new = rules_with(code, row, day)
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


def rules_of(day: date) -> list[RoutingRule]:
    """The rules in force, in their own order."""
    return list(in_force(day).order_by("step", "code"))
