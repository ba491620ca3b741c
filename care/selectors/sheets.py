"""The payment list as a workbook: closed columns, masked as on the screen, no reason and no account."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet

from accounts.rules.roles import Role
from accounts.rules.viewer import Viewer
from care.models import Payment
from care.rules.money import Entry, yuan_words
from care.selectors.money import payments_for
from common import clock
from common.masks import mask_name

PAYMENTS = "care_payments"
COLUMNS = (
    ("at", "时间"), ("kind", "类别"), ("name", "姓名"), ("yuan", "金额（元）"), ("how", "方式"), ("signed", "收条"), ("fund", "经费"),
    ("approved_by", "审批人"), ("paid_by", "发放人"),
)  # fmt: skip
CHUNK = 200


def may_ask(viewer: Viewer) -> bool:
    """Who pays, and the union."""
    return viewer.has_role(Role.CASHIER, Role.UNION)


def may_agree(viewer: Viewer) -> bool:
    """The second person: whoever may see the same rows. That it is another is the database's promise."""
    return may_ask(viewer)


def payouts(viewer: Viewer) -> QuerySet[Payment]:
    """What was paid to people, without the premiums and what was put in."""
    return payments_for(viewer).filter(entry=Entry.PAID).select_related("application__approved_by", "application__receipt")


def cells(viewer: Viewer, rows: QuerySet[Payment]) -> Iterator[dict[str, Any]]:
    """One mapping for each payment; nothing for whoever may not ask."""
    if not may_ask(viewer):
        return
    for each in rows.iterator(chunk_size=CHUNK):
        asked = each.application
        yield {
            "at": f"{clock.local(each.at):%Y-%m-%d %H:%M}", "kind": str(asked.get_kind_display()), "name": mask_name(asked.person.name),
            "yuan": yuan_words(-each.change_fen), "how": str(each.get_how_display()), "signed": each.signed_word, "fund": each.fund.name,
            "approved_by": asked.approved_by.name, "paid_by": each.by.name,
        }  # fmt: skip
