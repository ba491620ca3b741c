"""Pages of at most a hundred rows, walked by a signed cursor that holds no row number of ours."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.core import signing
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from drf_spectacular.utils import OpenApiParameter, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request

DEFAULT, MOST = 25, 100
QUERY = frozenset({"page_size", "cursor"})
_SALT = "api.page.key"


def page_size(request: Request) -> int:
    """How many rows are asked for. Raises ValidationError above the cap, instead of silently giving less."""
    raw = request.query_params.get("page_size", "")
    if not raw:
        return DEFAULT
    size = int(raw) if raw.isascii() and raw.isdigit() and len(raw) < 10 else 0
    if not 1 <= size <= MOST:
        raise serializers.ValidationError({"page_size": [_("一页要 1 到 %s 件") % MOST]})
    return size


def page(request: Request, rows: QuerySet, *, key: str = "key", newest_first: bool = False) -> tuple[Sequence[Any], str]:
    """One page of `rows` in the order they came, and the address of the next (""). `key`: lookup of their public key.

    Raises ValidationError at page_size or cursor."""
    size = page_size(request)
    raw = request.query_params.get("cursor", "")
    if raw:
        last_pk = _last(raw, rows, key)
        rows = rows.filter(pk__lt=last_pk) if newest_first else rows.filter(pk__gt=last_pk)
    found = list(rows.order_by("-pk" if newest_first else "pk")[: size + 1])
    if len(found) <= size:
        return found, ""
    last: Any = found[size - 1]
    for name in key.split("__"):
        last = getattr(last, name)
    cursor = signing.Signer(salt=_SALT).sign_object([rows.model._meta.label_lower, str(last)])
    query = {name: value for name, value in request.query_params.items() if name != "cursor"} | {"cursor": cursor}
    return found[:size], f"{request.path}?{urlencode(query)}"


def _last(raw: str, rows: QuerySet, key: str) -> int:
    """Where the page before ended. The row may have left the list meanwhile; it is asked among all of its kind."""
    try:
        label, value = signing.Signer(salt=_SALT).unsign_object(raw)
        known = label == rows.model._meta.label_lower
        last = rows.model._base_manager.filter(**{key: value}).order_by("-pk").values_list("pk", flat=True).first() if known else None
    except (signing.BadSignature, ValidationError, ValueError, TypeError):
        last = None
    if last is None:
        raise serializers.ValidationError({"cursor": [_("cursor 不对，请用上一页 next 里的地址")]})
    return last


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
