"""An appeal as its handler sees it: the same cards as the staff page, under the same rules, as data."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.urls import reverse

from accounts.rules.roles import Role
from accounts.rules.viewer import Viewer
from appeals.admin.parts import sees_inside, shows_driver
from appeals.api.outline import answer_of, rating_of
from appeals.models import Answer, Appeal, Clock, Event, Photo
from appeals.rules.clock_kinds import CLOCK_NAMES, ClockKind
from appeals.rules.life import OPEN, STATE_WORDS, State
from appeals.rules.moves import MOVES, Move, Offer
from appeals.selectors.facts import offers_for
from appeals.services import handling
from appeals.services.acts import STAFF_MOVES
from common.masks import mask_name, mask_phone, mask_plate

# Whom an appeal is about is the discipline officer's matter; a timeline would tell.
HIDDEN = (Move.ADD_ACCUSED, Move.REMOVE_ACCUSED, Move.KEEP_OUT)
APPROVING = (Move.APPROVE, Move.HEAD_APPROVE, Move.SEND_BACK_DRAFT)


def row_of(appeal: Appeal, *, now: datetime) -> dict[str, Any]:
    """The line of a list (RowOut)."""
    return {
        "number": appeal.number,
        "title": appeal.title,
        "state": appeal.state,
        "state_word": STATE_WORDS[State(appeal.state)],
        "kind": appeal.kind,
        "category": appeal.category,
        "urgency": appeal.urgency,
        "round": appeal.round,
        "place": appeal.place.name if appeal.place_id else "",
        "unit": appeal.lead_unit.name if appeal.lead_unit_id else "",
        "handler": appeal.handler.name if appeal.handler_id else "",
        "received_at": appeal.received_at,
        "next_clock": CLOCK_NAMES[ClockKind(appeal.next_due_clock)] if appeal.next_due_clock else "",
        "next_due": appeal.next_due,
        "overdue": bool(appeal.next_due and appeal.next_due < now and appeal.state in OPEN - {State.WAITING_DRIVER}),
        "first_due": appeal.first_due,
        "due": appeal.due,
        "provisional": appeal.provisional,
        "version": appeal.version,
    }


def sheet_of(appeal: Appeal, viewer: Viewer, *, now: datetime) -> dict[str, Any]:
    """All of SheetOut, as far as this viewer may see it."""
    inside = sees_inside(viewer)
    offers = offers_for(appeal, viewer, now=now)
    possible = {offer.move for offer in offers if not offer.why_not}
    events = list(Event.objects.filter(appeal=appeal).exclude(move__in=HIDDEN).select_related("actor", "unit"))
    written = list(Answer.objects.filter(appeal=appeal).select_related("drafted_by").order_by("round"))
    return {
        **row_of(appeal, now=now),
        "text": appeal.text,
        "spot": appeal.spot,
        "happened": appeal.happened,
        "channel": appeal.get_channel_display(),
        "persons": appeal.persons,
        "photos": [photo_of(appeal, photo) for photo in appeal.photos.all()],
        "driver": driver_of(appeal, viewer),
        "accused": accused_of(appeal, viewer),
        "clocks": [clock_of(clock) for clock in Clock.objects.filter(appeal=appeal).order_by("round", "started_at", "id")],
        "events": [event_of(event, inside=inside) for event in events if inside or event.public],
        "requests": requests_of(appeal) if inside else [],
        "draft": draft_of(appeal, viewer, written, possible) if inside else None,
        "answers": [answer_of(answer, events) for answer in written if answer.state == Answer.State.APPROVED],
        "rating": rating_of(appeal),
        "handlers": handlers_of(appeal, possible, now=now),
        "moves": moves_of(appeal, offers),
    }


def photo_of(appeal: Appeal, photo: Photo) -> dict[str, Any]:
    url = reverse("api:handle_photo", args=[appeal.number, photo.key])
    return {"url": url, "width": photo.width, "height": photo.height, "added_at": photo.added_at}


def driver_of(appeal: Appeal, viewer: Viewer) -> dict[str, str] | None:
    if not shows_driver(viewer, appeal):
        return None
    return {
        "name": mask_name(appeal.caller_name),
        "phone": mask_phone(appeal.phone),
        "plate": mask_plate(appeal.plate),
    }


def accused_of(appeal: Appeal, viewer: Viewer) -> list[dict[str, str]]:
    if not viewer.has_role(Role.DISCIPLINE):
        return []
    rows = appeal.accused.filter(removed_at=None).select_related("unit").order_by("unit__code")
    return [{"code": row.unit.code, "name": row.unit.name} for row in rows]


def clock_of(clock: Clock) -> dict[str, Any]:
    names = ("round", "started_at", "first_due", "due", "provisional", "met_at", "ended_at")
    return {"clock": clock.kind, "word": CLOCK_NAMES[ClockKind(clock.kind)]} | {name: getattr(clock, name) for name in names}


def event_of(event: Event, *, inside: bool) -> dict[str, Any]:
    """One event. A driver has no name here; notes and reasons are for those inside."""
    return {
        "at": event.at,
        "round": event.round,
        "move": event.move,
        "word": MOVES[Move(event.move)].word.rstrip("…"),
        "who": event.actor.name if event.actor_id and event.actor_word == "staff" else event.actor_word,
        "unit": event.unit.name if event.unit_id else "",
        "words": event.words,
        "note": event.note if inside else "",
        "reason": event.reason if inside and event.move != Move.RECUSE else "",  # could tell who is complained of
        "public": event.public,
    }


def requests_of(appeal: Appeal) -> list[dict[str, Any]]:
    """Requests that wait for somebody's decision."""
    rows = appeal.requests.filter(decision="pending").select_related("asked_by", "proposed_unit").order_by("id")
    return [
        {
            "kind": row.kind,
            "word": row.get_kind_display(),
            "asked_by": row.asked_by.name,
            "asked_at": row.asked_at,
            "ground": row.ground,
            "reason": row.reason,
            "asked_days": row.asked_days,
            "proposed": row.proposed_unit.name if row.proposed_unit_id else "",
            "decide_by": row.decide_by,
        }
        for row in rows
    ]


def draft_of(appeal: Appeal, viewer: Viewer, written: list[Answer], possible: set[Move]) -> dict[str, Any] | None:
    """The answer of this round before it goes out: for the unit that writes it and those who approve it."""
    row = next((answer for answer in written if answer.round == appeal.round), None)
    if row is None or row.state == Answer.State.APPROVED:
        return None
    writes = appeal.lead_unit_id in viewer.units()
    approves = row.state != Answer.State.DRAFT and bool(possible & set(APPROVING))
    return draft_as(row) if writes or approves else None


def draft_as(row: Answer) -> dict[str, Any]:
    """DraftOut of one answer."""
    return {
        "measure": row.measure,
        "basis": row.basis,
        "result": row.result,
        "state": row.state,
        "drafted_by": row.drafted_by.name,
        "sent_back": row.sent_back,
        "draft_version": row.version,
    }


def handlers_of(appeal: Appeal, possible: set[Move], *, now: datetime) -> list[dict[str, Any]]:
    if Move.ASSIGN_HANDLER not in possible:
        return []
    return [{"key": person.key, "name": person.name} for person in handling.candidates(appeal, now=now)]


def moves_of(appeal: Appeal, offers: list[Offer]) -> list[dict[str, Any]]:
    """Buttons of this viewer, from the table."""
    return [
        {
            "move": offer.move.value,
            "word": offer.legal.word,
            "url": reverse(f"api:handle_{offer.move.value}", args=[appeal.number]),
            "needs": sorted(offer.legal.needs),
            "why_not": offer.why_not,
        }
        for offer in offers
        if offer.move in STAFF_MOVES
    ]
