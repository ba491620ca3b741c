"""加入工会, for a driver on his phone: agree, say where he works, be answered. Works without script; the title is neutral."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.rules.consents import current
from common import clock
from common.errors import DomainError
from common.words import day_words, whole_day_words
from members.models import Enterprise, JoinRequest, UnionMember
from members.selectors.union import own_join, own_union_member
from members.services import joining as services

State = JoinRequest.State
FIELDS = {"name": 40, "occupation": 8, "employer": 80}
LISTED = 300  # names of the union's enterprises to choose from


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest) -> HttpResponse:
    """The form, or how far it is. Who is a member already reads that."""
    viewer = request.viewer
    if viewer.person_id is None:
        return render(request, "members/web/join_in.html", {"next": reverse("members:union")})
    member, row = own_union_member(viewer), own_join(viewer)
    running = row is not None and row.state == State.OPEN
    if member is not None or running or (row is not None and row.state == State.REFUSED and "again" not in request.GET and request.method != "POST"):
        return _standing(request, member, row)
    if request.method != "POST":
        return _form(request, {"name": request.user.name, "occupation": UnionMember.Occupation.TRUCK})
    typed = {field: request.POST.get(field, "").strip()[:most] for field, most in FIELDS.items()}
    wrong: dict[str, str] = {}
    if not request.POST.get("agree"):
        wrong["agree"] = _("要您同意，工会才能给您办")
    else:
        try:
            services.ask(person=request.user, asked=asked_of(typed), by=viewer, now=clock.now())
        except DomainError as error:
            wrong[error.field or "name"] = error.message
    return _form(request, typed, wrong) if wrong else redirect("members:union")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest) -> HttpResponse:
    """Take it back: the second of two steps."""
    row = own_join(request.viewer)
    if row is None or row.state != State.OPEN:
        raise Http404
    if request.method == "POST":
        services.withdraw(by=request.viewer, now=clock.now())
        return redirect("members:union")
    return render(request, "members/web/join_withdraw.html", {"after": current(services.PURPOSE).after})


def _standing(request: HttpRequest, member: UnionMember | None, row: JoinRequest | None) -> HttpResponse:
    context = {
        "member": member,
        "since": whole_day_words(member.joined_on) if member and member.joined_on else "",
        "employer": _employer(member.enterprise if member else row.enterprise if row else None, "" if member or not row else row.employer_words),
        "row": row,
        "steps": _steps(row) if row and not member else [],
    }
    return render(request, "members/web/join_standing.html", context)


def _employer(enterprise: Enterprise | None, words: str) -> str:
    return enterprise.name if enterprise else words


def _steps(row: JoinRequest) -> list[dict[str, Any]]:
    """Steps for site/parts/timeline.html, newest first."""
    asked = {"kind": "past", "what": _("您说了，工会收到了"), "at": day_words(clock.today(row.asked_at))}
    if row.state == State.REFUSED:
        answer = day_words(clock.today(row.decided_at)) if row.decided_at else ""
        return [{"kind": "now", "what": _("没有办成"), "at": answer, "strong": True}, asked]
    return [{"kind": "ahead later", "what": _("办好了，这里会写")}, {"kind": "now", "what": _("工会正在看")}, asked]


def _form(request: HttpRequest, typed: dict[str, str], wrong: dict[str, str] | None = None) -> HttpResponse:
    wrong = wrong or {}
    names = Enterprise.objects.filter(in_union=True).order_by("name").values_list("name", flat=True)[:LISTED]
    context = {
        "typed": typed, "wrong": wrong, "errors": list(wrong.items()), "consent": current(services.PURPOSE),
        "agreed": bool(request.POST.get("agree")), "occupations": UnionMember.Occupation.choices, "employers": list(names),
    }  # fmt: skip
    return render(request, "members/web/join.html", context, status=422 if wrong else 200)


def asked_of(typed: dict[str, str]) -> services.Asked:
    """An enterprise where exactly one bears the name he wrote, else his words."""
    found = list(Enterprise.objects.filter(name=typed["employer"])[:2]) if typed["employer"] else []
    return services.Asked(
        name=typed["name"], occupation=typed["occupation"], employer=found[0] if len(found) == 1 else None, employer_words=typed["employer"]
    )
