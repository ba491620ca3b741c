"""设备: things of a house, what is due first; one thing with its checks and repairs, and the bed that goes with it."""

from __future__ import annotations

from datetime import datetime

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from accounts.admin.pages import page
from common import clock
from common.errors import DomainError, NotThere
from common.identifiers import small_number
from common.words import short_day_words, short_words
from stations.admin import frame, parts
from stations.admin.parts import ROLES
from stations.models import Equipment, Repair, Station
from stations.rules.equipment import standing
from stations.selectors import consequences
from stations.selectors import equipment as selectors
from stations.services import equipment
from stations.web import words

SHOWN = 20


@page("stations/<slug:slug>/things/", name="stations_things", roles=ROLES)
def things_page(request: HttpRequest, slug: str) -> HttpResponse:
    """Things of a house, the first to be looked at first; POST writes down a new one."""
    house, error = parts.house_or_404(request, slug), None
    if request.method == "POST":
        try:
            _add(request, house)
            messages.success(request, _("记下了，到日子在“今天”提醒。"))
            return redirect("admin:stations_things", slug=slug)
        except NotThere as missing:
            raise Http404 from missing
        except DomainError as refused:
            error = refused
    now = clock.now()
    rows = [line_of(one, now) for one in selectors.equipment_of(request.viewer, house)]
    over, broken = sum(one["standing"] == "over" for one in rows), sum(one["broken"] is not None for one in rows)
    return frame.house_page(
        request, "stations/admin/things.html", house, here="stations_things", title=_("设备"), lines=rows, error=error,
        lead=_("%(n)d 样，超期没查 %(over)d 样，在修 %(broken)d 样；%(at)s") % {"n": len(rows), "over": over, "broken": broken, "at": parts.as_of(now)},
        typed=request.POST if error else {"every_days": "30", "next_on": clock.today(now).isoformat()}, status=422 if error else 200,
        beds=[(one.pk, f"{words.short_name(one.service)} {one.name}") for one in selectors.linkable(request.viewer, house)],
    )  # fmt: skip


def line_of(row: Equipment, now: datetime) -> dict:
    """A thing in words: when it is due, whether it is broken."""
    today = clock.today(now)
    state, days = standing(row.next_on, today), (today - row.next_on).days
    due = {"over": _("超期 %(n)d 天") % {"n": days}, "today": _("今天查"), "soon": _("还有 %(n)d 天") % {"n": -days}}.get(state, "")
    broken = row.broken[0] if row.broken else None
    where = " · ".join(filter(None, (row.spot, f"{words.short_name(row.resource.service)} {row.resource.name}" if row.resource else "")))
    return {
        "row": row, "standing": state, "due": due or short_day_words(row.next_on, now=now), "next": short_day_words(row.next_on, now=now) if due else "",
        "tone": {"over": "over", "today": "today"}.get(state, ""), "icon": "alert" if state == "over" else "clock", "broken": broken, "where": where,
        "every": _("每 %(n)d 天查一次") % {"n": row.every_days},
    }  # fmt: skip


def _add(request: HttpRequest, house: Station) -> Equipment:
    post, bed = request.POST, None
    every, next_on = small_number(post.get("every_days", "").strip()), parts.day_of(post.get("next_on", ""), "next_on")
    if every is None:
        raise DomainError(_("写一个整数，比如 30"), field="every_days", code="invalid")
    if next_on is None:
        raise DomainError(_("写下次哪天查"), field="next_on", code="required")
    if post.get("resource"):
        bed = selectors.linkable(request.viewer, house).filter(pk=small_number(post["resource"]) or 0).first()
        if bed is None:
            raise NotThere
    return equipment.add(
        station=house, name=post.get("name", ""), spot=post.get("spot", ""), every_days=every, next_on=next_on, resource=bed,
        by=request.viewer, now=clock.now(),
    )  # fmt: skip


@page("stations/<slug:slug>/things/<slug:number>/", name="stations_thing", roles=ROLES)
def thing_page(request: HttpRequest, slug: str, number: str) -> HttpResponse:
    """One thing: look at it, break it, mend it, take it away; what was seen before."""
    house, error = parts.house_or_404(request, slug), None
    row = selectors.thing_of(request.viewer, house, small_number(number))
    if row is None:
        raise Http404
    if request.method == "POST":
        try:
            act = request.POST.get("act", "")
            messages.success(request, ACTS.get(act, _nothing)(request, row))
            return redirect("admin:stations_things", slug=slug) if act == "drop" else redirect("admin:stations_thing", slug=slug, number=number)
        except NotThere as missing:
            raise Http404 from missing
        except DomainError as refused:
            error = refused
    now, viewer = clock.now(), request.viewer
    checks = [{"row": one, "on": short_day_words(one.on, now=now)} for one in selectors.checks_of(viewer, row)[:SHOWN]]
    found = consequences.of_resource(viewer, row.resource) if row.resource and row.resource.out_since is None else None
    return frame.house_page(
        request, "stations/admin/thing.html", house, here="stations_things", crumb=row.name, title=row.name, one=line_of(row, now), error=error,
        lead=" · ".join(filter(None, (house.unit.name, row.spot))), checks=checks, found=found, today=clock.today(now).isoformat(),
        repairs=[_repair(one, now) for one in selectors.repairs_of(viewer, row)[:SHOWN]], typed=request.POST if error else {}, status=422 if error else 200,
    )  # fmt: skip


def _repair(row: Repair, now: datetime) -> dict:
    closed = short_words(row.closed_at, now=now) if row.closed_at else ""
    return {"row": row, "opened": short_words(row.opened_at, now=now), "closed": closed, "yuan": parts.yuan_of(row.cost_fen) if row.cost_fen else ""}


def _check(request: HttpRequest, row: Equipment) -> str:
    post, on = request.POST, parts.day_of(request.POST.get("on", ""), "on")
    if on is None:
        raise DomainError(_("写哪天查的"), field="on", code="required")
    if post.get("ok") not in ("yes", "no"):
        raise DomainError(_("选好的还是坏的"), field="ok", code="required")
    good = post["ok"] == "yes"
    equipment.check(thing=row, on=on, ok=good, words=post.get("words", ""), take_out=post.get("out") == "1", by=request.viewer, now=clock.now())
    return _("记下了，下次到日子再提醒。") if good else _("记下了，开了一张维修单。")


def _mended(request: HttpRequest, row: Equipment) -> str:
    post = request.POST
    cost = parts.fen_of(post.get("cost", ""), "cost")
    done = equipment.mended(thing=row, words=post.get("done_words", ""), cost_fen=cost, by=request.viewer, now=clock.now())
    return _("修好了，连着停用的也能订了。") if done.took_out else _("修好了。")


def _drop(request: HttpRequest, row: Equipment) -> str:
    equipment.drop(thing=row, why=request.POST.get("gone_why", ""), by=request.viewer, now=clock.now())
    return _("%(name)s不用了，记录都在。") % {"name": row.name}


def _nothing(request: HttpRequest, row: Equipment) -> str:
    raise NotThere


ACTS = {"check": _check, "mended": _mended, "drop": _drop}
