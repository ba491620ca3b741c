"""One tap signs in a demo account, second factor included. Routed in the embedded demo only."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from accounts.selectors.demo import OUTSIDER, demo_person
from accounts.services import staff
from accounts.web import entry
from common import clock


@require_http_methods(["POST"])
def demo(request: HttpRequest) -> HttpResponse:
    """Sign in the account that the button names; the outsider goes to the form without one."""
    if not settings.DEMO:
        raise Http404
    slug = request.POST.get("demo") or request.POST.get("slug") or ""
    if slug == OUTSIDER:
        request.session.flush()
        return redirect("/appeals/new")
    person = demo_person(slug)
    if person is None:
        raise Http404
    now = clock.now()
    if person.login is None:
        request.session.flush()
        entry.come_in(request, person, method="demo", now=now)
        request.session[entry.HISTORY_OPEN] = True
        return redirect(entry.safe_next(request, settings.LOGIN_REDIRECT_URL))
    entry.come_in_as_staff(request, person, kind="demo", authenticator=None, now=now)
    staff.signed_in(person=person, how="demo", now=now)
    return redirect(entry.safe_next(request, reverse("admin:index")))
