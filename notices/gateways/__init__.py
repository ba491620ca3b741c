"""Ways out of the house. In-app needs none: a settled row is the message."""

from __future__ import annotations

from django.conf import settings

from notices.gateways.base import Gateway
from notices.gateways.email import Mail
from notices.gateways.shown import Shown
from notices.gateways.sms import Sms
from notices.rules.states import Channel

_ON_THE_CONSOLE = "django.core.mail.backends.console.EmailBackend"


def gateway_for(channel: str) -> Gateway:
    """The gateway of a channel as settings name it; in the demo, without one, the message is only shown."""
    if channel == Channel.SMS:
        return Shown() if settings.DEMO and not settings.SMS_URL else Sms()
    if settings.DEMO and settings.EMAIL_BACKEND == _ON_THE_CONSOLE:
        return Shown()
    return Mail()
