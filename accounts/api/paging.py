"""Pages of at most a hundred rows, walked by a sealed cursor: no row number of ours can be read in it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from drf_spectacular.utils import OpenApiParameter, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from common.encryption import SealBroken, open_, seal

DEFAULT, MOST = 25, 100
QUERY = frozenset({"page_size", "cursor"})
_PURPOSE = "api.row"


def page_size(request: Request) -> int:
    """How many rows are asked for. Raises ValidationError above the cap, instead of silently giving less."""
    raw = request.query_params.get("page_size", "")
    if not raw:
        return DEFAULT
    size = int(raw) if raw.isascii() and raw.isdigit() and len(raw) < 10 else 0
    if not 1 <= size <= MOST:
        raise serializers.ValidationError({"page_size": [_("一页要 1 到 %s 件") % MOST]})
    return size


def page(request: Request, rows: QuerySet, *, newest_first: bool = False) -> tuple[Sequence[Any], str]:
    """One page of `rows` in the order they came, and the address of the next ("").

    Raises ValidationError at page_size or cursor."""
    size = page_size(request)
    label = rows.model._meta.label_lower
    raw = request.query_params.get("cursor", "")
    if raw:
        last = opened(raw, label)
        if last is None:
            raise serializers.ValidationError({"cursor": [_("cursor 不对，请用上一页 next 里的地址")]})
        rows = rows.filter(pk__lt=last) if newest_first else rows.filter(pk__gt=last)
    found = list(rows.order_by("-pk" if newest_first else "pk")[: size + 1])
    if len(found) <= size:
        return found, ""
    query = {name: value for name, value in request.query_params.items() if name != "cursor"}
    query["cursor"] = sealed(found[size - 1].pk, label)
    return found[:size], f"{request.path}?{urlencode(query)}"


def answer(
    request: Request, rows: QuerySet, shape: type[serializers.Serializer], line: Callable[[Any], dict[str, Any]], *, newest_first: bool = False
) -> Response:  # fmt: skip
    """One page of `rows`, each told by `line` in `shape`, with the address of the next. Raises ValidationError as `page` does."""
    found, following = page(request, rows, newest_first=newest_first)
    return Response({"items": shape([line(each) for each in found], many=True).data, "next": following})


def sealed(pk: int, label: str) -> str:
    """A name for a row that has no key of its own: nobody reads its number, or makes one up."""
    return seal(str(pk), f"{_PURPOSE}.{label}")


def opened(text: str, label: str) -> int | None:
    """The row that `sealed` named; None for anything else."""
    try:
        return int(open_(text, f"{_PURPOSE}.{label}"))
    except (SealBroken, ValueError):
        return None


PARAMETERS = [
    OpenApiParameter("page_size", int, description=_l("一页几件，1 到 100，默认 25"), required=False),
    OpenApiParameter("cursor", str, description=_l("用上一页 next 里的"), required=False),
]


@cache
def envelope(item: type[serializers.Serializer]) -> serializers.Serializer:
    """The shape of a page of `item`, for the document."""
    name = item.__name__.removesuffix("Out")
    return inline_serializer(
        name=f"{name}Page",
        fields={"items": item(many=True), "next": serializers.CharField(help_text=_l("下一页的地址；空的是最后一页"))},
    )
