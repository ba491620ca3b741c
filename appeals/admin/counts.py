"""Counts of menu and tabs, asked once a request."""

from __future__ import annotations

from collections.abc import Mapping

from django.http import HttpRequest

from accounts.rules.viewer import Viewer
from appeals.selectors import staff
from appeals.selectors.scope import may_hear_of
from common import clock
from notices import registry
from notices.selectors.inbox import unread_about

APPEAL = "appeals.appeal"


def counts_of(request: HttpRequest) -> staff.Counts:
    """The counts of this viewer, kept on the request."""
    found = getattr(request, "staff_counts", None)
    if found is None:
        found = request.staff_counts = staff.counts_for(request.viewer, now=clock.now())
    return found


def menu_counts(request: HttpRequest) -> Mapping[str, int]:
    """url_name -> rows behind it."""
    found = counts_of(request)
    return {
        "admin:index": found.to_do,
        "admin:appeals_list": found.open,
        "admin:appeals_desk": found.desk,
        "admin:appeals_decide": found.decide,
        "admin:appeals_call_backs": found.call_back,
        "admin:notices": bell_count(request.viewer),
    }


def bell_count(viewer: Viewer) -> int:
    """Unopened messages this viewer may still know of; for appeals one query, whatever their number."""
    now = clock.now()
    about = unread_about(viewer, now=now)
    mine = {pk for kind, pk in about if kind == APPEAL}
    allowed = {str(pk) for pk in may_hear_of(viewer, mine)} if mine else set()
    others = {(kind, pk) for kind, pk in about if kind != APPEAL}
    known = {(kind, pk) for kind, pk in others if registry.may_receive(kind, viewer.person_id, {pk}, now=now)}
    return sum(1 for kind, pk in about if (kind, pk) in known or (kind == APPEAL and pk in allowed))
