"""What somebody of the staff finds on his own phone: the way to his day and to his dashboards."""

from __future__ import annotations

from django.urls import reverse

from accounts.admin import menu
from accounts.rules.viewer import Viewer

LED_TO = (menu.TODAY, menu.BOARDS)
SAID = "admin:notices"  # home shows his messages itself


def work_of(viewer: Viewer) -> list[dict[str, str]]:
    """Rows of {words, url}, in the order of the staff's menu; none for a driver, nor before the second step."""
    if not (viewer.is_staff and viewer.second_factor):
        return []
    items = (item for item in menu.items_for(viewer) if item.group in LED_TO and item.url_name != SAID)
    return [{"words": str(item.word), "url": reverse(item.url_name)} for item in items]
