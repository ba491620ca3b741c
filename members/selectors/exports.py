"""Exports a viewer may know of, and the rows that go into one: what its screens show, masked as there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import Prefetch, QuerySet

from accounts.rules.roles import Role
from accounts.rules.viewer import Viewer
from branches.models import Placement
from branches.rules.kinds import has_vote
from branches.selectors.scope import is_committee, members_for
from common import clock
from common.masks import mask_name, mask_phone, mask_plate
from members.models import Driver, DriverVehicle, Export
from members.registry import sheets
from members.rules.exports import COLUMNS
from members.selectors.register import narrowed

CHUNK = 200  # rows in memory at once: with 1,000 the worker held 26 MB more


def exports_for(viewer: Viewer) -> QuerySet[Export]:
    """His own."""
    return Export.objects.filter(asked_by_id=viewer.person_id or 0).order_by("-asked_at", "-id")


def to_decide(viewer: Viewer) -> QuerySet[Export]:
    """Large ones of others that he may agree to: he must be able to see those rows himself."""
    kinds = []
    if viewer.has_role(Role.REGISTRAR):
        kinds.append("drivers")
    if is_committee(viewer):
        kinds.append("members")
    kinds += [what for what, sheet in sheets.items() if sheet.agrees(viewer)]
    return Export.objects.filter(state=Export.State.ASKED, what__in=kinds).exclude(asked_by_id=viewer.person_id).order_by("asked_at")


def may_ask(viewer: Viewer) -> list[str]:
    """What this viewer may have exported."""
    own = [what for what, role in (("drivers", Role.REGISTRAR), ("members", Role.SECRETARY)) if viewer.has_role(role)]
    return own + [what for what, sheet in sheets.items() if sheet.may(viewer)]


def columns_in(viewer: Viewer, what: str) -> tuple[tuple[str, str], ...]:
    """The closed columns of a kind; they are the same for everybody who may have it."""
    return sheets[what].columns if what in sheets else COLUMNS[what]


def rows_for(viewer: Viewer, what: str, filters: dict[str, str]) -> QuerySet:
    """The rows of an export within what the viewer may see; nothing for what he may not ask."""
    if what not in may_ask(viewer):
        return Driver.objects.none()
    if what in sheets:
        return sheets[what].rows(viewer)
    if what == "members":
        return members_for(viewer).filter(placements__in=Placement.objects.filter(until=None))
    return narrowed(viewer, filters)


def cells(viewer: Viewer, what: str, filters: dict[str, str]) -> Iterator[dict[str, Any]]:
    """One mapping of column to value for each row, in a steady order; memory stays flat."""
    rows = rows_for(viewer, what, filters).order_by("pk")
    if what in sheets:
        yield from sheets[what].cells(viewer, rows)
    else:
        yield from _members(rows) if what == "members" else _drivers(rows)


def _drivers(rows: QuerySet[Driver]) -> Iterator[dict[str, Any]]:
    drives = Prefetch("drives", DriverVehicle.objects.filter(until=None).select_related("vehicle"), to_attr="now_drives")
    rows = rows.select_related("person", "place", "enterprise").defer("certificate_number", "person__id_number").prefetch_related(drives)
    for each in rows.iterator(chunk_size=CHUNK):
        yield {
            "name": mask_name(each.person.name), "phone": mask_phone(each.person.phone), "place": each.place.name,
            "engagement": each.get_engagement_display(), "employer": each.enterprise.name if each.enterprise else "",
            "trade": each.trade, "licence": each.licence_class, "expiry": _day(each.certificate_expiry),
            "plates": "、".join(mask_plate(drive.vehicle.plate) for drive in each.now_drives),
            "checked": _day(clock.local(each.checked_at)),
        }  # fmt: skip


def _members(rows: QuerySet) -> Iterator[dict[str, Any]]:
    placed = Prefetch("placements", Placement.objects.filter(until=None).select_related("branch__unit"), to_attr="now_placed")
    for each in rows.select_related("person__place").prefetch_related(placed).iterator(chunk_size=CHUNK):
        where = each.now_placed[0] if each.now_placed else None
        yield {
            "name": mask_name(each.person.name), "phone": mask_phone(each.person.phone),
            "branch": where.branch.unit.name if where else "", "kind": each.get_kind_display(),
            "vote": "有" if has_vote(each.kind) else "无", "place": each.person.place.name if each.person.place else "",
            "joined": f"{each.joined_on:%Y-%m}" if each.joined_on else "", "placed": _day(where.since if where else None),
            "heard": _day(each.last_contact_on),
        }  # fmt: skip


def _day(value) -> str:
    return f"{value:%Y-%m-%d}" if value else ""
