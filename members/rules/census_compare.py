"""A row of the census beside what the register holds: what is new, what changes, what only a person can settle.

A file never blanks what it does not carry. Two things it cannot settle: that a driver belongs to another town than
the register says, and that the same ID bears another name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

CREATE, UPDATE, SAME = "create", "update", "same"
TWO_TOWNS, NAME = "two_towns", "name"

# column of the driver -> field of the row
COLUMNS = {
    "gender": "gender",
    "licence_class": "licence_class",
    "certificate_number": "certificate_number",
    "certificate_expiry": "certificate_expiry",
    "trade": "trade",
    "relation_place": "relation_place",
    "work_place": "work_place",
    "business_place": "business_place",
    "claimed_status": "political_status",
    "claimed_joined_on": "joined_on",
    "note": "note",
}
LOCAL = ("relation_place", "work_place", "business_place")  # 三个在本地: dated together
SELF_EMPLOYED, EMPLOYED, ATTACHED = "self_employed", "employed", "attached"
WITHDRAWN, ACTIVE = "withdrawn", "active"
GONE = frozenset({"left", "moved", "died", "other_trade"})

NOTES = {
    "gone": ("", "信息库里他已经不在册，这一行没有改他的状态，请核对"),
    "merged": ("", "这个人已经并到另一条里，这一行没有写，请核对"),
    "other_name": ("name", "信息库里这个身份证号是另一个姓名，请核对"),
    "phone_proved": ("phone", "本人用另一个手机号登录过，手机号没有改"),
}


@dataclass(slots=True)
class Standing:
    """What the register holds of the person of a row. `driver` None: known as a person only."""

    name: str = ""
    phone_same: bool = True
    phone_proved: bool = False
    driver: int | None = None
    place: str = ""
    state: str = ACTIVE
    merged: bool = False
    engagement: str = SELF_EMPLOYED
    enterprise: Any = None
    values: Mapping[str, Any] = field(default_factory=dict)
    plates: frozenset[str] = frozenset()


@dataclass(slots=True)
class Verdict:
    """What a row does. `changes` are columns of the driver; `phone`, `plates`, `state` beside them."""

    outcome: str
    changes: dict[str, Any] = field(default_factory=dict)
    phone: bool = False
    plates: tuple[str, ...] = ()
    conflicts: list[tuple[str, str, str]] = field(default_factory=list)  # kind, ours, theirs
    notes: list[str] = field(default_factory=list)


def carried(values: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of a driver that a row really fills."""
    return {column: values[name] for column, name in COLUMNS.items() if values.get(name)}


def engagement(values: Mapping[str, Any], *, enterprise: Any, before: str = "") -> str:
    """Employed, attached (挂靠) or on his own, as far as the row says; what stood before otherwise."""
    if not enterprise:
        return before or SELF_EMPLOYED
    if "挂靠" in values.get("note", ""):
        return ATTACHED
    return before if before in (EMPLOYED, ATTACHED) else EMPLOYED


def compare(values: Mapping[str, Any], standing: Standing | None, *, enterprise: Any, place: str) -> Verdict:
    """`values` as checked; `enterprise` what its words lead to (None: no word); `place` the name of its place."""
    if standing is None:
        return Verdict(CREATE, plates=tuple(values.get("plates", ())))
    verdict = Verdict(SAME)
    other_name = bool(standing.name) and standing.name != values["name"]
    if other_name:
        verdict.conflicts.append((NAME, standing.name, values["name"]))
    if standing.driver is None:
        verdict.outcome, verdict.plates = CREATE, tuple(values.get("plates", ()))
        verdict.phone = not standing.phone_same and not standing.phone_proved and not other_name
        return verdict
    if standing.merged:
        verdict.notes.append("merged")
        verdict.conflicts.clear()
        return verdict
    if other_name:
        return verdict  # whose row it is must be settled first: nothing of it is written
    if standing.state in GONE:
        verdict.notes.append("gone")
    if standing.place != place:
        verdict.conflicts.append((TWO_TOWNS, standing.place, place))
    _changes(verdict, values, standing, enterprise)
    return verdict


def _changes(verdict: Verdict, values: Mapping[str, Any], standing: Standing, enterprise: Any) -> None:
    changes = {
        column: value for column, value in carried(values).items() if standing.values.get(column) != value
    }
    if enterprise is not None and enterprise != standing.enterprise:
        changes["enterprise"] = enterprise
    stands = engagement(values, enterprise=enterprise, before=standing.engagement)
    if stands != standing.engagement:
        changes["engagement"] = stands
    if standing.state == WITHDRAWN:
        changes["state"] = ACTIVE
    if not standing.name:
        changes["name"] = values["name"]
    if not standing.phone_same:
        if standing.phone_proved:
            verdict.notes.append("phone_proved")
        else:
            verdict.phone = True
    verdict.plates = tuple(plate for plate in values.get("plates", ()) if plate not in standing.plates)
    verdict.changes = changes
    if changes or verdict.phone or verdict.plates:
        verdict.outcome = UPDATE
