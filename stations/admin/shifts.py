"""交接班: who is on duty, what is passed on, the signature of the next."""

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
from common.words import length_words, moment_words, short_words
from stations.admin import frame, parts
from stations.admin.parts import ROLES
from stations.models import Relief, Shift, Station
from stations.rules.shifts import LONGEST
from stations.selectors import shifts as selectors
from stations.services import shifts

SHOWN = 10


@page("stations/<slug:slug>/shift/", name="stations_shift", roles=ROLES)
def shift_page(request: HttpRequest, slug: str) -> HttpResponse:
    """The shift of a house as it is for who looks; POST begins, hands over, takes back, signs, takes over or ends it."""
    house, error = parts.house_or_404(request, slug), None
    if request.method == "POST":
        try:
            messages.success(request, ACTS.get(request.POST.get("act", ""), _nothing)(request, house))
            return redirect("admin:stations_shift", slug=slug)
        except NotThere as missing:
            raise Http404 from missing
        except DomainError as refused:
            error = refused
    return _show(request, house, error)


def _show(request: HttpRequest, house: Station, error: DomainError | None) -> HttpResponse:
    viewer, now = request.viewer, clock.now()
    shift, waiting = selectors.open_shift(viewer, house), selectors.pending(viewer, house)
    me = viewer.person_id
    return frame.house_page(
        request, "stations/admin/shift.html", house, here="stations_shift", title=_("交接班"), lead=_lead(house, shift, now), shift=shift,
        mine=shift is not None and shift.person_id == me, waiting=_passed(waiting, now), gives=waiting is not None and waiting.giver_id == me,
        takes=waiting is not None and waiting.taker_id == me, items=selectors.open_items(viewer, house, now=now),
        due=parts.yuan_of(selectors.due_cash(viewer, shift)) if shift else "0", error=error, typed=request.POST if error else {},
        keys=request.POST.get("keys", "") if error else "",  # `typed.keys` in a template is the method of an empty dict
        takers=[(one.pk, one.name) for one in selectors.keepers_of(viewer, house, now=now) if one.pk != me],
        long=shift is not None and now - shift.began_at >= LONGEST,
        past=[_past(one, now) for one in selectors.past_shifts(viewer, house)[:SHOWN]], status=422 if error else 200,
    )  # fmt: skip


def _lead(house: Station, shift: Shift | None, now: datetime) -> str:
    if shift is None:
        return _("%(house)s · 现在没有人当班 · %(at)s") % {"house": house.unit.name, "at": parts.as_of(now)}
    facts = {"house": house.unit.name, "who": shift.person.name, "from": moment_words(shift.began_at, now), "long": length_words(now - shift.began_at)}
    return _("%(house)s · %(who)s当班，%(from)s 起，%(long)s") % facts


def _passed(row: Relief | None, now: datetime) -> dict | None:
    """A hand-over as it is read: cash against what it should be, keys, words, what was open when it was written."""
    if row is None:
        return None
    differs = row.cash_fen - row.due_fen
    return {
        "row": row, "made": short_words(row.made_at, now=now), "cash": parts.yuan_of(row.cash_fen), "due": parts.yuan_of(row.due_fen),
        "differs": (_("多 %s 元") if differs > 0 else _("少 %s 元")) % parts.yuan_of(abs(differs)) if differs else "",
        "items": [one.get("words", "") for one in row.items],
    }  # fmt: skip


def _past(row: Shift, now: datetime) -> dict:
    passed = next((one for one in row.reliefs.all() if one.signed_at), None)
    return {
        "who": row.person.name, "span": f"{short_words(row.began_at, now=now)} – {short_words(row.ended_at, now=now)}", "end": row.get_end_display(),
        "why": row.end_why, "to": passed.taker.name if passed else "", "passed": _passed(passed, now),
    }  # fmt: skip


def _cash(request: HttpRequest) -> int:
    if not request.POST.get("cash", "").strip():
        raise DomainError(_("点一下现金，没有就写 0"), field="cash", code="required")
    return parts.fen_of(request.POST["cash"], "cash")


def _begin(request: HttpRequest, house: Station) -> str:
    shifts.begin(station=house, by=request.viewer, now=clock.now(), opening_fen=_cash(request))
    return _("您当班了，司机的页面上写您的姓。")


def _hand_over(request: HttpRequest, house: Station) -> str:
    post = request.POST
    passed = shifts.Passed(small_number(post.get("taker", "")), _cash(request), post.get("keys", ""), post.get("words", ""))
    row = shifts.hand_over(station=house, passed=passed, by=request.viewer, now=clock.now())
    return _("写好了，等%(who)s用自己的账号签收。签收以前还是您当班。") % {"who": row.taker.name}


def _withdraw(request: HttpRequest, house: Station) -> str:
    shifts.withdraw(station=house, by=request.viewer, now=clock.now())
    return _("收回了，还是您当班。")


def _sign(request: HttpRequest, house: Station) -> str:
    shifts.sign(station=house, by=request.viewer, now=clock.now())
    return _("签收了，现在您当班。")


def _take_over(request: HttpRequest, house: Station) -> str:
    shifts.take_over(station=house, cash_fen=_cash(request), why=request.POST.get("why", ""), by=request.viewer, now=clock.now())
    return _("您接了班；没有交接这件事记下来了。")


def _end(request: HttpRequest, house: Station) -> str:
    shifts.end(station=house, by=request.viewer, now=clock.now())
    return _("下班了，现在没有人当班。")


def _nothing(request: HttpRequest, house: Station) -> str:
    raise NotThere


ACTS = {"begin": _begin, "hand_over": _hand_over, "withdraw": _withdraw, "sign": _sign, "take_over": _take_over, "end": _end}
