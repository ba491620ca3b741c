"""覆盖: every place, enterprise and trade with its branch; gaps and overlaps first; a drawing of tiles by place."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from accounts.admin.pages import page, render_page
from accounts.rules.roles import Role
from branches.models import Coverage
from branches.rules import coverage as rules
from branches.rules import district_map
from branches.rules.coverage import ENTERPRISE, PLACE, TRADE, Line
from branches.selectors.coverage import Table, open_rows, table_for
from branches.selectors.scope import branches_for, is_committee
from branches.services import coverage
from common import clock
from common.errors import DomainError, NotThere
from common.identifiers import small_number

WIDE, HIGH, GAP = 104, 52, 6
EACH = 100


def kind_words() -> dict[str, str]:
    return {PLACE: _("镇街"), ENTERPRISE: _("企业"), TRADE: _("行业")}


@page("branches/coverage/", name="branches_coverage", roles={Role.SECRETARY})
def coverage_page(request: HttpRequest) -> HttpResponse:
    """The table and the drawing; POST gives something to a branch or takes it away, for the committee's secretary."""
    error = None
    if request.method == "POST":
        try:
            messages.success(request, ACTS.get(request.POST.get("act", ""), _nothing)(request))
            return redirect(request.get_full_path())
        except NotThere as missing:
            raise Http404 from missing
        except DomainError as refused:
            error = refused
    return _show(request, error)


def _show(request: HttpRequest, error: DomainError | None) -> HttpResponse:
    viewer, now = request.viewer, clock.now()
    table = table_for(viewer)
    kind = request.GET.get("kind", PLACE)
    kind = kind if kind in rules.KINDS else PLACE
    lines, chosen = table.of_kind(kind), request.GET.get("branch", "")
    marked = next((pk for pk, code in _codes(request) if code == chosen), None)
    shown = [line for line in lines if marked is None or marked in line.branches]
    start = (max(small_number(request.GET.get("page", "")) or 1, 1) - 1) * EACH
    committee = is_committee(viewer)
    return render_page(
        request,
        "branches/admin/coverage.html",
        title=_("覆盖"),
        crumbs=[(_("支部"), None), (_("覆盖"), None)],
        lead=_("每个镇街、企业、行业归且只归一个支部；截至 %s") % f"{clock.local(now):%m-%d %H:%M}",
        sentence=sentence_of(table),
        gaps=[_line(each, table, request, committee) for each in table.gaps[:EACH]],
        overlaps=[_line(each, table, request, committee) for each in table.overlaps[:EACH]],
        gap_count=len(table.gaps), overlap_count=len(table.overlaps),
        tiles=tiles_of(table, marked), box=_box(table),
        kind=kind, kinds=[(name, word, len(table.of_kind(name))) for name, word in kind_words().items()],
        lines=[_line(each, table, request, committee) for each in shown[start : start + EACH]],
        line_count=len(shown), page_before=start // EACH if start else 0, page_after=start // EACH + 2 if start + EACH < len(shown) else 0,
        branches=sorted(((code, table.names[pk], code == chosen) for pk, code in _codes(request)), key=lambda each: each[0]),
        chosen=chosen if marked else "", committee=committee, places=[(line.key.key, line.key.name) for line in table.of_kind(PLACE)],
        typed=request.POST if error else {}, error=error.message if error else "", status=422 if error else 200,
    )  # fmt: skip


def sentence_of(table: Table) -> str:
    """29 个镇街都有支部;219 家企业里 3 家还没有 …: numerator and denominator for each kind."""
    said = []
    for kind, word in kind_words().items():
        lines = table.of_kind(kind)
        good = sum(len(line.branches) == 1 for line in lines)
        said.append(_("%(word)s %(good)s / %(all)s") % {"word": word, "good": good, "all": len(lines)} if lines else _("%s 还没有数据") % word)
    return "；".join(said)


def tiles_of(table: Table, marked: int | None) -> list[dict]:
    """One tile a place: its name, the short name of its branch, and whether something is wrong."""
    lines = table.of_kind(PLACE)
    cells = district_map.cells([line.key.key for line in lines])
    tiles = []
    for line in lines:
        column, row = cells[line.key.key]
        x, y = column * (WIDE + GAP) + 1, row * (HIGH + GAP) + 1
        css = "gap" if line.is_gap else "overlap" if line.is_overlap else "on" if marked in line.branches else ""
        tiles.append({
            "x": x, "y": y, "width": WIDE, "height": HIGH, "tx": x + WIDE // 2, "ty": y + 22, "ty2": y + 40, "css": css,
            "name": district_map.short_name(line.key.key, line.key.name), "branch": _short(line, table.names),
        })  # fmt: skip
    return sorted(tiles, key=lambda each: (each["y"], each["x"]))


def short_branch(name: str) -> str:
    """第三支部 of 货车司机流动党员第三党支部."""
    tail = name.split("党员")[-1] or name
    return tail.replace("党支部", "支部")[-6:]


def _short(line: Line, names) -> str:
    if line.is_gap:
        return _("没有支部")
    if line.is_overlap:
        return _("%s 个支部") % len(line.branches)
    return short_branch(names.get(line.branches[0], ""))


def _box(table: Table) -> dict:
    rows = [row for _column, row in district_map.cells([line.key.key for line in table.of_kind(PLACE)]).values()]
    return {"width": district_map.COLUMNS * (WIDE + GAP), "height": (max(rows, default=0) + 1) * (HIGH + GAP)}


def _line(line: Line, table: Table, request: HttpRequest, committee: bool) -> dict:
    rows = _own_rows(request).get((line.key.kind, line.key.key), []) if committee else []
    return {
        "kind": kind_words()[line.key.kind], "kind_code": line.key.kind, "key": line.key.key, "name": line.key.name,
        "branches": [table.names.get(pk, "") for pk in line.branches], "by_place": line.by_place,
        "tone": "warn" if line.is_gap else "err" if line.is_overlap else "",
        "rows": [{"pk": pk, "name": table.names.get(branch, ""), "short": short_branch(table.names.get(branch, ""))} for pk, branch in rows],
    }  # fmt: skip


def _own_rows(request: HttpRequest) -> dict[tuple[str, str], list[tuple[int, int]]]:
    """(kind, key) -> rows with their branches, asked once a request."""
    found = getattr(request, "coverage_rows", None)
    if found is None:
        found = request.coverage_rows = {}
        for pk, kind, key, branch in open_rows(request.viewer).values_list("pk", "kind", "key", "branch_id"):
            found.setdefault((kind, key), []).append((pk, branch))
    return found


def _codes(request: HttpRequest) -> Sequence[tuple[int, str]]:
    """Every branch by its code: whom somebody is sent to is no secret among secretaries."""
    found = getattr(request, "branch_codes", None)
    if found is None:
        from branches.models import Branch

        found = request.branch_codes = list(Branch.objects.filter(ended_on=None).values_list("pk", "unit__code"))
    return found


def _cover(request: HttpRequest) -> str:
    if not is_committee(request.viewer):
        raise NotThere
    branch = branches_for(request.viewer).filter(unit__code=request.POST.get("to", "")).select_related("unit").first()
    if branch is None:
        raise DomainError(_("请选一个支部"), field="to")
    kind = request.POST.get("kind", "")
    key = request.POST.get("place", "") if kind == PLACE and not request.POST.get("key") else request.POST.get("key", "")
    coverage.cover(branch=branch, kind=kind, key=key, by=request.viewer, now=clock.now())
    return _("归%s管了。") % branch.unit.name


def _uncover(request: HttpRequest) -> str:
    number = small_number(request.POST.get("row", ""))
    row = Coverage.objects.filter(pk=number).select_related("branch__unit").first() if number is not None else None
    if row is None:
        raise NotThere
    coverage.uncover(coverage=row, by=request.viewer, now=clock.now())
    return _("%s不再管它了。") % row.branch.unit.name


def _nothing(request: HttpRequest) -> str:
    raise NotThere


ACTS = {"cover": _cover, "uncover": _uncover}
