"""入会申请: who asked on his phone to join the union; accepted or refused with a reason he reads."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.admin.pages import page, render_page
from accounts.rules.roles import Role
from accounts.services.reveal import SHOWN_SECONDS
from common import clock
from common.errors import DomainError, NotThere
from common.masks import mask_name, mask_phone
from common.words import short_day_words
from members.admin.keyset import page_after
from members.admin.union_parts import reveal_phone
from members.models import Enterprise, JoinRequest
from members.selectors.enterprises import found_enterprises
from members.selectors.union import decided_joins_for, join_requests_for
from members.services import joining as services

ROLES = frozenset({Role.UNION})
SHOWN = 50
REASONS = ("办理入会", "联系本人")
REFUSALS = ("单位还没有建会", "单位名称写得不清楚，请再写一次", "已经在别处入会")


@page("union/joins/", name="members_joins", roles=ROLES)
def joins(request: HttpRequest) -> HttpResponse:
    """Those that wait, oldest first; those answered, latest first."""
    viewer = request.viewer
    rows, after = page_after(
        join_requests_for(viewer).select_related("person", "enterprise"), {"asked_at": datetime, "id": int}, request.GET.get("after", ""), SHOWN
    )
    past = decided_joins_for(viewer).select_related("person", "enterprise", "decided_by")[:20]
    return render_page(
        request, "members/admin/joins.html", title=_("入会申请"), crumbs=[(_("工会"), None), (_("入会申请"), None)],
        lead=_("司机在手机上同意了才交来；他收回了，就不在这里。"), rows=[_row(each) for each in rows],
        paged="after" in request.GET, first_url="?", after=f"?after={after}" if after else "",
        past=[_row(each) | {"state": each.get_state_display(), "why": each.why, "done": _day(each.decided_at), "by": each.decided_by.name} for each in past],
    )  # fmt: skip


@page("union/joins/<uuid:key>/", name="members_join", roles=ROLES)
def join(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """One request: what he wrote, and the answer."""
    viewer, now = request.viewer, clock.now()
    row = join_requests_for(viewer).select_related("person", "enterprise").filter(key=key).first()
    if row is None:
        raise Http404
    wrong: dict[str, str] = {}
    clear = ""
    if request.method == "POST":
        try:
            answer = _act(request, row, now=now)
            if not isinstance(answer, str):
                return answer
            clear = answer
        except NotThere:
            raise Http404 from None
        except DomainError as error:
            wrong[error.field or "form"] = error.message
    name = mask_name(row.person.name) or _("没写姓名")
    return render_page(
        request, "members/admin/join.html", title=name, status=422 if wrong else 200,
        crumbs=[(_("工会"), None), (_("入会申请"), reverse("admin:members_joins")), (name, None)],
        row=_row(row), words=row.employer_words, phone=mask_phone(row.person.phone), clear=clear, seconds=SHOWN_SECONDS, reasons=REASONS,
        refusals=REFUSALS, wrong=wrong, errors=list(wrong.items()), typed=request.POST, today=f"{clock.today(now):%Y-%m-%d}",
        names=Enterprise.objects.filter(in_union=True).order_by("name").values_list("name", flat=True)[:300],
        like=[each.name for each in found_enterprises(viewer, row.employer_words[:4])[:5]] if row.enterprise is None and row.employer_words else [],
    )  # fmt: skip


def _act(request: HttpRequest, row: JoinRequest, *, now: datetime) -> HttpResponse | str:
    viewer, typed = request.viewer, request.POST
    match typed.get("act", ""):
        case "reveal":
            return reveal_phone(request, row.person, now=now)
        case "accept":
            services.accept(request=row, by=viewer, enterprise=_enterprise(typed.get("enterprise", "")), joined_on=_read(typed.get("joined_on", "")), now=now)
            messages.success(request, _("办好了，他的手机上看得到。"))
        case "refuse":
            services.refuse(request=row, why=typed.get("why", ""), by=viewer, now=now)
            messages.success(request, _("记下了，他的手机上看得到为什么。"))
        case _:
            raise NotThere
    return redirect("admin:members_joins")


def _enterprise(name: str) -> Enterprise | None:
    """The enterprise of that name; an officer chooses one that is there, he makes none here."""
    if not name.strip():
        return None
    found = list(Enterprise.objects.filter(name=name.strip())[:2])
    if len(found) != 1:
        raise DomainError(_("从名单里选一家；没有的先导入名册，或者空着"), field="enterprise")
    return found[0]


def _read(text: str) -> date | None:
    if not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError as error:
        raise DomainError(_("日子写成 2026-11-25 这样"), field="joined_on") from error


def _row(each: JoinRequest) -> dict[str, Any]:
    return {
        "url": reverse("admin:members_join", args=[each.key]), "name": mask_name(each.person.name), "phone": mask_phone(each.person.phone),
        "company": each.enterprise.name if each.enterprise else each.employer_words, "known": each.enterprise is not None,
        "occupation": each.get_occupation_display(), "asked": _day(each.asked_at),
    }  # fmt: skip


def _day(moment: datetime | None) -> str:
    return short_day_words(clock.local(moment), now=clock.now()) if moment else ""
