"""Mail through Django's SMTP backend. The subject is always the same and tells nothing."""

from __future__ import annotations

import smtplib

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.utils.translation import gettext as _

from notices.rules.outcomes import Accepted, Asked, Outcome, Refused, TryLater, Unknown


class Mail:
    """One message, one connection: a lost connection then belongs to one message only."""

    asks = False

    def send(self, *, to: str, text: str, out_id: str) -> Outcome:
        connection = get_connection(timeout=settings.EMAIL_TIMEOUT)
        try:
            connection.open()
        except (OSError, smtplib.SMTPException) as error:
            return TryLater(f"mail server out of reach: {type(error).__name__}")
        headers = {"Message-ID": f"<{out_id}@{settings.DEFAULT_FROM_EMAIL.rpartition('@')[2]}>"}
        message = EmailMessage(_("红运之家通知"), text, to=[to], headers=headers, connection=connection)
        try:
            message.send()
        except (OSError, smtplib.SMTPException, ValueError) as error:
            return _meaning(error)
        finally:
            _close(connection)
        return Accepted()

    def ask(self, *, out_id: str) -> Asked:
        return Unknown("mail cannot be asked for")


def _meaning(error: Exception) -> Outcome:
    """5xx is for ever, 4xx is for now; a connection that broke off says nothing at all."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        codes = [code for code, _words in error.recipients.values()]
        return Refused("address refused") if codes and min(codes) >= 500 else TryLater("address not taken now")
    if isinstance(error, smtplib.SMTPResponseException):
        return Refused(f"mail server says {error.smtp_code}") if error.smtp_code >= 500 else TryLater(str(error.smtp_code))
    if isinstance(error, ValueError):
        return Refused("no mail address")
    return Unknown(f"mail server broke off: {type(error).__name__}")


def _close(connection) -> None:
    try:
        connection.close()
    except (OSError, smtplib.SMTPException):
        return  # the answer is known already
