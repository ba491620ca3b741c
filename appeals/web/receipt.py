"""The receipt: number and query code once, as text, QR and picture, and by when what happens.

The browser that filed sees its number for a day; the code for ten minutes, so that a connection lost
right after sending loses nothing. The code is computed from the form's key, and stored nowhere.
"""

from __future__ import annotations

import io
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import segno
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from appeals.models import Appeal, Clock, Draft
from appeals.rules.clock_kinds import ClockKind
from appeals.services import drafts, receipts
from appeals.web import browser
from appeals.web.picture import draw
from appeals.web.timeline import moment_words
from common import clock
from common.words import WEEKDAYS, day_words

STEPS = (
    (ClockKind.HAND_OVER, gettext_lazy("转给办事的科室")),
    (ClockKind.PROGRESS, gettext_lazy("告诉您办到哪一步")),
    (ClockKind.ANSWER, gettext_lazy("给您答复")),
)


def sent_draft(request: HttpRequest, key: UUID, *, holder: str, now: datetime) -> Draft:
    """The form under `holder` of this browser that became the appeal `key` within a day; otherwise there is none (404)."""
    rows = drafts.already_sent(holder=holder, now=now)
    draft = next((row for row in rows if row.appeal.key == key), None)
    if draft is None or browser.has_left(request):
        raise Http404
    return draft


def _sent(request: HttpRequest, key: UUID, *, now: datetime) -> Draft:
    return sent_draft(request, key, holder=browser.holder_of(request), now=now)


def _code(draft: Draft, *, now: datetime) -> str:
    """"482 907" while it may be shown, else ""."""
    if draft.show_until is None or now > draft.show_until:
        return ""
    code = receipts.receipt_of(draft.appeal).code
    return f"{code[:3]} {code[3:]}"


def groups_of(number: str) -> list[str]:
    return [number[i : i + 4] for i in range(0, 16, 4)]


def next_dates(clocks: dict[str, Clock], *, now: datetime, steps=STEPS) -> list[dict[str, str]]:
    """By when what happens: {day: "11月25日", at: "周三 17:30 前", what}. `steps`: kinds of clocks, each with its words."""
    rows = []
    for kind, what in steps:
        if kind in clocks:
            rows.append({**when_words(clocks[kind].due, now=now, provisional=clocks[kind].provisional), "what": str(what)})
    return rows


def when_words(moment: datetime, *, now: datetime, provisional: bool = False) -> dict[str, str]:
    at = clock.local(moment)
    tail = _("（暂定）") if provisional else ""
    if at.date() == clock.today(now):
        return {"day": _("今天"), "at": _("%(at)s 前") % {"at": f"{at.hour}:{at:%M}"} + tail}
    week = f"周{WEEKDAYS[at.weekday()]}"
    return {"day": f"{at.month}月{at.day}日", "at": _("%(at)s 前") % {"at": f"{week} {at.hour}:{at:%M}"} + tail}


@require_safe
def receipt(request: HttpRequest, key: UUID) -> HttpResponse:
    """What he takes away. Reload and Back show it again; the code only for ten minutes."""
    now = clock.now()
    draft = _sent(request, key, now=now)
    appeal = draft.appeal
    clocks = {row.kind: row for row in Clock.objects.filter(appeal=appeal, round=1)}
    context: dict[str, Any] = {
        "received": moment_words(appeal.received_at),
        "groups": groups_of(appeal.number),
        "code": _code(draft, now=now),
        "qr_url": reverse("appeals:receipt-qr", args=[appeal.key]),
        "picture_url": reverse("appeals:receipt-picture", args=[appeal.key]),
        "next": next_dates(clocks, now=now),
        "has_accused": appeal.accused.filter(removed_at=None).exists(),
        "fine_words": fine_words(appeal, clocks.get(ClockKind.REVIEW_ADVICE)),
        "track_url": reverse("appeals:view", args=[appeal.key]),
        "start_url": reverse("appeals:new"),
    }
    return render(request, "appeals/web/receipt.html", context)


def fine_words(appeal: Appeal, clock_: Clock | None) -> str:
    """The last day for 行政复议, from the first second; "" when no fine is spoken of."""
    if clock_ is None:
        return ""
    last = day_words(clock_.due)
    if appeal.fine_on:
        return _("%(day)s前，可以去铜山区司法局申请行政复议。") % {"day": last}
    return _("拿到决定书起 60 天内，可以申请行政复议。要是今天拿到的，最晚 %(day)s。") % {"day": last}


@require_safe
def qr(request: HttpRequest, key: UUID) -> HttpResponse:
    """The QR of the tracking page. The number stands behind the #, where no log sees it; the code is not in it."""
    draft = _sent(request, key, now=clock.now())
    out = io.BytesIO()
    segno.make(address_of_number(draft.appeal), error="l", micro=False).save(out, kind="svg", border=0, omitsize=True)
    return HttpResponse(out.getvalue(), content_type="image/svg+xml")


def address_of_number(appeal: Appeal) -> str:
    return f"{settings.SITE_URL}{reverse('appeals:track')}#{appeal.number}"


@require_safe
def picture(request: HttpRequest, key: UUID) -> HttpResponse:
    """The receipt as a PNG for the album, while the code may be shown."""
    now = clock.now()
    draft = _sent(request, key, now=now)
    code = _code(draft, now=now)
    if not code:
        raise Http404
    clocks = {row.kind: row for row in Clock.objects.filter(appeal=draft.appeal, round=1)}
    data = draw(
        groups=groups_of(draft.appeal.number),
        code=code,
        received=moment_words(draft.appeal.received_at),
        dates=next_dates(clocks, now=now - timedelta(days=3)),  # a picture is looked at later: no "今天"
        address=address_of_number(draft.appeal),
        hall=settings.HALL_PHONE,
        hotline=settings.HOTLINE,
    )
    response = HttpResponse(data, content_type="image/png")
    response["Content-Disposition"] = f'attachment; filename="receipt-{draft.appeal.number[-4:]}.png"'
    return response
