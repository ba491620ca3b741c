"""What the branch's page shows of zones 1:5: two figures, a column of the members, a card by place."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.rules.viewer import Viewer
from branches import registry as branches
from branches.models import Branch
from common import clock
from members.models import ContactNote
from members.rules.contacts import month_begins
from members.rules.zones import SEATS
from members.selectors import zones


def connect() -> None:
    """Put them onto the pages of branches."""
    branches.card("zones-seats", where="tile", template="members/admin/_zone_tile.html", build=seats_tile, order=10)
    branches.card("zones-heard", where="tile", template="members/admin/_zone_tile.html", build=heard_tile, order=20)
    branches.card("zones", where="main", template="members/admin/_zone_places.html", build=by_place, order=10, css="members/zones.css")
    branches.column("zones", word=_("本月联系五人"), template="members/admin/_zone_five.html", build=heard_of_five, order=10)


def seats_tile(viewer: Viewer, branch: Branch, now: datetime) -> dict[str, Any]:
    """170 / 170 名司机：34 名 × 5."""
    found = _figures(viewer, branch, now)
    members, seated = len(found), sum(each.seated for each in found)
    short = members * SEATS - seated
    words = _("%(n)s 名 × 5，都有司机") if not short else _("%(n)s 名 × 5，还空 %(short)s 个位置")
    return {
        "count": seated, "of": members * SEATS, "words": words % {"n": members, "short": short}, "url": _list(branch), "link": _("看片区"),
    }  # fmt: skip


def heard_tile(viewer: Viewer, branch: Branch, now: datetime) -> dict[str, Any]:
    """121 / 170 名司机：本月已联系."""
    found = _figures(viewer, branch, now)
    seated, heard = sum(each.seated for each in found), sum(each.heard for each in found)
    words = _("%(month)s 月已联系，还有 %(left)s 名") % {"month": clock.today(now).month, "left": seated - heard}
    return {"count": heard, "of": seated, "words": words, "url": f"{_list(branch)}&view=silent", "link": _("看没联系的")}


def by_place(viewer: Viewer, branch: Branch, now: datetime) -> dict[str, Any] | None:
    """Where the members live, how many of their seats are filled; and who waits for a contact."""
    found, places = _figures(viewer, branch, now), {}
    for each in found:
        places.setdefault(each.place, []).append(each.seated)
    rows = [
        {"place": place or _("不在本区"), "members": len(seated), "seated": sum(seated), "of": len(seated) * SEATS,
         "short": len(seated) * SEATS - sum(seated)}
        for place, seated in places.items()
    ]  # fmt: skip
    return {"rows": rows, "waits": found[0].waits, "url": reverse("admin:members_waiting")} if found else None


def heard_of_five(viewer: Viewer, person_ids: Collection[int], now: datetime, branch: Branch | None = None) -> dict[int, dict[str, Any]]:
    """By member: his seats as five squares, those of whom he has heard this month filled. On a branch's page: its figures."""
    if branch is not None:
        return {each.person_id: squares(seated=each.seated, heard=each.heard) for each in _figures(viewer, branch, now) if each.seated}
    spoken = ContactNote.objects.filter(seat=OuterRef("pk"), at__gte=month_begins(clock.today(now)))
    rows = zones.seats_for(viewer).filter(contact__in=list(person_ids))
    found: dict[int, dict[str, int]] = {}
    for contact, heard in rows.annotate(heard=Exists(spoken)).values_list("contact_id", "heard"):
        each = found.setdefault(contact, {"seated": 0, "heard": 0})
        each["seated"] += 1
        each["heard"] += heard
    return {contact: squares(**each) for contact, each in found.items()}


def squares(*, seated: int, heard: int) -> dict[str, Any]:
    """Five squares: heard, held but silent, empty."""
    return {
        "seated": seated, "heard": heard,
        "cells": [{"x": 15 * n, "css": "heard" if n < heard else "held" if n < seated else "empty"} for n in range(SEATS)],
    }  # fmt: skip


def _figures(viewer: Viewer, branch: Branch, now: datetime) -> list[zones.OfContact]:
    """Asked once for the tiles, the card and the column of a page."""
    kept = getattr(branch, "zone_figures", None)
    if kept is None:
        kept = branch.zone_figures = zones.by_contact(viewer, branch, since=month_begins(clock.today(now)))
    return kept


def _list(branch: Branch) -> str:
    return f"{reverse('admin:members_zones')}?branch={branch.unit.code}"
