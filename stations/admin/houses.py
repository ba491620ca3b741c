"""The houses of the group, for who leads it: where each lies, its life from planned to closed, a new one without code."""

from __future__ import annotations

import math

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from accounts.admin.pages import page, render_page
from accounts.models import Place, Unit
from accounts.services.units import make_station
from common import clock
from common.errors import DomainError, NotThere
from common.identifiers import small_number
from stations.admin import confirm, parts
from stations.admin.parts import ROLES
from stations.models import Station
from stations.rules.life import STATION_MOVES, StationMove, station_moves
from stations.selectors import consequences
from stations.selectors.scope import kept_by
from stations.services import founding, houses, terms

MOVE_WORDS = {
    StationMove.BUILD: lazy("开始建"), StationMove.OPEN: lazy("开放"), StationMove.PAUSE: lazy("暂停"),
    StationMove.RESUME: lazy("恢复开放"), StationMove.CLOSE: lazy("关掉"),
}  # fmt: skip
WORDS = {
    "name": lazy("名称"), "address": lazy("地址"), "host": lazy("设在哪里（物流园、检测站）"), "phone": lazy("驿站电话"), "words": lazy("一句话"),
    "latitude": lazy("纬度（34.1 这样）"), "longitude": lazy("经度（117.3 这样）"), "area_m2": lazy("面积（平方米）"), "opens_on": lazy("什么时候开"),
}  # fmt: skip


def _chief_or_404(request: HttpRequest) -> None:
    if not founding.may_found(request.viewer):
        raise Http404


@page("houses/", name="stations_houses", roles=ROLES)
def houses_page(request: HttpRequest) -> HttpResponse:
    """All houses with their states; POST writes down a planned one."""
    _chief_or_404(request)
    error = None
    if request.method == "POST":
        try:
            made = _found(request)
            messages.success(request, _("记下了，现在是计划中。写好开放时间和服务，再开放。"))
            return redirect("admin:stations_house", slug=made.slug)
        except NotThere as missing:
            raise Http404 from missing
        except DomainError as refused:
            error = refused
    typed = request.POST if error else {}
    rows = [{"house": one, "badge": parts.state_badge(one)} for one in kept_by(request.viewer).order_by("slug")]
    return render_page(
        request, "stations/admin/houses.html", title=_("所有驿站"), crumbs=[(_("驿站"), None), (_("所有驿站"), None)],
        lead=_("%(n)d 个；%(at)s") % {"n": len(rows), "at": parts.as_of(clock.now())}, lines=rows, error=error, typed=typed,
        fields=_fields(typed, error, ("name", "address", "latitude", "longitude")), kinds=Station.Kind.choices,
        places=list(Place.objects.order_by("pk").values_list("pk", "name")), units=_bare_units(request), status=422 if error else 200,
    )  # fmt: skip


def _bare_units(request: HttpRequest) -> list[tuple[str, str]]:
    """Stations of the tree that have no house yet."""
    rows = Unit.objects.filter(kind=Unit.Kind.STATION, station=None, parent__code="stations").order_by("code")
    return list(rows.values_list("code", "name"))


def _fields(typed, error: DomainError | None, names) -> list[dict]:
    return [
        {"name": name, "word": WORDS[name], "value": typed.get(name, ""), "bad": error.message if error and error.field == name else ""}
        for name in names
    ]  # fmt: skip


@transaction.atomic
def _found(request: HttpRequest) -> Station:
    """A house for a unit of the tree, or for a new unit with the name that was typed."""
    post, now = request.POST, clock.now()
    code, name = post.get("unit", ""), post.get("name", "").strip()
    place = Place.objects.filter(pk=small_number(post.get("place", "")) or 0).first()
    if place is None or post.get("kind") not in Station.Kind.values:
        raise DomainError(_("选类别和镇街"), field="place", code="required")
    facts = _facts(request)
    if code:
        unit = Unit.objects.filter(code=code, kind=Unit.Kind.STATION, parent__code="stations").first()
        if unit is None:
            raise NotThere
    elif not 2 <= len(name) <= 60:
        raise DomainError(_("写名称，2 到 60 个字"), field="name", code="required")
    else:
        unit = make_station(name=name, by=request.viewer, now=now)
    return founding.found(
        unit=unit, slug=unit.code, kind=post["kind"], address=facts["address"], place=place, by=request.viewer, now=now,
        latitude=facts.get("latitude"), longitude=facts.get("longitude"),
    )  # fmt: skip


def _facts(request: HttpRequest) -> dict:
    """What was typed, as columns. Raises DomainError at its field."""
    post = request.POST
    found: dict = {name: post[name].strip() for name in ("address", "host", "phone", "words", "grade") if name in post}
    for name in ("latitude", "longitude"):
        if name in post:
            found[name] = _degrees(post[name], name)
    if "area_m2" in post:
        found["area_m2"] = small_number(post["area_m2"].strip()) if post["area_m2"].strip() else None
        if post["area_m2"].strip() and found["area_m2"] is None:
            raise DomainError(_("写一个整数"), field="area_m2", code="invalid")
    if "opens_on" in post:
        found["opens_on"] = parts.day_of(post["opens_on"], "opens_on")
    return found


def _degrees(text: str, field: str) -> float | None:
    if not text.strip():
        return None
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise DomainError(_("写成 34.1 这样的数"), field=field, code="invalid")
    return value


@page("houses/<slug:slug>/", name="stations_house", roles=ROLES)
def house_page(request: HttpRequest, slug: str) -> HttpResponse:
    """One house: what is said of it, and what may be done with it now."""
    _chief_or_404(request)
    house, error = parts.house_or_404(request, slug), None
    typed = {name: "" if (value := getattr(house, name, "")) is None else str(value) for name in WORDS}
    if request.method == "POST":
        try:
            version = small_number(request.POST.get("version", ""))
            terms.describe(station=house, by=request.viewer, now=clock.now(), version=-1 if version is None else version, **_facts(request))
            messages.success(request, _("改好了。"))
            return redirect("admin:stations_house", slug=slug)
        except DomainError as refused:
            error, typed = refused, request.POST
    names = [name for name in WORDS if name != "name"]
    return render_page(
        request, "stations/admin/house.html", title=house.unit.name, lead=parts.as_of(clock.now()), house=house, error=error,
        crumbs=[(_("驿站"), None), (_("所有驿站"), reverse("admin:stations_houses")), (house.unit.name, None)],
        badge=parts.state_badge(house), fields=_fields(typed, error, names), grades=Station.Grade.choices,
        moves=[{"word": MOVE_WORDS[one], "url": reverse("admin:stations_move", args=[slug, one])} for one in station_moves(house.state)],
        status=422 if error else 200,
    )  # fmt: skip


@page("houses/<slug:slug>/<slug:move>/", name="stations_move", roles=ROLES)
def move_page(request: HttpRequest, slug: str, move: str) -> HttpResponse:
    """Open, pause, resume, close: what follows is shown first, and the version it was shown for comes along."""
    _chief_or_404(request)
    house, error = parts.house_or_404(request, slug), None
    if move not in set(StationMove) or (request.method != "POST" and move not in station_moves(house.state)):
        raise Http404
    to, back = StationMove(move), reverse("admin:stations_house", args=[slug])
    if request.method == "POST":
        try:
            _do(request, house, to)
            messages.success(request, _("做好了，现在是“%(state)s”。") % {"state": Station.objects.get(pk=house.pk).get_state_display()})
            return redirect(back)
        except DomainError as refused:
            error = refused
    told = STATION_MOVES[to].told
    return confirm.ask(
        request, question=_("%(name)s：%(act)s？") % {"name": house.unit.name, "act": MOVE_WORDS[to]}, reason=told, until=to == StationMove.PAUSE,
        found=consequences.of_station(request.viewer, house) if told else None, button=MOVE_WORDS[to], back=back, error=error,
        hidden={"version": house.version}, notes=() if told else (("info", _("司机马上就能在手机上看到。")),),
    )  # fmt: skip


def _do(request: HttpRequest, house: Station, to: StationMove) -> None:
    version, now = small_number(request.POST.get("version", "")), clock.now()
    until = parts.day_of(request.POST.get("until", ""), "until")
    if until is not None and until <= clock.today(now):
        raise DomainError(_("写今天以后的日子"), field="until", code="past")
    why = request.POST.get("why", "")
    houses.move(station=house, to=to, by=request.viewer, now=now, why=why, until=until, version=-1 if version is None else version)
