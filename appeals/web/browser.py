"""What the driver's pages know of a browser: its draft token, whether it just left, and what it may follow.

Two cookies, no account: `d` holds a random token (the row holds its keyed hash), `l` says for ten
minutes that he pressed 快速离开, so that Back finds the form closed.
"""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from accounts.rules.viewer import Viewer
from accounts.web.entry import history_proved
from appeals.models import Appeal
from appeals.selectors.scope import own_appeals
from appeals.services import drafts
from common.errors import NotThere

TOKEN, LEFT = "d", "l"
GRANTED_UNTIL = "granted_until"  # session: appeal id -> second since 1970 until which the number's door is open
GRANT_SECONDS = 30 * 60


def token_of(request: HttpRequest) -> str:
    """This browser's token; a new one is remembered on the request until `with_token` sets the cookie."""
    token = request.COOKIES.get(TOKEN, "")
    if len(token) < 40:
        token = getattr(request, "_draft_token", "") or drafts.new_cookie()
        request._draft_token = token
    return token


def holder_of(request: HttpRequest, purpose: str = "form") -> str:
    return drafts.holder_of(token_of(request), purpose)


def with_token(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Set the cookie where the browser has none yet."""
    token = getattr(request, "_draft_token", "")
    if token:
        _set(response, TOKEN, token, int(drafts.LIVES.total_seconds()))
    return response


def leave(response: HttpResponse) -> HttpResponse:
    _set(response, LEFT, "1", 600)
    return response


def has_left(request: HttpRequest) -> bool:
    return request.COOKIES.get(LEFT) == "1"


def come_back(response: HttpResponse) -> HttpResponse:
    response.delete_cookie(LEFT, path="/")
    return response


def _set(response: HttpResponse, name: str, value: str, seconds: int) -> None:
    response.set_cookie(
        name, value, max_age=seconds, httponly=True, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE
    )


def grant(request: HttpRequest, appeal: Appeal, *, now: datetime) -> None:
    """Number and code were right: this session may follow this appeal for half an hour."""
    held = {pk: until for pk, until in request.session.get(GRANTED_UNTIL, {}).items() if until > now.timestamp()}
    held[str(appeal.pk)] = now.timestamp() + GRANT_SECONDS
    request.session[GRANTED_UNTIL] = dict(sorted(held.items(), key=lambda pair: pair[1])[-20:])
    history_proved(request, appeal.person_id, how="receipt", now=now)


def driver(request: HttpRequest, *, now: datetime) -> Viewer:
    """Who looks, as a driver: his account, what number and code opened, and what this browser filed.

    A posting gives nothing here: staff see appeals at their own doors only."""
    granted: set[int] = set()
    if request.session.session_key:
        held = request.session.get(GRANTED_UNTIL, {})
        granted = {int(pk) for pk, until in held.items() if until > now.timestamp()}
    if request.COOKIES.get(TOKEN):
        granted |= {draft.appeal_id for draft in drafts.already_sent(holder=holder_of(request), now=now)}
    viewer = request.viewer
    return Viewer(
        person_id=viewer.person_id, name=viewer.name, granted=frozenset(granted), hidden_before=viewer.hidden_before
    )


def own_appeal(request: HttpRequest, key: object, *, now: datetime) -> tuple[Appeal, Viewer]:
    """The appeal behind this address, if the looker may follow it. Raises NotThere."""
    viewer = driver(request, now=now)
    appeal = own_appeals(viewer).select_related("lead_unit", "place").filter(key=key).first()
    if appeal is None:
        raise NotThere("没有这一件")
    return appeal, viewer
