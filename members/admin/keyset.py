"""The next page of a list, found by what its last line holds: steady while others work on the list.

A mark is the values of the order, joined by dots: whole numbers, moments as microseconds since 1970."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from django.core.exceptions import BadRequest
from django.db.models import Q, QuerySet

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NUMBER = re.compile(r"[0-9]{1,17}", re.ASCII)
Order = Mapping[
    str, type
]  # field or annotation -> int or datetime, in the order of the list, never null; the last is unique


def page_after(rows: QuerySet, order: Order, mark: str, most: int) -> tuple[list[Any], str]:
    """At most `most` rows behind `mark` ("" : from the beginning), and the mark of the next page, "" on the last.

    Raises BadRequest for a mark that is none."""
    if mark:
        rows = rows.filter(_behind(order, _values(order, mark)))
    found = list(rows.order_by(*order)[: most + 1])
    return found[:most], _mark(order, found[most - 1]) if len(found) > most else ""


def _behind(order: Order, values: list[Any]) -> Q:
    names = list(order)
    behind = Q()
    for at, name in enumerate(names):
        same = dict(zip(names[:at], values[:at], strict=True))
        behind |= Q(**same, **{f"{name}__gt": values[at]})
    return behind


def _values(order: Order, mark: str) -> list[Any]:
    parts = mark.split(".")
    if len(parts) != len(order) or not all(_NUMBER.fullmatch(part) for part in parts):
        raise BadRequest("no such page")
    return [
        EPOCH + timedelta(microseconds=int(part)) if kind is datetime else int(part)
        for part, kind in zip(parts, order.values(), strict=True)
    ]


def _mark(order: Order, row: Any) -> str:
    values = (getattr(row, name) for name in order)
    return ".".join(
        str((value - EPOCH) // timedelta(microseconds=1) if isinstance(value, datetime) else int(value))
        for value in values
    )
