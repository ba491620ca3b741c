"""Counts of menu and tabs, asked once a request."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from django.http import HttpRequest

from accounts.rules.viewer import Viewer
from appeals.selectors import staff
from appeals.selectors.scope import may_hear_of
from common import clock
from notices import registry
from notices.selectors.inbox import MOST, unread_about

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
    """Unopened messages this viewer may still know of; as many questions whether he has hidden ones or none."""
    now = clock.now()
    unread = unread_about(viewer, now=now)
    about: dict[str, set[str]] = defaultdict(set)
    for kind, pk in unread:
        about[kind].add(pk)
    mine = about.pop(APPEAL, set())
    # The rights of this very request are at hand: of appeals nobody else need be asked.
    heard = {(APPEAL, str(pk)) for pk in may_hear_of(viewer, mine or {"0"})}
    heard |= {(kind, pk) for kind, pks in about.items() for pk in registry.may_receive(kind, viewer.person_id, pks, now=now)}
    return min(sum(n for key, n in unread.items() if key in heard), MOST)
