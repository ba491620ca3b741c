"""The life of one message, and the channels it can take."""

from enum import StrEnum


class State(StrEnum):
    """queued → sending → sent | failed | unknown | superseded | cancelled."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    UNKNOWN = "unknown"  # the gateway took it and never answered: asked for, never sent in a loop
    SUPERSEDED = "superseded"
    CANCELLED = "cancelled"


class Channel(StrEnum):
    INAPP = "inapp"
    SMS = "sms"
    EMAIL = "email"


OUTSIDE = frozenset({Channel.SMS, Channel.EMAIL})  # these leave the house: a call that may hang or be lost


class Hours(StrEnum):
    """When a message may leave."""

    ANY = "any"  # what a driver waits for, and urgent ones
    OFFICE = "office"  # working days 08:00–20:00
    MORNING = "morning"  # working days from 09:00 (R1, R3)


class Audience(StrEnum):
    """Whom a template speaks to. Rungs speak to staff alone."""

    DRIVER = "driver"
    STAFF = "staff"


class Rank:
    """Smaller leaves earlier: urgent, what a driver waits for, rungs from the highest down, the rest."""

    URGENT, WAITED_FOR, TOP_RUNG, REST = 0, 1, 2, 8


def rank_of(*, urgent: bool, hours: str, clock: str, rung: str) -> int:
    """The place in the queue. A rung is "R0" … "R5" or "U1" … "U3" of a clock."""
    if urgent:
        return Rank.URGENT
    if hours == Hours.ANY:
        return Rank.WAITED_FOR
    if clock and rung[1:].isdigit():
        return Rank.TOP_RUNG + 5 - min(int(rung[1:]), 5)
    return Rank.REST


STATE_WORDS = {
    State.QUEUED: "等着发",
    State.SENDING: "正在发",
    State.SENT: "已发出",
    State.FAILED: "没发出去",
    State.UNKNOWN: "对方没回话",
    State.SUPERSEDED: "被后一级代替",
    State.CANCELLED: "不用发了",
}
# What a person does about a message to a driver that ended so, or waits for more than an hour.
NEXT_WORDS = {
    State.FAILED: "打电话告诉他",
    State.UNKNOWN: "可能到了，也可能没到：打电话问一声",
    State.QUEUED: "还在再试；等不得就先打电话",
    State.SENDING: "还在再试；等不得就先打电话",
}
CHANNEL_WORDS = {Channel.INAPP: "站内", Channel.SMS: "短信", Channel.EMAIL: "邮件"}
