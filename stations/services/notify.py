"""Who is told what about his booking: closed words, by the channels he has."""

from __future__ import annotations

from datetime import datetime

from notices.services import outbox
from stations.models import Booking, StandBy

BOOKED, REMINDER, TAKEN_AWAY, MISSED, MOVED_UP, LINE_ENDED, CLOSING = (
    "station.booked", "station.reminder", "station.taken_away", "station.missed", "station.moved_up", "station.line_ended",
    "station.closing",
)  # fmt: skip


def driver(about: Booking | StandBy, template: str, *, now: datetime, due: datetime | None = None, round: str = "") -> None:
    """Tell who booked; nothing when he left neither an account nor a phone."""
    to = [about.person] if about.person_id else []
    address = None if about.person_id else about.phone
    if to or address:
        outbox.post(template=template, about=about, now=now, to=to, address=address, due=due, rung=round)
