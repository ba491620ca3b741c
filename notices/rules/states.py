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


class Hours(StrEnum):
    """When a message may leave."""

    ANY = "any"  # what a driver waits for, and urgent ones
    OFFICE = "office"  # working days 08:00–20:00
    MORNING = "morning"  # working days 09:00 (R1, R3)


STATE_WORDS = {
    State.QUEUED: "等着发",
    State.SENDING: "正在发",
    State.SENT: "已发出",
    State.FAILED: "没发出去",
    State.UNKNOWN: "对方没回话",
    State.SUPERSEDED: "被后一级代替",
    State.CANCELLED: "不用发了",
}
CHANNEL_WORDS = {Channel.INAPP: "站内", Channel.SMS: "短信", Channel.EMAIL: "邮件"}
