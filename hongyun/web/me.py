"""`/me/`: what belongs to whoever holds the phone; signed in or not, nothing here needs an account to be useful."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.selectors.people import masked
from appeals.selectors.scope import own_appeals
from appeals.web import browser
from common import clock
from hongyun.web.news import news_for
from hongyun.web.tabs import TABS
from hongyun.web.work import work_of
from members.web.contact import cards_for


@require_safe
def me(request: HttpRequest) -> HttpResponse:
    """His appeals, his news, his devices; the way in, or the way out."""
    now = clock.now()
    signed_in = request.user.is_authenticated
    context = {
        "tabs": TABS,
        "signed_in": signed_in,
        "person": masked(request.user) if signed_in else None,
        "mine": own_appeals(browser.driver(request, now=now)).count(),
        "news": news_for(request, now=now, most=10),
        "zone": cards_for(request.viewer, now=now),
        "work": work_of(request.viewer),
    }
    return render(request, "site/me.html", context)
