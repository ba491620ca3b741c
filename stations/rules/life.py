"""The life of a station and of a booking. The legal moves stand in two tables; nothing else sets a state."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class StationState(StrEnum):
    PLANNED = "planned"
    BUILDING = "building"
    OPEN = "open"
    PAUSED = "paused"
    CLOSED = "closed"


class StationMove(StrEnum):
    BUILD = "build"
    OPEN = "open"
    PAUSE = "pause"
    RESUME = "resume"
    CLOSE = "close"


class BookingState(StrEnum):
    BOOKED = "booked"
    IN_HOUSE = "in_house"
    DONE = "done"
    CANCELLED = "cancelled"
    NO_SHOW = "no_show"


class BookingMove(StrEnum):
    CHECK_IN = "check_in"
    LEAVE = "leave"
    CANCEL = "cancel"
    MISS = "miss"
    TAKE_AWAY = "take_away"


LIVE = (BookingState.BOOKED, BookingState.IN_HOUSE)  # holds its bed; the database knows these two words


@dataclass(frozen=True)
class Legal:
    """From which states to which; `told`: whoever booked hears of it at once."""

    frm: frozenset[str]
    to: str
    told: bool = False


STATION_MOVES = {
    StationMove.BUILD: Legal(frozenset({StationState.PLANNED}), StationState.BUILDING),
    StationMove.OPEN: Legal(frozenset({StationState.PLANNED, StationState.BUILDING}), StationState.OPEN),
    StationMove.PAUSE: Legal(frozenset({StationState.OPEN}), StationState.PAUSED, told=True),
    StationMove.RESUME: Legal(frozenset({StationState.PAUSED}), StationState.OPEN),
    StationMove.CLOSE: Legal(frozenset({StationState.OPEN, StationState.PAUSED}), StationState.CLOSED, told=True),
}
BOOKING_MOVES = {
    BookingMove.CHECK_IN: Legal(frozenset({BookingState.BOOKED}), BookingState.IN_HOUSE),
    BookingMove.LEAVE: Legal(frozenset({BookingState.IN_HOUSE}), BookingState.DONE),
    BookingMove.CANCEL: Legal(frozenset({BookingState.BOOKED}), BookingState.CANCELLED),
    BookingMove.MISS: Legal(frozenset({BookingState.BOOKED}), BookingState.NO_SHOW, told=True),
    BookingMove.TAKE_AWAY: Legal(frozenset(LIVE), BookingState.CANCELLED, told=True),
}


def station_moves(state: str) -> list[StationMove]:
    """What may be done with a station in this state, in the order of the table."""
    return [move for move, legal in STATION_MOVES.items() if state in legal.frm]


def booking_moves(state: str) -> list[BookingMove]:
    """What may be done with a booking in this state, in the order of the table."""
    return [move for move, legal in BOOKING_MOVES.items() if state in legal.frm]
