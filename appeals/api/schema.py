"""The OpenAPI document and its page. The document is the same for everybody and is made once a process."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from drf_spectacular.extensions import OpenApiAuthenticationExtension, OpenApiSerializerExtension
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.plumbing import force_instance
from drf_spectacular.renderers import OpenApiJsonRenderer2, OpenApiYamlRenderer2
from drf_spectacular.views import SpectacularAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import CharField

from accounts.api.parsing import closed_query
from appeals.api.reading import rooms_of


class SessionScheme(OpenApiAuthenticationExtension):
    """How the document tells of our sessions."""

    target_class = "accounts.api.doors.Session"
    match_subclasses = True
    name = "cookieAuth"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {
            "type": "apiKey",
            "in": "cookie",
            "name": settings.SESSION_COOKIE_NAME,
            "description": "登录后的会话。写操作要带 X-CSRFToken。办理的接口要过第二步验证。",
        }


class ClosedBody(OpenApiSerializerExtension):
    """A body takes its own fields and no others: the document says so too."""

    target_class = "accounts.api.shapes.Input"
    match_subclasses = True

    def map_serializer(self, auto_schema: Any, direction: str) -> dict[str, Any]:
        found = auto_schema._map_serializer(self.target, direction, bypass_extensions=True)
        for name, field in force_instance(self.target).fields.items():
            if isinstance(field, CharField) and not field.allow_blank:
                found["properties"][name].setdefault("minLength", 1)
        return found | {"additionalProperties": False}


def in_chinese(result: dict[str, Any], **_more: Any) -> dict[str, Any]:
    """Leave out the descriptions that are docstrings of ours: the document speaks Chinese."""
    for shape in result["components"]["schemas"].values():
        if not re.search(r"[\u4e00-\u9fff]", shape.get("description", "")):
            shape.pop("description", None)
    return result


@lru_cache(maxsize=1)
def document() -> dict[str, Any]:
    """The whole document."""
    return SchemaGenerator().get_schema(request=None, public=True)


class Schema(SpectacularAPIView):
    """/api/v1/schema/: JSON, or YAML for who asks for application/yaml."""

    authentication_classes = []
    renderer_classes = [OpenApiJsonRenderer2, OpenApiYamlRenderer2]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        closed_query(request, frozenset())

    def _get_schema_response(self, request: Request) -> Response:
        return Response(document())


@lru_cache(maxsize=1)
def _as_text() -> str:
    return json.dumps(document(), ensure_ascii=False, default=str)


@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    """/api/v1/docs/: the document to read, in the house's own dress, without script and under the one policy."""
    whole = document()
    context = {"info": whole["info"], "rooms": rooms_of(_as_text())}
    return render(request, "api/docs.html", context)
