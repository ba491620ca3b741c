"""Pages for what went wrong: what happened to the words, and whom to call. Never a stack, never a dead end.

Under /api/ the same is said as problem details.
"""

from django.shortcuts import render

from hongyun.api.problems import plain_problem

API = "/api/"


def csrf_failure(request, reason=""):
    return render(request, "403_csrf.html", status=403)


def not_found(request, exception=None):
    if request.path.startswith(API):
        return plain_problem(404, code="not_found", detail="没有这个地址，接口都写在 /api/v1/docs/")
    return render(request, "404.html", status=404)


def server_error(request):
    if request.path.startswith(API):
        return plain_problem(500, code="error", detail="这边出了错，没有存成；请稍后用同一个 Idempotency-Key 再发")
    return render(request, "500.html", status=500)


def bad_request(request, exception=None):
    if request.path.startswith(API):
        return plain_problem(400, code="invalid", detail="请求有误，没有收")
    return render(request, "400.html", status=400)


def forbidden(request, exception=None):
    return render(request, "404.html", status=404)  # not allowed looks like not there
