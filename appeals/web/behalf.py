"""`/appeals/for/<driver>/`: what a contact must know before he writes for his driver, and what he takes away."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from appeals.models import Appeal, Clock
from appeals.rules.clock_kinds import ClockKind
from appeals.rules.life import State
from appeals.selectors.behalf import written_for
from appeals.services import drafts
from appeals.web import browser
from appeals.web.mine import LOOK, near_words
from appeals.web.receipt import groups_of, next_dates, sent_draft
from appeals.web.timeline import HEADINGS, moment_words
from appeals.web.whose import open_form_of
from common import clock

MOST = 20
STEPS = (
    (ClockKind.HAND_OVER, gettext_lazy("转给办事的科室")),
    (ClockKind.PROGRESS, gettext_lazy("告诉他办到哪一步")),
    (ClockKind.ANSWER, gettext_lazy("给他答复")),
)


@require_safe
def before(request: HttpRequest, driver: UUID) -> HttpResponse:
    """Who will see it and who will not; what he wrote before and how far it is."""
    now = clock.now()
    form = open_form_of(request, driver, now=now)
    left = browser.has_left(request)
    draft = None if left else drafts.current(holder=form.holder(request), now=now)
    context = {
        "for_whom": form.name,
        "start_url": form.url("what") + ("?resume=1" if left else ""),
        "begun": draft is not None,
        "back_url": reverse("members:one_of_five", args=[driver]),
        "items": [_item(row, now=now) for row in written_for(request.viewer, driver)[:MOST]],
    }
    return render(request, "appeals/web/for.html", context)


def _item(appeal: Appeal, *, now: datetime) -> dict[str, Any]:
    """How far it is, in one word: neither who has it nor what was answered."""
    kind, icon = LOOK.get(State(appeal.state), ("ok", "done"))
    return {
        "when": _("%(at)s 写的一件") % {"at": near_words(appeal.received_at, now=now)},
        "number": " ".join(groups_of(appeal.number)),
        "state": {"kind": kind, "icon": icon, "words": HEADINGS[State(appeal.state)]},
    }


@require_safe
def receipt(request: HttpRequest, driver: UUID, key: UUID) -> HttpResponse:
    """The number to hand to the driver. The query code is not for the contact: it would open the answer and the rating."""
    now = clock.now()
    form = open_form_of(request, driver, now=now)
    appeal = sent_draft(request, key, holder=form.holder(request), now=now).appeal
    clocks = {row.kind: row for row in Clock.objects.filter(appeal=appeal, round=1)}
    context = {
        "for_whom": form.name,
        "received": moment_words(appeal.received_at),
        "groups": groups_of(appeal.number),
        "next": next_dates(clocks, now=now, steps=STEPS),
        "has_accused": appeal.accused.filter(removed_at=None).exists(),
        "back_url": reverse("members:one_of_five", args=[driver]),
    }
    return render(request, "appeals/web/for_receipt.html", context)
