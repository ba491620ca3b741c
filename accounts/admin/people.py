"""人员与任职: the system administrator makes and stops accounts, the security administrator grants; never both."""

from __future__ import annotations

from datetime import date, datetime, time
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.admin.pages import page, render_page
from accounts.models import Person, Posting, Unit
from accounts.rules.roles import ROLE_WORDS, Role
from accounts.selectors.people import KEEPERS, staff_for
from accounts.services import people, postings
from common import clock
from common.errors import DomainError, NotThere
from common.words import short_day_words

PAGE = 50


@page("people/", name="people", roles=KEEPERS)
def people_page(request: HttpRequest) -> HttpResponse:
    """Staff with their postings of today."""
    q = request.GET.get("q", "").strip()[:20]
    start = request.GET.get("after", "")
    rows = staff_for(request.viewer).order_by("login").prefetch_related("postings__unit")
    if q:
        rows = rows.filter(name__contains=q) | rows.filter(login__contains=q)
    if start:
        rows = rows.filter(login__gt=start[:40])
    found = list(rows[: PAGE + 1])
    now = clock.now()
    return render_page(
        request,
        "admin/people.html",
        title=_("人员与任职"),
        crumbs=[(_("系统"), None), (_("人员与任职"), None)],
        lead=_("建账号的不能授权，授权的不能建账号；谁都看不到别人的密码。"),
        rows=[{"person": each, "url": reverse("admin:person", args=[each.key]), "postings": _posted(each, now)} for each in found[:PAGE]],
        q=q,
        more=f"?q={q}&after={found[PAGE - 1].login}" if len(found) > PAGE else "",
        may_make=request.viewer.has_role(Role.SYSTEM),
    )  # fmt: skip


def _posted(person: Person, now: datetime) -> list[str]:
    return [
        f"{each.unit.name} · {ROLE_WORDS.get(each.role, each.role)}"
        for each in person.postings.all()
        if each.starts_at <= now and (each.ends_at is None or each.ends_at > now)
    ]


@page("people/new/", name="person_new", roles={Role.SYSTEM})
def new_person(request: HttpRequest) -> HttpResponse:
    """Make an account; its first password is shown on this page and never again."""
    error: DomainError | None = None
    first = ""
    person = None
    if request.method == "POST":
        try:
            person, first = people.make_staff(
                login=request.POST.get("login", ""), name=request.POST.get("name", ""), phone=request.POST.get("phone", "").strip(),
                by=request.viewer, now=clock.now(),
            )  # fmt: skip
        except DomainError as refused:
            error = refused
    return render_page(
        request, "admin/person_new.html", status=422 if error else 200, title=_("新建账号"),
        crumbs=[(_("人员与任职"), reverse("admin:people")), (_("新建账号"), None)], error=error, first=first, person=person,
        typed=request.POST if error else {},
    )  # fmt: skip


@page("people/<uuid:key>/", name="person", roles=KEEPERS)
def person_page(request: HttpRequest, key: UUID) -> HttpResponse:
    """One member of the staff: account and postings, each act with the role that may do it."""
    person = staff_for(request.viewer).filter(key=key).first()
    if person is None:
        raise Http404
    error: DomainError | None = None
    first = ""
    if request.method == "POST":
        try:
            first = _act(request, person)
        except NotThere:
            raise Http404 from None
        except DomainError as refused:
            error = refused
        else:
            if not first:
                return redirect("admin:person", key=key)
    now = clock.now()
    rows = Posting.objects.filter(person=person).select_related("unit", "substitute_for").order_by("-starts_at")
    return render_page(
        request,
        "admin/person.html",
        status=422 if error else 200,
        title=person.name or person.login,
        crumbs=[(_("人员与任职"), reverse("admin:people")), (person.name or person.login, None)],
        lead=_("账号 %s") % person.login,
        person=person,
        error=error,
        first=first,
        postings=[_line(row, now) for row in rows],
        units=Unit.objects.filter(is_active=True),
        roles=[(role.value, ROLE_WORDS[role]) for role in Role],
        system=request.viewer.has_role(Role.SYSTEM) and person.pk != request.viewer.person_id,
        security=request.viewer.has_role(Role.SECURITY) and person.pk != request.viewer.person_id,
        typed=request.POST if error else {},
    )


def _line(row: Posting, now: datetime) -> dict:
    running = row.starts_at <= now and (row.ends_at is None or row.ends_at > now)
    return {
        "pk": row.pk, "unit": row.unit.name, "role": ROLE_WORDS.get(row.role, row.role), "running": running or row.starts_at > now,
        "from": short_day_words(row.starts_at, now=now), "to": short_day_words(row.ends_at, now=now) if row.ends_at else _("不限"),
        "instead": row.substitute_for.name if row.substitute_for else "",
    }  # fmt: skip


def _act(request: HttpRequest, person: Person) -> str:
    """Do what the button says; returns a first password when one was made. Raises DomainError."""
    post, by, now = request.POST, request.viewer, clock.now()
    act = post.get("act", "")
    if act in ("off", "on"):
        people.set_active(person=person, active=act == "on", by=by, now=now, reason=post.get("reason", ""))
        messages.success(request, _("账号启用了。") if act == "on" else _("账号停了，他的登录已经结束。"))
    elif act in ("reset", "reset_factor"):
        return people.reset_password(person=person, by=by, now=now, factor_too=act == "reset_factor")
    elif act == "grant":
        unit = Unit.objects.filter(code=post.get("unit", "")).first()
        if unit is None:
            raise DomainError(_("请选单位"), field="unit")
        postings.grant(
            person=person, unit=unit, role=post.get("role", ""), by=by, now=now, ends_at=_end(post.get("ends_on", "")),
            reason=post.get("reason", ""),
        )  # fmt: skip
        messages.success(request, _("任职马上起作用，他要重新登录一次。"))
    elif act == "end":
        row = Posting.objects.filter(person=person, pk=int(post["posting"]) if post.get("posting", "").isdigit() else 0).first()
        if row is None:
            raise NotThere
        postings.end(posting=row, by=by, now=now, reason=post.get("reason", ""))
        messages.success(request, _("任职到此为止，权限马上收回。"))
    else:
        raise NotThere
    return ""


def _end(text: str) -> datetime | None:
    if not text:
        return None
    try:
        return datetime.combine(date.fromisoformat(text), time(23, 59), clock.SHANGHAI)
    except ValueError:
        raise DomainError(_("写成 2026-12-31 这样"), field="ends_on") from None
