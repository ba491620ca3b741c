"""物资: what is left where, what is done with it, the ledger, and whether it balances."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.admin.pages import page, render_page
from accounts.rules.roles import Role
from care.admin import goods_parts as parts
from care.admin.campaigns import CRUMB
from care.models import Campaign, Good, Line, Point
from care.rules.ledger import Kind
from care.rules.money import fen_of
from care.selectors import stock as selectors
from care.selectors.scope import LEDGER_READERS, campaigns_for, points_for, points_kept
from care.services import counting, stock
from common import clock
from common.errors import DomainError, NotThere
from common.identifiers import small_number
from common.reading import read_key
from common.words import moment_words, short_words

SHOWN = 50  # lines on a page
READERS = frozenset(LEDGER_READERS) | {Role.LEADER}
TONES = {Kind.RECEIVED: "ok", Kind.MOVED_IN: "ok", Kind.RETURNED: "ok", Kind.COUNTED: "warn", Kind.LOST: "err"}
SAID = {"receive": "收到", "move": "调到别的点", "count": "盘点", "lose": "损失"}


@page("care/stock/", name="care_stock", roles=parts.READERS)
def stock_page(request: HttpRequest) -> HttpResponse:
    """What is left of what at every point, from the heaps: the number of lines does not matter."""
    viewer, now = request.viewer, clock.now()
    mine = set(points_kept(viewer).values_list("pk", flat=True))
    heaps: dict[int, list] = defaultdict(list)
    for heap in selectors.heaps_for(viewer):
        heaps[heap.point_id].append(heap)
    points = [{"row": row, "heaps": heaps.get(row.pk, ()), "mine": row.pk in mine} for row in points_for(viewer)]
    points.sort(key=lambda one: (not one["mine"], not one["heaps"], one["row"].code))
    empty = sum(heap.left == 0 for one in points for heap in one["heaps"])  # packs and crates are not added up
    return render_page(
        request, "care/admin/stock.html", title=_("物资库存"), crumbs=[CRUMB, (_("库存"), None)], points=points, tallies=selectors.tallies_for(viewer).count(),
        lead=_("%(points)d 个点，%(empty)d 样发完了；%(at)s") % {"points": len(points), "empty": empty, "at": _as_of(now)},
        reader=viewer.has_role(*LEDGER_READERS),
    )  # fmt: skip


@page("care/points/<slug:code>/", name="care_point", roles=parts.KEEPERS)
def point_page(request: HttpRequest, code: str) -> HttpResponse:
    """One point: its heaps, and what its keeper does with them."""
    point, error = parts.point_or_404(request, code), None
    if request.method == "POST":
        try:
            messages.success(request, ACTS.get(request.POST.get("act", ""), _nothing)(request, point))
            return redirect("admin:care_point", code=code)
        except NotThere as missing:
            raise Http404 from missing
        except DomainError as refused:
            error = refused
    return _show(request, point, error)


def _show(request: HttpRequest, point: Point, error: DomainError | None) -> HttpResponse:
    viewer, now = request.viewer, clock.now()
    heaps = list(selectors.heaps_for(viewer, point).order_by("campaign", "good"))
    choices = {f"{one.campaign_id}.{one.good_id}": f"{one.good.name} · {one.campaign.name}" for one in heaps}
    choices |= {f"{one.campaign_id}.{one.good_id}": f"{one.good.name} · {one.campaign.name}" for one in selectors.offers_now(viewer, now=now)}
    tallies = [
        {"row": one, "at": moment_words(one.at, now), "difference": one.found - one.booked, "own": one.by_id == viewer.person_id}
        for one in selectors.tallies_for(viewer, point)
    ]  # fmt: skip
    lines = [line_row(one, now) for one in selectors.lines_for(viewer, point).order_by("-id")[:8]]
    return render_page(
        request, "care/admin/point.html", title=point.name, crumbs=[CRUMB, (_("库存"), reverse("admin:care_stock")), (point.name, None)],
        lead=f"{point.get_kind_display()} · {point.unit.name if point.unit else _('工会管')} · {_as_of(now)}", point=point, heaps=heaps,
        choices=list(choices.items()), others=points_for(viewer).exclude(pk=point.pk), tallies=tallies, lines=lines, error=error,
        opened=request.POST.get("act", "") if error else "", typed=request.POST if error else {}, tap=request.POST.get("tap", "") if error else uuid4(),
        buys=viewer.has_role(Role.UNION), status=422 if error else 200,
    )  # fmt: skip


def line_row(one: Line, now: datetime) -> dict[str, Any]:
    """A line of the ledger as the tables show it."""
    return {
        "at": short_words(one.at, now=now), "late": one.written_at > one.at, "kind": one.get_kind_display(), "tone": TONES.get(Kind(one.kind), ""),
        "change": f"{one.change:+,}", "good": one.good.name, "campaign": one.campaign.name, "point": one.point.name, "by": one.by.name,
        "second": one.second_by.name if one.second_by else "", "why": one.why,
    }  # fmt: skip


def _heap(request: HttpRequest, point: Point) -> stock.Heap:
    """What was chosen. Raises DomainError at "heap"."""
    one, _dot, other = request.POST.get("heap", "").partition(".")
    campaign = campaigns_for(request.viewer).select_related("fund").filter(pk=small_number(one) or 0).first()
    good = Good.objects.filter(pk=small_number(other) or 0).first()
    if campaign is None or good is None:
        raise DomainError(_("选一样东西"), field="heap", code="required")
    return stock.Heap(campaign, point, good)


def _act(request: HttpRequest, point: Point) -> stock.Act:
    heap = _heap(request, point)
    quantity = parts.number_of(request.POST.get("quantity", ""), "quantity")
    return stock.Act(read_key(request.POST.get("tap", "")), heap, quantity, request.POST.get("why", ""))


def _receive(request: HttpRequest, point: Point) -> str:
    act, cost = _act(request, point), request.POST.get("cost", "").strip()
    fen = fen_of(cost) if cost else 0
    if fen is None:
        raise DomainError(_("写金额，例如 500 或 500.50"), field="cost_fen", code="invalid")
    stock.receive(act=act, by=request.viewer, now=clock.now(), cost_fen=fen)
    return _("收到 %(n)d %(unit)s%(good)s。") % _named(act)


def _move(request: HttpRequest, point: Point) -> str:
    act = _act(request, point)
    to = points_for(request.viewer).filter(code=request.POST.get("to", "")).first()
    if to is None:
        raise DomainError(_("选调到哪里"), field="to", code="required")
    stock.move(act=act, to=to, by=request.viewer, now=clock.now())
    return _("调走 %(n)d %(unit)s%(good)s。") % _named(act)


def _lose(request: HttpRequest, point: Point) -> str:
    act = _act(request, point)
    stock.lose(act=act, by=request.viewer, now=clock.now())
    return _("记了损失 %(n)d %(unit)s%(good)s。") % _named(act)


def _named(act: stock.Act) -> dict[str, Any]:
    return {"n": act.quantity, "unit": act.heap.good.unit_word, "good": act.heap.good.name}


def _count(request: HttpRequest, point: Point) -> str:
    heap, found = _heap(request, point), parts.number_of(request.POST.get("found", ""), "found")
    key = read_key(request.POST.get("tap", ""))
    row = counting.counted(client_key=key, heap=heap, found=found, by=request.viewer, now=clock.now(), why=request.POST.get("why", ""))
    if row.booked == row.found:
        return _("点到的和账上一样，不用签。")
    said = {"booked": row.booked, "found": row.found}
    return _("账上 %(booked)d，点到 %(found)d。请另一位管这里的人登录来签字，签了才记账。") % said


def _tally(request: HttpRequest, point: Point):
    row = selectors.tallies_for(request.viewer, point).filter(pk=small_number(request.POST.get("tally", "")) or 0).first()
    if row is None:
        raise DomainError(_("这次盘点已经签过或者作废了"), code="settled")
    return row


def _sign(request: HttpRequest, point: Point) -> str:
    line = counting.sign(tally=_tally(request, point), by=request.viewer, now=clock.now())
    return _("签了，差的 %(n)s 记进台账。") % {"n": f"{line.change:+d}"}


def _drop(request: HttpRequest, point: Point) -> str:
    counting.drop(tally=_tally(request, point), by=request.viewer, now=clock.now())
    return _("作废了，台账没有变。")


def _nothing(request: HttpRequest, point: Point) -> str:
    raise NotThere


ACTS = {"receive": _receive, "move": _move, "lose": _lose, "count": _count, "sign": _sign, "drop": _drop}


# --- the ledger ----------------------------------------------------------------------------------


@page("care/points/<slug:code>/ledger/", name="care_point_ledger", roles=parts.KEEPERS)
def point_ledger(request: HttpRequest, code: str) -> HttpResponse:
    """The lines of one point, newest first, of one kind when asked."""
    point = parts.point_or_404(request, code)
    kind = request.GET.get("kind", "")
    lines = selectors.lines_for(request.viewer, point)
    if kind in set(Kind):
        lines = lines.filter(kind=kind)
    crumbs = [CRUMB, (_("库存"), reverse("admin:care_stock")), (point.name, reverse("admin:care_point", args=[code])), (_("台账"), None)]
    return _ledger(request, lines, title=_("%(name)s的台账") % {"name": point.name}, crumbs=crumbs, point=point, kind=kind if kind in set(Kind) else "")


@page("care/ledger/", name="care_ledger", roles=frozenset(LEDGER_READERS))
def whole_ledger(request: HttpRequest) -> HttpResponse:
    """Every line, newest first, for those who answer for it."""
    return _ledger(request, selectors.lines_for(request.viewer), title=_("物资台账"), crumbs=[CRUMB, (_("物资台账"), None)], point=None, kind="")


def _ledger(request: HttpRequest, lines, *, title: str, crumbs: list, point: Point | None, kind: str) -> HttpResponse:
    mark, now = small_number(request.GET.get("after", "0") or "0"), clock.now()
    if mark is None:
        raise BadRequest("no such page")
    rows = list((lines.filter(pk__lt=mark) if mark else lines).order_by("-id")[: SHOWN + 1])
    return render_page(
        request, "care/admin/ledger.html", title=title, crumbs=crumbs, rows=[line_row(one, now) for one in rows[:SHOWN]], point=point, kind=kind,
        kinds=Line.KINDS, after=rows[SHOWN - 1].pk if len(rows) > SHOWN else "", paged=bool(mark), lead=_("记下的改不了，也删不掉；%(at)s") % {"at": _as_of(now)},
    )  # fmt: skip


@page("care/balance/", name="care_balance", roles=READERS)
def balance_page(request: HttpRequest) -> HttpResponse:
    """received = issued + left + lost, for each good of each campaign, from all lines; what does not is named."""
    viewer, now = request.viewer, clock.now()
    found, sums = selectors.unbalanced(viewer), selectors.sums_for(viewer)
    names = {one.pk: one for one in Campaign.objects.filter(pk__in={key[0] for key in sums})}, {one.pk: one for one in Good.objects.all()}
    points = dict(Point.objects.values_list("pk", "name"))
    broken = {(one.campaign_id, one.good_id) for one in found}
    rows = [
        {"campaign": names[0][key[0]].name, "good": names[1][key[1]], "sums": value, "left": value.left, "ok": key not in broken}
        for key, value in sorted(sums.items())
    ]  # fmt: skip
    wrong = [
        {"good": names[1][one.good_id].name, "point": points.get(one.point_id, _("所有点合起来")), "by_lines": one.by_lines, "left": one.left}
        for one in found
    ]  # fmt: skip
    return render_page(
        request, "care/admin/balance.html", title=_("物资对账"), crumbs=[CRUMB, (_("对账"), None)], rows=rows, wrong=wrong,
        lead=_("收到 = 发出 + 还有 + 损失；每一行台账都加过；%(at)s") % {"at": _as_of(now)}, answers=viewer.has_role(*LEDGER_READERS),
    )  # fmt: skip


def _as_of(now: datetime) -> str:
    return _("截至 %(at)s") % {"at": f"{clock.local(now):%m-%d %H:%M}"}
