"""Who looks, once a request; and how long a staff session lives."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from accounts.rules.viewer import NOBODY, Viewer
from common import clock

SINCE, SEEN = "staff_since", "staff_seen"  # seconds since 1970, kept in the session
HISTORY_OPEN = "history_open"  # False: the phone was silent for long and nobody proved to be the same
GRANTED = "granted"  # appeals this session has opened by number and code


class ViewerMiddleware:
    """Sets `request.viewer`, built at the first look and never again in this request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.SESSION_COOKIE_NAME in request.COOKIES:
            end_stale_staff_session(request)
        request.viewer = SimpleLazyObject(lambda: viewer_of(request))
        return self.get_response(request)


def viewer_of(request: HttpRequest) -> Viewer:
    """The viewer of this session; NOBODY when nobody is signed in."""
    from accounts.selectors.people import hidden_before
    from accounts.selectors.viewer import viewer_for

    granted = frozenset(request.session.get(GRANTED, ())) if request.session.session_key else frozenset()
    person = request.user if request.user.is_authenticated else None
    if person is None and not granted:
        return NOBODY
    second = has_second_factor(request)
    viewer = viewer_for(person, now=clock.now(), second_factor=second, granted=granted)
    if request.session.get(HISTORY_OPEN) is False:  # only then is the database asked
        viewer = replace(viewer, hidden_before=hidden_before(person))
    # A code by SMS opens a driver's room only: no role without the second factor, but each bar stays.
    return viewer if second or not viewer.held else replace(viewer, held=())


def has_second_factor(request: HttpRequest) -> bool:
    """Whether this very session has passed the second step (allauth keeps the record)."""
    records = request.session.get("account_authentication_methods", [])
    return any(record.get("method") == "mfa" for record in records)


def end_stale_staff_session(request: HttpRequest) -> None:
    """Staff sessions end after idle minutes and after the hours of a long day; drivers' do not."""
    session = request.session
    if not has_second_factor(request):
        return
    moment = clock.now().timestamp()
    since, seen = session.get(SINCE, moment), session.get(SEEN, moment)
    idle = moment - seen > settings.STAFF_IDLE_MINUTES * 60
    if idle or moment - since > settings.STAFF_ABSOLUTE_HOURS * 3600:
        logout(request)
    elif SINCE not in session or moment - seen > 60:  # one write a minute is enough
        session[SINCE], session[SEEN] = since, moment
