"""Guards that belong to every page."""

from __future__ import annotations

from django.conf import settings
from django.http import JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _


class BodyLimitMiddleware:
    """Refuse a body by its declared size before a byte of it is read."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        try:
            size = int(request.META.get("CONTENT_LENGTH") or 0)
        except ValueError:
            size = 0
        multipart = request.content_type == "multipart/form-data"
        limit = settings.MAX_BODY_BYTES if multipart else settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        if size > limit:
            return self._too_large(request)
        return self.get_response(request)

    def _too_large(self, request):
        if not request.path.startswith("/api/"):
            return render(request, "413.html", status=413)
        words = _("内容太大，请缩短或分几次发")
        body = {"type": "about:blank", "title": _("内容太大"), "status": 413, "code": "too_large", "detail": words}
        return JsonResponse(
            body, status=413, content_type="application/problem+json", json_dumps_params={"ensure_ascii": False}
        )


class NoNulMiddleware:
    """Refuse a NUL in address or form: nobody types one, and PostgreSQL answers it with an error.

    Stands behind the CSRF guard, and looks only at a form that is read already: none is read for its sake."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if "%00" in request.META.get("QUERY_STRING", "") or "\x00" in request.path:
            return self._refused(request)
        return self.get_response(request)

    def process_view(self, request, view_func, view_args, view_kwargs):
        form = getattr(request, "_post", None)
        if form and any("\x00" in value for values in form.lists() for value in (values[0], *values[1])):
            return self._refused(request)
        return None

    def _refused(self, request):
        if not request.path.startswith("/api/"):
            return render(request, "400.html", status=400)
        body = {"type": "about:blank", "title": _("请求不对"), "status": 400, "code": "bad_request"}
        return JsonResponse(
            body, status=400, content_type="application/problem+json", json_dumps_params={"ensure_ascii": False}
        )


class PrivatePagesMiddleware:
    """Nothing that is made for one person is kept by a shared phone or a proxy."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if not response.has_header("Cache-Control"):
            response["Cache-Control"] = "no-store"
        response["Permissions-Policy"] = "camera=(self), geolocation=(self), microphone=()"
        return response
