"""一人两份: one human who is a member twice, for the committee: who, where, what to do. Nothing is decided on this page."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.admin.pages import page, render_page
from accounts.rules.roles import Role
from branches.models import Membership
from branches.selectors.scope import is_committee
from common import clock
from common.masks import mask_name, mask_phone
from members.selectors.twice import Twice, members_twice

ROLES = frozenset({Role.SECRETARY})
WHY = {
    "phone": gettext_lazy("姓名、手机号都一样，一份多半是他自己用手机来的，一份是摸排来的"),
    "register": gettext_lazy("信息库里这两条疑似是同一个人"),
}


@page("claims/twice/", name="members_twice", roles=ROLES)
def twice(request: HttpRequest) -> HttpResponse:
    """The pairs; the two pages of the member are where one of them is ended."""
    if not is_committee(request.viewer):
        raise Http404
    pairs = members_twice(request.viewer)
    return render_page(
        request, "members/admin/twice.html", title=_("一人两份"),
        crumbs=[(_("支部"), None), (_("认领待核验"), reverse("admin:members_claims")), (_("一人两份"), None)],
        lead=_("可能是同一个人，却核实了两回，有 %(n)s 对。理清以前他两边都算，也合并不了。") % {"n": len(pairs)},
        pairs=[{"why": WHY[each.why], "sides": sides(each)} for each in pairs],
    )  # fmt: skip


def sides(each: Twice) -> list[dict[str, Any]]:
    """Both memberships, masked; the one verified last first, for it is mostly the one to end."""
    return [_side(one) for one in sorted((each.one, each.other), key=lambda row: row.verified_at, reverse=True)]


def _side(one: Membership) -> dict[str, Any]:
    return {
        "url": reverse("admin:branches_member", args=[one.person.key]), "key": one.person.key, "name": mask_name(one.person.name),
        "phone": mask_phone(one.person.phone), "kind": str(one.get_kind_display()), "branch": one.branch or "",
        "verified_on": clock.today(one.verified_at), "joined_on": one.joined_on, "how": str(one.get_verified_how_display()),
    }  # fmt: skip
