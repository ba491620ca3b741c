"""Counts of menu and tabs, asked once a request."""

from __future__ import annotations

from collections.abc import Mapping

from django.http import HttpRequest

from appeals.selectors import staff
from common import clock


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
    }
