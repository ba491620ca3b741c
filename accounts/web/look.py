"""长辈版 and 明暗: two cookies, switched by POST, so that they work without script and without account."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from accounts.web import entry

YEAR = 365 * 24 * 3600
THEMES = ("auto", "light", "dark")


@require_http_methods(["POST"])
def care(request: HttpRequest) -> HttpResponse:
    """Switch 长辈版 to what `care` says (0 or 1), or over when it says nothing."""
    now_on = request.COOKIES.get("care") == "1"
    wanted = request.POST.get("care")
    value = wanted if wanted in ("0", "1") else "0" if now_on else "1"
    return _with_cookie(request, "care", value)


@require_http_methods(["POST"])
def theme(request: HttpRequest) -> HttpResponse:
    """Switch the staff theme to auto, light or dark, or to the next of them."""
    current = request.COOKIES.get("theme", "auto")
    following = THEMES[(THEMES.index(current) + 1) % len(THEMES)] if current in THEMES else "auto"
    wanted = request.POST.get("theme")
    return _with_cookie(request, "theme", wanted if wanted in THEMES else following)


def _with_cookie(request: HttpRequest, name: str, value: str) -> HttpResponse:
    answer = redirect(entry.safe_next(request, "/"))
    answer.set_cookie(
        name, value, max_age=YEAR, samesite="Lax", secure=bool(settings.SESSION_COOKIE_SECURE), httponly=True
    )
    return answer
