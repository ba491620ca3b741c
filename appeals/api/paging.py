"""Pages of at most a hundred rows, walked by a signed cursor that holds no row number of ours."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.core import signing
from django.db.models import Q, QuerySet
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.request import Request

from accounts.api.paging import PARAMETERS, envelope, page_size

__all__ = ["PARAMETERS", "envelope", "page"]

_SALT = "api.page"


def page(request: Request, rows: QuerySet, *, by: str, newest_first: bool) -> tuple[Sequence[Any], str]:
    """One page of `rows` in the order of the moment `by` (ties by number), and the address of the next ("").

    Raises ValidationError at page_size or cursor."""
    size = page_size(request)
    sign = "-" if newest_first else ""
    after = _after(request, by)
    if after is not None:
        moment, number = after
        way = "lt" if newest_first else "gt"
        rows = rows.filter(Q(**{f"{by}__{way}": moment}) | Q(**{by: moment, f"number__{way}": number}))
    found = list(rows.order_by(f"{sign}{by}", f"{sign}number")[: size + 1])
    if len(found) <= size:
        return found, ""
    last = found[size - 1]
    cursor = signing.Signer(salt=_SALT).sign_object([by, getattr(last, by).isoformat(), last.number])
    query = {name: value for name, value in request.query_params.items() if name != "cursor"} | {"cursor": cursor}
    return found[:size], f"{request.path}?{urlencode(query)}"


def _after(request: Request, by: str) -> tuple[datetime, str] | None:
    raw = request.query_params.get("cursor", "")
    if not raw:
        return None
    try:
        order, moment, number = signing.Signer(salt=_SALT).unsign_object(raw)
    except (signing.BadSignature, ValueError):
        order, moment, number = "", "", ""
    at = parse_datetime(moment) if order == by else None
    if at is None:
        raise serializers.ValidationError({"cursor": [_("cursor 不对，请用上一页 next 里的地址")]})
    return at, number
