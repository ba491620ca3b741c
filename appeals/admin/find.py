"""The search box of the top bar, for appeals."""

from __future__ import annotations

from django.urls import reverse

from accounts.admin.pages import Found, register_finder
from accounts.rules.viewer import Viewer
from appeals.admin import parts
from appeals.admin.appeal_list import ROLES
from appeals.selectors import staff


def find(viewer: Viewer, text: str) -> list[Found]:
    """Hits with what a list may show of them."""
    if not viewer.has_role(*ROLES):
        return []
    return [
        Found(
            word=parts.title_of(row),
            second=" · ".join(filter(None, (parts.state_badge(row.state).word, parts.driver_words(row, viewer), parts.grouped(row.number)))),
            url=reverse("admin:appeals_one", args=[row.key]),
        )
        for row in staff.find(viewer, text)
    ]


register_finder(find)
