"""走访: whom to visit, who went, what was heard. A need becomes an appeal under its own number; its text is not shown here again."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.admin.pages import page, render_page
from accounts.models import Person, Unit
from accounts.rules.roles import Role
from accounts.rules.viewer import Viewer
from accounts.selectors.units import nameable_units, posted_to
from care.admin import applications_parts as parts
from care.admin.applications import CRUMB
from care.models import Visit
from care.selectors import visits as selectors
from care.services import visits as services
from common import clock
from common.errors import DomainError, NotThere
from common.identifiers import small_number
from common.masks import mask_name, mask_phone
from common.reading import read_key
from common.words import short_day_words, short_words

ROLES = frozenset({Role.UNION, Role.SECRETARY})
SHOWN, NEEDS = 50, 3
VIEWS = {"todo": _("要去的"), "done": _("去过的")}


@page("care/visits/", name="care_visits", roles=ROLES)
def listed(request: HttpRequest) -> HttpResponse:
    """Where somebody is awaited, the earliest first; where somebody went, the latest first."""
    viewer, now = request.viewer, clock.now()
    view, mark = request.GET.get("view") or "todo", small_number(request.GET.get("after", "0") or "0")
    if view not in VIEWS or mark is None:
        raise BadRequest("unknown view")
    again = list(selectors.to_follow_up(viewer, today=clock.today(now))[:SHOWN]) if view == "todo" else []
    rows = list(_rows(viewer, view, mark)[: SHOWN + 1])
    return render_page(
        request, "care/admin/visits.html", title=_("走访"), crumbs=[CRUMB, (_("走访"), None)],
        lead=_("听到的诉求单独交上去，各有编号；说要再去的，到日子出现在这里。"), view=view,
        tabs=[{"word": word, "url": f"?view={name}", "on": name == view} for name, word in VIEWS.items()],
        again=[_row(each, now) | {"due": short_day_words(each.follow_up_on, now=now)} for each in again], rows=[_row(each, now) for each in rows[:SHOWN]],
        after=f"?view={view}&after={rows[SHOWN - 1].pk}" if len(rows) > SHOWN else "", paged=bool(mark), first_url=f"?view={view}",
    )  # fmt: skip


def _rows(viewer: Viewer, view: str, mark: int) -> QuerySet[Visit]:
    rows = selectors.visits_for(viewer).defer("heard")
    if view == "todo":
        rows = rows.filter(went_at=None)
        return (rows.filter(pk__gt=mark) if mark else rows).order_by("pk")
    rows = rows.exclude(went_at=None)
    return (rows.filter(pk__lt=mark) if mark else rows).order_by("-pk")


def _row(each: Visit, now: datetime) -> dict[str, Any]:
    late = each.went_at is None and each.planned_on < clock.today(now)
    return {
        "url": reverse("admin:care_visit", args=[each.key]), "name": mask_name(each.person.name), "unit": each.unit.name, "why": each.why, "gave": each.gave,
        "planned": short_day_words(each.planned_on, now=now), "went": short_words(each.went_at, now=now) if each.went_at else "", "late": late,
        "who": "、".join(one.person.name for one in each.visitors.all()),
    }  # fmt: skip


@page("care/visits/new/", name="care_visit_new", roles=ROLES)
def plan(request: HttpRequest) -> HttpResponse:
    """Find him, then say when and why."""
    viewer, now = request.viewer, clock.now()
    if request.method == "POST" and request.POST.get("act") == "find":
        request.session[parts.SOUGHT] = request.POST.get("q", "").strip()[:40]
        return redirect(f"{reverse('admin:care_visit_new')}?found=1")
    person, sought, hits = parts.whom(request)
    units = list(Unit.objects.filter(pk__in=viewer.units(Role.UNION, Role.SECRETARY)).order_by("pk"))
    wrong: dict[str, str] = {}
    if request.method == "POST":
        try:
            row = _plan(request, person, units, now=now)
            messages.success(request, _("记下了，去了回来再写听到什么。"))
            return redirect("admin:care_visit", key=row.key)
        except NotThere:
            raise Http404 from None
        except DomainError as refused:
            wrong[refused.field or "form"] = refused.message
    return render_page(
        request, "care/admin/visit_new.html", title=_("计划走访"), status=422 if wrong else 200,
        crumbs=[CRUMB, (_("走访"), reverse("admin:care_visits")), (_("计划走访"), None)], units=units,
        person={"key": person.key, "name": mask_name(person.name), "phone": mask_phone(person.phone)} if person else None, sought=sought, hits=hits,
        looked="found" in request.GET, to=reverse("admin:care_visit_new"), wrong=wrong, errors=list(wrong.items()), typed=request.POST,
        today=f"{clock.today(now):%Y-%m-%d}", client_key=request.POST.get("client_key") or uuid4(),
    )  # fmt: skip


def _plan(request: HttpRequest, person: Person | None, units: list[Unit], *, now: datetime) -> Visit:
    typed = request.POST
    unit = next((one for one in units if one.code == typed.get("unit", "")), units[0] if len(units) == 1 else None)
    if person is None:
        raise NotThere
    if unit is None:
        raise DomainError(_("选是哪里去的"), field="unit", code="required")
    day = parts.typed_day(typed.get("planned_on", ""), "planned_on")
    if day is None:
        raise DomainError(_("写哪天去"), field="planned_on", code="required")
    key = read_key(typed.get("client_key", ""))
    return services.plan(client_key=key, person=person, unit=unit, planned_on=day, by=request.viewer, now=now, why=typed.get("why", ""))


@page("care/visits/<uuid:key>/", name="care_visit", roles=ROLES)
def one(request: HttpRequest, key: UUID) -> HttpResponse:
    """One visit: to be told, or told."""
    viewer, now = request.viewer, clock.now()
    row = selectors.visits_for(viewer).filter(key=key).first()
    if row is None:
        raise Http404
    team = posted_to(row.unit_id, Role.UNION, Role.SECRETARY, Role.SQUAD_HANDLER, Role.HANDLER, Role.HEAD, now=now)
    wrong: dict[str, str] = {}
    if request.method == "POST":
        try:
            made = services.record(visit=row, told=_told(request, team), by=viewer, now=now)
            said = _("记下了。听到的 %(n)d 件诉求交上去了，编号在下面。") % {"n": len(made)} if made else _("记下了。")
            messages.success(request, said)
            return redirect("admin:care_visit", key=key)
        except NotThere:
            raise Http404 from None
        except DomainError as refused:
            wrong[_place(refused, request)] = refused.message
    name = mask_name(row.person.name)
    typed = request.POST
    return render_page(
        request, "care/admin/visit.html", title=_("走访：%(name)s") % {"name": name}, status=422 if wrong else 200,
        crumbs=[CRUMB, (_("走访"), reverse("admin:care_visits")), (name, None)], row=_row(row, now), phone=mask_phone(row.person.phone), visit=row,
        told=row.went_at is not None, heard=row.heard, forgotten=row.forgotten_at, again=short_day_words(row.follow_up_on, now=now) if row.follow_up_on else "",
        numbers=[f"{one[:4]} {one[4:8]} {one[8:12]} {one[12:]}" for one in selectors.numbers_of(viewer, row)],
        team=[(each.pk, each.name, str(each.pk) in typed.getlist("went") if typed else each.pk == viewer.person_id) for each in team],
        needs=[_need(typed, number) for number in range(1, NEEDS + 1)], units=[(unit.code, unit.name) for unit in nameable_units()],
        wrong=wrong, errors=list(wrong.items()), typed=typed, today=f"{clock.today(now):%Y-%m-%d}", hour=f"{clock.local(now):%H:%M}",
    )  # fmt: skip


def _need(typed, number: int) -> dict[str, Any]:
    return {
        "number": number, "key": typed.get(f"need_key{number}") or uuid4(), "text": typed.get(f"need{number}", ""),
        "unit": typed.get(f"need_unit{number}", ""),
    }  # fmt: skip


def _told(request: HttpRequest, team: list[Person]) -> services.Told:
    typed = request.POST
    units = {unit.code: unit.pk for unit in nameable_units()}
    needs = []
    for number in range(1, NEEDS + 1):
        text, accused = typed.get(f"need{number}", "").strip(), units.get(typed.get(f"need_unit{number}", ""))
        if text:
            needs.append(services.Heard(read_key(typed.get(f"need_key{number}", "")), text, (accused,) if accused else ()))
    return services.Told(
        went_at=parts.typed_moment(typed.get("day", ""), typed.get("hour", ""), "went_at"),
        went=[each for each in team if str(each.pk) in typed.getlist("went")], heard=typed.get("heard", ""), gave=typed.get("gave", ""),
        follow_up_on=parts.typed_day(typed.get("follow_up_on", ""), "follow_up_on"), needs=needs,
    )  # fmt: skip


def _place(refused: DomainError, request: HttpRequest) -> str:
    """Where a fault is shown: that of a need at the first need it fits."""
    if refused.field != "text":
        return refused.field or "form"
    short = [n for n in range(1, NEEDS + 1) if 0 < len(request.POST.get(f"need{n}", "").strip()) < 10]
    return f"need{short[0] if short else 1}"

