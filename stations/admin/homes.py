"""司机之家自查: the class list of a house, ticked with the day it was looked at; what class it makes, what is missing."""

from __future__ import annotations

from datetime import datetime

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from accounts.admin.pages import page
from common import clock
from common.errors import DomainError, NotThere
from common.masks import mask_name
from common.words import short_day_words
from stations.admin import frame, parts
from stations.admin.parts import ROLES
from stations.models import Station
from stations.rules.homes import ITEMS, LEVEL_WORDS, Level
from stations.selectors.homes import Checklist, Line, checklist_for
from stations.services import homes

HEADS = {Level.BASIC: "五样免费，哪一类都要有", Level.B: "B 类再加", Level.A: "A 类再加"}


@page("stations/<slug:slug>/home/", name="stations_home", roles=ROLES)
def home_page(request: HttpRequest, slug: str) -> HttpResponse:
    """The list; POST writes down one walk through it."""
    house, error, now = parts.house_or_404(request, slug), None, clock.now()
    if request.method == "POST":
        try:
            on = parts.day_of(request.POST.get("on", ""), "on")
            if on is None:
                raise DomainError(_("写哪一天看的"), field="on", code="required")
            written = homes.look(station=house, seen=_seen(request), on=on, by=request.viewer, now=now)
            messages.success(request, _("记下了 %(n)d 项。") % {"n": written})
            return redirect("admin:stations_home", slug=slug)
        except NotThere as missing:
            raise Http404 from missing
        except DomainError as refused:
            error = refused
    found = checklist_for(request.viewer, house, now=now)
    if found is None:
        raise Http404
    return frame.house_page(
        request, "stations/admin/home.html", house, here="stations_home", title=_("司机之家自查"), lead=_lead(house, found, now),
        groups=_groups(request, found, now, error), error=error, on=request.POST.get("on", "") if error else clock.today(now).isoformat(),
        verdict=_verdict(found), missing=[item.words for item in found.missing], doubtful=[one.item.words for one in found.lines if one.doubtful],
        awarded=house.get_grade_display() if house.grade else "", status=422 if error else 200,
    )  # fmt: skip


def _seen(request: HttpRequest) -> list[homes.Seen]:
    """What was chosen, item by item; an item that was left as it is says nothing."""
    post, found = request.POST, []
    for item in ITEMS:
        chosen = post.get(f"is-{item.code}", "")
        if chosen in ("yes", "no"):
            found.append(homes.Seen(item.code, chosen == "yes", post.get(f"note-{item.code}", "")))
    return found


def _lead(house: Station, found: Checklist, now: datetime) -> str:
    met = sum(line.met for line in found.lines)
    said = _("%(name)s · %(met)d / %(all)d 项有") % {"name": house.unit.name, "met": met, "all": len(found.lines)}
    if found.since:
        said += _("，最早一项 %(day)s 看的") % {"day": short_day_words(found.since, now=now)}
    return f"{said} · {parts.as_of(now)}"


def _verdict(found: Checklist) -> str:
    """够 B 类，离 A 类还差 2 项."""
    has = _("够%(level)s") % {"level": LEVEL_WORDS[found.level]} if found.level else _("五样免费的还没齐")
    if found.aims_at is None:
        return has
    return _("%(has)s，离%(level)s还差 %(n)d 项") % {"has": has, "level": LEVEL_WORDS[found.aims_at], "n": len(found.missing)}


def _groups(request: HttpRequest, found: Checklist, now: datetime, error: DomainError | None) -> list[dict]:
    typed = request.POST if error else {}
    return [
        {"words": HEADS[level], "lines": [_line(line, typed, now, error) for line in found.lines if line.item.level == level]} for level in Level
    ]  # fmt: skip


def _line(line: Line, typed, now: datetime, error: DomainError | None) -> dict:
    code, tick = line.item.code, line.tick
    badge = parts.Badge(_("有"), "ok", "check-circle") if line.met else parts.Badge(_("过了一年，再看"), "warn", "clock") if line.old else None
    if badge is None:
        badge = parts.Badge(_("没有"), "warn", "x") if tick else parts.Badge(_("没看过"), "", "minus")
    second = [_("%(day)s %(who)s看的") % {"day": short_day_words(tick.seen_on, now=now), "who": mask_name(tick.by.name)}, tick.note] if tick else []
    if line.places is not None:
        second.append(_("台账上能用的车位 %(n)d 个") % {"n": line.places})
    elif line.offered is not None:
        second.append(_("台账上有这项服务") if line.offered else _("台账上没有这项服务"))
    wrong = error.message if error and error.field == f"note-{code}" else ""
    return {
        "code": code, "words": line.item.words, "badge": badge, "second": " · ".join(filter(None, second)), "doubtful": line.doubtful,
        "chosen": typed.get(f"is-{code}", ""), "note": typed.get(f"note-{code}", ""), "bad": wrong,
    }  # fmt: skip
