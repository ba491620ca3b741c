"""What every door of the API shares: closed parameters, limits, bodies checked by their class."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from drf_spectacular.utils import OpenApiExample, OpenApiResponse
from rest_framework.request import Request
from rest_framework.serializers import Serializer
from rest_framework.views import APIView

from accounts.web.entry import address_of
from appeals.api.auth import SessionOrGrant, staff
from appeals.api.inputs import Input
from appeals.api.outputs import ProblemOut
from appeals.api.parsing import PlainJSONParser, closed_query
from common import clock, limits

ACTS = ((120, timedelta(minutes=10)), (1000, timedelta(days=1)))  # a caller's writes
STAFF_ACTS = ((600, timedelta(minutes=10)),)  # one officer's writes
SAFE = ("GET", "HEAD")


class Door(APIView):
    """One address. `query`: the parameters it takes, no others. Writes are counted, reads write nothing."""

    authentication_classes = [SessionOrGrant]
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


class StaffDoor(Door):
    """A door of the staff: for anybody else there is none."""

    limits = STAFF_ACTS

    def may_enter(self, request: Request) -> None:
        staff(request)

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
