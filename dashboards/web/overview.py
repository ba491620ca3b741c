"""The page of figures: what is open, what was kept, what drivers said; each number opens its rows."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.admin.pages import render_page
from common import clock
from common.selectors import calendar
from common.words import short_words
from dashboards.rules import periods
from dashboards.rules.shield import LIMIT, Shown
from dashboards.rules.sight import Sight, sees_accused, sight_of
from dashboards.rules.tally import CATEGORY, PLACE
from dashboards.rules.wording import WORDS, Said
from dashboards.selectors.behind import Filters
from dashboards.selectors.board import Board
from dashboards.selectors.figures import UnknownFilter, board_for
from dashboards.selectors.project import project_figures
from dashboards.selectors.register import READERS
from dashboards.web import charts
from dashboards.web.guard import bureau_only
from dashboards.web.parts import Cell, Line, count_tile, ranking, rate_tile, unit_table

AFTER = ("reached", "not_reached", "not_called", "reopened", "handed_back", "withdrawn", "declined")


@bureau_only
def overview(request: HttpRequest) -> HttpResponse:
    """Figures of one period for this viewer."""
    viewer, now = request.viewer, clock.now()
    if set(request.GET) - {"period"}:
        raise BadRequest("unknown filter")
    try:
        board = board_for(viewer, request.GET.get("period", "12w"), now=now)
    except UnknownFilter as wrong:
        raise BadRequest("unknown period") from wrong
    sight = sight_of(viewer)
    return render_page(
        request,
        "dashboards/overview.html",
        title=_("诉求看板"),
        crumbs=[(_("看板"), None), (_("诉求看板"), None)],
        lead=_lead(board, now),
        spans=[
            {"word": word, "url": f"{reverse('dashboards:index')}?period={name}", "on": name == board.period.name}
            for name, word in periods.WORDS.items()
        ],
        as_of=f"{clock.local(now):%H:%M}",
        period=board.period,
        cards=_cards(board),
        weeks=_weeks(board),
        units=unit_table(board, working_days=_ago(now)) if sight != Sight.OWN else None,
        open_figure=board.figure("open"),
        overdue_figure=board.figure("overdue"),
        categories=ranking(board, "received", CATEGORY),
        places=ranking(board, "received", PLACE),
        received=board.figure("received"),
        after=_after(board),
        project=[count_tile(figure) for figure in project_figures(viewer, now=now, board=board)],
        squads=_squads(board),
        sums_only=sight == Sight.SUMS,
        two=viewer.has_role(*READERS),
        whole=sight == Sight.ALL,
    )


def _lead(board: Board, now: datetime) -> str:
    words = {"at": short_words(now), "word": board.period.word, "days": board.period.words}
    if board.sight == Sight.SUMS:
        return _("截至 %(at)s；%(word)s是 %(days)s。点任何一个数，打开那些行（不带姓名和原文）") % words
    if board.sight == Sight.OWN:
        return _("截至 %(at)s；%(word)s是 %(days)s。只数您单位办的；点任何一个数，打开那些行") % words
    return _("截至 %(at)s；%(word)s是 %(days)s。点任何一个数，打开那些行") % words


def _ago(now: datetime):
    """How long ago in working days, as the chips say it."""
    days = calendar()

    def words(moment: datetime) -> str:
        count = days.working_days_between(clock.today(moment), clock.today(now))
        return _("%s 日") % count if count else _("今天")

    return words


def _cards(board: Board) -> list[dict]:
    """The three questions of the first row: a sentence, then the figures it speaks of."""
    f = board.figures(("open", "due_today", "overdue", "in_time", "in_time_moved", "satisfied", "satisfied_all", "silent", "due"))
    return [
        {"title": _("手上的"), "what": _("现在没办结的"), "sentence": _open_words(f),
         "tiles": [count_tile(f[key]) for key in ("open", "due_today", "overdue")]},
        {"title": _("按期"), "what": _("第一轮答复"), "sentence": _kept_words(f),
         "tiles": [rate_tile(f["in_time"]), rate_tile(f["in_time_moved"])]},
        {"title": _("司机怎么说"), "what": _("本人评价"), "sentence": _said_words(f),
         "tiles": [rate_tile(f["satisfied"]), rate_tile(f["satisfied_all"])]},
    ]  # fmt: skip


def _open_words(f: dict) -> str:
    if f["open"].said == Said.NO_DATA:
        return _("还没有收到过诉求。")
    if not f["open"].value:
        return _("手上没有没办结的。")
    if not f["overdue"].value:
        return _("%(n)s 件没办结，没有超期的。") % {"n": f"{f['open'].value:,}"}
    return _("%(n)s 件没办结，%(late)s 件超了期。") % {"n": f"{f['open'].value:,}", "late": f"{f['overdue'].value:,}"}


def _kept_words(f: dict) -> str:
    kept = f["in_time"]
    if kept.said in (Said.NO_DATA, Said.NOT_YET):
        return _("这段时间还没有到期的。")
    late = kept.denominator - kept.value
    if not late:
        return _("应答复的都按首次承诺答复了。")
    return _("应答复的里面，%(n)s 件没按首次承诺。") % {"n": f"{late:,}"}


def _said_words(f: dict) -> str:
    rated, silent = f["satisfied"].denominator, f["silent"].value
    if not rated and not silent:
        return _("还没有能评的。")
    return _("%(n)s 件评了；%(silent)s 件没评，不算满意。") % {"n": f"{rated:,}", "silent": f"{silent:,}"}


def _weeks(board: Board) -> dict:
    """Twelve whole weeks by first promise: bars, the table under them, and the sentence before them."""
    lines = []
    for monday in sorted(board.tally.weeks):
        filters = Filters(period=board.period.name, week=monday.isoformat())
        due, kept = board.value("due", filters), board.value("in_time", filters)
        lines.append({
            "start": periods.short(monday), "due": due, "in_time": kept, "late": due - kept,
            "due_url": filters.address("due"), "in_time_url": filters.address("in_time"), "late_url": filters.address("late"),
        })  # fmt: skip
    worst = max((line for line in lines if line["late"] and line["due"] >= LIMIT), key=lambda line: (line["late"] / line["due"], line["due"]), default=None)
    for line in lines:
        line["worst"] = line is worst
        line["share"] = f"{round(100 * line['in_time'] / line['due'])}%" if line["due"] >= LIMIT else "—"
        if line["late"] and line["share"] == "100%":
            line["share"] = "99%"
    whole, kept = sum(line["due"] for line in lines), sum(line["in_time"] for line in lines)
    picture = charts.columns(
        [(line["in_time"], line["late"]) for line in lines], unit=_("件"),
        labels=[f"{line['in_time']}/{line['due']}" if line["worst"] else "" for line in lines],
    )  # fmt: skip
    most = max(line["due"] for line in lines)
    for line, bar in zip(lines, picture.bars, strict=True):
        line |= {"bar": bar, "wide": charts.width(line["in_time"], most), "late_wide": charts.width(line["late"], most)}
        line["late_x"] = line["wide"] + (0.8 if line["in_time"] else 0)
    return {"lines": lines, "picture": picture, "sentence": _weeks_words(whole, kept, worst), "whole": whole}


def _weeks_words(whole: int, kept: int, worst: dict | None) -> str:
    if not whole:
        return _("12 周里没有到期的。")
    words = _("12 周 %(whole)s 件应答复，%(kept)s 件按首次承诺") % {"whole": f"{whole:,}", "kept": f"{kept:,}"}
    if worst is None:
        return words + "。"
    return words + _("；最差是 %(week)s 那一周，%(due)s 件里 %(kept)s 件。") % {
        "week": worst["start"], "due": f"{worst['due']:,}", "kept": f"{worst['in_time']:,}",
    }  # fmt: skip


def _after(board: Board) -> dict:
    """What came after the answer: one strip of ratings, then the other ends, each with its denominator."""
    f = board.figures(("rateable", "satisfied_all", "middling", "unsatisfied", "silent", *AFTER))
    parts = [
        ("c1", f["satisfied_all"].value),
        ("c2", f["middling"].value + f["unsatisfied"].value),
        ("c5", f["silent"].value),
    ]
    return {
        "rateable": f["rateable"],
        "pieces": charts.strip(parts),
        "ratings": [f["satisfied_all"], f["middling"], f["unsatisfied"], f["silent"]],
        "more": [count_tile(f[key]) for key in AFTER],
    }


def _squads(board: Board) -> list[dict]:
    """Squads by quarter, closed only; the present quarter is not over. Nobody of a single unit sees it."""
    if board.sight == Sight.OWN:
        return []
    tables = [("closed", _("主办并已办结"))]
    if sees_accused(board.viewer):
        tables.append(("accused_closed", _("被反映并已办结")))
    named = [periods.quarter(name) for name in board.tally.quarters]
    return [
        {"word": word, "quarters": [each.word for each in named], "lines": _squad_lines(board, key, named), "until": named[-1].last}
        for key, word in tables
    ]


def _squad_lines(board: Board, key: str, named: list[periods.Period]) -> list[Line]:
    found = board.quarters(key)
    codes = sorted(board.codes.values())
    shields = {name: board.squad_shield(values) for name, values in found.items()}
    lines = []
    for code in codes:
        cells = []
        for each in named:
            if each.name not in found:
                cells.append(Cell(WORDS[Said.NOT_YET]))
                continue
            value, shown = found[each.name].get(code, 0), shields[each.name].of(code)
            words = {Shown.FEW: WORDS[Said.FEW], Shown.MANY: WORDS[Said.MANY]}.get(shown, f"{value:,}")
            url = Filters(period=board.period.name, unit=code, quarter=each.name).address(key) if value or shown != Shown.EXACT else ""
            cells.append(Cell(words, url))
        lines.append(Line(board.names[code], cells))
    return lines

