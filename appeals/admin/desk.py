"""分拨台: what the router left to a person, its best three, and the words that led there."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.admin.pages import page, render_page
from accounts.models import Unit
from accounts.rules.roles import Role
from appeals.admin import cards, parts
from appeals.admin.acts import ACTS
from appeals.admin.appeal_page import OFF_BAR, facts_of
from appeals.models import Appeal, Event, RouteDecision
from appeals.rules.moves import Move
from appeals.rules.routing_names import category_name
from appeals.selectors import staff
from appeals.selectors.facts import offers_for
from appeals.selectors.scope import appeals_for
from appeals.services import legs
from common import clock
from common.masks import mask_name, mask_plate
from common.selectors import calendar
from common.workdays import Calendar

QUEUE = 40
STEP_WORDS = {
    "urgency": "危险吗", "nothing": "有内容吗", "accusation": "谁不能办", "category": "哪一类", "unit": "哪个单位",
    "kind": "哪一种", "second": "还有一件吗", "desk": "转人工",
}  # fmt: skip


@page("appeals/desk/", name="appeals_desk", roles={Role.DESK, Role.DUTY})
def desk(request: HttpRequest) -> HttpResponse:
    return show(request, None)


def show(
    request: HttpRequest, appeal: Appeal | None, *, errors=(), typed: Mapping[str, str] | None = None, status: int = 200
) -> HttpResponse:
    """The queue on the left, one appeal on the right; due first."""
    viewer, now = request.viewer, clock.now()
    rows = list(staff.listed(viewer, staff.desk_q(viewer, now=now))[:QUEUE])
    wanted = appeal.pk if appeal else _asked(request, rows)
    one = appeals_for(viewer).select_related("place", "lead_unit").filter(pk=wanted).first() if wanted else None
    calendar_ = calendar()
    return render_page(
        request,
        "appeals/admin/desk.html",
        status=status,
        title=_("分拨台"),
        crumbs=[(_("诉求"), None), (_("分拨台"), None)],
        lead=_("机器拿不准的 %s 件；2 小时内分出去，先到期的在前") % len(rows),
        done_today=done_today(request, now=now),
        queue=[queue_item(row, wanted, now=now, calendar_=calendar_) for row in rows],
        one=one_of(one, request, now=now, calendar_=calendar_) if one else None,
        moves=_moves(one, request, now=now) if one else [],
        errors=errors,
        typed_reason=(typed or {}).get("reason", ""),
        typed_unit=(typed or {}).get("unit", ""),
        typed_other=(typed or {}).get("other_unit", ""),
        route_move=Move.ROUTE_BY_HAND.value,
        act_url=reverse("admin:appeals_act", args=[one.key]) if one else "",
    )


def _asked(request: HttpRequest, rows: list[Appeal]) -> int | None:
    try:
        key = UUID(request.GET.get("one", ""))
    except ValueError:
        key = None
    return next((row.pk for row in rows if row.key == key), rows[0].pk if rows else None)


def queue_item(row: Appeal, wanted: int | None, *, now: datetime, calendar_: Calendar) -> dict[str, Any]:
    second = " · ".join(filter(None, (row.place.name if row.place else "", row.get_channel_display())))
    return {
        "title": parts.title_of(row), "second": second, "on": row.pk == wanted,
        "url": f"?one={row.key}", "chip": parts.due_chip(row, now=now, calendar=calendar_, short=True),
    }  # fmt: skip


def done_today(request: HttpRequest, *, now: datetime) -> str:
    """今天已自动分拨 N 件，人工 M 件: among what this viewer may know of."""
    midnight = clock.local(now).replace(hour=0, minute=0, second=0, microsecond=0)
    found = Event.objects.filter(
        at__gte=midnight, at__lt=midnight + timedelta(days=1), move__in=[Move.ROUTE, Move.ROUTE_BY_HAND],
        appeal__in=appeals_for(request.viewer),
    ).order_by().aggregate(auto=Count("pk", filter=Q(move=Move.ROUTE)), hand=Count("pk", filter=Q(move=Move.ROUTE_BY_HAND)))  # fmt: skip
    return _("今天已自动分拨 %(auto)s 件，人工 %(hand)s 件；截至 %(time)s") % {**found, "time": f"{clock.local(now):%H:%M}"}


def one_of(appeal: Appeal, request: HttpRequest, *, now: datetime, calendar_: Calendar) -> dict[str, Any]:
    """The chosen appeal with the choices for it. The machine proposes nobody who is ruled out; the list of all units
    is the same for every appeal, so that it tells nobody who is accused."""
    decision = appeal.decisions.order_by("-id").first()
    out = legs.ruled_out(appeal, now=now)
    units = list(Unit.objects.filter(takes_appeals=True, is_active=True))
    choices = choices_of(decision, [unit for unit in units if unit.pk not in out])
    typed = request.POST.get("unit", "")
    if typed:
        choices = [{**each, "on": each["value"] == typed} for each in choices]
    driver = " ".join(filter(None, (mask_name(appeal.caller_name), mask_plate(appeal.plate))))
    fine = appeal.clocks.filter(kind="C10").exists()
    category = decision.category if decision else ""
    return {
        "state": parts.state_badge(appeal.state),
        "badges": [category_name(category) if category else _("没选分类"), *( [parts.is_urgent(appeal).word] if parts.is_urgent(appeal) else [])],
        "chip": parts.due_chip(appeal, now=now, calendar=calendar_),
        "story": parts.split_marks(appeal.text, cards.marks_of_decision(decision, appeal.text)),
        "facts": [*facts_of(appeal, request.viewer), *([(_("司机"), driver)] if driver else [])],
        "url": reverse("admin:appeals_one", args=[appeal.key]),
        "version": appeal.version,
        "choose": _("%s 个去处，您来定") % len(choices) if choices else _("机器没有建议，您来定"),
        "unsure": _("拿不准才转给您") if decision else _("机器还没看过这一件"),
        "rules": _("规则 %s") % decision.rules_version[:24] if decision and decision.rules_version else "",
        "choices": choices,
        "units": [(unit.code, unit.name) for unit in units],
        "advice": _("写到处罚，司机页已当场告知：对处罚不服，收到决定书起 60 天内可申请行政复议。转给谁都不影响这个期限。") if fine else "",
        "walk": walk_of(decision),
        "main_word": _("转给选中的单位"),
    }


def choices_of(decision: RouteDecision | None, units: list[Unit]) -> list[dict[str, Any]]:
    """The router's best three; how sure it is of the first, in words first."""
    by_name = {unit.scheme_name: unit for unit in units if unit.scheme_name} | {unit.name: unit for unit in units}
    by_pk = {unit.pk: unit for unit in units}
    found: list[dict[str, Any]] = []
    for index, proposal in enumerate(decision.proposals if decision else ()):
        named = proposal.get("unit") if isinstance(proposal, Mapping) else proposal[0]
        why = proposal.get("why", "") if isinstance(proposal, Mapping) else proposal[1]
        unit = by_pk.get(named) if isinstance(named, int) else by_name.get(named)
        if unit is None or any(each["value"] == unit.code for each in found):
            continue
        why = why if why and not cards.tells_of_recusal(why) else _default_why(decision)
        # One score was worked out, that of the first; of the others only their order is known.
        score = decision.confidence if index == 0 else None
        found.append(
            {"value": unit.code, "word": unit.name, "why": why, "on": not found,
             "sure": sure_word(score) if score is not None else _("备选"),
             "score": f"{score:.2f}" if score is not None else "", "percent": round(score * 100) if score is not None else 0}
        )  # fmt: skip
    return found[:3]


def _default_why(decision: RouteDecision | None) -> str:
    """Where a proposal came from the category alone: the step that says so."""
    reasons = [each for each in (decision.reasons if decision else ()) if isinstance(each, dict) and each.get("step") == "unit"]
    return cards.open_words(reasons[-1]) if reasons else ""


def sure_word(score: float) -> str:
    """How sure, in words."""
    for least, word in ((0.75, _("把握大")), (0.5, _("把握中等")), (0.25, _("把握低"))):
        if score >= least:
            return word
    return _("把握很低")


def walk_of(decision: RouteDecision | None) -> list[dict[str, str]]:
    """The steps, each with the words it went by; the accused are never named here."""
    steps = []
    for reason in decision.reasons if decision else ():
        if not isinstance(reason, dict):
            continue
        step = reason.get("step", "")
        said = cards.open_words(reason) or _("已先排除，不列出")
        steps.append({"word": f"{len(steps) + 1} {_(STEP_WORDS.get(step, step))}", "why": said, "tone": "warn" if step == "desk" else ""})
    return steps


def _moves(appeal: Appeal, request: HttpRequest, *, now: datetime) -> list[dict[str, str]]:
    base = reverse("admin:appeals_act", args=[appeal.key])
    skip = {Move.ROUTE_BY_HAND, *OFF_BAR} - {Move.RECLASSIFY}
    return [
        {"word": offer.legal.word, "url": f"{base}?move={offer.move.value}&back=desk",
         "small": _("要第二人确认") if offer.move == Move.ASK_DECLINE else ""}
        for offer in offers_for(appeal, request.viewer, now=now)
        if not offer.why_not and offer.move in ACTS and offer.move not in skip
    ]  # fmt: skip
