"""我的五位司机, for a member; 我的联系人, for a driver. Signed in by a code; everybody else finds nothing here.

A driver's name and phone are shown in full only while he agrees to it; the member's badge only while he does.
"""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.models import Consent
from accounts.rules.consents import current
from common import clock
from common.errors import DomainError, NotThere
from common.masks import mask_name, mask_plate
from common.words import day_words, whole_day_words
from members.models import ContactNote, DriverVehicle, NoContact, Seat, Waiting
from members.rules import contacts as rules
from members.rules.zones import SEATS
from members.selectors import zones
from members.selectors.own import may_match
from members.services import contacts as services

ZONE, SPEAK, SHOW = Consent.Purpose.ZONE, Consent.Purpose.SPEAK_FOR_ME, Consent.Purpose.SHOW_IDENTITY
NOTES_SHOWN = 12


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def five(request: HttpRequest) -> HttpResponse:
    """A member's five, who is due first; POST: he shows his badge (亮身份), or hides it."""
    viewer, now = request.viewer, clock.now()
    if not zones.is_contact(viewer):
        raise Http404
    if request.method == "POST":
        services.show_identity(show=request.POST.get("show") == "on", by=viewer, now=now)
        return redirect(f"{reverse('members:five')}#show")
    rows = five_of(viewer, now=now)
    context = {
        "rows": rows, "free": SEATS - len(rows), "due": sum(row["due"] for row in rows), "words": current(SHOW),
        "shows": bool(zones.consents_of(viewer, [viewer.person_id], SHOW)),
    }  # fmt: skip
    return render(request, "members/web/five.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def one(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """One of the five: call him, note what was heard, speak for him when he has agreed."""
    seat = _own(request, key)
    wrong: dict[str, str] = {}
    if request.method == "POST":
        try:
            _act(request, seat)
            return redirect("members:one_of_five", key=key)
        except NotThere:
            raise Http404 from None
        except DomainError as error:
            wrong[error.field or "how"] = error.message
    return render(request, "members/web/one_of_five.html", _one(request, seat, wrong), status=422 if wrong else 200)


def _act(request: HttpRequest, seat: Seat) -> None:
    typed, viewer, now = request.POST, request.viewer, clock.now()
    match typed.get("act", ""):
        case "note":
            services.note(seat=seat, how=typed.get("how", ""), words=typed.get("words", ""), by=viewer, now=now)
        case "agreed":
            services.write_down(seat=seat, purpose=SPEAK, by=viewer, now=now)
        case _:
            raise NotThere


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def let_go(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """The member would rather not keep touch with this driver: a second step, with a reason for the branch."""
    seat, wrong = _own(request, key), {}
    if request.method == "POST":
        try:
            services.let_go(seat=seat, by=request.viewer, why=request.POST.get("why", ""), now=clock.now())
            return redirect("members:five")
        except DomainError as error:
            wrong["why"] = error.message
    context = {"row": _row(request.viewer, seat, _agreed(request.viewer, [seat]), clock.now()), "wrong": wrong,
               "errors": list(wrong.items()), "why": request.POST.get("why", "")}  # fmt: skip
    return render(request, "members/web/let_go.html", context, status=422 if wrong else 200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def contact(request: HttpRequest) -> HttpResponse:
    """A driver's contact: who he is, call him, what he may see of me."""
    viewer = request.viewer
    driver = zones.own_driver(viewer)
    if driver is None:
        raise Http404
    if request.method == "POST":
        try:
            _drivers_act(request)
            return redirect("members:contact")
        except NotThere:
            raise Http404 from None
    now = clock.now()
    agreed = {purpose for _person, purpose in zones.consents_of(viewer, [driver.person_id], ZONE, SPEAK)}
    context = {
        "contact": contact_of(viewer, now=now),
        "waiting": Waiting.objects.filter(driver=driver, until=None).exists(),
        "none": NoContact.objects.filter(driver=driver, until=None).exists(),
        "asks": [{"purpose": each, "words": current(each), "on": each in agreed} for each in (ZONE, SPEAK)],
    }
    return render(request, "members/web/contact.html", context)


def _drivers_act(request: HttpRequest) -> None:
    typed, viewer, now = request.POST, request.viewer, clock.now()
    match typed.get("act", ""):
        case "agree":
            services.agree(purpose=typed.get("purpose", ""), by=viewer, now=now)
        case "take_back":
            services.take_back(purpose=typed.get("purpose", ""), by=viewer, now=now)
        case "want":
            services.want_one(by=viewer, now=now)
        case _:
            raise NotThere


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest) -> HttpResponse:
    """换一个, or 不要联系人: the second of two steps."""
    viewer, now = request.viewer, clock.now()
    none = request.GET.get("none") == "1"
    if zones.own_driver(viewer) is None or (not none and zones.own_contact(viewer) is None):
        raise Http404
    if request.method == "POST":
        try:
            if none:
                services.want_none(by=viewer, now=now)
            else:
                services.ask_another(by=viewer, why=request.POST.get("why", ""), now=now)
        except NotThere:
            raise Http404 from None
        return redirect("members:contact")
    return render(request, "members/web/change.html", {"none": none})


def five_of(viewer, *, now: datetime) -> list[dict[str, Any]]:
    """The rows of a member's five: whose month is over first, then by the day."""
    seats = list(zones.own_seats(viewer).select_related("driver__person", "driver__place", "driver__enterprise"))
    agreed = _agreed(viewer, seats)
    rows = [_row(viewer, seat, agreed, now) for seat in seats]
    return sorted(rows, key=lambda row: (not row["due"], row["due_at"] or now))


def contact_of(viewer, *, now: datetime) -> dict[str, Any] | None:
    """What a driver sees of his contact: 王师傅, a badge, the last talk, a phone to call."""
    seat = zones.own_contact(viewer)
    if seat is None:
        return None
    shows = bool(zones.consents_of(viewer, [seat.contact_id], SHOW))
    return {
        "name": rules.called(seat.contact.name) or _("联系人"),
        "badge": _("党员") if shows else _("联系人"),
        "party": shows,
        "last": _day(seat.last, now),
        "phone": seat.contact.phone or "",
    }


def cards_for(viewer, *, now: datetime) -> dict[str, Any]:
    """What home and 我的 show of all this; one empty dict for whoever is not signed in."""
    if viewer.person_id is None:
        return {}
    member = zones.is_contact(viewer)
    rows = five_of(viewer, now=now) if member else []
    driver = zones.own_driver(viewer) is not None
    return {
        "contact": contact_of(viewer, now=now), "driver": driver, "member": member, "unmatched": not driver and may_match(viewer),
        "five": len(rows), "due": sum(row["due"] for row in rows),
    }  # fmt: skip


def _own(request: HttpRequest, key: uuid.UUID) -> Seat:
    rows = zones.own_seats(request.viewer).select_related("driver__person", "driver__place", "driver__enterprise")
    seat = rows.filter(driver__person__key=key).first()
    if seat is None:
        raise Http404
    return seat


def _agreed(viewer, seats: list[Seat]) -> set[tuple[int, str]]:
    return zones.consents_of(viewer, [seat.driver.person_id for seat in seats], ZONE, SPEAK)


def _row(viewer, seat: Seat, agreed: set[tuple[int, str]], now: datetime) -> dict[str, Any]:
    person, known = seat.driver.person, (seat.driver.person_id, ZONE) in agreed
    return {
        "key": person.key, "known": known, "name": person.name if known else mask_name(person.name) or _("司机"),
        "phone": (person.phone or "") if known else "", "said": _spoken(person.phone) if known else "", "town": seat.driver.place.name,
        "job": seat.driver.enterprise.name if seat.driver.enterprise else seat.driver.get_engagement_display(),
        "trade": seat.driver.trade, "last": _day(seat.last, now),
        "due": rules.is_due(seat.due_at, now), "due_at": seat.due_at, "due_day": day_words(seat.due_at) if seat.due_at else "",
        "speaks": (person.pk, SPEAK) in agreed,
    }  # fmt: skip


def _day(moment: datetime | None, now: datetime) -> str:
    """10月28日; with the year where it is another one."""
    if moment is None:
        return ""
    day = clock.today(moment)
    return whole_day_words(day) if day.year != clock.today(now).year else f"{day.month}月{day.day}日"


def _spoken(phone: str | None) -> str:
    """139 0000 0001: as one reads it aloud."""
    return f"{phone[:3]} {phone[3:7]} {phone[7:]}" if phone else ""


def _one(request: HttpRequest, seat: Seat, wrong: dict[str, str]) -> dict[str, Any]:
    found = one_of_five(request.viewer, seat, now=clock.now())
    return {
        "row": found, "plates": "、".join(found["plates"]), "himself": found["himself"], "hows": ContactNote.How.choices, "wrong": wrong,
        "errors": list(wrong.items()), "typed": request.POST if wrong else {}, "longest": rules.LONGEST_NOTE,
        "notes": [each | {"when": day_words(clock.today(each["at"])), "how": each["how_word"]} for each in found["notes"]],
    }  # fmt: skip


def one_of_five(viewer, seat: Seat, *, now: datetime) -> dict[str, Any]:
    """One row of his five with masked plates and the latest of what he heard; `himself`: the driver can sign in."""
    drives = DriverVehicle.objects.filter(driver=seat.driver, until=None).select_related("vehicle")
    return _row(viewer, seat, _agreed(viewer, [seat]), now) | {
        "plates": [mask_plate(each.vehicle.plate) for each in drives], "himself": seat.driver.person.phone_proved_at is not None,
        "notes": [
            {"at": each.at, "how": each.how, "how_word": each.get_how_display(), "words": each.words}
            for each in seat.notes.order_by("-at", "-pk")[:NOTES_SHOWN]
        ],
    }  # fmt: skip
