"""The demo outbox page: messages are not sent, they are read here. Routed in the embedded demo only."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from common import clock
from notices.selectors.shown import outbox_shown


@require_safe
def outbox(request: HttpRequest) -> HttpResponse:
    """What would have been sent, newest first."""
    if not settings.DEMO:
        raise Http404
    now = clock.now()
    today = clock.today(now)
    items = [
        {"shown": one, "today": clock.today(one.at) == today, "at": clock.local(one.at)}
        for one in outbox_shown(request.viewer, now=now)
    ]
    return render(request, "notices/demo_outbox.html", {"items": items, "staff": request.viewer.is_staff})
