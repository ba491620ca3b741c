"""Where the SMS gateway tells what became of a message: signed, or as good as not there."""

from __future__ import annotations

import hmac
import json
from datetime import datetime, timedelta

from django.conf import settings
from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import ParseError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from common import clock
from notices.gateways.sms import sign
from notices.services import receipts

SKEW = timedelta(minutes=5)


class ReceiptView(APIView):
    """POST {"out_id", "result": "delivered" | "failed", "why"} with the signature of SMS_SECRET.

    Unsigned, old or forged: 404. A message that is not ours is taken like any other: nothing is told."""

    authentication_classes = ()
    permission_classes = ()

    @extend_schema(exclude=True)
    def post(self, request: Request) -> Response:
        now = clock.now()
        body = request.body
        if not _genuine(request, body, now):
            raise Http404
        try:
            said = json.loads(body)
            receipts.take(
                out_id=str(said["out_id"])[:32], result=str(said["result"]), why=str(said.get("why", "")), now=now
            )
        except (ValueError, TypeError, KeyError, AttributeError):
            raise ParseError("看不懂这条回执") from None
        return Response({"result": "taken"})


def _genuine(request: Request, body: bytes, now: datetime) -> bool:
    stamp = request.headers.get("X-Timestamp", "")
    if not settings.SMS_SECRET or not (stamp.isascii() and stamp.isdigit() and len(stamp) < 12):
        return False
    if abs(now.timestamp() - int(stamp)) > SKEW.total_seconds():
        return False
    return hmac.compare_digest(sign(stamp, body).encode(), request.headers.get("X-Signature", "").encode())
