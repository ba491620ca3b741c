"""What a page of figures is put together from: tiles, lines of tables, sentences."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from appeals.rules.routing_names import CATEGORIES
from dashboards.rules.shield import LIMIT, Shown
from dashboards.rules.sight import Sight
from dashboards.rules.tally import CATEGORY, UNIT
from dashboards.rules.wording import WORDS, Said, said
from dashboards.selectors.behind import NONE, Filters
from dashboards.selectors.board import Board, Figure
from dashboards.web import charts

MISSING = {"unit": "还没分拨", "category": "还没分类", "place": "没写镇街"}


@dataclass(frozen=True)
class Tile:
    """A figure in large: the number as read, what stands beside it, and the lines below."""

    figure: Figure
    main: str
    beside: str
    line: str

    @property
    def linked(self) -> bool:
        return self.figure.said not in (Said.NO_DATA, Said.NOT_YET)


def count_tile(figure: Figure) -> Tile:
    """11 件, and below: 未办结 126 件里."""
    main, beside = words_of(figure), figure.unit if figure.said in (Said.NUMBER, Said.ZERO, Said.FEW, Said.MANY) else ""
    line = _("%(of)s %(n)s %(unit)s里") % {"of": figure.of, "n": f"{figure.denominator:,}", "unit": figure.unit} if figure.of else ""
    return Tile(figure, main, beside, line)


def rate_tile(figure: Figure) -> Tile:
    """94.4%, and below: 应答复 303 件里 286 件."""
    if figure.said in (Said.NO_DATA, Said.NOT_YET):
        return Tile(figure, WORDS[figure.said], "", _("%(of)s 0 件") % {"of": figure.of})
    line = _("%(of)s %(n)s %(unit)s里 %(value)s %(unit)s") % {
        "of": figure.of, "n": f"{figure.denominator:,}", "value": f"{figure.value:,}", "unit": figure.unit,
    }  # fmt: skip
    if figure.share:
        return Tile(figure, figure.share, "", line)
    return Tile(figure, f"{figure.value:,}", f"/ {figure.denominator:,} {figure.unit}", line)


def words_of(figure: Figure) -> str:
    """The number, or one of the wordings in its place."""
    return f"{figure.value:,}" if figure.said in (Said.NUMBER, Said.ZERO) else WORDS[figure.said]


@dataclass(frozen=True)
class Cell:
    """A number in a table: as read, with its address ("" where there is nothing to open)."""

    words: str
    url: str = ""

    @property
    def plain(self) -> bool:
        """Words in place of a number."""
        return not self.url and not self.words[:1].isdigit()


@dataclass(frozen=True)
class Line:
    """One line of a table by part."""

    name: str
    cells: list[Cell]
    width: float = 0


@dataclass(frozen=True)
class Table:
    """A table by part: the first lines, the rest behind a fold; `unnamed` says that small parts are not listed."""

    lines: list[Line]
    rest: list[Line] = field(default_factory=list)
    unnamed: bool = False


def cell(board: Board, key: str, by: str, of: str, value: int, *, whole: int = 1) -> Cell:
    """One cell of a table by part, small ones shielded; "0" where the `whole` it belongs to is nothing."""
    if not whole:
        return Cell("0")
    shown = board.shield(key, by).of(of)
    word = said(value, whole, shown=shown)
    url = Filters(period=board.period.name, **{by: of}).address(key)
    return Cell(f"{value:,}" if word in (Said.NUMBER, Said.ZERO) else WORDS[word], url if value or shown != Shown.EXACT else "")


def part_name(board: Board, by: str, of: str) -> str:
    """运输科, 运费拖欠, 柳新镇; or that nobody has said yet."""
    if of == NONE:
        return MISSING[by]
    if by == CATEGORY:
        return CATEGORIES[of][1] if of in CATEGORIES else of
    return board.names.get(of, of)


def ranking(board: Board, key: str, by: str, *, first: int = 8) -> Table:
    """Parts in order of size with a bar each; equal and shielded ones in the order of their names."""
    values, shields = board.groups(key, by), board.shield(key, by)
    listed = [of for of in values if shields.zero == Shown.EXACT or shields.of(of) == Shown.EXACT]
    order = sorted(listed, key=lambda of: (-_step(board, key, by, of, values[of]), of == NONE, of))
    most = max([LIMIT, *(_step(board, key, by, of, values[of]) for of in order)])
    lines = [
        Line(part_name(board, by, of), [cell(board, key, by, of, values[of])], charts.width(_step(board, key, by, of, values[of]), most))
        for of in order
    ]
    return Table(lines[:first], lines[first:], len(order) < len(values))


def _step(board: Board, key: str, by: str, of: str, value: int) -> int:
    """What order and bar may tell: nothing finer than the words in the cell."""
    shown = board.shield(key, by).of(of)
    return {Shown.EXACT: value, Shown.FEW: 2, Shown.MANY: 5}[shown]


def unit_table(board: Board, *, working_days, first: int = 6) -> Table:
    """超期 / 未办结, the longest, 没按期 / 应答复 by unit. `working_days(moment)` says how long ago."""
    open_, overdue = board.groups("open", UNIT), board.groups("overdue", UNIT)
    due, late, oldest = board.groups("due", UNIT), board.groups("late", UNIT), board.oldest()
    exact = board.sight == Sight.ALL
    order = sorted({*open_, *due}, key=lambda of: (-(overdue.get(of, 0) if exact else 0), -open_.get(of, 0), -due.get(of, 0), of))
    lines = []
    for of in order:
        lines.append(Line(part_name(board, UNIT, of), [
            cell(board, "overdue", UNIT, of, overdue.get(of, 0), whole=open_.get(of, 0)),
            cell(board, "open", UNIT, of, open_.get(of, 0)),
            Cell(working_days(oldest[of]) if of in oldest else "—"),
            cell(board, "late", UNIT, of, late.get(of, 0), whole=due.get(of, 0)),
            cell(board, "due", UNIT, of, due.get(of, 0)),
        ]))  # fmt: skip
    return Table(lines[:first], lines[first:])
