"""Idempotency-Key at the doors: whoever resends an act with the key of the first gets the answer of the first."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from enum import StrEnum
from functools import wraps
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.parsing import KEY_HEADER, idempotency_key
from common import clock
from common.once import once


class Key(StrEnum):
    """Whether an operation takes the key of its sender."""

    MAY = "may"
    MUST = "must"
    NO = "no"  # what it does twice is what it does once: a search, a try that has to count


_WORDS = _("您这边为这一次生成的 UUID，重发时不变：三天内重发，做的还是那一次，回答也是那一次的")


def parameter(key: Key) -> OpenApiParameter:
    """The header in the document."""
    return OpenApiParameter(KEY_HEADER, UUID, OpenApiParameter.HEADER, required=key is Key.MUST, description=_WORDS)


def resent_once(key: Key) -> Callable[[Callable], Callable]:
    """A door's method that answers a resend with the first answer. What is refused is not kept: mended, it may be sent
    again with its key.

    The door itself is passed anew each time (signed in, posted): whoever lost his post is told nothing by his old key."""

    def wrap(method: Callable) -> Callable:
        @wraps(method)
        def sent(door: Any, request: Request, *args: Any, **more: Any) -> Response:
            if key is not Key.MUST and not request.headers.get(KEY_HEADER, "").strip():
                return method(door, request, *args, **more)

            def act() -> str:
                answer = method(door, request, *args, **more)
                return JSONRenderer().render([answer.status_code, answer.data]).decode()

            told = once(who=door.who(request), key=idempotency_key(request), said=_said(request), act=act, now=clock.now())
            status, data = json.loads(told)
            return Response(data, status=status)

        return sent

    return wrap


def _said(request: Request) -> str:
    """Where it is sent and all that it says, alike for the same body however it is written."""
    data = request.data
    if isinstance(data, QueryDict):  # a form; files by their bytes
        data = {name: [_one(each) for each in data.getlist(name)] for name in data}
    return json.dumps([request.method, request.get_full_path(), data], sort_keys=True, default=str)


def _one(value: Any) -> Any:
    if not isinstance(value, UploadedFile):
        return value
    value.seek(0)
    found = hashlib.file_digest(value, "sha256").hexdigest()
    value.seek(0)
    return [value.name, found]
