"""Services of a house: what they cost and how long, paused or open; beds out of order and back; hours and special days."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.admin.pages import page, render_page
from common import clock
from common.errors import DomainError, NotThere
from common.identifiers import small_number
from common.words import day_words, short_words
from stations.admin import confirm, frame, parts
from stations.admin.parts import ROLES
from stations.models import Service, Station
from stations.models.services import DAYS
from stations.rules.hours import Days
from stations.rules.kinds import How, ServiceKind
from stations.selectors import consequences
from stations.selectors.desk import resource_of, services_of
from stations.services import founding, houses, terms
from stations.web import words

HOUR_ROWS = 3  # lines of hours on the form


@page("stations/<slug:slug>/services/", name="stations_services", roles=ROLES)
def services_page(request: HttpRequest, slug: str) -> HttpResponse:
    """All services of a house with their beds; POST does what harms nobody: back, resume, a new one, hours, a special day."""
    house, error = parts.house_or_404(request, slug), None
    if request.method == "POST":
        try:
            messages.success(request, ACTS.get(request.POST.get("act", ""), _nothing)(request, house))
            return redirect("admin:stations_services", slug=slug)
        except NotThere as missing:
            raise Http404 from missing
        except DomainError as refused:
            error = refused
    now = clock.now()
    rows = services_of(request.viewer, house)
    kinds = {one.kind for one in rows}
    special = house.exceptions.filter(day__gte=clock.today(now)).order_by("day")
    kept = [(one.days, f"{one.opens:%H:%M}", f"{one.closes:%H:%M}") for one in house.hours.filter(service=None)]
    return frame.house_page(
        request, "stations/admin/services.html", house, here="stations_services", title=_("服务和床位"),
        lead=f"{house.unit.name} · {parts.as_of(now)}", services=[_line(one, now) for one in rows], days=DAYS, hows=Service.HOW,
        kinds=[(value, word) for value, word in Service._meta.get_field("kind").choices if value not in kinds],
        hours=[*kept, *[("", "", "")] * max(1, HOUR_ROWS - len(kept))],
        special=[{"day": one.day.isoformat(), "word": day_words(one.day), "opens": one.opens, "closes": one.closes, "why": one.why} for one in special],
        error=error, typed=request.POST if error else {}, status=422 if error else 200,
    )  # fmt: skip


def _line(one: Service, now) -> dict:
    beds = [{"row": bed, "since": short_words(bed.out_since, now=now) if bed.out_since else ""} for bed in one.resources.all()]
    length = _("一晚") if one.minutes == 0 else _("%(n)d 分钟") % {"n": one.minutes}
    facts = [one.get_how_display(), words.price_words(one)]
    if one.how == How.BOOK:
        facts += [length, _("提前 %(n)d 天") % {"n": one.days_ahead}, _("过点留 %(n)d 分钟") % {"n": one.grace}]
    return {"row": one, "name": parts.name_of(one), "badge": parts.state_badge(one), "beds": beds, "facts": " · ".join(map(str, facts))}


@page("stations/<slug:slug>/services/<slug:kind>/", name="stations_service", roles=ROLES)
def service_page(request: HttpRequest, slug: str, kind: str) -> HttpResponse:
    """The terms of one service: price, length of a slot, how far ahead, how long a place is kept."""
    house = parts.house_or_404(request, slug)
    row, error = parts.service_or_404(request, house, kind), None
    typed = {
        "price": parts.yuan_of(row.price_fen), "price_words": row.price_words, "words": row.words, "minutes": row.minutes,
        "days_ahead": row.days_ahead, "grace": row.grace,
    }  # fmt: skip
    if request.method == "POST":
        try:
            terms.change(service=row, by=request.viewer, now=clock.now(), **_terms(request))
            messages.success(request, _("改好了，从现在起照新的算；已经订的不变。"))
            return redirect("admin:stations_services", slug=slug)
        except DomainError as refused:
            error, typed = refused, request.POST
    back = reverse("admin:stations_services", args=[slug])
    return render_page(
        request, "stations/admin/service.html", title=parts.name_of(row), crumbs=[(_("驿站"), None), (_("服务和床位"), back), (parts.name_of(row), None)],
        lead=house.unit.name, back=back, typed=typed, error=error, fields=_fields(typed, error), status=422 if error else 200,
    )  # fmt: skip


def _terms(request: HttpRequest) -> dict:
    """What was typed, as columns. Raises DomainError at its field."""
    post = request.POST
    found = {name: small_number(post.get(name, "").strip()) for name in ("minutes", "days_ahead", "grace") if name in post}
    for name, value in found.items():
        if value is None:
            raise DomainError(_("写一个整数"), field=name, code="invalid")
    found |= {name: post[name].strip() for name in ("price_words", "words") if name in post}
    if "price" in post:
        found["price_fen"] = parts.fen_of(post["price"], "price")
    return found


def _fields(typed, error: DomainError | None) -> list[dict]:
    words_ = {
        "price": _("价格（元，0 是免费）"), "price_words": _("价格怎么算（一晚、每公斤）"), "words": _("说明"),
        "minutes": _("一次多少分钟（0 是一晚）"), "days_ahead": _("最多提前几天订"), "grace": _("过点保留几分钟"),
    }  # fmt: skip
    wrong = {"price_fen": "price"}.get(error.field or "", error.field) if error else ""
    return [{"name": name, "word": word, "value": typed.get(name, ""), "bad": error.message if error and wrong == name else ""} for name, word in words_.items()]


@page("stations/<slug:slug>/services/<slug:kind>/pause/", name="stations_pause", roles=ROLES)
def pause_page(request: HttpRequest, slug: str, kind: str) -> HttpResponse:
    """Pause a service: who loses his place is shown first."""
    house = parts.house_or_404(request, slug)
    row, error, back = parts.service_or_404(request, house, kind), None, reverse("admin:stations_services", args=[slug])
    if request.method == "POST":
        try:
            houses.pause_service(service=row, by=request.viewer, now=clock.now(), why=request.POST.get("why", ""))
            messages.success(request, _("%(name)s暂停了，订了的都告诉了。") % {"name": parts.name_of(row)})
            return redirect(back)
        except DomainError as refused:
            error = refused
    found = consequences.of_service(request.viewer, row)
    return confirm.ask(request, question=_("暂停%(name)s？") % {"name": parts.name_of(row)}, found=found, button=_("暂停，告诉他们"), back=back, error=error)


@page("stations/<slug:slug>/out/<slug:number>/", name="stations_out", roles=ROLES)
def out_page(request: HttpRequest, slug: str, number: str) -> HttpResponse:
    """A bed out of order: who is moved and who loses his is shown first."""
    house = parts.house_or_404(request, slug)
    row, error, back = resource_of(request.viewer, house, small_number(number)), None, reverse("admin:stations_services", args=[slug])
    if row is None:
        raise Http404
    if request.method == "POST":
        try:
            done = houses.take_out(resource=row, by=request.viewer, now=clock.now(), why=request.POST.get("why", ""))
            messages.success(request, _("停用了：%(moved)d 个换了空位，%(lost)d 个没有位置，都告诉了。") % {"moved": done.moved, "lost": done.lost})
            return redirect(back)
        except DomainError as refused:
            error = refused
    found = consequences.of_resource(request.viewer, row)
    name = f"{words.short_name(row.service)} {row.name}"
    return confirm.ask(request, question=_("停用%(name)s？") % {"name": name}, found=found, button=_("停用"), back=back, error=error)


def _back(request: HttpRequest, house: Station) -> str:
    row = resource_of(request.viewer, house, small_number(request.POST.get("resource", "")))
    if row is None:
        raise NotThere
    houses.bring_back(resource=row, by=request.viewer, now=clock.now())
    return _("%(name)s能用了，有人在排就给他。") % {"name": row.name}


def _resume(request: HttpRequest, house: Station) -> str:
    row = parts.service_or_404(request, house, request.POST.get("service", ""))
    houses.resume_service(service=row, by=request.viewer, now=clock.now())
    return _("%(name)s开放了。") % {"name": parts.name_of(row)}


def _offer(request: HttpRequest, house: Station) -> str:
    """One more service, with so many beds, numbered."""
    kind, how = request.POST.get("kind", ""), request.POST.get("how", "")
    if kind not in set(ServiceKind) or how not in set(How):
        raise DomainError(_("选一项服务和怎么用"), field="kind", code="required")
    count = small_number(request.POST.get("count", "").strip() or "0")
    if count is None or count > founding.MOST_RESOURCES or (how == How.BOOK and not count):
        raise DomainError(_("能预约的写有几个，1 到 %(most)d") % {"most": founding.MOST_RESOURCES}, field="count", code="invalid")
    beds = [(_("%(n)d 号") % {"n": number + 1}, None) for number in range(count)]
    row = founding.offer(
        station=house, kind=ServiceKind(kind), how=How(how), by=request.viewer, now=clock.now(), resources=beds,
        minutes=0 if kind == ServiceKind.LODGING else 60,
    )  # fmt: skip
    return _("%(name)s记下了，点“改”写价格和时间。") % {"name": parts.name_of(row)}


def _hours(request: HttpRequest, house: Station) -> str:
    post, rows = request.POST, []
    for days, opens, closes in zip(post.getlist("days"), post.getlist("opens"), post.getlist("closes"), strict=False):
        from_, to = parts.time_of(opens, "hours"), parts.time_of(closes, "hours")
        if from_ is None and to is None:
            continue
        if days not in set(Days) or from_ is None or to is None:
            raise DomainError(_("一行里哪些天、开门、关门都要写"), field="hours", code="invalid")
        rows.append((Days(days), from_, to))
    ended = terms.keep_hours(station=house, rows=rows, by=request.viewer, now=clock.now())
    return _("开放时间改好了。") + (_("%(n)d 个订了的到时候不开门，都告诉了。") % {"n": ended} if ended else "")


def _except(request: HttpRequest, house: Station) -> str:
    post = request.POST
    day = parts.day_of(post.get("day", ""), "day")
    if day is None:
        raise DomainError(_("写哪一天"), field="day", code="required")
    ended = terms.except_day(
        station=house, day=day, opens=parts.time_of(post.get("from", ""), "opens"), closes=parts.time_of(post.get("to", ""), "opens"),
        why=post.get("why", ""), by=request.viewer, now=clock.now(),
    )  # fmt: skip
    return _("记下了。") + (_("%(n)d 个订了的到时候不开门，都告诉了。") % {"n": ended} if ended else "")


def _as_always(request: HttpRequest, house: Station) -> str:
    day = parts.day_of(request.POST.get("day", ""), "day")
    if day is None:
        raise NotThere
    terms.as_always(station=house, day=day, by=request.viewer, now=clock.now())
    return _("这一天照常。")


def _nothing(request: HttpRequest, house: Station) -> str:
    raise NotThere


ACTS = {"back": _back, "resume": _resume, "offer": _offer, "hours": _hours, "except": _except, "as_always": _as_always}
