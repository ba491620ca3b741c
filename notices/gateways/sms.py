"""SMS through one signed HTTP adapter.

    POST SMS_URL         {"out_id": "…", "to": "13800000000", "text": "…"}
    POST SMS_STATUS_URL  {"out_id": "…"}                         only where the gateway offers it
    X-Timestamp: seconds since 1970      X-Signature: hex HMAC-SHA256(SMS_SECRET, timestamp + "\\n" + body)

Answers are JSON {"result": "accepted" | "refused" | "try_later" | "not_seen", "why": "…"}. The adapter in
front of a carrier translates; it must take the same out_id twice as the same message where it can.
"""

from __future__ import annotations

import hashlib
import hmac
import json

from django.conf import settings
from django.utils.translation import gettext as _

from common import clock
from notices.gateways import http
from notices.rules.outcomes import Accepted, Asked, NotSeen, Outcome, Refused, TryLater, Unknown

# Answers that blame the number or the text, and will blame them again tomorrow.
FOR_EVER = frozenset({400, 404, 410, 413, 422})


class Sms:
    """The adapter as settings name it."""

    def __init__(self) -> None:
        self.url = settings.SMS_URL
        self.status_url = settings.SMS_STATUS_URL
        self.asks = bool(self.status_url)

    def send(self, *, to: str, text: str, out_id: str) -> Outcome:
        sign = _("【红运之家】")
        try:
            answer = self._post(self.url, {"out_id": out_id, "to": to, "text": f"{sign}{text}"})
        except http.NotAllowed as error:
            return TryLater(f"gateway address not allowed: {error}")
        except http.NotReached as error:
            return TryLater(f"gateway out of reach: {error}")
        except http.NoAnswer as error:
            return Unknown(f"no answer: {error}")
        return _outcome(answer)

    def ask(self, *, out_id: str) -> Asked:
        if not self.asks:
            return Unknown("gateway cannot be asked")
        try:
            answer = self._post(self.status_url, {"out_id": out_id})
        except (http.NotAllowed, http.NotReached, http.NoAnswer) as error:
            return Unknown(f"no answer to a question: {error}")
        if answer.status == 404:
            return NotSeen()
        said = _result(answer.body) if answer.status == 200 else None
        if said is None:
            return Unknown(f"status {answer.status}")
        result, why = said
        known: dict[str, Asked] = {"accepted": Accepted(), "refused": Refused(why), "not_seen": NotSeen()}
        return known.get(result, Unknown(f"says {result[:20]}"))

    def _post(self, url: str, content: dict[str, str]) -> http.Answer:
        body = json.dumps(content, ensure_ascii=False).encode()
        stamp = str(int(clock.now().timestamp()))
        return http.post(
            url,
            body,
            headers={
                "Content-Type": "application/json; charset=utf-8",
                "X-Timestamp": stamp,
                "X-Signature": sign(stamp, body),
            },
            hosts=settings.SMS_ALLOWED_HOSTS,
            plain_on_loopback=settings.DEMO,
        )


def sign(stamp: str, body: bytes) -> str:
    """Hex HMAC-SHA256 over timestamp, newline and body."""
    return hmac.new(settings.SMS_SECRET.encode(), stamp.encode() + b"\n" + body, hashlib.sha256).hexdigest()


def _outcome(answer: http.Answer) -> Outcome:
    said = _result(answer.body)
    if 200 <= answer.status < 300:
        if said is None:
            return Unknown("answer cannot be read")
        result, why = said
        known: dict[str, Outcome] = {"accepted": Accepted(), "refused": Refused(why), "try_later": TryLater(why)}
        return known.get(result, Unknown(f"says {result[:20]}"))
    why = said[1] if said else ""
    if answer.status in FOR_EVER:
        return Refused(why or f"status {answer.status}")
    return TryLater(why or f"status {answer.status}")  # 5xx, limits, money, our own key, a redirect


def _result(body: bytes) -> tuple[str, str] | None:
    try:
        said = json.loads(body)
        return str(said["result"]), str(said.get("why", ""))[:120]
    except (ValueError, TypeError, KeyError, AttributeError):
        return None
