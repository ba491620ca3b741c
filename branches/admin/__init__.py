"""The branch pages of the staff side, and what stands in the menu. No appeal is shown or counted here: the branch is
hosted by the very squad that one may be about."""

from __future__ import annotations

from collections.abc import Mapping

from django.http import HttpRequest

from accounts.admin import menu
from accounts.rules.roles import Role
from branches.admin import coverage, member, member_acts, members_list, mine, overview, terms, transfers
from branches.selectors.page import menu_counts_for

__all__ = ["coverage", "member", "member_acts", "members_list", "mine", "overview", "terms", "transfers"]

SECRETARIES = {Role.SECRETARY}


def menu_counts(request: HttpRequest) -> Mapping[str, int]:
    """url_name -> rows behind it, for secretaries alone."""
    if not request.viewer.has_role(*SECRETARIES):
        return {}
    found = getattr(request, "branch_counts", None) or menu_counts_for(request.viewer)  # the page may have asked already
    return {"admin:branches_members": found.members, "admin:branches_transfers": found.waiting}


menu.register_item(menu.BRANCH, "我的支部", "flag", "admin:branches_mine", SECRETARIES, order=10)
menu.register_item(menu.BRANCH, "党员", "people", "admin:branches_members", SECRETARIES, order=20)
menu.register_item(menu.BRANCH, "转支部", "route", "admin:branches_transfers", SECRETARIES, order=40, pill=True)
menu.register_item(menu.BRANCH, "换届提醒", "calendar", "admin:branches_terms", SECRETARIES, order=50)
menu.register_item(menu.BRANCH, "支部一览", "list", "admin:branches_overview", SECRETARIES, order=60)
menu.register_item(menu.BRANCH, "覆盖", "table", "admin:branches_coverage", SECRETARIES, order=70)
menu.register_counts(menu_counts)
