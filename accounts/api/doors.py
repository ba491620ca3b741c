"""What every door of the API shares: closed parameters, limits, bodies checked by their class, sessions with their token."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import copy
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from rest_framework import exceptions
from rest_framework.authentication import CSRFCheck, SessionAuthentication
from rest_framework.request import Request
from rest_framework.serializers import Serializer
from rest_framework.views import APIView

from accounts.api.parsing import PlainJSONParser, closed_query
from accounts.api.resending import Key, parameter, resent_once
from accounts.api.shapes import Input, ProblemOut
from accounts.web.entry import address_of
from common import clock, limits
from common.errors import NotThere

ACTS = ((120, timedelta(minutes=10)), (1000, timedelta(days=1)))  # a caller's writes
STAFF_ACTS = ((600, timedelta(minutes=10)),)  # one officer's writes
SAFE = ("GET", "HEAD")
NO_TOKEN = (*SAFE, "OPTIONS", "TRACE")


class Session(SessionAuthentication):
    """Django's session. Whatever authority its cookie carries costs a CSRF token."""

    def authenticate(self, request: Request):
        user = getattr(request._request, "user", None)
        signed_in = bool(user and user.is_authenticated)
        if signed_in or self.costs_a_token(request._request):
            self.enforce_csrf(request)
        return (user, None) if signed_in and user.is_active else None

    def costs_a_token(self, request: HttpRequest) -> bool:
        """Whether the cookie carries some authority besides a user."""
        return False

    def enforce_csrf(self, request: Request) -> None:
        """The token stands in the header alone: no body is read for who has none."""
        if request._request.method in NO_TOKEN:
            return
        plain = copy(request._request)
        plain.method = "PUT"  # of a POST the check would read the whole form, looking for a token there
        check = CSRFCheck(lambda _request: None)
        check.process_request(plain)
        if not plain.META.get(settings.CSRF_HEADER_NAME) or check.process_view(plain, None, (), {}):
            words = _("请求里缺少或带错了 X-CSRFToken（值在 CSRF cookie 里），请带上再发")
            raise exceptions.PermissionDenied(words, code="csrf_failed")

    def authenticate_header(self, request: Request) -> str:
        return "Session"


class Door(APIView):
    """One address. `query`: the parameters it takes, no others. Writes are counted, reads write nothing."""

    authentication_classes = [Session]
    parser_classes = [PlainJSONParser]
    metadata_class = None
    query: frozenset[str] = frozenset()
    limits: tuple | None = ACTS

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        self.may_enter(request)
        closed_query(request, self.query)
        if self.limits and request.method not in SAFE:
            limits.hit("api.act", self.who(request), now=clock.now(), limits=self.limits)

    def may_enter(self, request: Request) -> None:
        """Raises NotThere where the caller must not know of the door."""

    def who(self, request: Request) -> str:
        """Whose writes are counted together."""
        return address_of(request._request)


class SignedInDoor(Door):
    """A door for whoever is signed in, about himself alone."""

    def may_enter(self, request: Request) -> None:
        if request.viewer.person_id is None:
            raise exceptions.NotAuthenticated(_("请先登录"))

    def who(self, request: Request) -> str:
        return f"person:{request.viewer.person_id}"


class RoleDoor(Door):
    """A door of `roles`, second factor passed: for anybody else there is none."""

    roles: frozenset[str] = frozenset()
    limits = STAFF_ACTS

    def may_enter(self, request: Request) -> None:
        if not (request.viewer.second_factor and request.viewer.has_role(*self.roles)):
            raise NotThere(_("没有这一页，或者不在您能看的范围里"))

    def who(self, request: Request) -> str:
        return f"staff:{request.viewer.person_id}"


def checked(shape: type[Input], request: Request) -> dict[str, Any]:
    """The body as `shape` understands it. Raises ValidationError, ParseError, UnsupportedMediaType."""
    body = shape(data=request.data)
    body.is_valid(raise_exception=True)
    return dict(body.validated_data)


MEANINGS = {
    400: "请求本身有误：JSON 写错、少了必填项、多了不认识的项或参数",
    401: "请先登录",
    403: "会话请求没带 CSRF 令牌",
    404: "没有这一件，或者不归您看",
    409: "别人先改过了，或者这一步现在不能做",
    413: "内容太大",
    415: "不是 JSON（照片用 multipart/form-data）",
    422: "内容要改，见 errors",
    429: "太频繁，按 Retry-After 再试",
}


def answers(
    good: dict[int, tuple[type[Serializer] | None, str]], *bad: int, examples: list[OpenApiExample] | None = None
) -> dict[Any, OpenApiResponse]:
    """Responses of one operation for the document: the good ones, and problem details for each of `bad`."""
    found: dict[Any, OpenApiResponse] = {
        status: OpenApiResponse(shape, description=words, examples=examples or [] if status < 300 and shape else [])
        for status, (shape, words) in good.items()
    }
    for status in sorted(bad):
        found[(status, "application/problem+json")] = OpenApiResponse(ProblemOut, description=MEANINGS[status])
    return found


AUTH = [{"cookieAuth": []}]
READS = (400, 401, 404)
ACTS_BAD = (400, 401, 403, 404, 409, 413, 415, 422, 429)


def told(
    name: str, tag: str, summary: str, about: str, good: dict[int, tuple[Any, str]], *, takes: Any = None, parameters: Sequence[Any] = (),
    example: dict[str, Any] | None = None, key: Key = Key.MAY,
) -> Callable[[Callable], Callable]:  # fmt: skip
    """One operation of a signed-in caller, and its place in the document.

    `takes`: its body; without one it only reads. What takes something in is done once for each Idempotency-Key; `key`:
    whether it may, must or cannot be sent with one."""
    more: dict[str, Any] = {"request": takes} if takes is not None else {}
    if example is not None:
        more["examples"] = [OpenApiExample(summary, request_only=True, value=example)]
    keyed = takes is not None and key is not Key.NO
    told_of = extend_schema(
        operation_id=name, tags=[tag], summary=summary, description=about, auth=AUTH,
        parameters=[*parameters, *([parameter(key)] if keyed else [])],
        responses=answers(good, *(READS if takes is None else ACTS_BAD)), **more,
    )  # fmt: skip
    return (lambda method: told_of(resent_once(key)(method))) if keyed else told_of
