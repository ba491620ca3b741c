"""记住的表头: what people said unknown headers mean; one that is wrong is ended, and the next file asks again."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.admin.pages import page, render_page
from accounts.rules.roles import Role
from common import clock
from common.errors import NotThere
from common.identifiers import small_number
from common.words import short_day_words
from members.models import HeaderWord
from members.rules.census_columns import LABELS
from members.selectors.uploads import headers_for
from members.services import uploads as services

ROLES = frozenset({Role.REGISTRAR})


@page("headers/", name="members_headers", roles=ROLES)
def headers(request: HttpRequest) -> HttpResponse:
    """Those that hold now, the latest first."""
    viewer, now = request.viewer, clock.now()
    if request.method == "POST":
        row = headers_for(viewer).filter(pk=small_number(request.POST.get("header", "")) or 0).first()
        try:
            if row is None:
                raise NotThere
            services.forget_header(word=row, by=viewer, now=now)
        except NotThere:
            raise Http404 from None
        messages.success(request, _("不再记着“%s”，下一份表遇到会再问。") % row.header)
        return redirect("admin:members_headers")
    return render_page(
        request, "members/admin/headers.html", title=_("记住的表头"),
        crumbs=[(_("信息库"), None), (_("摸排导入"), reverse("admin:members_uploads")), (_("记住的表头"), None)],
        lead=_("以后的表照这里读。记错的不要了，下一份表会再问一次；读过的表不变。"),
        rows=[_row(each, now) for each in headers_for(viewer).select_related("by")],
    )  # fmt: skip


def _row(each: HeaderWord, now: datetime) -> dict[str, Any]:
    return {
        "pk": each.pk, "header": each.header, "field": LABELS.get(each.field, each.field) if each.field else _("不读这一列"),
        "by": each.by.name if each.by else "—", "at": short_day_words(clock.today(each.at), now=now),
    }  # fmt: skip
