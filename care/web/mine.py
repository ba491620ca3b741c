"""`/care/`: what I received, what I can ask for, how far mine is and by when. Useful without an account."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.rules.viewer import Viewer
from care.models import Application, Receipt
from care.rules.applications import Move, State, may
from care.selectors import applications as selectors
from care.selectors import insurance, mine
from care.selectors.scope import campaigns_for
from care.services import applications as services
from care.web import words
from common import clock
from common.errors import DomainError
from common.selectors import calendar
from common.words import day_words, whole_day_words
from members.selectors.union import own_union_member

SHOWN = 20
OPEN = (State.PROPOSED, State.APPROVED)


@never_cache
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """His own, newest first; what may be asked for stands there for everybody."""
    viewer, now = request.viewer, clock.now()
    own = list(selectors.own(viewer).select_related("consent", "receipt")[:SHOWN]) if viewer.person_id else []
    days = calendar()
    cover = insurance.own(viewer).filter(policy__ends_on__gte=clock.today(now)).order_by("-policy__ends_on").first()
    lines = [_line(row, viewer, days) for row in own]
    context = {
        "signed_in": viewer.person_id is not None, "running": [line for line in lines if line["open"]], "ended": [line for line in lines if not line["open"]],
        "got": _received(viewer, now=now), "member": own_union_member(viewer) is not None,
        "cover": whole_day_words(cover.policy.ends_on) if cover else "",
        "campaigns": [
            {"name": one.name, "words": one.words, "until": day_words(clock.today(one.ends_at))}
            for one in campaigns_for(viewer).filter(starts_at__lte=now, ends_at__gt=now, stopped_at=None)[:5]
        ],
    }  # fmt: skip
    return render(request, "care/web/mine.html", context)


def _line(row: Application, viewer: Viewer, days) -> dict[str, Any]:
    his = row.person_id == viewer.person_id
    return {
        "key": row.key, "what": row.get_kind_display(), "yuan": words.yuan(row.asked_fen), "said": words.line_of(row, days), "his": his,
        "for": "" if his else _("替%(name)s师傅提的") % {"name": row.person.name[:1]}, "open": row.state in OPEN and not words.taken_back(row),
        "sign": his and row.state == State.APPROVED and getattr(row, "receipt", None) is None and not to_account(row, viewer),
    }  # fmt: skip


def to_account(row: Application, viewer: Viewer) -> bool:
    """Whether he himself left an account: then it comes there, and nothing is signed."""
    return row.asked_by_id == viewer.person_id and bool(row.account)


def _received(viewer: Viewer, *, now) -> list[dict[str, str]]:
    """Money, packs, covers, claims, newest first: {what, said, day}."""
    found = [(row.paid_at, f"{row.get_kind_display()} {words.yuan(row.approved_fen)}", "") for row in mine.money(viewer)[:SHOWN]]
    found += [(row.at, f"{row.good.name} {row.quantity} {row.good.unit_word}", row.campaign.name) for row in mine.packs(viewer)[:SHOWN]]
    for row in insurance.own(viewer)[:SHOWN]:
        over = row.policy.ends_on < clock.today(now)
        until = _("%(day)s 到期，已经过了") if over else _("保到 %(day)s")
        found.append((row.added_at, row.policy.name, until % {"day": whole_day_words(row.policy.ends_on)}))
    found += [(row.at, _("保险赔了 %(yuan)s") % {"yuan": words.yuan(row.got_fen)}, row.insured.policy.name) for row in mine.claims(viewer)[:SHOWN]]
    found.sort(key=lambda each: each[0], reverse=True)
    return [{"what": what, "said": said, "day": day_words(clock.today(at))} for at, what, said in found[:SHOWN]]


@never_cache
@require_safe
def asked(request: HttpRequest, key: UUID) -> HttpResponse:
    """One application: how far, by when, what he can still do."""
    row, now = own_or_404(request, key), clock.now()
    receipt = Receipt.objects.filter(application=row).first()
    his, days = row.person_id == request.viewer.person_id, calendar()
    due = words.due_of(row, days)
    context = {
        "row": row, "his": his, "what": row.get_kind_display(), "yuan": words.yuan(row.asked_fen), "got": words.yuan(row.approved_fen) if row.approved_fen else "",
        "steps": words.steps_of(row, receipt, days), "late": due is not None and due < clock.today(now) and not words.taken_back(row),
        "may_withdraw": Move.WITHDRAW in may(row.state, "asker") and not words.taken_back(row),
        "may_sign": his and row.state == State.APPROVED and receipt is None and not to_account(row, request.viewer),
        "to_account": row.state == State.APPROVED and to_account(row, request.viewer), "signed": his and receipt is not None and row.state == State.APPROVED,
        "for": "" if his else f"{row.person.name[:1]}师傅", "reason": row.reason if row.asked_by_id == request.viewer.person_id else "",
    }  # fmt: skip
    return render(request, "care/web/asked.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, key: UUID) -> HttpResponse:
    """Take it back: the second of two steps."""
    row = own_or_404(request, key)
    if Move.WITHDRAW not in may(row.state, "asker"):
        raise Http404
    if request.method == "POST":
        try:
            services.withdraw(application=row, by=request.viewer, now=clock.now())
        except DomainError:
            pass  # decided a moment ago: his page says how
        return redirect("care:asked", key=key)
    return render(request, "care/web/withdraw.html", {"row": row})


def own_or_404(request: HttpRequest, key: UUID) -> Application:
    """For himself or asked by himself. Raises Http404."""
    row = selectors.own(request.viewer).select_related("consent").filter(key=key).first()
    if row is None:
        raise Http404
    return row
