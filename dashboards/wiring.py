"""What dashboards register downward: their place in the menu, and the sweep that keeps facts fresh."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from accounts.admin.menu import BOARDS, register_item
from accounts.registry import registry
from dashboards.rules.sight import AUDIENCE


def connect() -> None:
    """Called once, when the apps are ready."""
    from dashboards.selectors.register import READERS
    from dashboards.services import facts

    register_item(BOARDS, _("诉求看板"), "chart", "dashboards:index", roles=AUDIENCE, order=10)
    register_item(BOARDS, _("信息库看板"), "chart", "dashboards:register", roles=frozenset(READERS), order=11)
    register_item(BOARDS, _("驿站选址"), "building", "dashboards:siting", roles=frozenset(READERS), order=12)
    registry.sweep("facts", facts.sweep)
