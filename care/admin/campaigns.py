"""关爱活动: what runs, what it may give whom how often, its money; the kinds of things; the points where they are given."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from accounts.admin.pages import page, render_page
from accounts.models import Place, Unit
from accounts.rules.roles import Role
from care.admin import goods_parts as parts
from care.models import Campaign, Good, Offer, Point
from care.rules.money import fen_of, yuan_words
from care.selectors.money import funds_for
from care.selectors.scope import all_points, campaigns_for, points_for
from care.selectors.stock import sums_for
from care.services import campaigns
from common import clock
from common.errors import DomainError, NotThere
from common.words import short_words

CRUMB = (lazy("关爱"), None)
WORDS = {"name": lazy("名称"), "words": lazy("一句话，领的人看得到"), "starts_at": lazy("从"), "ends_at": lazy("到，这一刻起不发了")}
TYPES = {"starts_at": "datetime-local", "ends_at": "datetime-local"}


@page("care/campaigns/", name="care_campaigns", roles=parts.READERS)
def campaigns_page(request: HttpRequest) -> HttpResponse:
    """All campaigns with their states; the officer of the union writes down a new one, and one more kind of thing."""
    error, now = None, clock.now()
    if request.method == "POST":
        try:
            if request.POST.get("act") == "good":
                made = campaigns.make_good(name=request.POST.get("good", ""), unit_word=request.POST.get("unit_word", ""), by=request.viewer, now=now)
                messages.success(request, _("加了一样：%(name)s。到活动里定怎么发。") % {"name": made.name})
                return redirect("admin:care_campaigns")
            row = campaigns.start(said=_said(request), by=request.viewer, now=now)
            messages.success(request, _("记下了。定好发什么，到时候就能发。"))
            return redirect("admin:care_campaign", code=row.code)
        except NotThere as missing:
            raise Http404 from missing
        except DomainError as refused:
            error = refused
    typed = request.POST if error else {}
    good_error = _as(error, "name", "good") if error and request.POST.get("act") == "good" else None
    return render_page(
        request, "care/admin/campaigns.html", title=_("关爱活动"), crumbs=[CRUMB, (_("活动"), None)], error=error, typed=typed,
        rows=[_line(row, now) for row in campaigns_for(request.viewer).prefetch_related("offers__good")[:200]],
        officer=request.viewer.has_role(Role.UNION), goods=list(Good.objects.filter(is_active=True)),
        fields=parts.fields(WORDS, typed, None if good_error else error, types=TYPES), whos=Campaign.WHO, funds=_funds(request),
        good_fields=parts.fields({"good": _("名称"), "unit_word": _("量词，不写就是“份”")}, typed, good_error),
        bad_fund=error.message if error and error.field in ("fund", "budget") else "", status=422 if error else 200,
    )  # fmt: skip


def _as(error: DomainError, field: str, other: str) -> DomainError:
    return DomainError(error.message, field=other if error.field == field else error.field, code=error.code)


def _line(row: Campaign, now) -> dict[str, Any]:
    offers = "、".join(f"{one.good.name} {one.get_period_display()} {one.each} {one.good.unit_word}" for one in row.offers.all())
    return {
        "row": row, "badge": parts.state_badge(row, now), "days": f"{short_words(row.starts_at, now=now)} — {short_words(row.ends_at, now=now)}",
        "offers": offers, "who": row.get_who_display(),
    }  # fmt: skip


def _funds(request: HttpRequest) -> list[tuple[str, str]]:
    return [(one.code, _("%(name)s，还有 %(left)s 元") % {"name": one.name, "left": yuan_words(one.left_fen)}) for one in funds_for(request.viewer)]


def _said(request: HttpRequest) -> campaigns.Said:
    """What was typed. Raises DomainError at its field."""
    post, budget = request.POST, 0
    if post.get("fund") == campaigns.NEW_FUND:
        budget = fen_of(post.get("budget", "")) or 0
    return campaigns.Said(
        name=post.get("name", ""), words=post.get("words", ""), starts_at=parts.moment_of(post.get("starts_at", ""), "starts_at"),
        ends_at=parts.moment_of(post.get("ends_at", ""), "ends_at"), who=post.get("who", ""), fund=post.get("fund", ""), budget_fen=budget,
    )  # fmt: skip


@page("care/campaigns/<slug:code>/", name="care_campaign", roles=parts.READERS)
def campaign_page(request: HttpRequest, code: str) -> HttpResponse:
    """One campaign: what it gives, how the goods of it stand, its money; the officer changes it."""
    row, error, now = parts.campaign_or_404(request, code), None, clock.now()
    if request.method == "POST":
        try:
            messages.success(request, ACTS.get(request.POST.get("act", ""), _nothing)(request, row))
            return redirect("admin:care_campaign", code=code)
        except NotThere as missing:
            raise Http404 from missing
        except DomainError as refused:
            error = refused
    return _show(request, row, error, now)


def _show(request: HttpRequest, row: Campaign, error: DomainError | None, now) -> HttpResponse:
    typed: Any = {
        "name": row.name, "words": row.words, "starts_at": parts.typed_moment(row.starts_at), "ends_at": parts.typed_moment(row.ends_at),
        "who": row.who, "fund": row.fund.code if row.fund else "",
    }  # fmt: skip
    if error and request.POST.get("act") == "change":
        typed = request.POST
    sums, goods = sums_for(request.viewer, row), {one.pk: one for one in Good.objects.all()}
    stands = [
        {"good": goods[good], "sums": found, "left": found.left, "ok": found.moved == 0 and found.left >= 0}
        for (_campaign, good), found in sorted(sums.items())
    ]  # fmt: skip
    return render_page(
        request, "care/admin/campaign.html", title=row.name, lead=_line(row, now)["days"], crumbs=[CRUMB, (_("活动"), reverse("admin:care_campaigns")), (row.name, None)],
        row=row, badge=parts.state_badge(row, now), offers=list(row.offers.select_related("good")), stands=stands, error=error, typed=typed, posted=request.POST,
        fields=parts.fields(WORDS, typed, error, types=TYPES), whos=Campaign.WHO, funds=_funds(request), officer=request.viewer.has_role(Role.UNION),
        left=yuan_words(row.fund.left_fen) if row.fund and request.viewer.has_role(Role.UNION, Role.CASHIER, Role.APPROVER) else "",
        goods=[one for one in goods.values() if one.is_active], periods=Offer.PERIODS,
        bad_fund=error.message if error and error.field in ("fund", "budget") else "", status=422 if error else 200,
    )  # fmt: skip


def _change(request: HttpRequest, row: Campaign) -> str:
    campaigns.change(campaign=row, said=_said(request), by=request.viewer, now=clock.now())
    return _("改好了，从现在起照新的算。")


def _offer(request: HttpRequest, row: Campaign) -> str:
    good = Good.objects.filter(pk=parts.number_of(request.POST.get("good", "0") or "0", "good")).first()
    if good is None:
        raise DomainError(_("选发什么"), field="good", code="required")
    each = parts.number_of(request.POST.get("each", ""), "each")
    campaigns.offer(campaign=row, good=good, period=request.POST.get("period", ""), each=each, by=request.viewer, now=clock.now())
    return _("定好了：%(good)s") % {"good": good.name}


def _withdraw(request: HttpRequest, row: Campaign) -> str:
    offer = row.offers.select_related("good", "campaign").filter(pk=parts.number_of(request.POST.get("offer", ""), "offer")).first()
    if offer is None:
        raise NotThere
    campaigns.withdraw(offer=offer, by=request.viewer, now=clock.now())
    return _("不发%(good)s了；发过的还在台账里。") % {"good": offer.good.name}


def _stop(request: HttpRequest, row: Campaign) -> str:
    campaigns.stop(campaign=row, by=request.viewer, now=clock.now())
    return _("停了，各个点都不再发。")


def _resume(request: HttpRequest, row: Campaign) -> str:
    campaigns.resume(campaign=row, by=request.viewer, now=clock.now())
    return _("又在发了。")


def _nothing(request: HttpRequest, row: Any) -> str:
    raise NotThere


ACTS = {"change": _change, "offer": _offer, "withdraw": _withdraw, "stop": _stop, "resume": _resume}


# --- points --------------------------------------------------------------------------------------


@page("care/points/", name="care_points", roles=parts.OFFICER)
def points_page(request: HttpRequest) -> HttpResponse:
    """Every point with its keeper; POST writes one down."""
    error = None
    if request.method == "POST":
        try:
            row = campaigns.open_point(said=_where(request), by=request.viewer, now=clock.now())
            messages.success(request, _("记下了：%(name)s。把东西收进来，就能发。") % {"name": row.name})
            return redirect("admin:care_points")
        except DomainError as refused:
            error = refused
    return _points(request, error, None)


@page("care/points/<slug:code>/change/", name="care_point_change", roles=parts.OFFICER)
def point_change_page(request: HttpRequest, code: str) -> HttpResponse:
    """Another name, another keeper; out of use when it is empty, and back."""
    row, error, now = all_points(request.viewer).filter(code=code).first(), None, clock.now()
    if row is None:
        raise Http404
    if request.method == "POST":
        try:
            act = request.POST.get("act", "")
            if act == "shut":
                campaigns.shut_point(point=row, by=request.viewer, now=now)
            elif act == "reopen":
                campaigns.reopen_point(point=row, by=request.viewer, now=now)
            else:
                campaigns.change_point(point=row, said=_where(request), by=request.viewer, now=now)
            messages.success(request, _("改好了。"))
            return redirect("admin:care_points")
        except DomainError as refused:
            error = refused
    return _points(request, error, row)


def _where(request: HttpRequest) -> campaigns.Where:
    """What was typed about a point. Raises DomainError at "unit" or "place"."""
    post = request.POST
    unit = Unit.objects.filter(code=post.get("unit", "")).first() if post.get("unit") else None
    if post.get("unit") and (unit is None or unit.code not in dict(parts.keepers())):
        raise DomainError(_("选哪个单位管"), field="unit", code="unknown")
    place = Place.objects.filter(code=post.get("place", "")).first() if post.get("place") else None
    return campaigns.Where(post.get("name", ""), post.get("kind", ""), unit, place)


def _points(request: HttpRequest, error: DomainError | None, row: Point | None) -> HttpResponse:
    kept = {"name": row.name, "kind": row.kind, "unit": row.unit.code if row.unit else "", "place": row.place.code if row.place else ""} if row else {}
    typed: Any = request.POST if error else kept
    title = row.name if row else _("发放点")
    crumbs = [CRUMB, (_("发放点"), reverse("admin:care_points") if row else None), *([(row.name, None)] if row else [])]
    return render_page(
        request, "care/admin/points.html", title=title, crumbs=crumbs, row=row, rows=[] if row else list(all_points(request.viewer)),
        lead="" if row else _("在用的 %(n)d 个") % {"n": points_for(request.viewer).count()}, error=error, typed=typed,
        fields=parts.fields({"name": _("名称，例如 铜山出口")}, typed, error), kinds=Point.Kind.choices, units=parts.keepers(), places=parts.places(),
        status=422 if error else 200,
    )  # fmt: skip
