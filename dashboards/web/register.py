"""The picture of the register: drivers, members, zones, union and claims, each number with its whole and its rows."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from urllib.parse import urlencode

from django.core.exceptions import BadRequest
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.admin.pages import render_page
from common import clock
from common.words import short_words, whole_day_words
from dashboards.rules.register import DEFINITIONS
from dashboards.rules.shield import Shown
from dashboards.rules.wording import WORDS, Said
from dashboards.selectors import register as selector
from dashboards.selectors.board import Figure
from dashboards.web.parts import Cell, Line, Tile, count_tile, rate_tile, words_of

PAGE, FIRST = 25, 10
ROOM = "五个位置合计"
WARNED = {"too_many": "超过 50 人", "too_few": "正式党员不足 3 人"}
_DATED = {
    "checked_at": "最近核过", "registered_at": "入库", "placed_at": "入列", "since": "自", "at": "提出",
    "joined_on": "入会", "asked_at": "申请", "term_ends": "任期到",
}  # fmt: skip
# What a row of each figure tells: never a name of a human, never what makes him known.
_COLUMNS = {
    **dict.fromkeys(("drivers", "checked", "stale", "both"), ("registered_at", "checked_at")),
    **dict.fromkeys(("towns", "not_in"), ("name",)),
    **dict.fromkeys(("members", "full", "probationary", "floating", "retired"), ("placed_at",)),
    "ending": ("unit__name", "post", "term_ends"),
    **dict.fromkeys(("seats", "heard", "waiting"), ("since",)),
    "enterprises": ("name",),
    **dict.fromkeys(("union", "trucks"), ("joined_on",)),
    "joins": ("asked_at",),
    **dict.fromkeys(("claims", "late", "sought", "reached"), ("at",)),
}
_HEADS = {**_DATED, "name": "名称", "unit__name": "支部", "post": "职务"}


def leaders_only(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """GET for leaders of the bureau with a second factor; else 404, as for an address that does not exist."""

    @wraps(view)
    def guarded(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        viewer = request.viewer
        if not (viewer.is_staff and viewer.second_factor and viewer.has_role(*selector.READERS)):
            raise Http404
        return require_safe(view)(request, *args, **kwargs)

    guarded.guard = "leaders_only"
    return guarded


@leaders_only
def register(request: HttpRequest) -> HttpResponse:
    """All sums of this moment."""
    if request.GET:
        raise BadRequest("unknown filter")
    now = clock.now()
    found = selector.register_for(request.viewer, now=now)
    cards, towns = _cards(found), _towns(found)
    return render_page(
        request,
        "dashboards/register.html",
        title=_("信息库看板"),
        crumbs=[(_("看板"), None), (_("信息库看板"), None)],
        lead=_("截至 %(at)s。点任何一个数，打开那些行（不带姓名）") % {"at": short_words(now)},
        as_of=f"{clock.local(now):%H:%M}",
        cards=cards[:2],
        more=cards[2:],
        branches=_branches(found),
        towns=towns[:FIRST],
        other_towns=towns[FIRST:],
        not_in=figure(found, "not_in"),
    )


def figure(found: selector.Register, key: str, part: str = "") -> Figure:
    """One number of the picture as the dashboards show it."""
    each = DEFINITIONS[key]
    of = ROOM if each.of == "room" else DEFINITIONS[each.of].word if each.of else ""
    return Figure(
        each.key, each.word, found.value(key, part), found.whole(key, part), of, each.unit, each.period, found.now,
        address(key, part), each.note, found.shown(key, part),
    )  # fmt: skip


def address(key: str, part: str = "") -> str:
    return f"{reverse('dashboards:register_rows')}?{urlencode({'figure': key, **({'part': part} if part else {})})}"


def _tile(found: selector.Register, key: str) -> Tile:
    """A count; a part of people also as a share, where both numbers may be read."""
    each = figure(found, key)
    return rate_tile(each) if key in ("checked", "seats", "heard", "reached") and each.shown == Shown.EXACT else count_tile(each)


def _cards(found: selector.Register) -> list[dict]:
    """The five questions of the first rows: a sentence, then the figures it speaks of."""
    table = [
        (_("司机"), _("信息库里在册的"), _drivers_words(found), ("drivers", "checked", "stale", "both")),
        (_("党员"), _("核实并入列的"), _("自报的一个也不算在这里。"), ("members", "full", "probationary", "floating", "retired")),
        (_("一对五"), _("党员联系司机"), _zones_words(found), ("seats", "heard", "waiting")),
        (_("工会"), _("工会名册"), _("工会会员和在册司机是两本账，不相加。"), ("enterprises", "union", "trucks", "joins")),
        (_("双找"), _("认领和去找"), _claims_words(found), ("claims", "late", "sought", "reached")),
    ]
    return [
        {"title": title, "what": what, "sentence": sentence, "tiles": [_tile(found, key) for key in keys]}
        for title, what, sentence, keys in table
    ]


def _drivers_words(found: selector.Register) -> str:
    if not found.value("not_in"):
        return _("%(n)s 个镇街一年内都报来了。") % {"n": found.value("towns")}
    return _("%(n)s 个镇街里，%(late)s 个一年内没报来。") % {"n": found.value("towns"), "late": found.value("not_in")}


def _zones_words(found: selector.Register) -> str:
    members = figure(found, "members")
    if not members.value or members.shown != Shown.EXACT:
        return _("每名入列党员联系五名司机。")
    return _("%(n)s 名党员，每人五个位置，共 %(room)s 个；在册司机 %(drivers)s 人。") % {
        "n": f"{members.value:,}", "room": f"{found.whole('seats'):,}", "drivers": words_of(figure(found, "drivers")),
    }  # fmt: skip


def _claims_words(found: selector.Register) -> str:
    if not found.value("late"):
        return _("没有超过 5 个工作日还没核实的。")
    return _("有超过 5 个工作日还没核实的，请行业党委催一催。")


def _cell(found: selector.Register, key: str, part: str) -> Cell:
    each = figure(found, key, part)
    return Cell("0") if each.value == 0 and each.shown == Shown.EXACT else Cell(words_of(each), each.rows_url)


def _branches(found: selector.Register) -> list[dict]:
    """Each branch: members, full ones, terms near their end, reached of sought, and what is wrong with its size."""
    keys = ("members", "full", "ending", "reached", "sought")
    return [
        {"line": Line(each.name, [_cell(found, key, each.code) for key in keys]), "share": _share(found, each.code),
         "warned": [WARNED[word] for word in each.warned]}
        for each in found.branches
    ]  # fmt: skip


def _share(found: selector.Register, code: str) -> str:
    each = figure(found, "reached", code)
    return each.share or "—"


def _towns(found: selector.Register) -> list[dict]:
    """Each town, those that have not handed in first, then those with the most not checked."""
    order = sorted(found.towns, key=lambda each: (each.declared is not None, -found.value("stale", each.code), each.code))
    return [
        {"line": Line(each.name, [_cell(found, key, each.code) for key in ("drivers", "checked", "stale")]),
         "declared": _("没报来") if each.declared is None else f"{each.declared:,}", "late": each.declared is None}
        for each in order
    ]  # fmt: skip


@leaders_only
def rows_page(request: HttpRequest) -> HttpResponse:
    """The rows of one figure, twenty-five a page; an unknown filter gets a page that says so."""
    viewer, now, asked = request.viewer, clock.now(), request.GET
    key, part = asked.get("figure", ""), asked.get("part", "")
    try:
        if set(asked) - {"figure", "part", "p"}:
            raise selector.UnknownPart("unknown name")
        queryset = selector.rows(viewer, key, part, now=now)
    except selector.UnknownPart:
        return render_page(
            request, "dashboards/unknown.html", title=_("没有这个数"), crumbs=[(_("看板"), None), (_("没有这个数"), None)], status=400,
            back=reverse("dashboards:register"),
        )  # fmt: skip
    found = selector.register_for(viewer, now=now)
    shown = figure(found, key, part)
    hidden = shown.shown != Shown.EXACT
    columns = _COLUMNS[key]
    page = Paginator(queryset.order_by(columns[-1], "pk").values_list(*columns), PAGE).get_page(asked.get("p", "1"))
    narrowed = next((each.name for each in (*found.towns, *found.branches) if part and each.code == part), "")
    return render_page(
        request,
        "dashboards/register_rows.html",
        title=shown.word,
        crumbs=[(_("看板"), None), (_("信息库看板"), reverse("dashboards:register")), (shown.word, None)],
        figure=shown,
        number=words_of(shown),
        narrowed=narrowed,
        as_of=short_words(now),
        hidden=hidden,
        heads=[_HEADS[name] for name in columns],
        rows=[] if hidden else _lines(page, columns),
        empty=WORDS[Said.NO_DATA] if shown.value == 0 else "",
        back=reverse("dashboards:register"),
        pager=_pager(key, part, page),
    )


def _lines(page, columns: tuple[str, ...]) -> list[tuple[int, list[str]]]:
    """(place in the list, the row as read)."""
    return [(number, [_read(name, value) for name, value in zip(columns, row, strict=True)]) for number, row in enumerate(page, page.start_index())]


def _read(name: str, value) -> str:
    if name == "post":
        return str(dict(selector.Officer.Post.choices)[value])
    if value is None:
        return "—"
    return whole_day_words(value) if name in _DATED else str(value)


def _pager(key: str, part: str, page) -> dict:
    def to(number: int) -> str:
        return f"{address(key, part)}&p={number}"

    return {
        "words": _("第 %(first)s–%(last)s 行") % {"first": page.start_index(), "last": page.end_index()} if len(page) else "",
        "before": to(page.number - 1) if page.has_previous() else "",
        "after": to(page.number + 1) if page.has_next() else "",
    }
