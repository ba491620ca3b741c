"""个人信息请求: what people asked about their own data, for the keeper of the register."""

from __future__ import annotations

import uuid
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
from common.errors import DomainError, NotThere
from common.masks import mask_name, mask_phone
from common.selectors import calendar
from common.words import short_day_words
from members.admin.keyset import page_after
from members.models import DataRequest, Driver
from members.rules.retention import ANSWER_WORKDAYS
from members.selectors.own import requests_to_answer
from members.services import own as services

ROLES = frozenset({Role.REGISTRAR})
SHOWN = 50


@page("data-requests/", name="members_data_requests", roles=ROLES)
def data_requests(request: HttpRequest) -> HttpResponse:
    """Open ones first, the longest waiting on top; an answer needs words that the person reads."""
    viewer, now = request.viewer, clock.now()
    wrong: dict[str, str] = {}
    if request.method == "POST":
        try:
            return _answer(request, now=now)
        except NotThere:
            raise Http404 from None
        except DomainError as error:
            wrong[request.POST.get("key", "")] = error.message
    rows = requests_to_answer(viewer)
    still = rows.filter(state=DataRequest.State.OPEN)
    shown, after = page_after(still, {"asked_at": datetime, "id": int}, request.GET.get("after", ""), SHOWN)
    return render_page(
        request, "members/admin/data_requests.html", title=_("个人信息请求"), status=422 if wrong else 200,
        crumbs=[(_("信息库"), None), (_("个人信息请求"), None)],
        lead=_("%(count)s 件等您回话；%(days)s 个工作日里要答。先在司机页改好，再来这里说一句。") % {"count": still.count(), "days": ANSWER_WORKDAYS},
        waiting=[_row(each, now=now) for each in shown], paged="after" in request.GET, first_url="?", after=f"?after={after}" if after else "",
        past=[_row(each, now=now) for each in rows.exclude(state=DataRequest.State.OPEN).order_by("-answered_at")[:20]],
        wrong=wrong, typed=request.POST,
    )  # fmt: skip


def _answer(request: HttpRequest, *, now: datetime) -> HttpResponse:
    try:
        key = uuid.UUID(request.POST.get("key", ""))
    except ValueError:
        raise NotThere from None
    row = requests_to_answer(request.viewer).filter(key=key).first()
    if row is None:
        raise NotThere
    done = request.POST.get("act") == "done"
    services.answer(request=row, done=done, words=request.POST.get("answer", ""), by=request.viewer, now=now)
    messages.success(request, _("记下了，他在“我的信息”里看得到。"))
    return redirect("admin:members_data_requests")


def _row(each: DataRequest, *, now: datetime) -> dict[str, Any]:
    due = calendar().add_working_days(clock.today(each.asked_at), ANSWER_WORKDAYS)
    driver = Driver.objects.filter(person=each.person).exists()
    return {
        "key": str(each.key), "name": mask_name(each.person.name), "phone": mask_phone(each.person.phone), "kind": each.get_kind_display(),
        "words": each.words, "asked": short_day_words(clock.today(each.asked_at), now=now), "due": short_day_words(due, now=now),
        "late": clock.today(now) > due, "state": each.get_state_display(), "answer": each.answer,
        "url": reverse("admin:members_driver", args=[each.person.key]) if driver else "",
    }  # fmt: skip
