"""What the register tells the branches' pages: who is known there, who is found, what is to be covered, who waits."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Any

from django.db.models import Count, Window

from accounts.rules.viewer import Viewer
from branches.models import Branch
from branches.rules.coverage import Key
from branches.rules.proposals import About
from common import clock
from common.masks import mask_name, mask_phone
from members.models import Claim, Driver, Enterprise, SearchKey
from members.rules.search import key_for
from members.selectors.claims import claims_for

CARD_ROWS = 4


def about(viewer: Viewer, person_ids: Collection[int]) -> dict[int, About]:
    """Place, enterprise and trade of members who are drivers."""
    rows = Driver.objects.filter(person__in=person_ids, merged_into=None).select_related("place", "enterprise")
    return {
        each.person_id: About(
            place=each.place.code, place_name=each.place.name, trade=each.trade,
            enterprise=(each.enterprise.code or "") if each.enterprise else "",
            enterprise_name=each.enterprise.name if each.enterprise else "",
        )
        for each in rows
    }  # fmt: skip


def found(viewer: Viewer, text: str) -> set[int]:
    """Persons found by a plate or the last four of a phone; the branch's own selector decides whom he may see."""
    key = key_for(text)
    if not key or key.startswith("n:"):
        return set()
    return set(SearchKey.objects.filter(key=key).values_list("driver__person_id", flat=True)[:500])


def enterprises_to_cover() -> Iterator[Key]:
    """Enterprises with drivers in the register; one without a branch of its own falls to that of the place it lies in."""
    rows = Enterprise.objects.exclude(code=None).filter(drivers__state=Driver.State.ACTIVE).distinct().order_by("code")
    return (Key("enterprise", each.code, each.name, each.place.code if each.place else "") for each in rows.select_related("place"))


def trades_to_cover() -> Iterator[Key]:
    """Trades that drivers of the register work in."""
    rows = Driver.objects.filter(state=Driver.State.ACTIVE).exclude(trade="").order_by("trade").values_list("trade", flat=True).distinct()
    return (Key("trade", trade, trade) for trade in rows)


def waiting_claims(viewer: Viewer, branch: Branch, now: datetime) -> dict[str, Any]:
    """The card 认领待核验 of a branch: those who came by themselves, longest waiting first."""
    rows = claims_for(viewer).filter(branch=branch, state=Claim.State.OPEN, source=Claim.Source.PHONE)
    found = rows.annotate(total=Window(Count("pk"))).select_related("person", "place").order_by("at", "id")[:CARD_ROWS]
    lines = [
        {
            "key": each.key, "name": mask_name(each.person.name), "phone": mask_phone(each.person.phone),
            "place": each.place.name if each.place else "", "days": (clock.today(now) - clock.today(each.at)).days,
            "proof": bool(each.proof), "total": each.total,
        }
        for each in found
    ]  # fmt: skip
    return {"lines": lines, "total": lines[0]["total"] if lines else 0}
