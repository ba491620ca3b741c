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
from django.utils.translation import gettext_lazy as _l
from drf_spectacular.utils import OpenApiParameter, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request

DEFAULT, MOST = 25, 100
_SALT = "api.page"


def page_size(request: Request) -> int:
    """How many rows are asked for. Raises ValidationError above the cap, instead of silently giving less."""
    raw = request.query_params.get("page_size", "")
    if not raw:
        return DEFAULT
    size = int(raw) if raw.isascii() and raw.isdigit() and len(raw) < 10 else 0
    if not 1 <= size <= MOST:
        raise serializers.ValidationError({"page_size": [_("一页要 1 到 %s 件") % MOST]})
    return size


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


PARAMETERS = [
    OpenApiParameter("page_size", int, description=_l("一页几件，1 到 100，默认 25"), required=False),
    OpenApiParameter("cursor", str, description=_l("用上一页 next 里的"), required=False),
]


def envelope(item: type[serializers.Serializer]) -> serializers.Serializer:
    """The shape of a page of `item`, for the document."""
    name = item.__name__.removesuffix("Out")
    return inline_serializer(
        name=f"{name}Page",
        fields={"items": item(many=True), "next": serializers.CharField(help_text=_l("下一页的地址；空的是最后一页"))},
    )
