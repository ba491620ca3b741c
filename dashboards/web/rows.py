"""The rows behind a figure: exactly those it counts, as far as the viewer may read them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, F, QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.admin.pages import render_page
from appeals.admin import parts as appeal_parts
from appeals.models import Appeal
from appeals.rules.routing_names import CATEGORIES
from common import clock
from common.selectors import calendar
from common.words import short_day_words, short_words
from common.workdays import Calendar
from dashboards.rules.figures import Anchor
from dashboards.rules.shield import Shown, shield
from dashboards.rules.sight import Sight
from dashboards.rules.tally import CATEGORY, UNIT
from dashboards.rules.wording import WORDS, Said
from dashboards.selectors.behind import NONE, Filters, UnknownFilter, definition_of, rows
from dashboards.selectors.board import Board, Figure, board_for
from dashboards.web.guard import bureau_only
from dashboards.web.parts import part_name, words_of

PAGE, LAST_PAGE = 25, 4000
KEYS = frozenset({"figure", "period", "unit", "category", "place", "week", "quarter", "p"})
_BARE = ("number", "category", "state", "received_at", "first_due", "answered_at", "lead_unit_id")
_FULL = ("key", "number", "title", "state", "urgency", "category", "round", "received_at", "first_due", "due", "next_due",
         "next_due_clock", "provisional", "answered_at", "lead_unit__name", "place__name")  # fmt: skip


@dataclass(frozen=True)
class Row:
    """One appeal as this viewer may read it; `title` and `url` are "" for somebody who sees sums only."""

    number: str
    badge: appeal_parts.Badge
    title: str
    url: str
    unit: str
    category: str
    received: str
    promise: str
    moved: str
    chip: appeal_parts.Chip | None
    answered: str


@bureau_only
def rows_page(request: HttpRequest) -> HttpResponse:
    """The rows of one figure, twenty-five a page; an unknown filter gets a page that says so."""
    viewer, now, asked = request.viewer, clock.now(), request.GET
    try:
        filters, number = _asked(asked)
        key = asked.get("figure", "")
        definition_of(viewer, key)
        found = rows(viewer, key, filters, now=now)
        board = board_for(viewer, filters.period, now=now)
        figure = board.figure(key, filters, shown=_shown(board, key, filters))
    except UnknownFilter:
        return _unknown(request)
    hidden = board.sight == Sight.SUMS and figure.shown != Shown.EXACT or board.hears_later(key)
    lines = [] if hidden else _page(board, found, figure, filters, number)
    return render_page(
        request,
        "dashboards/rows.html",
        title=figure.word,
        crumbs=[(_("看板"), None), (_("诉求看板"), _overview(filters)), (figure.word, None)],
        figure=figure,
        number=words_of(figure),
        narrowed=_narrowed(board, filters),
        as_of=short_words(now),
        rows=lines[:PAGE],
        sums_only=board.sight == Sight.SUMS,
        hidden=hidden,
        heard_later=board.hears_later(key),
        empty=WORDS.get(figure.said, _("一件也没有")),
        not_yet=figure.said == Said.NOT_YET,
        back=_overview(filters),
        pager=_pager(asked, number, len(lines)),
    )


def _asked(asked: QueryDict) -> tuple[Filters, int]:
    """Filters and page of the address. Raises UnknownFilter."""
    if set(asked) - KEYS or any(len(asked.getlist(name)) > 1 for name in asked):
        raise UnknownFilter("unknown name")
    page = asked.get("p", "1")
    if not (page.isascii() and page.isdigit() and 1 <= int(page[:6]) <= LAST_PAGE):
        raise UnknownFilter(page)
    named = {name: asked[name] for name in KEYS - {"figure", "p"} if asked.get(name)}
    return Filters(**named), int(page)


def _unknown(request: HttpRequest) -> HttpResponse:
    return render_page(
        request, "dashboards/unknown.html", title=_("没有这个数"), crumbs=[(_("看板"), None), (_("没有这个数"), None)], status=400,
        back=reverse("dashboards:index"),
    )  # fmt: skip


def _overview(filters: Filters) -> str:
    return f"{reverse('dashboards:index')}?period={filters.period}"


def _shown(board: Board, key: str, filters: Filters) -> Shown | None:
    """How the number may be read: cells of squads by quarter have a table, and a shield, of their own."""
    if not (filters.quarter and filters.unit) or board.sight == Sight.ALL:
        return None
    values = board.quarters(key).get(filters.quarter)
    if values is None:
        raise UnknownFilter(filters.quarter)
    return board.squad_shield(values).of(filters.unit)


def _narrowed(board: Board, filters: Filters) -> str:
    """运输科, 运费拖欠 …: the part that was asked for, in words; a code nobody knows is not repeated."""
    if not filters.by:
        return ""
    if filters.of != NONE and filters.of not in board.names and filters.of not in CATEGORIES:
        return ""
    return part_name(board, filters.by, filters.of)


def _page(board: Board, found: QuerySet[Appeal], figure: Figure, filters: Filters, number: int) -> list[Row]:
    start = (number - 1) * PAGE
    if definition_of(board.viewer, figure.key).anchor == Anchor.NOW:
        found = found.order_by(F("next_due").asc(nulls_last=True), "-id")
    else:
        found = found.order_by("-received_at", "-id")
    window = slice(start, start + PAGE + 1)
    if board.sight == Sight.SUMS:
        units, categories = _readable(board, found, filters)
        return [_bare_row(board, each, units, categories) for each in found.only(*_BARE)[window]]
    days = calendar()
    full = found.select_related("lead_unit", "place").only(*_FULL)[window]
    return [_full_row(each, now=board.now, days=days) for each in full]


def _readable(board: Board, found: QuerySet[Appeal], filters: Filters) -> tuple[Mapping[str, bool], Mapping[str, bool]]:
    """Groups of units, and categories, that may stand beside a row: those whose count may be read.

    A name that stands beside four rows of a list is a cell of four. Narrowed to one part, the other
    stays away: two parts together make smaller cells than either table shows.
    """
    if filters.by or filters.week:
        return {}, {}
    sums: dict[str, dict[str, int]] = {UNIT: {}, CATEGORY: {}}
    for unit, category, n in found.order_by().values_list("lead_unit_id", "category").annotate(n=Count("pk")):
        for by, of in ((UNIT, str(unit or "")), (CATEGORY, category)):
            name = board.name_of(by, of)
            sums[by][name] = sums[by].get(name, 0) + n
    units, categories = ({of: shield(values).of(of) == Shown.EXACT for of in values} for values in sums.values())
    return units, categories


def _bare_row(board: Board, appeal: Appeal, units: Mapping[str, bool], categories: Mapping[str, bool]) -> Row:
    """For the leader: the last four digits, never a name, never a word of the driver."""
    unit, category = board.name_of(UNIT, str(appeal.lead_unit_id or "")), board.name_of(CATEGORY, appeal.category)
    return Row(
        number=appeal.number[-4:],
        badge=appeal_parts.state_badge(appeal.state),
        title="", url="",
        unit=part_name(board, UNIT, unit) if units.get(unit) else "",
        category=part_name(board, CATEGORY, category) if categories.get(category) else "",
        received=short_day_words(appeal.received_at, now=board.now),
        promise=short_day_words(appeal.first_due, now=board.now) if appeal.first_due else "",
        moved="", chip=None,
        answered=short_day_words(appeal.answered_at, now=board.now) if appeal.answered_at else "",
    )  # fmt: skip


def _full_row(appeal: Appeal, *, now: datetime, days: Calendar) -> Row:
    promise, moved = appeal_parts.promise_words(appeal, days)
    return Row(
        number=appeal_parts.tail(appeal.number),
        badge=appeal_parts.state_badge(appeal.state),
        title=appeal_parts.title_of(appeal),
        url=reverse("admin:appeals_one", args=[appeal.key]),
        unit=appeal.lead_unit.name if appeal.lead_unit else "",
        category=CATEGORIES[appeal.category][1] if appeal.category in CATEGORIES else "",
        received=short_day_words(appeal.received_at, now=now),
        promise=promise,
        moved=moved,
        chip=appeal_parts.due_chip(appeal, now=now, calendar=days, short=True),
        answered="",
    )


def _pager(asked: QueryDict, number: int, found: int) -> dict:
    """Before and after; nothing is counted for it beyond the figure itself."""

    def to(other: int) -> str:
        query = asked.copy()
        query["p"] = str(other)
        return f"?{query.urlencode()}"

    first, shown = (number - 1) * PAGE + 1, min(found, PAGE)
    words = _("第 %(first)s–%(last)s 件") % {"first": first, "last": first + shown - 1} if shown else ""
    return {"words": words, "before": to(number - 1) if number > 1 else "", "after": to(number + 1) if found > PAGE else ""}
