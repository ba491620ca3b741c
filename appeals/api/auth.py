"""Who asks through the API: a session with its CSRF token, or number and code in the body."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest
from django.utils.translation import gettext as _
from rest_framework.request import Request

from accounts.api.doors import Session
from accounts.rules.roles import HANDLING, Role
from accounts.rules.viewer import Viewer
from accounts.web.entry import address_of
from appeals.models import Appeal
from appeals.selectors.scope import EVERY_APPEAL, appeals_for, own_appeals
from appeals.services import receipts
from appeals.web.browser import GRANTED_UNTIL
from common.errors import NotThere

ROLES = frozenset({*HANDLING, *EVERY_APPEAL, Role.CALL_BACK})
NOT_THERE = "没有这一件，或者不在您的办理范围"


class SessionOrGrant(Session):
    """Number and code in the body are an authority of their own; without a cookie they need no token."""

    def costs_a_token(self, request: HttpRequest) -> bool:
        return holds_grant(request)


def holds_grant(request: HttpRequest) -> bool:
    """Whether this session has opened any number, still open or not."""
    return bool(request.session.session_key and request.session.get(GRANTED_UNTIL))


def granted(request: HttpRequest, *, now: datetime) -> frozenset[int]:
    """Appeals this session opened by number and code within the last half hour."""
    if not request.session.session_key:
        return frozenset()
    held = request.session.get(GRANTED_UNTIL, {})
    return frozenset(int(pk) for pk, until in held.items() if until > now.timestamp())


def driver(request: Request, *, now: datetime) -> Viewer:
    """The caller as a driver: his account and what number and code opened. A posting gives nothing here."""
    viewer = request.viewer
    return Viewer(
        person_id=viewer.person_id,
        name=viewer.name,
        granted=granted(request._request, now=now),
        hidden_before=viewer.hidden_before,
    )


def own_appeal(request: Request, number: str, code: str, *, now: datetime) -> tuple[Appeal, Viewer]:
    """The driver's own appeal, by its code when one is given, else by what his session may open.

    Raises WrongPair, TooOften, NotThere."""
    if code:
        appeal = receipts.look_up(number=number, code=code, caller=address_of(request._request), now=now)
        return appeal, Viewer(granted=frozenset({appeal.pk}))
    viewer = driver(request, now=now)
    appeal = own_appeals(viewer).select_related("lead_unit").filter(number=number).first()
    if appeal is None:
        raise NotThere(_("没有这一件。用编号办事，请把查询码写在 code 里"))
    return appeal, viewer


def staff(request: Request) -> Viewer:
    """The caller as staff who work on appeals, second factor passed. Others find no such door. Raises NotThere."""
    viewer = request.viewer
    if not (viewer.second_factor and viewer.has_role(*ROLES)):
        raise NotThere(NOT_THERE)
    return viewer


def handled_appeal(viewer: Viewer, number: str) -> Appeal:
    """One appeal that staff may know of; missing and hidden are the same to them. Raises NotThere."""
    rows = appeals_for(viewer).select_related("place", "lead_unit", "handler")
    appeal = rows.filter(number=number).first()
    if appeal is None:
        raise NotThere(NOT_THERE)
    return appeal
