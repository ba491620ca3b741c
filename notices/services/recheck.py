"""Asked again at the moment of sending: may this person still have it, and does it still say something?

Rights and levels count as they are now, not as they were when the row was queued.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from notices import registry
from notices.models import Notice
from notices.rules.states import State

GONE = (State.CANCELLED, State.SUPERSEDED)


@dataclass
class Checked:
    """`send` may leave; `drop` maps a row to (state, why) that ends it; `poison` to what went wrong."""

    send: list[Notice] = field(default_factory=list)
    drop: dict[int, tuple[State, str]] = field(default_factory=dict)
    poison: dict[int, str] = field(default_factory=dict)


def recheck(rows: Sequence[Notice], *, now: datetime) -> Checked:
    """Sort claimed rows into those that may leave and those that may not, and why."""
    checked = Checked()
    for row in rows:
        why = _plainly_not(row, now)
        if why:
            checked.drop[row.pk] = (State.CANCELLED, why)
    _ask_rooms([row for row in rows if row.pk not in checked.drop and row.recipient_id is not None], checked, now)
    rest = [row for row in rows if row.pk not in checked.drop and row.pk not in checked.poison]
    for pk in _outgrown([row for row in rest if row.clock]) | _outtold(rest):
        checked.drop[pk] = (State.SUPERSEDED, "后一级已经发出")
    checked.send = [row for row in rest if row.pk not in checked.drop]
    return checked


def _plainly_not(row: Notice, now: datetime) -> str:
    if registry.kind(row.about_kind) is None:
        return "没有登记的事项"
    if registry.template(row.template) is None:
        return "没有登记的通知"
    if row.not_after is not None and row.not_after <= now:
        return "过了时候"
    if row.recipient is not None and not row.recipient.is_active:
        return "账号已停用"
    return ""


def _ask_rooms(rows: Sequence[Notice], checked: Checked, now: datetime) -> None:
    """One question for each person and kind; row by row where that question breaks."""
    groups: dict[tuple[str, int], list[Notice]] = defaultdict(list)
    for row in rows:
        groups[row.about_kind, row.recipient_id].append(row)
    for (kind, person), group in groups.items():
        pks = {row.about_pk for row in group}
        ask = partial(_ask, kind, person, now=now)
        try:
            allowed = ask(pks)
        except Exception:  # noqa: BLE001 - a room's own code: one bad row must not hold up the others
            allowed = _one_by_one(group, ask, checked)
        for row in group:
            if row.about_pk not in allowed and row.pk not in checked.poison:
                checked.drop[row.pk] = (State.CANCELLED, "收件人不能知道这件事")


def _ask(kind: str, person: int, pks: set[str], *, now: datetime) -> set[str]:
    return registry.may_receive(kind, person, pks, now=now)


def _one_by_one(group: Sequence[Notice], ask: Callable[[set[str]], set[str]], checked: Checked) -> set[str]:
    allowed: set[str] = set()
    for row in group:
        try:
            allowed |= ask({row.about_pk})
        except Exception as error:  # noqa: BLE001 - as above: this row alone steps aside
            checked.poison[row.pk] = type(error).__name__
    return allowed


def _outgrown(rows: Sequence[Notice]) -> set[int]:
    """Rungs below one that was already raised on the same clock: «due today» is no longer true."""
    if not rows:
        return set()
    top: dict[tuple, int] = {}
    others = Notice.objects.filter(
        about_kind__in={row.about_kind for row in rows}, about_pk__in={row.about_pk for row in rows}
    ).exclude(clock="").exclude(state__in=GONE)  # fmt: skip
    for kind, pk, round_, clock, due, rung in others.values_list("about_kind", "about_pk", "round", "clock", "due", "rung"):
        key = (kind, pk, round_, clock, due, rung[:1])
        top[key] = max(top.get(key, -1), _level(rung))
    return {row.pk for row in rows if _level(row.rung) < top.get(_ladder(row), -1)}


def _ladder(row: Notice) -> tuple:
    return (row.about_kind, row.about_pk, row.round, row.clock, row.due, row.rung[:1])


def _level(rung: str) -> int:
    return int(rung[1:]) if rung[1:].isdigit() else -1


def _outtold(rows: Sequence[Notice]) -> set[int]:
    """Rows whose template names another that says more, and that is there for the same recipient."""
    watched = [row for row in rows if registry.template(row.template).superseded_by]
    if not watched:
        return set()
    names = {name for row in watched for name in registry.template(row.template).superseded_by}
    later: dict[tuple, list[tuple[str, int]]] = defaultdict(list)
    found = Notice.objects.filter(about_pk__in={row.about_pk for row in watched}, template__in=names).exclude(state__in=GONE)
    for kind, pk, person, channel, name, row_pk in found.values_list(
        "about_kind", "about_pk", "recipient_id", "channel", "template", "pk"
    ):
        later[kind, pk, person, channel].append((name, row_pk))
    return {
        row.pk
        for row in watched
        for name, pk in later[row.about_kind, row.about_pk, row.recipient_id, row.channel]
        if name in registry.template(row.template).superseded_by and pk > row.pk
    }
