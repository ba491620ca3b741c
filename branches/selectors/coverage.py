"""Who covers what: every place, enterprise and trade with its branch; gaps and overlaps listed. No person stands here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import QuerySet

from accounts.models import Place, Unit
from accounts.rules.roles import Role
from accounts.rules.viewer import Viewer
from branches import registry
from branches.models import Branch, Coverage
from branches.rules import coverage as rules
from branches.rules.coverage import Key, Line
from branches.selectors.scope import is_committee


@dataclass(frozen=True)
class Table:
    """All keys with their branches. `names`: branch id -> its name."""

    lines: tuple[Line, ...]
    names: Mapping[int, str]

    def of_kind(self, kind: str) -> list[Line]:
        return [line for line in self.lines if line.key.kind == kind]

    @property
    def gaps(self) -> list[Line]:
        return rules.gaps(self.lines)

    @property
    def overlaps(self) -> list[Line]:
        return rules.overlaps(self.lines)


def open_rows(viewer: Viewer) -> QuerySet[Coverage]:
    """Rows in force of branches in being, for secretaries; nobody else asks."""
    rows = Coverage.objects.filter(until=None, branch__ended_on=None)
    return rows if viewer.has_role(Role.SECRETARY) else rows.none()


def table_for(viewer: Viewer) -> Table:
    """The whole table. Each secretary sees all of it: he must know whom to send somebody to."""
    if not viewer.has_role(Role.SECRETARY):
        return Table((), {})
    rows = list(open_rows(viewer).values_list("kind", "key", "branch_id"))
    names = dict(Branch.objects.filter(ended_on=None).values_list("pk", "unit__name"))
    return Table(tuple(rules.settle(_keys(rows), rows)), names)


def covered_by(viewer: Viewer, branch: Branch) -> list[Key]:
    """What one branch covers, by the table: its places first."""
    return [line.key for line in table_for(viewer).lines if branch.pk in line.branches and not line.by_place]


def hosts_for(viewer: Viewer) -> QuerySet[Unit]:
    """Units that may host a branch, for the committee's secretary."""
    rows = Unit.objects.filter(kind=Unit.Kind.SQUAD, is_active=True).order_by("code")
    return rows if is_committee(viewer) else rows.none()


def _keys(rows: list[tuple[str, str, int]]) -> list[Key]:
    """Places are ours to list; enterprises and trades come from the room above, and from rows that name more."""
    keys = [Key(rules.PLACE, code, name) for code, name in Place.objects.order_by("code").values_list("code", "name")]
    for kind in (rules.ENTERPRISE, rules.TRADE):
        known = registry.keys_of(kind)
        keys += known
        listed = {each.key for each in known}
        keys += [Key(kind, key, key) for each, key, _branch in rows if each == kind and key not in listed]
    return keys
