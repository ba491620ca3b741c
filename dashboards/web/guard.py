"""Who may enter: bureau staff with a second factor and a sight. For everybody else there is nothing here."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from dashboards.rules.sight import sight_of


def bureau_only(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """GET for viewers with a sight; else 404, as for an address that does not exist."""

    @wraps(view)
    def guarded(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        viewer = request.viewer
        if not (viewer.is_staff and viewer.second_factor and sight_of(viewer)):
            raise Http404
        return require_safe(view)(request, *args, **kwargs)

    guarded.guard = "bureau_only"
    return guarded
