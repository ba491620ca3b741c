"""今天: the desk of a house. Who is to come, who is in, what is free, who waits; one field lets a driver in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID, uuid4

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from accounts.admin.pages import page, render_page
from accounts.rules.viewer import Viewer
from common import clock
from common.errors import DomainError, NotThere
from common.identifiers import small_number
from common.words import moment_words, short_words
from stations.admin import frame, parts
from stations.admin.parts import ROLES
from stations.admin.things import line_of
from stations.models import Arrival, Booking, Service, Station
from stations.rules.hours import Span
from stations.rules.kinds import How
from stations.selectors import desk as selectors
from stations.selectors import equipment as things
from stations.selectors import shifts
from stations.selectors.free import free_now
from stations.selectors.hours import hours_of
from stations.selectors.scope import kept_by
from stations.services import bookings, desk
from stations.services import shifts as tills
from stations.web import words

EACH = 60  # rows of a list; the desk types the code of whoever stands before it


@page("stations/", name="stations_desk", roles=ROLES)
def desks_page(request: HttpRequest) -> HttpResponse:
    """The one house of a desk at once; whoever keeps several chooses."""
    houses = list(kept_by(request.viewer).order_by("slug"))
    if len(houses) == 1:
        return redirect("admin:stations_today", slug=houses[0].slug)
    lines = [{"house": one, "badge": parts.state_badge(one)} for one in houses]
    return render_page(
        request, "stations/admin/desks.html", title=_("驿站"), crumbs=[(_("驿站"), None)], lines=lines,
        lead=_("%(n)d 个驿站，选一个看今天") % {"n": len(houses)},
    )  # fmt: skip


@page("stations/<slug:slug>/", name="stations_today", roles=ROLES)
def today_page(request: HttpRequest, slug: str) -> HttpResponse:
    """The day of one house; POST lets in, lets go, counts a walk-in or takes it back."""
    house, error = parts.house_or_404(request, slug), None
    if request.method == "POST":
        try:
            messages.success(request, ACTS.get(request.POST.get("act", ""), _nothing)(request, house))
            return redirect("admin:stations_today", slug=slug)
        except NotThere as missing:
            raise Http404 from missing
        except DomainError as refused:
            error = refused
    return _show(request, house, error)


def rows_that_wait(viewer: Viewer) -> Mapping[str, QuerySet]:
    """Who is still to come today, for the menu."""
    return {"admin:stations_desk": selectors.expected_of_all(viewer, now=clock.now())} if viewer.has_role(*ROLES) else {}


def _show(request: HttpRequest, house: Station, error: DomainError | None) -> HttpResponse:
    viewer, now = request.viewer, clock.now()
    coming = list(selectors.expected(viewer, house, now=now)[: EACH + 1])
    here = list(selectors.inside(viewer, house)[: EACH + 1])
    services = selectors.services_of(viewer, house)
    free, came = free_now(viewer, [house.pk], now=now), selectors.arrivals_by_service(viewer, house, now=now)
    tone, opening = words.open_words(house, hours_of(viewer, [house.pk], now=now)[(house.pk, None)], now=now)
    owing = {row.pk: row.service.price_fen for row in shifts.unpaid(viewer, house, now=now)}
    return frame.house_page(
        request, "stations/admin/today.html", house, here="stations_today", title=house.unit.name, duty=_duty(request, house, now),
        lead=_("等着来的 %(coming)s 个，在店的 %(here)s 个；%(at)s") % {"coming": _many(coming), "here": _many(here), "at": parts.as_of(now)},
        opening=opening, tone=tone, coming=[_row(one, now) for one in coming[:EACH]], inside=[_row(one, now, owing) for one in here[:EACH]],
        gone=[_row(one, now, owing) for one in shifts.unpaid(viewer, house, now=now) if one.state == "done"][:EACH],
        things=[line_of(one, now) for one in things.due(viewer, house, now=now)[:EACH]],
        services=[_service(one, free, came) for one in services], came=sum(sum(pair) for pair in came.values()),
        taps=[{"pk": one.pk, "word": _what(one), "at": short_words(one.at, now=now)} for one in selectors.own_taps(viewer, house, now=now)[:5]],
        line=[_row(one, now) for one in selectors.line_of(viewer, house, now=now)[:EACH]],
        error=error, typed=request.POST.get("code", "")[:100] if error else "", status=422 if error else 200,
    )  # fmt: skip


def _many(rows: list) -> str:
    """How many there are, or "60 个以上" where the list is cut."""
    return str(len(rows)) if len(rows) <= EACH else f"{EACH}+"


def _duty(request: HttpRequest, house: Station, now: datetime) -> dict:
    """Who is on duty and what waits for whoever looks: a hand-over to sign, a shift that nobody runs."""
    shift, waiting = shifts.open_shift(request.viewer, house), shifts.pending(request.viewer, house)
    return {
        "who": shift.person.name if shift else "", "since": moment_words(shift.began_at, now) if shift else "",
        "sign": waiting is not None and waiting.taker_id == request.viewer.person_id, "waits": waiting.taker.name if waiting else "",
    }  # fmt: skip


def _row(row, now: datetime, owing: Mapping[int, int] | None = None) -> dict:
    """A booking, or a place in the line; `owing`: booking -> fen that he has not paid."""
    what = words.short_name(row.service) if not isinstance(row, Booking) else f"{words.short_name(row.service)} {row.resource.name}"
    late = isinstance(row, Booking) and row.state == "booked" and row.starts_at < now
    return {
        "key": row.key, "what": what, "who": parts.who(row), "when": words.slot_words(row.service, Span(row.starts_at, row.ends_at), now),
        "ends": moment_words(row.ends_at, now), "late": late,
        "owes": parts.yuan_of(owing[row.pk]) if owing and row.pk in owing else "",
        "keep": words.keep_words(row.service, Span(row.starts_at, row.ends_at), row.made_at) if late else "",
    }  # fmt: skip


def _service(service: Service, free: dict, came: dict) -> dict:
    found, counts = free.get(service.pk), came.get(service.pk, (0, 0))
    out = sum(1 for one in service.resources.all() if one.out_since)
    return {
        "row": service, "name": parts.name_of(service), "badge": parts.state_badge(service) if service.state != "open" else None,
        "free": found.free if found else None, "all": found.all if found else 0, "booked": service.how == How.BOOK,
        "out": out, "came": sum(counts), "walked": counts[1], "tap": uuid4(),
    }  # fmt: skip


def _what(arrival: Arrival) -> str:
    return parts.name_of(arrival.service) if arrival.service else _("进来坐坐")


def _check_in(request: HttpRequest, house: Station) -> str:
    """Whoever stands before the desk, by what was typed or scanned."""
    typed = request.POST.get("code", "")
    row = selectors.at_desk(request.viewer, house, typed)
    if not typed.strip():
        raise DomainError(_("输入四位入住码，或者扫司机手机上的码"), field="code", code="required")
    if row is None:
        raise DomainError(_("没找到这个码。看看是不是别的驿站的，或者已经取消了"), field="code", code="unknown")
    if row.state == "in_house":
        return _("他已经到了：%(who)s，%(name)s") % {"who": parts.who(row), "name": row.resource.name}
    try:
        row = bookings.check_in(booking=row, by=request.viewer, now=clock.now())
    except DomainError as refused:
        raise DomainError(refused.message, field="code", code=refused.code) from refused
    return _("到了：%(who)s，%(what)s %(name)s") % {"who": parts.who(row), "what": words.short_name(row.service), "name": row.resource.name}


def _leave(request: HttpRequest, house: Station) -> str:
    row = selectors.at_desk(request.viewer, house, request.POST.get("key", ""))
    if row is None:
        raise NotThere
    row = bookings.leave(booking=row, by=request.viewer, now=clock.now())
    return _("走了：%(name)s 空出来了，有人在排就给他") % {"name": row.resource.name}


def _pay(request: HttpRequest, house: Station, how: str) -> str:
    row = selectors.at_desk(request.viewer, house, request.POST.get("key", ""))
    if row is None:
        raise NotThere
    paid = tills.pay(booking=row, how=how, by=request.viewer, now=clock.now())
    return _("收了 %(yuan)s 元（%(how)s）：%(who)s") % {"yuan": parts.yuan_of(paid.fen), "how": paid.get_how_display(), "who": parts.who(row)}


def _cash(request: HttpRequest, house: Station) -> str:
    return _pay(request, house, "cash")


def _scan(request: HttpRequest, house: Station) -> str:
    return _pay(request, house, "scan")


def _walk_in(request: HttpRequest, house: Station) -> str:
    """One tap, one driver; the key in the form makes a second post of it nothing."""
    typed = request.POST.get("service", "")
    service = parts.service_or_404(request, house, typed) if typed else None
    try:
        key = UUID(request.POST.get("tap", ""))
    except ValueError as wrong:
        raise DomainError(_("请重新打开这一页再点"), code="invalid") from wrong
    row = desk.walk_in(station=house, service=service, by=request.viewer, now=clock.now(), client_key=key)
    return _("记下了：%(what)s +1。点错了十分钟内能撤回。") % {"what": _what(row)}


def _take_back(request: HttpRequest, house: Station) -> str:
    number = small_number(request.POST.get("arrival", ""))
    now = clock.now()
    row = selectors.own_taps(request.viewer, house, now=now).filter(pk=number).first() if number is not None else None
    if row is None:
        raise DomainError(_("这一下已经撤回了，或者过了十分钟"), code="too_late")
    desk.take_back(arrival=row, by=request.viewer, now=now)
    return _("撤回了：%(what)s −1。") % {"what": _what(row)}


def _nothing(request: HttpRequest, house: Station) -> str:
    raise NotThere


ACTS = {"check_in": _check_in, "leave": _leave, "walk_in": _walk_in, "take_back": _take_back, "cash": _cash, "scan": _scan}
