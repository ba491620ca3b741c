"""Errors of the API as problem details (RFC 9457)."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation, TooManyFilesSent
from django.http import Http404, JsonResponse
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import set_rollback

from common.errors import DomainError, TooOften

TITLES = {
    400: "内容有误",
    401: "请先登录",
    403: "没有这一页",
    404: "没有这一页",
    405: "不支持这种请求",
    406: "只有 JSON",
    409: "别人先改过了",
    413: "内容太大",
    415: "只收 JSON",
    422: "内容有误",
    429: "太频繁了",
}


def problem(status: int, *, code: str, detail: str = "", errors: list[dict] | None = None) -> Response:
    """`{"type","title","status","code","detail","errors":[{"field","message"}]}`."""
    body = {"type": "about:blank", "title": TITLES.get(status, "出错了"), "status": status, "code": code}
    if detail:
        body["detail"] = detail
    if errors:
        body["errors"] = errors
    return Response(body, status=status, content_type="application/problem+json")


def problem_details(exc, context):
    """DRF's exception handler: domain errors and DRF's own, all in one shape."""
    if isinstance(exc, DomainError):
        set_rollback()
        several = getattr(exc, "errors", None) or ({exc.field: exc.message} if exc.field else {})
        errors = [{"field": field, "message": str(message)} for field, message in several.items()]
        response = problem(exc.status, code=exc.code, detail=exc.message, errors=errors)
        if isinstance(exc, TooOften):
            response["Retry-After"] = str(exc.retry_after)
        return response
    if isinstance(exc, Http404 | PermissionDenied):
        set_rollback()
        return problem(404, code="not_found", detail="没有这一页，或者不在您能看的范围里")
    if isinstance(exc, exceptions.ValidationError):
        set_rollback()
        return problem(400, code="invalid", detail="有内容要修改", errors=list(_flatten(exc.detail)))
    if isinstance(exc, SuspiciousOperation):
        set_rollback()
        return _refused(exc)
    if isinstance(exc, exceptions.APIException):
        set_rollback()
        code = exc.get_codes() if isinstance(exc.get_codes(), str) else exc.default_code
        response = problem(exc.status_code, code=code, detail=str(exc.detail))
        if isinstance(exc, exceptions.Throttled) and exc.wait:
            response["Retry-After"] = str(int(exc.wait) + 1)
        return response
    return None


def _refused(exc: SuspiciousOperation) -> Response:
    if isinstance(exc, RequestDataTooBig):
        return problem(413, code="too_large", detail="内容太大，请缩短或分几次发")
    if isinstance(exc, TooManyFilesSent):
        words = "一次最多 9 张照片"
        return problem(400, code="invalid", detail=words, errors=[{"field": "photos", "message": words}])
    return problem(400, code="invalid", detail="请求有误，没有收")


def plain_problem(status: int, *, code: str, detail: str) -> JsonResponse:
    """The same shape for errors that never reach a view: unknown addresses, a fault of ours."""
    body = {"type": "about:blank", "title": TITLES.get(status, "出错了"), "status": status, "code": code, "detail": detail}
    return JsonResponse(
        body, status=status, content_type="application/problem+json", json_dumps_params={"ensure_ascii": False}
    )


def _flatten(detail, prefix=""):
    if isinstance(detail, dict):
        for key, value in detail.items():
            yield from _flatten(value, f"{prefix}{key}." if not isinstance(value, list) else f"{prefix}{key}")
    elif isinstance(detail, list):
        for value in detail:
            if isinstance(value, dict | list):
                yield from _flatten(value, prefix)
            else:
                yield {"field": _name(prefix), "message": str(value)}
    else:
        yield {"field": _name(prefix), "message": str(detail)}


def _name(prefix: str) -> str:
    """The field as the sender wrote it; "" for the whole body."""
    return prefix.rstrip(".").removesuffix("non_field_errors").rstrip(".")
