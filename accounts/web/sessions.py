"""Where am I signed in: see and end one's own sessions."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from accounts.selectors.sessions import sessions_for
from accounts.services import sessions
from accounts.web import entry
from common import clock
from common.errors import NotThere


@require_http_methods(["GET", "HEAD", "POST"])
def own_sessions(request: HttpRequest) -> HttpResponse:
    """List the sessions; POST ends one of them (`pk`), or all the others (`others`)."""
    if request.viewer.person_id is None:
        return redirect(f"{reverse('accounts:driver')}?next={request.path}")
    now = clock.now()
    if request.method == "POST":
        if "others" in request.POST:
            sessions.end_all(person=request.user, except_key=request.session.session_key)
            return redirect("accounts:sessions")
        try:
            sessions.end_own(pk=int(request.POST.get("pk", "")), by=request.viewer, now=now)
        except (ValueError, NotThere) as missing:
            raise Http404 from missing
        return redirect("accounts:sessions")
    rows = [
        {"pk": row.pk, "device": row.device, "since": clock.local(row.made_at), "here": row.session_key == request.session.session_key}
        for row in sessions_for(request.viewer, now=now)
    ]
    context = {"rows": rows, "others": len(rows) > 1, "back_url": entry.safe_next(request, "/")}
    return render(request, "accounts/sessions.html", context)
